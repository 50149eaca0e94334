//! Template 5.40: the numbers are a JPEG 2000 codestream's samples.
//!
//! GRIB's codestreams are plain: one tile, one component, whole-image precincts. Anything else is refused before the
//! decoder sees it, for what it may allocate follows from those.

use super::octets::Octets;
use super::packing::Scaling;
use crate::error::{Result, corrupt, unsupported};
use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};

/// Samples are decoded as floats: whole numbers of so many bits come out exact.
const MAX_BITS: u8 = 20;

/// Values in the order of samples.
pub(super) fn jpeg2000(representation: Octets, data: &[u8], n: usize) -> Result<Vec<f64>> {
    let scaling = Scaling::read(representation)?;
    if scaling.bits == 0 {
        return Ok(vec![scaling.reference; n]);
    }
    plain(data, n)?;
    let settings = DecodeSettings { resolve_palette_indices: false, strict: true, target_resolution: None };
    let broken = |e: hayro_jpeg2000::error::DecodeError| corrupt(format!("JPEG 2000: {e}"));
    let image = Image::new(data, &settings).map_err(broken)?;
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(broken)?;
    let samples = decoded.components().first().map(|c| c.samples()).unwrap_or_default();
    if samples.len() != n {
        return Err(corrupt(format!("{} samples for {n} values", samples.len())));
    }
    Ok(samples.iter().map(|&sample| scaling.value(f64::from(sample))).collect())
}

/// Walks the markers of a codestream: one tile of one component of `n` samples, precincts as large as can be.
fn plain(data: &[u8], n: usize) -> Result<()> {
    const SOC_SIZ: u32 = 0xff4f_ff51;
    let size = Octets(data);
    if size.u32(1)? != SOC_SIZ {
        return Err(unsupported("GRIB in a JPEG 2000 file that is no bare codestream"));
    }
    let [width, height] = [size.u32(9)?, size.u32(13)?];
    let (tile_width, tile_height) = (size.u32(25)?, size.u32(29)?);
    let origins = [17, 21, 33, 37].into_iter().try_fold(0, |sum, at| Ok(sum | size.u32(at)?))?;
    let (components, precision) = (size.u16(41)?, size.u8(43)?);
    if origins != 0 || components != 1 || tile_width < width || tile_height < height || size.u16(44)? != 0x0101 {
        return Err(unsupported("GRIB in a JPEG 2000 codestream of several tiles or components"));
    }
    if u64::from(width) * u64::from(height) != n as u64 {
        return Err(corrupt(format!("a JPEG 2000 image of {width} by {height} for {n} values")));
    }
    if precision >= MAX_BITS {
        return Err(unsupported(format!("JPEG 2000 samples of {} bits, or with a sign", precision % 128 + 1)));
    }
    let mut at = 5;
    let mut tile_end = None;
    loop {
        let (marker, next) = (size.u16(at - if at == 5 { 2 } else { 0 })?, at + if at == 5 { 0 } else { 2 });
        match marker {
            // The end of the codestream.
            0xffd9 => return Ok(()),
            // Start of data: what follows is skipped to the end of the tile part.
            0xff93 => match tile_end {
                Some(end) if end > next && end - 1 < data.len() => at = end,
                _ => return Ok(()),
            },
            // Start of a tile part.
            0xff90 => {
                let length = size.u32(next + 4)? as usize;
                tile_end = (length > 0).then(|| at.saturating_add(length));
                at = next + usize::from(size.u16(next)?);
            }
            // Coding style: precincts of their own, or a style of one component.
            0xff52 if size.u8(next + 2)? & 1 != 0 => return Err(unsupported("JPEG 2000 precincts")),
            0xff53 | 0xff5f | 0xff60 | 0xff61 => {
                return Err(unsupported(format!("JPEG 2000 marker {marker:#x} in GRIB")));
            }
            0xff00.. => at = next + usize::from(size.u16(next)?).max(2),
            other => return Err(corrupt(format!("a JPEG 2000 marker {other:#x}"))),
        }
        if at == 5 {
            return Err(corrupt("a JPEG 2000 marker without length"));
        }
    }
}
