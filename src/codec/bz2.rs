//! bzip2, several streams allowed, through libbz2-rs-sys: bzip2 in Rust, which keeps at most 4 MB of state.

use super::Expected;
use super::deflate::read;
use crate::error::Result;
use bzip2::bufread::MultiBzDecoder;

/// Decodes streams until the input ends.
pub fn decode_bz2(input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    read(MultiBzDecoder::new(input), expected)
}
