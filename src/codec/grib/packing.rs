//! Data representation templates (section 5 and 7) whose values are coded one by one.

use super::MISSING;
use super::octets::Octets;
use crate::codec::aec::Decoder;
use crate::codec::msb::MsbBits;
use crate::error::{Result, corrupt, unsupported};
use crate::meta::AecSpec;

/// From a packed number to a value: `(reference + number · 2^binary) · 10^−decimal`, in eccodes' order of operations.
pub(super) struct Scaling {
    pub(super) reference: f64,
    pub(super) binary: f64,
    pub(super) decimal: f64,
    pub(super) bits: u32,
}

impl Scaling {
    /// From octets 12 to 20 of section 5, which most templates share.
    pub(super) fn read(representation: Octets) -> Result<Self> {
        Ok(Scaling {
            reference: f64::from(representation.f32(12)?),
            binary: power(2.0, representation.i16(16)?),
            decimal: power(10.0, -representation.i16(18)?),
            bits: u32::from(representation.u8(20)?),
        })
    }

    pub(super) fn value(&self, number: f64) -> f64 {
        (number * self.binary + self.reference) * self.decimal
    }

    /// The width of a number, if numbers are coded at all; else each value is the reference.
    pub(super) fn width(&self) -> Result<Option<u32>> {
        match self.bits {
            0 => Ok(None),
            1..=32 => Ok(Some(self.bits)),
            other => Err(unsupported(format!("GRIB values of {other} bits"))),
        }
    }
}

/// A power by repeated multiplication or division: eccodes' results to the last bit.
fn power(base: f64, exponent: i32) -> f64 {
    let steps = 0..exponent.unsigned_abs();
    if exponent < 0 { steps.fold(1.0, |p, _| p / base) } else { steps.fold(1.0, |p, _| p * base) }
}

/// 5.0: numbers of equal width.
pub(super) fn simple(representation: Octets, data: &[u8], n: usize) -> Result<Vec<f64>> {
    let scaling = Scaling::read(representation)?;
    let Some(width) = scaling.width()? else { return Ok(vec![scaling.reference; n]) };
    enough(data, n, width)?;
    let mut bits = MsbBits::new(data);
    (0..n).map(|_| Ok(scaling.value(f64::from(bits.bits(width)?)))).collect()
}

/// Refuses data that are too short before room is made for values.
pub(super) fn enough(data: &[u8], n: usize, width: u32) -> Result<()> {
    let needed = (n as u64).saturating_mul(u64::from(width)).div_ceil(8);
    if needed > data.len() as u64 {
        return Err(corrupt(format!("{n} values of {width} bits in {} bytes", data.len())));
    }
    Ok(())
}

/// 5.4: IEEE floats.
pub(super) fn ieee(representation: Octets, data: &[u8], n: usize) -> Result<Vec<f64>> {
    let precision = representation.u8(12)?;
    enough(data, n, if precision == 1 { 32 } else { 64 })?;
    match precision {
        1 => Ok(data.as_chunks::<4>().0.iter().take(n).map(|b| f64::from(f32::from_be_bytes(*b))).collect()),
        2 => Ok(data.as_chunks::<8>().0.iter().take(n).map(|b| f64::from_be_bytes(*b)).collect()),
        other => Err(unsupported(format!("GRIB's IEEE precision {other}"))),
    }
}

/// 5.42: CCSDS 121.0-B.
pub(super) fn ccsds(representation: Octets, data: &[u8], n: usize) -> Result<Vec<f64>> {
    let scaling = Scaling::read(representation)?;
    let Some(width) = scaling.width()? else { return Ok(vec![scaling.reference; n]) };
    let spec = AecSpec {
        bits_per_sample: width,
        flags: u32::from(representation.u8(22)?),
        block_size: u32::from(representation.u8(23)?),
        blocks_per_interval: u32::from(representation.u16(24)?),
    };
    // A sample of up to 3 bytes is read out of 1, 2 or 4: signs that reach beyond are cut.
    let mask = match width {
        ..=8 => 0xff,
        9..=16 => 0xffff,
        _ => u32::MAX,
    };
    let mut decoder = Decoder::new(data, &spec)?;
    (0..n).map(|_| Ok(scaling.value(f64::from(decoder.next()? & mask)))).collect()
}

/// 5.200: levels and the lengths of their runs, in numbers to a base.
pub(super) fn run_length(representation: Octets, data: &[u8], n: usize) -> Result<Vec<f64>> {
    let width = u32::from(representation.u8(12)?);
    let (most, levels) = (u32::from(representation.u16(13)?), usize::from(representation.u16(15)?));
    let decimal = i32::from(representation.u8(17)?);
    if !(1..=16).contains(&width) {
        return Err(unsupported(format!("GRIB run lengths of {width} bits")));
    }
    let count = data.len().saturating_mul(8) / width as usize;
    if count == 0 || most == 0 {
        return Ok(vec![MISSING; n]);
    }
    let base = (1u64 << width).saturating_sub(1 + u64::from(most));
    if usize::try_from(most).is_ok_and(|most| most > levels) || base == 0 {
        return Err(corrupt(format!("level {most} of {levels} in {width} bits")));
    }
    let scale = power(10.0, if decimal > 127 { decimal - 128 } else { -decimal });
    let mut bits = MsbBits::new(data);
    let mut next = bits.bits(width)?;
    let mut left = count - 1;
    let mut values = Vec::with_capacity(n);
    while values.len() < n {
        let value = match next {
            0 => MISSING,
            level if level <= most => {
                f64::from(representation.u16(16 + 2 * usize::try_from(level).unwrap_or(0))?) * scale
            }
            other => return Err(corrupt(format!("level {other} of {most}"))),
        };
        let (mut run, mut factor, mut more) = (1u64, 1u64, false);
        while left > 0 {
            left -= 1;
            next = bits.bits(width)?;
            more = next <= most;
            if more {
                break;
            }
            run = run.saturating_add(factor.saturating_mul(u64::from(next - most - 1)));
            factor = factor.saturating_mul(base);
        }
        let run = usize::try_from(run).unwrap_or(usize::MAX);
        if run > n - values.len() || (!more && values.len() + run < n) {
            return Err(corrupt(format!("a run of {run} values where {} are left", n - values.len())));
        }
        values.resize(values.len() + run, value);
    }
    Ok(values)
}
