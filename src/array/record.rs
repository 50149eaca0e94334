//! Records: elements of several named fields, one after another (numpy's structured types, Zarr v3's `struct`).
//!
//! What a record holds stands beside its type, as the type itself is only so many bytes. Spellings: numpy's list of
//! `[name, type, shape?]` in Zarr v2; `{"name", "data_type"}` (zarr-extensions) or `[name, type]` (zarr-python) in v3.

use super::dtype::{DType, Endian, MAX_STRING};
use crate::error::{Result, invalid_metadata, too_large, unsupported};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Records in records, at most.
const MAX_DEPTH: usize = 8;
/// Fields of a record, at most, those of records within counted too.
const MAX_FIELDS: usize = 4096;
/// Elements of a field that is an array, at most.
const MAX_ITEMS: u64 = 1 << 20;

/// A field of a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its name; padding has none.
    pub name: String,
    /// Where it begins in its record, in bytes.
    pub offset: u32,
    /// Type of its elements.
    pub dtype: DType,
    /// Byte order of its elements, as stored.
    pub endian: Endian,
    /// Its extents, if it is an array.
    pub shape: Vec<u32>,
    /// Fields of its own, if it is a record.
    pub fields: Vec<Field>,
}

impl Field {
    /// Elements of the field: 1, but for arrays.
    pub fn items(&self) -> usize {
        self.shape.iter().map(|&n| n as usize).product()
    }

    /// Bytes of the field.
    pub fn len_bytes(&self) -> usize {
        self.items().saturating_mul(self.dtype.size())
    }
}

/// Bytes of a record to turn round: so many units of so many bytes, from an offset on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swap {
    /// First byte.
    pub offset: u32,
    /// Bytes of a unit.
    pub unit: u32,
    /// Units.
    pub count: u32,
}

/// What a record holds, and how many bytes it has.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// In order of their offsets.
    pub fields: Vec<Field>,
    /// All of them together.
    pub len_bytes: u32,
}

impl Record {
    /// From a Zarr v2 `dtype` that is a list.
    ///
    /// # Errors
    /// `invalid_metadata`, `unsupported` for a type of a field, `too_large`.
    pub fn parse_v2(dtype: &Value) -> Result<Self> {
        Reader { spelling: Spelling::Numpy, seen: 0 }.record(dtype, 0)
    }

    /// From the `fields` of a Zarr v3 data type; `parse` reads the types that are no records.
    ///
    /// # Errors
    /// As [`Record::parse_v2`].
    pub fn parse_v3(fields: &Value, parse: fn(&Value) -> Result<DType>) -> Result<Self> {
        Reader { spelling: Spelling::V3(parse), seen: 0 }.record(fields, 0)
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        DType::Record(self.len_bytes)
    }

    /// What to turn round to make big-endian units little-endian; `all` if every field is stored so.
    pub fn swaps(&self, all: bool) -> Vec<Swap> {
        let mut swaps = Vec::new();
        add_swaps(&self.fields, 0, all, &mut swaps);
        swaps
    }

    /// As numpy writes it: `[('i', '<i4'), ('f', '<f8')]`.
    pub fn name(&self) -> String {
        record_name(&self.fields)
    }
}

/// A record's type as numpy writes it.
pub fn record_name(fields: &[Field]) -> String {
    let one = |field: &Field| {
        let dtype = match field.dtype {
            DType::Record(_) => record_name(&field.fields),
            other => format!("'{}'", other.numpy_name()),
        };
        match field.shape.as_slice() {
            [] => format!("('{}', {dtype})", field.name),
            shape => {
                // A tuple of one needs its comma.
                let lengths = match shape {
                    [one] => format!("{one},"),
                    _ => shape.iter().map(u32::to_string).collect::<Vec<_>>().join(", "),
                };
                format!("('{}', {dtype}, ({lengths}))", field.name)
            }
        }
    };
    format!("[{}]", fields.iter().filter(|f| !f.name.is_empty()).map(one).collect::<Vec<_>>().join(", "))
}

/// Turns the big-endian units of records round, in place.
pub fn swap_fields(records: &mut [u8], size: usize, swaps: &[Swap]) {
    if swaps.is_empty() || size == 0 {
        return;
    }
    for record in records.chunks_exact_mut(size) {
        for Swap { offset, unit, count } in swaps {
            let (start, unit) = (*offset as usize, (*unit as usize).max(1));
            let len = unit.saturating_mul(*count as usize);
            if let Some(units) = start.checked_add(len).and_then(|end| record.get_mut(start..end)) {
                units.chunks_exact_mut(unit).for_each(<[u8]>::reverse);
            }
        }
    }
}

fn add_swaps(fields: &[Field], base: u32, all: bool, swaps: &mut Vec<Swap>) {
    for field in fields {
        let offset = base.saturating_add(field.offset);
        let items = u32::try_from(field.items()).unwrap_or(u32::MAX);
        if let DType::Record(size) = field.dtype {
            for i in 0..items {
                add_swaps(&field.fields, offset.saturating_add(i.saturating_mul(size)), all, swaps);
            }
            continue;
        }
        let unit = field.dtype.swap_size();
        if unit > 1 && (all || field.endian == Endian::Big) {
            let unit = u32::try_from(unit).unwrap_or(1);
            let count = u32::try_from(field.len_bytes()).unwrap_or(0) / unit;
            swaps.push(Swap { offset, unit, count });
        }
    }
}

/// How types are written.
#[derive(Clone, Copy)]
enum Spelling {
    Numpy,
    V3(fn(&Value) -> Result<DType>),
}

struct Reader {
    spelling: Spelling,
    /// Fields so far.
    seen: usize,
}

impl Reader {
    fn record(&mut self, list: &Value, depth: usize) -> Result<Record> {
        let bad = || invalid_metadata(format!("a record's fields {list}"));
        let list = list.as_array().ok_or_else(bad)?;
        self.seen = self.seen.saturating_add(list.len());
        if depth >= MAX_DEPTH || self.seen > MAX_FIELDS {
            return Err(too_large("fields of a record", self.seen as u64, MAX_FIELDS as u64));
        }
        let mut fields: Vec<Field> = Vec::with_capacity(list.len());
        let mut len = 0u32;
        for entry in list {
            let field = self.field(entry, len, depth)?;
            let end = u64::from(len).saturating_add(field.len_bytes() as u64);
            let most = u64::from(MAX_STRING) * 4;
            len = u32::try_from(end)
                .ok()
                .filter(|n| u64::from(*n) <= most)
                .ok_or_else(|| too_large("record in bytes", end, most))?;
            if !field.name.is_empty() && fields.iter().any(|f| f.name == field.name) {
                return Err(invalid_metadata(format!("two fields called {:?}", field.name)));
            }
            fields.push(field);
        }
        if fields.is_empty() {
            Err(invalid_metadata("a record without fields"))
        } else {
            Ok(Record { fields, len_bytes: len })
        }
    }

    fn field(&mut self, entry: &Value, offset: u32, depth: usize) -> Result<Field> {
        let bad = || invalid_metadata(format!("the field {entry} of a record"));
        let (name, dtype, shape) = match entry {
            Value::Array(parts) => match parts.as_slice() {
                [name, dtype] => (name, dtype, None),
                [name, dtype, shape] => (name, dtype, Some(shape)),
                _ => return Err(bad()),
            },
            Value::Object(map) => (map.get("name").ok_or_else(bad)?, map.get("data_type").ok_or_else(bad)?, None),
            _ => return Err(bad()),
        };
        let name = match name {
            Value::String(name) => name.clone(),
            // numpy: [title, name]
            Value::Array(pair) => pair.last().and_then(Value::as_str).ok_or_else(bad)?.to_string(),
            _ => return Err(bad()),
        };
        let shape = match shape {
            None => Vec::new(),
            Some(Value::Number(n)) => vec![n.as_u64().and_then(|n| u32::try_from(n).ok()).ok_or_else(bad)?],
            Some(Value::Array(lengths)) => {
                let lengths = lengths.iter().map(|n| n.as_u64().and_then(|n| u32::try_from(n).ok()));
                lengths.collect::<Option<Vec<u32>>>().ok_or_else(bad)?
            }
            Some(_) => return Err(bad()),
        };
        let items = shape.iter().fold(1u64, |all, &n| all.saturating_mul(n.into()));
        if items > MAX_ITEMS {
            return Err(too_large("elements of a field", items, MAX_ITEMS));
        }
        let (dtype, endian, fields) = self.dtype(dtype, depth)?;
        Ok(Field { name, offset, dtype, endian, shape, fields })
    }

    fn dtype(&mut self, dtype: &Value, depth: usize) -> Result<(DType, Endian, Vec<Field>)> {
        let inner = match (self.spelling, dtype) {
            (Spelling::Numpy, Value::Array(_)) => Some(dtype),
            (Spelling::V3(_), Value::Object(map)) => map.get("configuration").and_then(|c| c.get("fields")),
            _ => None,
        };
        if let Some(inner) = inner {
            let record = self.record(inner, depth + 1)?;
            return Ok((record.dtype(), Endian::Little, record.fields));
        }
        let (dtype, endian) = match self.spelling {
            Spelling::Numpy => {
                let text = dtype.as_str().ok_or_else(|| invalid_metadata(format!("the type {dtype} of a field")))?;
                DType::parse_numpy(text)?
            }
            Spelling::V3(parse) => (parse(dtype)?, Endian::Little),
        };
        if dtype.is_variable() {
            return Err(unsupported(format!("fields of the type {}", dtype.name())));
        }
        Ok((dtype, endian, Vec::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_lie_one_after_another() {
        let dtype = json!([["i", "<i4"], ["", "|V4"], ["p", [["x", ">f8"], ["n", "|S3"]]], ["a", ">i2", [2, 3]]]);
        let record = Record::parse_v2(&dtype);
        let Ok(record) = record else { panic!("{record:?}") };
        assert_eq!(record.len_bytes, 4 + 4 + 11 + 12);
        assert_eq!(record.fields.iter().map(|f| f.offset).collect::<Vec<_>>(), [0, 4, 8, 19]);
        assert_eq!(record.name(), "[('i', '<i4'), ('p', [('x', '<f8'), ('n', '|S3')]), ('a', '<i2', (2, 3))]");
        let swaps = record.swaps(false);
        assert_eq!(swaps, [Swap { offset: 8, unit: 8, count: 1 }, Swap { offset: 19, unit: 2, count: 6 }]);
    }

    #[test]
    fn lies_are_refused() {
        let mut nested = json!([["a", "<i4"]]);
        for _ in 0..20 {
            nested = json!([["a", nested]]);
        }
        for bad in [
            json!([]),
            json!([["a"]]),
            json!([["a", "<i4"], ["a", "<i4"]]),
            json!([["a", "|O"]]),
            json!([["a", "<f8", [100000, 100000]]]),
            json!([["a", "<f8", -1]]),
            json!("<i4"),
            nested,
        ] {
            assert!(Record::parse_v2(&bad).is_err(), "{bad}");
        }
    }
}
