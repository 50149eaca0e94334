//! One GRIB2 message in, one field's values out: kerchunk's codec `grib`.
//!
//! What it gives is what eccodes gives under kerchunk: values in the message's own order, float64 arithmetic in eccodes'
//! order of operations, NaN where a value is missing, and also where it equals eccodes' mark for missing ones, 9999.
//! Source: WMO Manual on Codes, FM 92 GRIB edition 2. Refused by name: GRIB1, other templates and grids than those below,
//! predefined bitmaps.

mod complex;
mod grid;
mod image;
mod jpeg2000;
mod message;
mod octets;
mod packing;

use super::{Expected, buffer, wrong_length};
use crate::error::{Result, corrupt, to_usize, unsupported};
use crate::meta::{GribPart, GribSpec};
use message::{Message, parse};

/// eccodes' mark for a missing value.
const MISSING: f64 = 9999.0;

/// Decodes a message to little-endian floats.
pub fn decode_grib(input: &[u8], spec: &GribSpec, expected: Expected) -> Result<Vec<u8>> {
    let message = parse(input)?;
    let size = if spec.double { 8 } else { 4 };
    let points = to_usize(u64::from(message.grid.u32(7)?), "grid points")?;
    let len = points.saturating_mul(size);
    expected.check(len)?;
    let values = match spec.part {
        GribPart::Values => values(&message, points)?,
        GribPart::Latitudes => grid::coordinates(message.grid, points)?.0,
        GribPart::Longitudes => grid::coordinates(message.grid, points)?.1,
    };
    if values.len() != points {
        return Err(wrong_length(len, (values.len() as u64).saturating_mul(size as u64)));
    }
    let mut out = buffer(len)?;
    for (element, value) in out.chunks_exact_mut(size).zip(values) {
        if spec.double {
            element.copy_from_slice(&value.to_le_bytes());
        } else {
            #[allow(clippy::cast_possible_truncation)] // rounded, as numpy rounds
            element.copy_from_slice(&(value as f32).to_le_bytes());
        }
    }
    Ok(out)
}

/// The values at all points of the grid, NaN where there are none.
fn values(message: &Message, points: usize) -> Result<Vec<f64>> {
    let representation = message.representation;
    let n = to_usize(u64::from(representation.u32(6)?), "GRIB values")?;
    if n > points || (message.bitmap.is_none() && n != points) {
        return Err(corrupt(format!("{n} values for {points} points")));
    }
    let data = message.data;
    let mut coded = match representation.u16(10)? {
        _ if n == 0 => Vec::new(),
        0 => packing::simple(representation, data, n)?,
        2 => complex::complex(representation, data, n, false)?,
        3 => complex::complex(representation, data, n, true)?,
        4 => packing::ieee(representation, data, n)?,
        40 => jpeg2000::jpeg2000(representation, data, n)?,
        41 => image::png(representation, data, n)?,
        42 => packing::ccsds(representation, data, n)?,
        200 => packing::run_length(representation, data, n)?,
        other => return Err(unsupported(format!("GRIB data representation template 5.{other}"))),
    };
    for value in coded.iter_mut().filter(|value| **value == MISSING) {
        *value = f64::NAN;
    }
    let Some(bitmap) = message.bitmap else { return Ok(coded) };
    if bitmap.len() < points.div_ceil(8) {
        return Err(corrupt(format!("a bitmap of {} bytes for {points} points", bitmap.len())));
    }
    let mut coded = coded.into_iter();
    let mut values = Vec::with_capacity(points);
    for bit in bitmap.iter().flat_map(|byte| (0..8).map(move |i| byte << i & 0x80 != 0)).take(points) {
        values.push(match bit {
            true => coded.next().ok_or_else(|| corrupt("the bitmap shows more values than there are"))?,
            false => f64::NAN,
        });
    }
    Ok(values)
}
