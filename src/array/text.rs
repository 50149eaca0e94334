//! Fixed-length text: zero-padded bytes, or zero-padded UTF-32.

use super::dtype::DType;

/// Strings of `S` and `U` elements; bytes that are no UTF-8 are replaced.
pub fn read_text(bytes: &[u8], dtype: DType) -> Vec<String> {
    let size = dtype.size();
    if size == 0 {
        return Vec::new();
    }
    bytes
        .chunks_exact(size)
        .map(|element| match dtype {
            DType::Unicode(_) => {
                let code =
                    |raw: &[u8; 4]| char::from_u32(u32::from_le_bytes(*raw)).unwrap_or(char::REPLACEMENT_CHARACTER);
                let text: String = element.as_chunks::<4>().0.iter().map(code).collect();
                text.trim_end_matches('\0').to_string()
            }
            _ => String::from_utf8_lossy(element).trim_end_matches('\0').to_string(),
        })
        .collect()
}
