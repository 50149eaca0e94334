//! A link with latency and a bandwidth for each connection, in front of a server on this machine:
//!
//!     slow-link LISTEN-PORT SERVER-PORT LATENCY-MS MBIT-PER-SECOND
//!
//! A connection is there after one round trip; bytes take half of one in each direction, and those from the server are paced.
//! It models no loss and no slow start.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::sync_channel;
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

const PIECE: usize = 16 << 10;

/// From one socket to the other, so much later and no faster than `bytes_per_second`.
fn carry(mut from: TcpStream, mut to: TcpStream, delay: Duration, bytes_per_second: Option<f64>) {
    // As much as is under way on a link of a few hundred Mbit/s and 50 ms.
    let (send, receive) = sync_channel::<(Instant, Vec<u8>)>(256);
    spawn(move || {
        let mut free = Instant::now();
        let mut piece = vec![0; PIECE];
        while let Ok(n) = from.read(&mut piece) {
            if n == 0 {
                break;
            }
            free = free.max(Instant::now());
            if let Some(rate) = bytes_per_second {
                free += Duration::from_secs_f64(n as f64 / rate);
            }
            if send.send((free + delay, piece[..n].to_vec())).is_err() {
                break;
            }
        }
    });
    for (due, piece) in receive {
        sleep(due.saturating_duration_since(Instant::now()));
        if to.write_all(&piece).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

fn serve(client: TcpStream, server_port: u16, latency: Duration, rate: f64) -> std::io::Result<()> {
    sleep(latency);
    let server = TcpStream::connect(("127.0.0.1", server_port))?;
    for stream in [&client, &server] {
        stream.set_nodelay(true)?;
    }
    let (from_client, to_server) = (client.try_clone()?, server.try_clone()?);
    spawn(move || carry(from_client, to_server, latency / 2, None));
    carry(server, client, latency / 2, Some(rate));
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [listen, server, latency, rate] = arguments.as_slice() else { return Err("four arguments".into()) };
    let listener = TcpListener::bind(("127.0.0.1", listen.parse::<u16>()?))?;
    let (server, latency) = (server.parse()?, Duration::from_secs_f64(latency.parse::<f64>()? / 1e3));
    let rate = rate.parse::<f64>()? * 1e6 / 8.0;
    println!("ready");
    for client in listener.incoming() {
        let client = client?;
        spawn(move || serve(client, server, latency, rate));
    }
    Ok(())
}
