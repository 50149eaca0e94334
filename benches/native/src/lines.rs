//! One question a line on standard input, one answer a line on standard output, both JSON: the process stays warm between.

use std::io::{BufRead, Write, stdin, stdout};
use std::time::Instant;

use serde::{Deserialize, Serialize};

pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[derive(Deserialize)]
pub struct Question {
    /// The root of a store: `http://…` or a path.
    pub url: String,
    pub array: String,
    pub task: String,
    pub threads: usize,
}

#[derive(Serialize)]
pub struct Answer {
    /// Seconds until metadata were read, and from then on.
    open: f64,
    compute: f64,
    answer: serde_json::Value,
}

/// Answers until standard input ends. `open` reads metadata, `compute` does the rest.
pub fn serve<T>(
    open: impl Fn(&Question) -> Result<T>,
    compute: impl Fn(T, &Question) -> Result<serde_json::Value>,
) -> Result<()> {
    println!("{{\"ready\":true}}");
    for line in stdin().lock().lines() {
        let question: Question = serde_json::from_str(&line?)?;
        let asked = Instant::now();
        let reply = open(&question).and_then(|opened| {
            let open = asked.elapsed().as_secs_f64();
            let answer = compute(opened, &question)?;
            Ok(Answer { open, compute: asked.elapsed().as_secs_f64() - open, answer })
        });
        let text = match reply {
            Ok(answer) => serde_json::to_string(&answer)?,
            Err(error) => serde_json::json!({ "error": error.to_string() }).to_string(),
        };
        println!("{text}");
        stdout().flush()?;
    }
    Ok(())
}
