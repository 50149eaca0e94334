//! The element types that can be read: what they are called, and how wide they are.
//!
//! Values inside the core are little-endian; byte order belongs to the codec `bytes`.

use crate::error::{Result, invalid_metadata, unsupported};
use serde::{Deserialize, Serialize};

/// Byte order of stored elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Endian {
    Little,
    Big,
}

/// The unit of numpy's datetime64 and timedelta64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum TimeUnit {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Milli,
    Micro,
    Nano,
    Pico,
    Femto,
    Atto,
}

impl TimeUnit {
    /// From numpy's abbreviation.
    pub fn parse(code: &str) -> Option<Self> {
        Some(match code {
            "Y" => Self::Year,
            "M" => Self::Month,
            "W" => Self::Week,
            "D" => Self::Day,
            "h" => Self::Hour,
            "m" => Self::Minute,
            "s" => Self::Second,
            "ms" => Self::Milli,
            "us" | "μs" => Self::Micro,
            "ns" => Self::Nano,
            "ps" => Self::Pico,
            "fs" => Self::Femto,
            "as" => Self::Atto,
            _ => return None,
        })
    }

    /// numpy's abbreviation.
    pub fn code(self) -> &'static str {
        match self {
            Self::Year => "Y",
            Self::Month => "M",
            Self::Week => "W",
            Self::Day => "D",
            Self::Hour => "h",
            Self::Minute => "m",
            Self::Second => "s",
            Self::Milli => "ms",
            Self::Micro => "us",
            Self::Nano => "ns",
            Self::Pico => "ps",
            Self::Femto => "fs",
            Self::Atto => "as",
        }
    }
}

/// An element type: of fixed width, but for the last three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum DType {
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Float16,
    Float32,
    Float64,
    Complex64,
    Complex128,
    /// Counts of `n` units since 1970-01-01; the least int64 is NaT.
    Datetime64(TimeUnit, u32),
    /// Counts of `n` units; the least int64 is NaT.
    Timedelta64(TimeUnit, u32),
    /// Byte strings of fixed length, zero-padded.
    Bytes(u32),
    /// Strings of fixed length in UTF-32, zero-padded.
    Unicode(u32),
    /// So many bytes without a meaning (numpy's void, `r8` and so on in Zarr v3).
    Raw(u32),
    /// So many bytes in fields, which stand beside the type ([`super::Field`]).
    Record(u32),
    /// Text of any length.
    Text,
    /// Byte strings of any length.
    Blob,
    /// Anything that JSON can say.
    Object,
}

/// Bytes of a handle: an element of variable length is known in its block by offset and length.
pub const HANDLE_BYTES: usize = 8;

impl DType {
    /// Bytes per element; of a handle, where elements vary in length.
    pub fn size(self) -> usize {
        match self {
            Self::Bool | Self::Int8 | Self::UInt8 => 1,
            Self::Int16 | Self::UInt16 | Self::Float16 => 2,
            Self::Int32 | Self::UInt32 | Self::Float32 => 4,
            Self::Int64 | Self::UInt64 | Self::Float64 | Self::Complex64 => 8,
            Self::Datetime64(..) | Self::Timedelta64(..) => 8,
            Self::Complex128 => 16,
            Self::Bytes(n) => n as usize,
            Self::Unicode(n) => 4 * n as usize,
            Self::Raw(n) | Self::Record(n) => n as usize,
            Self::Text | Self::Blob | Self::Object => HANDLE_BYTES,
        }
    }

    /// True for types whose elements vary in length: metadata do not tell how many bytes a chunk decodes to.
    pub fn is_variable(self) -> bool {
        matches!(self, Self::Text | Self::Blob | Self::Object)
    }

    /// Bytes of the unit that byte order applies to: half a complex number, a code point, one byte of a byte string.
    pub fn swap_size(self) -> usize {
        match self {
            Self::Complex64 => 4,
            Self::Complex128 => 8,
            Self::Bytes(_) | Self::Raw(_) | Self::Record(_) => 1,
            Self::Unicode(_) => 4,
            other => other.size(),
        }
    }

    /// numpy's name.
    pub fn name(self) -> String {
        match self {
            Self::Bool => "bool".into(),
            Self::Int8 => "int8".into(),
            Self::Int16 => "int16".into(),
            Self::Int32 => "int32".into(),
            Self::Int64 => "int64".into(),
            Self::UInt8 => "uint8".into(),
            Self::UInt16 => "uint16".into(),
            Self::UInt32 => "uint32".into(),
            Self::UInt64 => "uint64".into(),
            Self::Float16 => "float16".into(),
            Self::Float32 => "float32".into(),
            Self::Float64 => "float64".into(),
            Self::Complex64 => "complex64".into(),
            Self::Complex128 => "complex128".into(),
            Self::Datetime64(unit, 1) => format!("datetime64[{}]", unit.code()),
            Self::Datetime64(unit, n) => format!("datetime64[{n}{}]", unit.code()),
            Self::Timedelta64(unit, 1) => format!("timedelta64[{}]", unit.code()),
            Self::Timedelta64(unit, n) => format!("timedelta64[{n}{}]", unit.code()),
            Self::Bytes(n) => format!("S{n}"),
            Self::Unicode(n) => format!("<U{n}"),
            Self::Raw(n) => format!("V{n}"),
            Self::Record(n) => format!("record of {n} bytes"),
            Self::Text => "string".into(),
            Self::Blob => "bytes".into(),
            Self::Object => "object".into(),
        }
    }

    /// As numpy spells it, little-endian: `<f4`, `|S3`.
    pub fn numpy_name(self) -> String {
        let unit =
            |unit: TimeUnit, n: u32| if n == 1 { unit.code().to_string() } else { format!("{n}{}", unit.code()) };
        match self {
            Self::Bool => "|b1".into(),
            Self::Int8 | Self::UInt8 => format!("|{}1", if self == Self::Int8 { 'i' } else { 'u' }),
            Self::Bytes(n) => format!("|S{n}"),
            Self::Raw(n) | Self::Record(n) => format!("|V{n}"),
            Self::Unicode(n) => format!("<U{n}"),
            Self::Datetime64(u, n) => format!("<M8[{}]", unit(u, n)),
            Self::Timedelta64(u, n) => format!("<m8[{}]", unit(u, n)),
            Self::Text | Self::Blob | Self::Object => "|O".into(),
            Self::Complex64 | Self::Complex128 => format!("<c{}", self.size()),
            _ if self.is_float() => format!("<f{}", self.size()),
            _ if self.is_signed() => format!("<i{}", self.size()),
            _ => format!("<u{}", self.size()),
        }
    }

    /// True for the types that can be averaged: integers, floats and bool.
    pub fn is_real(self) -> bool {
        self.is_float() || self.is_integer() || self == Self::Bool
    }

    /// True for floats of any width.
    pub fn is_float(self) -> bool {
        matches!(self, Self::Float16 | Self::Float32 | Self::Float64)
    }

    /// True for integers of any width and sign.
    pub fn is_integer(self) -> bool {
        self.is_signed() || matches!(self, Self::UInt8 | Self::UInt16 | Self::UInt32 | Self::UInt64)
    }

    /// True for signed integers.
    pub fn is_signed(self) -> bool {
        matches!(self, Self::Int8 | Self::Int16 | Self::Int32 | Self::Int64)
    }

    /// True for the integers that a double cannot hold exactly.
    pub fn is_wide_integer(self) -> bool {
        matches!(self, Self::Int64 | Self::UInt64)
    }

    /// The unsigned integer of the same width (the attribute `_Unsigned`), or the type itself.
    pub fn unsigned(self) -> Self {
        match self {
            Self::Int8 => Self::UInt8,
            Self::Int16 => Self::UInt16,
            Self::Int32 => Self::UInt32,
            Self::Int64 => Self::UInt64,
            other => other,
        }
    }

    /// The signed integer of the same width (`_Unsigned` = "false"), or the type itself.
    pub fn signed(self) -> Self {
        match self {
            Self::UInt8 => Self::Int8,
            Self::UInt16 => Self::Int16,
            Self::UInt32 => Self::Int32,
            Self::UInt64 => Self::Int64,
            other => other,
        }
    }

    /// From a numpy type string such as `<f4`, `|S5`, `>M8[ns]`: Zarr v2's spelling, with its byte order.
    pub fn parse_numpy(text: &str) -> Result<(Self, Endian)> {
        let mut chars = text.chars();
        let order = chars.next().ok_or_else(|| invalid_metadata("an empty dtype"))?;
        let endian = match order {
            '<' | '|' => Endian::Little,
            '>' => Endian::Big,
            _ => return Err(unsupported(format!("dtype {text:?}"))),
        };
        let kind = chars.next().ok_or_else(|| invalid_metadata(format!("dtype {text:?}")))?;
        let rest = chars.as_str();
        let bad = || unsupported(format!("dtype {text:?}"));
        let dtype = match kind {
            'M' | 'm' => {
                let unit = rest.strip_prefix("8[").and_then(|r| r.strip_suffix(']')).ok_or_else(bad)?;
                let digits = unit.chars().take_while(char::is_ascii_digit).count();
                let (count, code) = unit.split_at(digits);
                let n = if count.is_empty() { 1 } else { count.parse().map_err(|_| bad())? };
                let unit = TimeUnit::parse(code).ok_or_else(bad)?;
                if kind == 'M' { Self::Datetime64(unit, n) } else { Self::Timedelta64(unit, n) }
            }
            _ => {
                let n: u32 = rest.parse().map_err(|_| bad())?;
                match (kind, n) {
                    ('b', 1) => Self::Bool,
                    ('i', 1) => Self::Int8,
                    ('i', 2) => Self::Int16,
                    ('i', 4) => Self::Int32,
                    ('i', 8) => Self::Int64,
                    ('u', 1) => Self::UInt8,
                    ('u', 2) => Self::UInt16,
                    ('u', 4) => Self::UInt32,
                    ('u', 8) => Self::UInt64,
                    ('f', 2) => Self::Float16,
                    ('f', 4) => Self::Float32,
                    ('f', 8) => Self::Float64,
                    ('c', 8) => Self::Complex64,
                    ('c', 16) => Self::Complex128,
                    ('S', n) if n <= MAX_STRING => Self::Bytes(n),
                    ('U', n) if n <= MAX_STRING => Self::Unicode(n),
                    ('V', n) if n <= MAX_STRING => Self::Raw(n),
                    _ => return Err(bad()),
                }
            }
        };
        Ok((dtype, endian))
    }

    /// From any spelling that `numpy.dtype` takes for a type of this list: as in [`Self::parse_numpy`], by name
    /// (`float32`), or without a byte order (`f4`), which is then little, as on every machine that writes such.
    pub fn parse_numpy_alias(text: &str) -> Result<(Self, Endian)> {
        if let Some(dtype) = Self::parse_v3(text) {
            return Ok((dtype, Endian::Little));
        }
        match text.strip_prefix('=').unwrap_or(text) {
            "?" => Ok((Self::Bool, Endian::Little)),
            ordered if ordered.starts_with(['<', '>', '|']) => Self::parse_numpy(ordered),
            bare => Self::parse_numpy(&format!("<{bare}")),
        }
    }

    /// From a Zarr v3 core data type's name.
    pub fn parse_v3(name: &str) -> Option<Self> {
        Some(match name {
            "bool" => Self::Bool,
            "int8" => Self::Int8,
            "int16" => Self::Int16,
            "int32" => Self::Int32,
            "int64" => Self::Int64,
            "uint8" => Self::UInt8,
            "uint16" => Self::UInt16,
            "uint32" => Self::UInt32,
            "uint64" => Self::UInt64,
            "float16" => Self::Float16,
            "float32" => Self::Float32,
            "float64" => Self::Float64,
            "complex64" => Self::Complex64,
            "complex128" => Self::Complex128,
            _ => return None,
        })
    }
}

/// The longest fixed-length string read, in characters: longer ones are a lie or a mistake.
pub const MAX_STRING: u32 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numpy_spelling() {
        assert_eq!(DType::parse_numpy("<f4").ok(), Some((DType::Float32, Endian::Little)));
        assert_eq!(DType::parse_numpy(">i2").ok(), Some((DType::Int16, Endian::Big)));
        assert_eq!(DType::parse_numpy("|S5").ok(), Some((DType::Bytes(5), Endian::Little)));
        let (dtype, _) = DType::parse_numpy("<M8[25s]").unwrap_or((DType::Bool, Endian::Little));
        assert_eq!(dtype.name(), "datetime64[25s]");
        for bad in ["", "<", "f4", "<f3", "|O", "<M8", "<M8[fortnight]", "<i99999999999"] {
            assert!(DType::parse_numpy(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(DType::Complex128.size(), 16);
        assert_eq!(DType::Complex128.swap_size(), 8);
        assert_eq!(DType::Unicode(4).size(), 16);
    }
}
