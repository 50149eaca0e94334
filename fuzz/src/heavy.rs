//! Decoders whose streams do not say how they were made: the tail of an input says it, as metadata would.

use crate::decoders::{CONFIG_SHIFT, bytes_of, length};
use zarrscope::meta::{AecSpec, CodecSpec, GribPart, GribSpec, SzipSpec};

/// An AEC stream and a tail of seven: the decoded length in two bytes, the bits of a sample, the samples of a block, the
/// blocks of an interval in two bytes, flags.
pub fn aec(data: &[u8]) {
    let Some((encoded, &[a, b, bits, block, c, d, flags])) = data.split_last_chunk::<7>() else { return };
    let codec = CodecSpec::Aec(AecSpec {
        bits_per_sample: bits.into(),
        block_size: block.into(),
        blocks_per_interval: u16::from_le_bytes([c, d]).into(),
        flags: flags.into(),
    });
    let _ = bytes_of(0, encoded, length(a, b, 0), codec);
}

/// An szip stream and a tail of eight: the decoded length in two bytes, the bits of a pixel, the pixels of a block, the
/// pixels of a scanline in two bytes, options, and whether the length stands before the stream.
pub fn szip(data: &[u8]) {
    let Some((encoded, &[a, b, bits, block, c, d, options, mode])) = data.split_last_chunk::<8>() else { return };
    let codec = CodecSpec::Szip(SzipSpec {
        options: options.into(),
        pixels_per_block: block.into(),
        bits_per_pixel: bits.into(),
        pixels_per_scanline: u16::from_le_bytes([c, d]).into(),
        header: mode & 1 == 0,
    });
    let _ = bytes_of(0, encoded, length(a, b, mode), codec);
}

/// GRIB computes in doubles whatever is asked for, and holds the packed numbers, the values without and the values with
/// gaps: so many times the decoded length.
const GRIB_COPIES: usize = 8;

/// A GRIB2 message and a tail of three: the decoded length, and which part of it as which floats. The length of the data
/// section is always made right, so that mutations reach what stands behind it.
pub fn grib(data: &[u8]) {
    let Some((message, &[a, b, mode])) = data.split_last_chunk::<3>() else { return };
    let which = mode >> CONFIG_SHIFT;
    let part = [GribPart::Values, GribPart::Values, GribPart::Latitudes, GribPart::Longitudes][usize::from(which & 3)];
    field(&with_data_to_its_end(message), length(a, b, mode), GribSpec { part, double: which & 4 == 0 });
}

fn field(message: &[u8], len: u64, spec: GribSpec) {
    let more = GRIB_COPIES * usize::try_from(len).unwrap_or(usize::MAX);
    let _ = bytes_of(more, message, len, CodecSpec::Grib(spec));
}

/// The message with its section 7 reaching to the end.
fn with_data_to_its_end(message: &[u8]) -> Vec<u8> {
    let mut message = message.to_vec();
    let mut at = 16;
    while let Some(&[a, b, c, d, number]) = message.get(at..).and_then(<[u8]>::first_chunk) {
        let rest = message.len() - at;
        let len = u32::from_be_bytes([a, b, c, d]) as usize;
        if number == 7 {
            let len = u32::try_from(rest).expect("a short input").to_be_bytes();
            message[at..at + 4].copy_from_slice(&len);
            break;
        }
        if len < 5 || len > rest {
            break;
        }
        at += len;
    }
    message
}

/// A JPEG 2000 codestream and a tail of two, the number of samples: in the smallest message of GRIB.
pub fn jpeg2000(data: &[u8]) {
    let Some((codestream, &[a, b])) = data.split_last_chunk::<2>() else { return };
    let points = u16::from_le_bytes([a, b]);
    let n = u32::from(points).to_be_bytes();
    let head = b"GRIB\0\0\0\x02\0\0\0\0\0\0\0\0".to_vec();
    let grid = [&[0, 0, 0, 14, 3, 0], n.as_slice(), &[0; 4]].concat();
    // Template 40; a reference of 0 without scaling, of 8 bits.
    let representation = [&[0, 0, 0, 23, 5], n.as_slice(), &[0, 40], &[0; 8], &[8, 0, 0, 255]].concat();
    let len = u32::try_from(codestream.len() + 5).expect("a short input").to_be_bytes();
    let message = [&head, &grid, &representation, len.as_slice(), &[7], codestream].concat();
    field(&message, 8 * u64::from(points), GribSpec { part: GribPart::Values, double: true });
}
