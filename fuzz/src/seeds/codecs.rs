//! Golden cases of the reference libraries, each with the tail that its target reads.

use super::{LONGEST, fixtures, short};
use crate::decoders::{BARE, CONFIG_SHIFT, LZMA};
use crate::filters::FILTERS;
use crate::objects::OBJECTS;
use base64::Engine as _;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::read;
use zarrscope::array::DType;

struct Case {
    /// A configuration of Zarr v2, or a chain of v3.
    codec: Value,
    dtype: String,
    encoded: Vec<u8>,
    decoded_len: u16,
}

fn list(file: &str) -> Vec<Case> {
    let text = read(fixtures("codecs").join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
    let list: Vec<Value> = serde_json::from_slice(&text).unwrap_or_else(|e| panic!("{file}: {e}"));
    let bytes = |v: &Value| base64::engine::general_purpose::STANDARD.decode(v.as_str().unwrap_or_default());
    let cases = list.iter().filter_map(|case| {
        Some(Case {
            codec: if case["codecs"].is_array() { case["codecs"].clone() } else { case["codec"].clone() },
            dtype: case["dtype"].as_str().unwrap_or_default().to_string(),
            encoded: bytes(&case["encoded"]).ok().filter(|e| e.len() <= LONGEST)?,
            decoded_len: u16::try_from(bytes(&case["decoded"]).ok()?.len()).ok()?,
        })
    });
    cases.collect()
}

fn all() -> Vec<Case> {
    ["cases.json", "more.json", "heavy.json"].into_iter().flat_map(list).collect()
}

impl Case {
    fn is(&self, id: &str) -> bool {
        self.codec["id"] == id
    }

    fn number(&self, key: &str, otherwise: u64) -> u64 {
        self.codec[key].as_u64().unwrap_or(otherwise)
    }

    /// Encoded bytes, the decoded length, and what else says how the decoder is called.
    fn seed(&self, rest: &[u8]) -> Vec<u8> {
        [&self.encoded, &self.decoded_len.to_le_bytes()[..], rest].concat()
    }
}

fn byte(n: u64) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}

fn two_bytes(n: u64) -> [u8; 2] {
    u16::try_from(n).unwrap_or(u16::MAX).to_le_bytes()
}

/// The cases of a codec that has one configuration, by any of its names.
pub(crate) fn family(name: &str) -> Vec<Vec<u8>> {
    let long = format!("imagecodecs_{name}");
    all().iter().filter(|c| c.is(name) || c.is(&long)).map(|c| c.seed(&[0])).collect()
}

/// The cases of codecs whose last byte chooses among configurations: each with the first that is like its own.
fn chosen(configs: &[&str], like: fn(&Value, &Value) -> bool) -> Vec<Vec<u8>> {
    let parsed: Vec<Value> = configs.iter().filter_map(|config| serde_json::from_str(config).ok()).collect();
    let seed = |case: &Case| {
        let at = parsed.iter().position(|config| like(config, &case.codec))?;
        Some(case.seed(&[byte(at as u64) << CONFIG_SHIFT]))
    };
    all().iter().filter_map(seed).collect()
}

pub(crate) fn bare() -> Vec<Vec<u8>> {
    chosen(BARE, |a, b| a["id"] == b["id"] && ["raw", "header"].iter().all(|k| a[k].as_bool() == b[k].as_bool()))
}

pub(crate) fn lzma() -> Vec<Vec<u8>> {
    let same = |a: &Value, b: &Value| {
        let filters = |v: &Value| v["filters"].as_array().map_or(0, Vec::len);
        let first = |v: &Value| v["filters"][0]["dist"].as_u64();
        a["id"] == b["id"] && a["format"] == b["format"] && filters(a) == filters(b) && first(a) == first(b)
    };
    let mut seeds = chosen(LZMA, same);
    // No case has the filters for machine code: LZMA2 stands behind them all.
    let raw = chosen(LZMA, |a, b| a["format"] == 3 && a["id"] == b["id"] && b["filters"][0]["id"] == 33);
    for config in 6..LZMA.len() {
        seeds.extend(raw.iter().map(|seed| [&seed[..seed.len() - 1], &[byte(config as u64) << CONFIG_SHIFT]].concat()));
    }
    seeds
}

pub(crate) fn aec() -> Vec<Vec<u8>> {
    let tail = |c: &Case| {
        let [bits, block, flags] =
            [("bitspersample", 8), ("blocksize", 8), ("flags", 8)].map(|(k, n)| byte(c.number(k, n)));
        [&[bits, block], &two_bytes(c.number("rsi", 2))[..], &[flags]].concat()
    };
    all().iter().filter(|c| c.is("imagecodecs_aec")).map(|c| c.seed(&tail(c))).collect()
}

pub(crate) fn szip() -> Vec<Vec<u8>> {
    let tail = |c: &Case| {
        let [bits, block, options] =
            ["bits_per_pixel", "pixels_per_block", "options_mask"].map(|key| byte(c.number(key, 0)));
        let mode = u8::from(c.codec["header"] == false);
        [&[bits, block], &two_bytes(c.number("pixels_per_scanline", 0))[..], &[options, mode]].concat()
    };
    all().iter().filter(|c| c.is("imagecodecs_szip")).map(|c| c.seed(&tail(c))).collect()
}

/// The shortest messages of each packing, and all that ask for something else than values in doubles.
pub(crate) fn grib() -> Vec<Vec<u8>> {
    let mut cases = list("grib.json");
    cases.sort_by_key(|case| case.encoded.len());
    let (mut seeds, mut of_template) = (Vec::new(), std::collections::BTreeMap::new());
    for case in cases {
        let part = match case.codec["var"].as_str() {
            Some("latitude") => 2,
            Some("longitude") => 3,
            _ => 0,
        };
        let which = part | if case.codec["dtype"] == "float32" { 4 } else { 0 };
        let template = section(&case.encoded, 5).and_then(|s| s.get(9..11)).map(<[u8]>::to_vec);
        let count = of_template.entry((template, which)).or_insert(0);
        *count += 1;
        if *count <= 12 {
            seeds.push(case.seed(&[which << CONFIG_SHIFT]));
        }
    }
    short(seeds)
}

/// A section of a message with its head.
fn section(message: &[u8], number: u8) -> Option<&[u8]> {
    let mut rest = message.get(16..)?;
    loop {
        let len = u32::from_be_bytes(*rest.first_chunk()?) as usize;
        let (section, after) = rest.split_at_checked(len)?;
        if section.get(4) == Some(&number) {
            return Some(section);
        }
        rest = after;
    }
}

/// The codestreams of messages packed so.
pub(crate) fn jpeg2000() -> Vec<Vec<u8>> {
    let seed = |case: &Case| {
        let representation = section(&case.encoded, 5)?;
        let n = u32::from_be_bytes(*representation.get(5..)?.first_chunk()?);
        let data = section(&case.encoded, 7)?.get(5..)?;
        let is = representation.get(9..11) == Some(&[0, 40]) && !data.is_empty();
        is.then(|| [data, &two_bytes(n.into())].concat())
    };
    list("grib.json").iter().filter_map(seed).collect::<BTreeSet<_>>().into_iter().collect()
}

/// For each filter, golden cases of its family, whatever their types: mutations find the rest.
pub(crate) fn filters() -> Vec<Vec<u8>> {
    let cases = all();
    let mut seeds = BTreeSet::new();
    for (which, (dtype, config)) in (0u8..).zip(FILTERS) {
        let config: Value = serde_json::from_str(config).expect("JSON");
        let (dtype, _) = DType::parse_numpy(dtype).expect("a type");
        let same = |case: &&Case| {
            let id = case.codec["id"].as_str();
            id.is_some() && id == config["id"].as_str()
        };
        let mut of_family: Vec<&Case> = cases.iter().filter(same).collect();
        // Those of its own type first.
        of_family
            .sort_by_key(|case| (DType::parse_numpy(&case.dtype).ok().map(|d| d.0) != Some(dtype), case.encoded.len()));
        for case in of_family.into_iter().take(5) {
            let rows = usize::from(case.decoded_len) / dtype.size().max(1);
            seeds.insert([&case.encoded, &[u8::try_from(rows).unwrap_or(255), 1, which][..]].concat());
        }
        let numbers: Vec<u8> = (0..96u8).map(|i| i.wrapping_mul(37)).collect();
        let rows = 96 / u8::try_from(dtype.size()).expect("small");
        seeds.insert([&numbers, &[rows, 1, which][..]].concat());
    }
    seeds.into_iter().collect()
}

pub(crate) fn places() -> Vec<Vec<u8>> {
    (0..8).map(|width| [&[7; 48][..], &[width << 5 | 2, 3, 4, width]].concat()).collect()
}

/// Three elements in each coding.
pub(crate) fn objects() -> Vec<Vec<u8>> {
    let lengths = b"\x03\0\0\0\x01\0\0\0a\0\0\0\0\x08\0\0\0\xe6\xb5\xb7bcdef";
    let json = br#"[[0, {"a": [1, "x"]}, NaN], "|O", [1, 3]]"#;
    let message = b"\x93\x93\xa3foo\xc4\x02\xff\x01\x82\xa1k\x92\x01\xca\x7f\xc0\0\0\x01\xc0\xa2|O\x92\x01\x03";
    let codes = [1, 0, 2];
    let mut seeds = Vec::new();
    for (which, (_, config)) in (0u8..).zip(OBJECTS) {
        let shape = if config.contains("json2") || config.contains("msgpack2") { [1, 3] } else { [3, 1] };
        let width = if config.contains("<i8") {
            8
        } else if config.contains("<i2") {
            2
        } else {
            1
        };
        let wide: Vec<u8> = codes.iter().flat_map(|code| [&[*code], &[0; 7][..width - 1]].concat()).collect();
        for encoded in [&lengths[..], json, message, &wide] {
            seeds.push([encoded, &shape, &[which]].concat());
        }
    }
    seeds
}
