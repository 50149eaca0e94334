//! Laws that every target asserts, and how inputs are cut into parts.

use crate::alloc::{SLACK, peak};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Runs the work, which may hold `allowed` bytes at a time besides the slack of 4 MiB.
pub fn within<T>(allowed: usize, work: impl FnOnce() -> T) -> T {
    let (value, most) = peak(work);
    assert!(most <= allowed.saturating_add(SLACK), "took {most} bytes where {allowed} + {SLACK} are allowed");
    value
}

/// What reading JSON of so many bytes may take: two bytes (`0,`) become one value of a tree that is built once as it was
/// read and once as it is meant.
pub fn json_memory(len: usize) -> usize {
    len.saturating_mul(256)
}

/// Polls a future until it is ready: stores in memory never wait.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

/// Cuts at the first byte 0, which no JSON text holds.
pub fn cut(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|&b| b == 0) {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[]),
    }
}
