//! LZMA through lzma-rust2: .xz, .lzma, or a raw chain of filters, as Python's `lzma` module writes them.
//!
//! A header may ask for a dictionary of up to 4 GiB, and an encoder at its highest level asks for 64 MiB however short
//! the data. No dictionary need be longer than what it decodes to, which is known: so the size asked for is cut down to
//! that, in .xz within a copy of the block headers.

use super::Expected;
use super::deflate::read;
use crate::error::{Result, corrupt, unsupported};
use crate::meta::{LzmaFilter, LzmaFormat};
use lzma_rust2::filter::bcj::BcjReader;
use lzma_rust2::filter::delta::DeltaReader;
use lzma_rust2::{Lzma2Reader, LzmaReader, XzReader};
use std::io::Read;

const XZ_MAGIC: [u8; 6] = [0xfd, b'7', b'z', b'X', b'Z', 0];
/// .lzma: properties, dictionary size, decoded size.
const ALONE_HEADER: usize = 13;
/// What a decoder holds besides its dictionary, in KiB.
const STATE_KIB: u32 = 512;
const UNKNOWN_SIZE: u64 = u64::MAX;

/// Decodes the whole input.
pub fn decode_lzma(input: &[u8], format: &LzmaFormat, expected: Expected) -> Result<Vec<u8>> {
    match format {
        LzmaFormat::Xz => xz(input, expected),
        LzmaFormat::Alone => alone(input, expected),
        LzmaFormat::Auto if input.starts_with(&XZ_MAGIC) => xz(input, expected),
        LzmaFormat::Auto => alone(input, expected),
        LzmaFormat::Raw(filters) => raw(input, filters, expected),
    }
}

/// The dictionary that suffices.
fn dictionary(asked: u32, expected: Expected) -> u32 {
    asked.min(u32::try_from(expected.limit()).unwrap_or(u32::MAX)).max(lzma_rust2::DICT_SIZE_MIN)
}

fn alone(input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    let (header, body) =
        input.split_first_chunk::<ALONE_HEADER>().ok_or_else(|| corrupt("no room for the .lzma header"))?;
    let [properties, d0, d1, d2, d3, size @ ..] = *header;
    // liblzma refuses more, too: the table of literals doubles with each of these bits.
    if properties % 9 + properties / 9 % 5 > 4 {
        return Err(corrupt(format!("LZMA properties {properties}")));
    }
    let size = u64::from_le_bytes(size);
    if size != UNKNOWN_SIZE {
        expected.check(usize::try_from(size).unwrap_or(usize::MAX))?;
    }
    let dictionary = dictionary(u32::from_le_bytes([d0, d1, d2, d3]), expected);
    let decoder = LzmaReader::new_with_props(body, size, properties, dictionary, None);
    read(decoder.map_err(|e| corrupt(e.to_string()))?, expected)
}

fn raw(input: &[u8], filters: &[LzmaFilter], expected: Expected) -> Result<Vec<u8>> {
    let mut reader: Box<dyn Read + '_> = Box::new(input);
    for &filter in filters.iter().rev() {
        reader = match filter {
            LzmaFilter::Lzma2 { dictionary: asked } => {
                Box::new(Lzma2Reader::new(reader, dictionary(asked, expected), None))
            }
            LzmaFilter::Lzma1 { lc, lp, pb, dictionary: asked } => {
                let dictionary = dictionary(asked, expected);
                let decoder = LzmaReader::new(reader, UNKNOWN_SIZE, lc.into(), lp.into(), pb.into(), dictionary, None);
                Box::new(decoder.map_err(|e| corrupt(e.to_string()))?)
            }
            LzmaFilter::Delta { distance } => Box::new(DeltaReader::new(reader, distance.into())),
            LzmaFilter::X86 => Box::new(BcjReader::new_x86(reader, 0)),
            LzmaFilter::PowerPc => Box::new(BcjReader::new_ppc(reader, 0)),
            LzmaFilter::Ia64 => Box::new(BcjReader::new_ia64(reader, 0)),
            LzmaFilter::Arm => Box::new(BcjReader::new_arm(reader, 0)),
            LzmaFilter::ArmThumb => Box::new(BcjReader::new_arm_thumb(reader, 0)),
            LzmaFilter::Sparc => Box::new(BcjReader::new_sparc(reader, 0)),
        };
    }
    read(reader, expected)
}

fn xz(input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    let mut input = input.to_vec();
    cut_dictionaries(&mut input, expected)?;
    // Later streams of several are not rewritten: theirs must be modest by themselves.
    let dictionary_kib = dictionary(u32::MAX, expected) / 1024;
    let limit = dictionary_kib.saturating_mul(2).saturating_add(STATE_KIB);
    let bytes = read(XzReader::new_mem_limit(input.as_slice(), true, limit), expected);
    bytes.map_err(|e| match e.details().message.contains("mem_limit") {
        true => unsupported(format!("an .xz dictionary of more than {limit} KiB")),
        false => e,
    })
}

/// Walks over the blocks of the first stream and lets each ask for no more than it needs.
fn cut_dictionaries(input: &mut [u8], expected: Expected) -> Result<()> {
    let cut = || corrupt("the input ends within an .xz block");
    let check_len = match input.get(7).ok_or_else(cut)? & 15 {
        0 => 0,
        1..=3 => 4,
        4..=6 => 8,
        7..=9 => 16,
        10..=12 => 32,
        _ => 64,
    };
    let mut at = 12usize;
    // A block header begins with its length in words less one; zero begins the index.
    while let Some(&words @ 1..) = input.get(at) {
        let len = (usize::from(words) + 1) * 4;
        let header = input.get_mut(at..at + len).ok_or_else(cut)?;
        cut_dictionary(header, expected)?;
        let data = lzma2_len(input.get(at + len..).unwrap_or_default()).ok_or_else(cut)?;
        at = at.checked_add(len + data.next_multiple_of(4) + check_len).ok_or_else(cut)?;
    }
    Ok(())
}

/// Rewrites the dictionary's size in a block header, and the header's checksum.
fn cut_dictionary(header: &mut [u8], expected: Expected) -> Result<()> {
    let bad = || corrupt("an .xz block header that ends early");
    let (fields, stored) = header.split_last_chunk_mut::<4>().ok_or_else(bad)?;
    if crc32fast::hash(fields).to_le_bytes() != *stored {
        return Err(corrupt("an .xz block header with a wrong checksum"));
    }
    let flags = *fields.get(1).ok_or_else(bad)?;
    let mut at = 2;
    let number = |fields: &[u8], at: &mut usize| -> Result<u64> {
        let mut n = 0u64;
        for shift in (0..63).step_by(7) {
            let byte = *fields.get(*at).ok_or_else(bad)?;
            *at += 1;
            n |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(n);
            }
        }
        Err(bad())
    };
    for _ in 0..(flags >> 6).count_ones() {
        number(fields, &mut at)?; // the block's sizes, compressed and not
    }
    for _ in 0..=(flags & 3) {
        let id = number(fields, &mut at)?;
        let len = usize::try_from(number(fields, &mut at)?).map_err(|_| bad())?;
        let properties = at..at.checked_add(len).ok_or_else(bad)?;
        at = properties.end;
        let properties = fields.get_mut(properties).ok_or_else(bad)?;
        if let (0x21, [size]) = (id, properties) {
            let suffices = (0..40u8).find(|code| dictionary_len(*code) >= dictionary(u32::MAX, expected).into());
            *size = (*size).min(suffices.unwrap_or(40));
        }
    }
    *stored = crc32fast::hash(fields).to_le_bytes();
    Ok(())
}

/// .xz writes dictionary sizes as 2^n or 3·2^n.
fn dictionary_len(code: u8) -> u64 {
    (2 | u64::from(code & 1)) << (code / 2 + 11)
}

/// Bytes of an LZMA2 stream, from the headers of its chunks.
fn lzma2_len(input: &[u8]) -> Option<usize> {
    let mut at = 0usize;
    loop {
        let control = *input.get(at)?;
        let word = |i: usize| Some(usize::from(*input.get(at + i)?) << 8 | usize::from(*input.get(at + i + 1)?));
        at += match control {
            0 => return Some(at + 1),
            1 | 2 => 3 + word(1)? + 1,
            3..=127 => return None,
            128..=191 => 5 + word(3)? + 1,
            _ => 6 + word(3)? + 1,
        };
    }
}
