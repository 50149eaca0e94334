//! Where a message's points lie, in degrees: regular latitudes and longitudes (template 3.0).
//!
//! Latitudes step by the stored increment, longitudes by what the first and last leave, as eccodes steps them.

use super::octets::Octets;
use crate::error::{Result, corrupt, to_usize, unsupported};

const WEST: u8 = 0x80;
const NORTH: u8 = 0x40;
const COLUMNS_FIRST: u8 = 0x20;
const ALTERNATE: u8 = 0x10;
const STEP_GIVEN: u8 = 0x10;

/// Latitudes and longitudes of all points, in the values' order.
pub(super) fn coordinates(grid: Octets, points: usize) -> Result<(Vec<f64>, Vec<f64>)> {
    let template = grid.u16(13)?;
    if template != 0 {
        return Err(unsupported(format!("coordinates of GRIB grid definition template 3.{template}")));
    }
    let (basic, parts) = (grid.u32(39)?, grid.u32(43)?);
    let given = basic != 0 && basic != u32::MAX && parts != 0 && parts != u32::MAX;
    let (basic, parts) = if given { (f64::from(basic), f64::from(parts)) } else { (1.0, 1e6) };
    let degrees = |number: i64| number as f64 * basic / parts;
    let extent = |octet: usize| -> Result<usize> {
        match grid.u32(octet)? {
            0 | u32::MAX => Err(unsupported("coordinates of a reduced GRIB grid")),
            n => to_usize(n.into(), "GRIB grid"),
        }
    };
    let (columns, rows) = (extent(31)?, extent(35)?);
    if columns.checked_mul(rows) != Some(points) {
        return Err(corrupt(format!("{columns} by {rows} points are not {points}")));
    }
    let scan = grid.u8(72)?;
    if scan & ALTERNATE != 0 {
        return Err(unsupported("coordinates of a GRIB grid with alternating rows"));
    }
    let (lat, lon) =
        ([degrees(grid.i32(47)?), degrees(grid.i32(56)?)], [degrees(grid.i32(51)?), degrees(grid.i32(60)?)]);
    let step = (grid.u8(55)? & STEP_GIVEN != 0).then(|| grid.u32(68)).transpose()?.filter(|&n| n != u32::MAX);
    let step = step.map(|n| degrees(n.into()));
    let lats = latitudes(lat, step, rows, scan & NORTH != 0)?;
    let lons = longitudes(lon, columns, scan & WEST != 0);
    let spread = |slow: &[f64], fast: &[f64]| -> (Vec<f64>, Vec<f64>) {
        let points = slow.iter().flat_map(|&s| fast.iter().map(move |&f| (s, f)));
        points.unzip()
    };
    Ok(if scan & COLUMNS_FIRST == 0 {
        spread(&lats, &lons)
    } else {
        let (lons, lats) = spread(&lons, &lats);
        (lats, lons)
    })
}

fn latitudes([first, last]: [f64; 2], step: Option<f64>, n: usize, northward: bool) -> Result<Vec<f64>> {
    if (northward && first > last) || (!northward && last > first) {
        return Err(corrupt(format!("latitudes from {first} to {last} against the scanning order")));
    }
    let steps = n.saturating_sub(1).max(1) as f64;
    let step = step.unwrap_or((first - last).abs() / steps);
    let step = if northward { -step } else { step };
    let mut next = first;
    let mut lats: Vec<f64> = (0..n)
        .map(|_| {
            let lat = next;
            next -= step;
            lat
        })
        .collect();
    if let Some(end) = lats.last_mut() {
        *end = last;
    }
    Ok(lats)
}

fn longitudes([first, last]: [f64; 2], n: usize, westward: bool) -> Vec<f64> {
    let steps = n.saturating_sub(1) as f64;
    let mut next = first;
    let span = match westward {
        true if first > last => first - last,
        true => first + 360.0 - last,
        false if last > first => last - first,
        false => last + 360.0 - first,
    };
    let step = if n > 1 { span / steps } else { 0.0 };
    let step = if westward { -step } else { step };
    if !westward && n > 1 && first + (n as f64 - 2.0) * step > 360.0 {
        next -= 360.0;
    }
    let mut lons: Vec<f64> = (0..n)
        .map(|_| {
            let lon = next;
            next += step;
            lon
        })
        .collect();
    if let Some(end) = lons.last_mut() {
        *end = if last > 360.0 { last.rem_euclid(360.0) } else { last };
    }
    lons
}
