//! The cases natively: `kernels METADATA CHUNK [CASE…]` prints `case bytes seconds` of the fastest round, a line each.

use std::time::Instant;
use zarrscope_kernels::{CASES, Case};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let metadata = std::fs::read_to_string(&args[0]).expect("metadata");
    let chunk = std::fs::read(&args[1]).expect("a chunk");
    for name in CASES.iter().filter(|name| args.len() < 3 || args[2..].iter().any(|a| a == *name)) {
        let Some(mut case) = Case::new(name, &metadata, &chunk) else {
            println!("{name} 0 0");
            continue;
        };
        let bytes = case.bytes();
        let times = (64 << 20) / bytes.max(1) + 1;
        let fastest = (0..9).map(|_| {
            let start = Instant::now();
            let some: f64 = (0..times).map(|_| case.run()).sum();
            assert!(!some.is_nan(), "{name}");
            start.elapsed().as_secs_f64() / times as f64
        });
        println!("{name} {} {:e}", bytes, fastest.fold(f64::INFINITY, f64::min));
    }
}
