//! Templates 5.2 and 5.3: groups of numbers, each with its own reference and width, perhaps as differences in space.
//!
//! Section 7: with differences, the first values and the least difference; then the groups' references, widths and lengths,
//! each list padded to a whole byte, then the groups' numbers. A number of all ones is missing, if the message says so.

use super::MISSING;
use super::octets::Octets;
use super::packing::Scaling;
use crate::codec::msb::MsbBits;
use crate::error::{Result, corrupt, unsupported};

struct Layout {
    groups: usize,
    missing: u8,
    width_reference: u32,
    width_bits: u32,
    length_reference: u32,
    length_increment: u32,
    last_length: u32,
    length_bits: u32,
    order: usize,
    extra_bits: u32,
}

fn layout(representation: Octets, differences: bool) -> Result<Layout> {
    let layout = Layout {
        missing: representation.u8(23)?,
        groups: usize::try_from(representation.u32(32)?).unwrap_or(usize::MAX),
        width_reference: representation.u8(36)?.into(),
        width_bits: representation.u8(37)?.into(),
        length_reference: representation.u32(38)?,
        length_increment: representation.u8(42)?.into(),
        last_length: representation.u32(43)?,
        length_bits: representation.u8(47)?.into(),
        order: if differences { representation.u8(48)?.into() } else { 0 },
        extra_bits: if differences { u32::from(representation.u8(49)?) * 8 } else { 0 },
    };
    if layout.order > 2 || (differences && layout.order == 0) {
        return Err(unsupported(format!("GRIB differences of order {}", layout.order)));
    }
    if layout.missing > 2 {
        return Err(unsupported(format!("GRIB missing value management {}", layout.missing)));
    }
    if layout.width_bits > 32 || layout.length_bits > 32 || layout.extra_bits > 32 {
        return Err(corrupt("group widths or lengths of more than 32 bits"));
    }
    Ok(layout)
}

/// Values in the order of the grid.
pub(super) fn complex(representation: Octets, data: &[u8], n: usize, differences: bool) -> Result<Vec<f64>> {
    let scaling = Scaling::read(representation)?;
    let layout = layout(representation, differences)?;
    if layout.groups == 0 {
        return Ok(vec![scaling.reference; n]);
    }
    if layout.groups > n {
        return Err(corrupt(format!("{} groups for {n} values", layout.groups)));
    }
    let mut numbers = groups(&layout, scaling.bits, data, n)?;
    if layout.order > 0 {
        let mut bits = MsbBits::new(data);
        let mut first = [0; 2];
        for value in first.iter_mut().take(layout.order) {
            *value = i64::from(bits.bits(layout.extra_bits)?);
        }
        let sign_and_size = i64::from(bits.bits(layout.extra_bits)?);
        let sign = if layout.extra_bits > 0 { 1i64 << (layout.extra_bits - 1) } else { 0 };
        let least = if sign_and_size & sign != 0 { -(sign_and_size & !sign) } else { sign_and_size };
        sum_up(&mut numbers, layout.order, first, least);
    }
    let value = |number: Option<i64>| number.map_or(MISSING, |n| scaling.value(n as f64));
    Ok(numbers.into_iter().map(value).collect())
}

/// Where a list of so many numbers ends, in bytes.
fn after(start: usize, count: usize, width: u32) -> Result<usize> {
    let bits = count.checked_mul(width as usize).ok_or_else(|| corrupt(format!("{count} groups of {width} bits")))?;
    Ok(start.saturating_add(bits.div_ceil(8)))
}

fn groups(layout: &Layout, reference_bits: u32, data: &[u8], n: usize) -> Result<Vec<Option<i64>>> {
    if reference_bits > 32 {
        return Err(unsupported(format!("GRIB group references of {reference_bits} bits")));
    }
    let extras = if layout.order > 0 { (layout.order + 1) * layout.extra_bits as usize / 8 } else { 0 };
    let starts_at = |at: usize| data.get(at..).map(MsbBits::new).ok_or_else(|| corrupt("section 7 is too short"));
    let widths_at = after(extras, layout.groups, reference_bits)?;
    let lengths_at = after(widths_at, layout.groups, layout.width_bits)?;
    let numbers_at = after(lengths_at, layout.groups, layout.length_bits)?;
    let (mut references, mut widths) = (starts_at(extras)?, starts_at(widths_at)?);
    let (mut lengths, mut bits) = (starts_at(lengths_at)?, starts_at(numbers_at)?);
    let ones = |width: u32| (1i64 << width) - 1;
    let mut numbers = Vec::with_capacity(n);
    for group in 0..layout.groups {
        let reference = i64::from(references.bits(reference_bits)?);
        let width = widths.bits(layout.width_bits)?.saturating_add(layout.width_reference);
        let scaled = u64::from(lengths.bits(layout.length_bits)?);
        let length = scaled * u64::from(layout.length_increment) + u64::from(layout.length_reference);
        let length = if group + 1 == layout.groups { u64::from(layout.last_length) } else { length };
        let left = n - numbers.len();
        let length = usize::try_from(length).ok().filter(|&length| length <= left);
        let length = length.ok_or_else(|| corrupt(format!("a group is longer than the {left} values left")))?;
        if width > 32 {
            return Err(unsupported(format!("GRIB groups of {width} bits")));
        }
        // In a group without bits the reference itself tells what is missing.
        let missing = |number: i64, width: u32| match layout.missing {
            0 => false,
            1 => number == ones(width),
            _ => number == ones(width) || number == ones(width) - 1,
        };
        if width == 0 {
            let value = (!missing(reference, reference_bits)).then_some(reference);
            numbers.resize(numbers.len() + length, value);
            continue;
        }
        for _ in 0..length {
            let number = i64::from(bits.bits(width)?);
            numbers.push((!missing(number, width)).then_some(reference + number));
        }
    }
    // What no group covers is zero, as in eccodes.
    numbers.resize(n, Some(0));
    Ok(numbers)
}

/// Undoes differences of first or second order among the values that are there.
fn sum_up(numbers: &mut [Option<i64>], order: usize, first: [i64; 2], least: i64) {
    let (mut before, mut last) = if order == 1 { (0, first[0]) } else { (first[0], first[1]) };
    for (i, number) in numbers.iter_mut().flatten().enumerate() {
        if let Some(&value) = first.get(i).filter(|_| i < order) {
            *number = value;
            continue;
        }
        let difference = number.wrapping_add(least);
        *number = if order == 1 {
            last.wrapping_add(difference)
        } else {
            last.wrapping_mul(2).wrapping_sub(before).wrapping_add(difference)
        };
        (before, last) = (last, *number);
    }
}
