//! The least of HTTP/1.1 that a benchmark's floor needs: GET and HEAD over one connection that is kept alive. Bodies go into the
//! caller's buffer, without a copy between.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use crate::lines::Result;

pub struct Connection {
    host: String,
    stream: BufReader<TcpStream>,
}

impl Connection {
    /// To `host:port`.
    pub fn new(host: &str) -> Result<Self> {
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        Ok(Self { host: host.to_string(), stream: BufReader::with_capacity(16 << 10, stream) })
    }

    /// The body's length, after the head was read.
    fn ask(&mut self, method: &str, path: &str, range: Option<(u64, u64)>) -> Result<usize> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n", self.host);
        if let Some((start, end)) = range {
            request += &format!("Range: bytes={start}-{}\r\n", end - 1);
        }
        self.stream.get_mut().write_all((request + "\r\n").as_bytes())?;
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let wanted = if range.is_some() { " 206" } else { " 200" };
        if !line.get(8..).is_some_and(|rest| rest.starts_with(wanted)) {
            return Err(format!("{path}: {}", line.trim()).into());
        }
        let mut length = None;
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let Some((name, value)) = line.trim().split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = Some(value.trim().parse()?);
            }
        }
        length.ok_or_else(|| format!("{path}: no Content-Length").into())
    }

    pub fn get(&mut self, path: &str, range: Option<(u64, u64)>, body: &mut Vec<u8>) -> Result<()> {
        let length = self.ask("GET", path, range)?;
        body.resize(length, 0);
        self.stream.read_exact(body)?;
        Ok(())
    }

    pub fn length(&mut self, path: &str) -> Result<u64> {
        Ok(self.ask("HEAD", path, None)? as u64)
    }
}
