//! base64 (RFC 4648, section 4), as numcodecs writes it: the standard alphabet, padded, on one line.

use super::{Expected, buffer, wrong_length};
use crate::error::{Result, corrupt};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Decodes letters to bytes.
pub fn decode_base64(input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    // Four letters hold three bytes; the estimate is what `decode_slice` asks for.
    let most = base64::decoded_len_estimate(input.len());
    if most > expected.limit().saturating_add(3) {
        return Err(wrong_length(expected.limit(), most as u64));
    }
    let mut bytes = buffer(most)?;
    let n = STANDARD.decode_slice(input, &mut bytes).map_err(|e| corrupt(e.to_string()))?;
    bytes.truncate(n);
    Ok(bytes)
}
