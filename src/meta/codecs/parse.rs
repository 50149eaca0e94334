//! From a name and its configuration to a codec: one line per name, the reading of configurations by family.

use super::{
    CodecSpec, IndexLocation, LzmaFormat, ObjectCoding, array, cast, heavy, image, numeric, objects, shard, stream,
};
use crate::array::{DType, Endian};
use crate::error::{Code, Error, Result, invalid_metadata, unsupported};
use serde_json::{Map, Value};

/// The codecs that can be decoded, for messages.
const KNOWN: &str = "bytes, blosc, gzip, zlib, zstd, lz4, bz2, lzma, base64, crc32c, crc32, adler32, fletcher32, \
    jenkins_lookup3, transpose, shuffle, delta, fixedscaleoffset, astype, quantize, bitround, packbits, \
    cast_value, scale_offset, categorize, vlen-utf8, vlen-bytes, vlen-array, json2, msgpack2, sharding_indexed, pcodec, zfpy, grib, and imagecodecs_ with aec, bitshuffle, blosc, \
    byteshuffle, bz2, deflate, delta, floatpred, lz4, lzma, lzw, packbits, quantize, szip, zlib, zlibng, zstd";

/// A codec's configuration, and what stands around it.
pub struct Config<'a> {
    /// The name as written.
    full_name: &'a str,
    /// The name without its prefix.
    pub name: &'a str,
    /// The configuration's members.
    pub map: &'a Map<String, Value>,
    /// The type of the elements that the codec decodes to; Zarr v3 leaves it out of configurations. Unknown in v2.
    pub decoded: Option<DType>,
}

impl Config<'_> {
    /// An error that quotes the configuration.
    pub fn bad(&self, what: &str) -> Error {
        invalid_metadata(format!("{what}: {}", Value::Object(self.map.clone()))).with_codec(self.full_name)
    }

    /// A member that is a text; null is absent.
    pub fn text(&self, key: &str) -> Result<Option<&str>> {
        match self.map.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.bad(key)),
        }
    }

    /// A member that is true or false; absent, it is false.
    pub fn flag(&self, key: &str) -> Result<bool> {
        match self.map.get(key) {
            None | Some(Value::Null) => Ok(false),
            Some(value) => value.as_bool().ok_or_else(|| self.bad(key)),
        }
    }

    /// A member that is a finite number.
    pub fn number(&self, key: &str) -> Result<f64> {
        self.map.get(key).and_then(Value::as_f64).ok_or_else(|| self.bad(key))
    }
}

impl CodecSpec {
    /// From a numcodecs configuration (Zarr v2).
    pub fn parse_v2(config: &Value) -> Result<Self> {
        let id = config.get("id").and_then(Value::as_str).ok_or_else(|| invalid_metadata(format!("codec {config}")))?;
        match config {
            Value::Object(map) => parse(&Config { full_name: id, name: id, map, decoded: None }),
            _ => Err(invalid_metadata(format!("codec {config}"))),
        }
    }

    /// From a v3 codec: a name, or `{name, configuration}`, that decodes to elements of this type.
    ///
    /// # Errors
    /// `unknown_codec`, naming it; `invalid_metadata` for a configuration that cannot be.
    pub fn parse_v3(codec: &Value, decoded: DType) -> Result<Self> {
        let empty = Map::new();
        let (full_name, map) = match codec {
            Value::String(name) => (name.as_str(), &empty),
            Value::Object(map) => {
                let name = map.get("name").and_then(Value::as_str);
                let name = name.ok_or_else(|| invalid_metadata(format!("codec {codec} has no name")))?;
                (name, map.get("configuration").and_then(Value::as_object).unwrap_or(&empty))
            }
            _ => return Err(invalid_metadata(format!("codec {codec}"))),
        };
        let name = full_name.strip_prefix("numcodecs.").unwrap_or(full_name);
        parse(&Config { full_name, name, map, decoded: Some(decoded) })
    }
}

/// A chain of v3 codecs: each is told the element type that the ones before it leave.
pub fn parse_v3_chain(codecs: &[Value], dtype: DType) -> Result<Vec<CodecSpec>> {
    let mut dtype = dtype;
    let mut chain = Vec::with_capacity(codecs.len());
    for codec in codecs {
        let codec = CodecSpec::parse_v3(codec, dtype)?;
        dtype = codec.encoded_dtype(dtype);
        if matches!(codec, CodecSpec::Pcodec | CodecSpec::Zfpy | CodecSpec::Grib(_)) {
            // These turn an array into bytes for themselves: the order of its bytes is written out, as v2 does.
            chain.push(CodecSpec::Bytes(Endian::Little));
        }
        chain.push(codec);
    }
    Ok(chain)
}

fn parse(config: &Config) -> Result<CodecSpec> {
    let codec = match config.name {
        "bytes" | "endian" => array::bytes(config),
        "transpose" => array::transpose(config),
        "sharding_indexed" => shard::sharding(config),
        "delta" => numeric::delta(config),
        "fixedscaleoffset" => numeric::fixed_scale_offset(config),
        "astype" => numeric::as_type(config),
        "quantize" => numeric::quantize(config),
        "cast_value" => cast::cast_value(config),
        "scale_offset" => cast::scale_offset(config),
        "bitround" | "imagecodecs_quantize" => Ok(CodecSpec::BitRound),
        "packbits" => array::pack_bits(config),
        "shuffle" => stream::shuffle(config),
        "crc32c" => Ok(CodecSpec::Crc32c(stream::location(config, IndexLocation::End)?)),
        "crc32" | "adler32" | "fletcher32" | "jenkins_lookup3" => stream::checksum(config),
        "base64" => Ok(CodecSpec::Base64),
        "blosc" | "imagecodecs_blosc" => Ok(CodecSpec::Blosc),
        "gzip" => Ok(CodecSpec::Gzip),
        "zlib" | "imagecodecs_zlib" | "imagecodecs_zlibng" => Ok(CodecSpec::Zlib),
        "imagecodecs_deflate" => stream::deflate(config),
        "zstd" | "imagecodecs_zstd" => Ok(CodecSpec::Zstd),
        "lz4" => Ok(CodecSpec::Lz4),
        "imagecodecs_lz4" => stream::image_lz4(config),
        "bz2" | "imagecodecs_bz2" => Ok(CodecSpec::Bz2),
        "lzma" => stream::lzma(config),
        "imagecodecs_lzma" => Ok(CodecSpec::Lzma(LzmaFormat::Auto)),
        "imagecodecs_lzw" => Ok(CodecSpec::Lzw),
        "imagecodecs_packbits" => Ok(CodecSpec::TiffPackBits),
        "imagecodecs_delta" => image::delta(config),
        "imagecodecs_floatpred" => image::float_predictor(config),
        "imagecodecs_byteshuffle" => image::byte_shuffle(config),
        "imagecodecs_bitshuffle" => image::bit_shuffle(config),
        "vlen-utf8" => Ok(CodecSpec::Objects(ObjectCoding::Utf8)),
        "vlen-bytes" => Ok(CodecSpec::Objects(ObjectCoding::Bytes)),
        "vlen-array" => objects::vlen_array(config),
        "json2" => objects::json2(config),
        "msgpack2" => Ok(CodecSpec::Objects(ObjectCoding::MsgPack)),
        "categorize" => objects::categorize(config),
        "pickle" => Err(unsupported("pickle, which would run a stranger's code")),
        "pcodec" => Ok(CodecSpec::Pcodec),
        "zfpy" => Ok(CodecSpec::Zfpy),
        "imagecodecs_aec" => heavy::aec(config),
        "imagecodecs_szip" => heavy::szip(config),
        "grib" => heavy::grib(config),
        _ => {
            let message = format!("the codec {:?} is not known; known are {KNOWN}", config.full_name);
            Err(Error::new(Code::UnknownCodec, message))
        }
    };
    codec.map_err(|e| e.with_codec(config.full_name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_spellings() {
        assert_eq!(CodecSpec::parse_v2(&json!({"id": "shuffle", "elementsize": 2})).ok(), Some(CodecSpec::Shuffle(2)));
        let v3 = json!({"name": "numcodecs.shuffle", "configuration": {"elementsize": 2}});
        assert_eq!(CodecSpec::parse_v3(&v3, DType::Int16).ok(), Some(CodecSpec::Shuffle(2)));
        assert_eq!(
            CodecSpec::parse_v3(&json!("crc32c"), DType::Int16).ok(),
            Some(CodecSpec::Crc32c(IndexLocation::End))
        );
    }

    #[test]
    fn an_unknown_codec_is_named() {
        let error = CodecSpec::parse_v3(&json!({"name": "numcodecs.nosuch"}), DType::Int16).err();
        let details = error.map(|e| e.details().clone());
        assert_eq!(details.map(|d| (d.code, d.codec)), Some((Code::UnknownCodec, Some("numcodecs.nosuch".into()))));
    }

    #[test]
    fn lies_are_refused() {
        for bad in [
            json!({"name": "transpose", "configuration": {"order": [0, 0]}}),
            json!({"name": "transpose", "configuration": {"order": "F"}}),
            json!({"name": "shuffle", "configuration": {"elementsize": -1}}),
            json!({"name": "sharding_indexed", "configuration": {"chunk_shape": [0], "codecs": [], "index_codecs": []}}),
            json!({"name": "sharding_indexed", "configuration": {"chunk_shape": [1], "codecs": [], "index_codecs": ["zstd"]}}),
            json!({"name": "delta", "configuration": {"dtype": "<q9"}}),
            json!(7),
        ] {
            assert!(CodecSpec::parse_v3(&bad, DType::Int16).is_err(), "{bad}");
        }
    }
}
