//! numcodecs' `categorize`: number 1 is the first label, and so on; 0, and what has no label, is the empty text.

use super::buffer;
use super::variable::BlockWriter;
use crate::array::{DType, read_f64};
use crate::error::{Result, corrupt};
use crate::meta::Categories;

/// So many labels from their numbers: a block of text, or elements of a fixed width.
pub fn decode_categorize(input: &[u8], categories: &Categories, count: usize) -> Result<Vec<u8>> {
    let types = &categories.types;
    if input.len() != count.saturating_mul(types.astype.size()) {
        return Err(super::wrong_length(count.saturating_mul(types.astype.size()), input.len() as u64));
    }
    let label = |code: &[u8]| -> Result<&str> {
        let mut number = [0.0];
        read_f64(code, types.astype, &mut number);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
        let place = number.first().map_or(0, |n| *n as usize);
        match place.checked_sub(1) {
            None => Ok(""),
            Some(place) => Ok(categories.labels.get(place).map_or("", String::as_str)),
        }
    };
    let codes = input.chunks_exact(types.astype.size().max(1));
    if types.dtype == DType::Text {
        let mut out = BlockWriter::new(count)?;
        for code in codes {
            out.push(label(code)?.as_bytes())?;
        }
        return out.finish();
    }
    let size = types.dtype.size();
    let mut out = buffer(count.saturating_mul(size))?;
    for (code, place) in codes.zip(out.chunks_exact_mut(size.max(1))) {
        write_text(label(code)?, types.dtype, place)?;
    }
    Ok(out)
}

fn write_text(label: &str, dtype: DType, place: &mut [u8]) -> Result<()> {
    let bytes: Vec<u8> = match dtype {
        DType::Unicode(_) => label.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
        _ => label.as_bytes().to_vec(),
    };
    // numpy cuts what does not fit; a label that long was never an element.
    let target = place.get_mut(..bytes.len()).ok_or_else(|| corrupt(format!("the label {label:?} does not fit")))?;
    target.copy_from_slice(&bytes);
    Ok(())
}
