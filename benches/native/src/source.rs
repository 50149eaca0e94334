//! Where the floor's bytes come from: a server, or files.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use crate::http::Connection;
use crate::lines::Result;

pub enum Source {
    Http { connection: Connection, root: String },
    Files(PathBuf),
}

impl Source {
    pub fn new(url: &str) -> Result<Self> {
        let Some(rest) = url.strip_prefix("http://") else { return Ok(Self::Files(PathBuf::from(url))) };
        let (host, root) = rest.split_once('/').ok_or("no path in the address")?;
        Ok(Self::Http { connection: Connection::new(host)?, root: format!("/{}", root.trim_end_matches('/')) })
    }

    pub fn get(&mut self, key: &str, range: Option<(u64, u64)>, body: &mut Vec<u8>) -> Result<()> {
        match self {
            Self::Http { connection, root } => connection.get(&format!("{root}/{key}"), range, body),
            Self::Files(root) => {
                let file = File::open(root.join(key))?;
                let (start, end) = range.map_or_else(|| Ok((0, file.metadata()?.len())), Ok::<_, std::io::Error>)?;
                body.resize(usize::try_from(end - start)?, 0);
                Ok(file.read_exact_at(body, start)?)
            }
        }
    }

    pub fn length(&mut self, key: &str) -> Result<u64> {
        match self {
            Self::Http { connection, root } => connection.length(&format!("{root}/{key}")),
            Self::Files(root) => Ok(std::fs::metadata(root.join(key))?.len()),
        }
    }
}
