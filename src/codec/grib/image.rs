//! Template 5.41: the numbers are a PNG's pixels.

use super::octets::Octets;
use super::packing::Scaling;
use crate::codec::msb::MsbBits;
use crate::error::{Result, corrupt, unsupported};
use png::{BitDepth, ColorType, Decoder, Limits, Transformations};
use std::io::Cursor;

/// Values in the order of pixels.
pub(super) fn png(representation: Octets, data: &[u8], n: usize) -> Result<Vec<f64>> {
    let scaling = Scaling::read(representation)?;
    let Some(width) = scaling.width()? else { return Ok(vec![scaling.reference; n]) };
    let broken = |e: png::DecodingError| corrupt(format!("PNG: {e}"));
    let limit = n.saturating_mul(8).saturating_add(64 << 10);
    let mut decoder = Decoder::new_with_limits(Cursor::new(data), Limits { bytes: limit });
    decoder.set_transformations(Transformations::IDENTITY);
    let mut reader = decoder.read_info().map_err(broken)?;
    let info = reader.info();
    let pixels = u64::from(info.width).saturating_mul(u64::from(info.height));
    let bits = match (info.color_type, info.bit_depth) {
        (ColorType::Grayscale, depth) => depth as u32,
        (ColorType::Rgb, BitDepth::Eight) => 24,
        (ColorType::Rgba, BitDepth::Eight) => 32,
        (color, depth) => return Err(unsupported(format!("GRIB in a PNG of {color:?}, {depth:?} bits"))),
    };
    if pixels != n as u64 {
        return Err(corrupt(format!("a PNG of {pixels} pixels for {n} values")));
    }
    if bits < width {
        return Err(corrupt(format!("values of {width} bits in pixels of {bits}")));
    }
    let columns = info.width;
    let mut values = Vec::with_capacity(n);
    let len = reader.output_buffer_size().filter(|&len| len <= limit).ok_or_else(|| corrupt("too large a PNG"))?;
    let mut buffer = crate::codec::buffer(len)?;
    let frame = reader.next_frame(&mut buffer).map_err(broken)?;
    for row in buffer.chunks_exact(frame.line_size.max(1)) {
        let mut pixels = MsbBits::new(row);
        for _ in 0..columns {
            values.push(scaling.value(f64::from(pixels.bits(bits)?)));
        }
    }
    if values.len() == n {
        Ok(values)
    } else {
        Err(corrupt(format!("a PNG of {} pixels for {n} values", values.len())))
    }
}
