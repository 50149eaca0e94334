//! What the benchmark's native programs have in common.

pub mod decode;
pub mod http;
pub mod lines;
pub mod meta;
pub mod source;
pub mod sum;
