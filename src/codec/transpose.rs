//! Undoing `transpose`: dimension `i` of the encoded array is dimension `order[i]` of the decoded one.

use crate::error::{Result, corrupt};
use ndarray::{ArrayView, IxDyn};

/// C-order bytes of the decoded array of `shape`, from C-order bytes of the encoded one.
pub fn decode_transpose(input: Vec<u8>, order: &[usize], shape: &[usize], element_size: usize) -> Result<Vec<u8>> {
    if order.len() != shape.len() {
        return Err(corrupt(format!("order {order:?} for {} dimensions", shape.len())));
    }
    if order.iter().enumerate().all(|(i, &n)| i == n) {
        return Ok(input);
    }
    match element_size {
        1 => permute::<1>(&input, order, shape),
        2 => permute::<2>(&input, order, shape),
        4 => permute::<4>(&input, order, shape),
        8 => permute::<8>(&input, order, shape),
        16 => permute::<16>(&input, order, shape),
        _ => {
            // An element of any other size is one more dimension, of bytes, that stays last.
            let mut order = order.to_vec();
            order.push(shape.len());
            let mut shape = shape.to_vec();
            shape.push(element_size);
            permute::<1>(&input, &order, &shape)
        }
    }
}

fn permute<const S: usize>(input: &[u8], order: &[usize], shape: &[usize]) -> Result<Vec<u8>> {
    let encoded_shape: Option<Vec<usize>> = order.iter().map(|&d| shape.get(d).copied()).collect();
    let encoded_shape = encoded_shape.ok_or_else(|| corrupt(format!("order {order:?}")))?;
    let mut inverse = vec![0; order.len()];
    for (i, &d) in order.iter().enumerate() {
        if let Some(place) = inverse.get_mut(d) {
            *place = i;
        }
    }
    let (elements, _) = input.as_chunks::<S>();
    let encoded = ArrayView::from_shape(IxDyn(&encoded_shape), elements).map_err(|e| corrupt(e.to_string()))?;
    let decoded = encoded.permuted_axes(IxDyn(&inverse));
    let decoded: Vec<[u8; S]> = decoded.iter().copied().collect();
    Ok(decoded.into_flattened())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fortran_order() {
        // [[0, 1, 2], [3, 4, 5]] stored column by column
        let decoded = decode_transpose(vec![0, 3, 1, 4, 2, 5], &[1, 0], &[2, 3], 1);
        assert_eq!(decoded, Ok(vec![0, 1, 2, 3, 4, 5]));
    }

    #[test]
    fn odd_element_sizes_move_whole() {
        let decoded = decode_transpose(b"aaacccbbbddd".to_vec(), &[1, 0], &[2, 2], 3);
        assert_eq!(decoded, Ok(b"aaabbbcccddd".to_vec()));
    }
}
