//! JSON as JavaScript can hold it: an integer that a double cannot hold becomes text, so that nothing is rounded in silence.

use super::json::MAX_EXACT;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Map, Value};

/// A value that is written so.
pub struct Exact<T>(pub T);

impl Serialize for Exact<u64> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.0 > MAX_EXACT { to.collect_str(&self.0) } else { to.serialize_u64(self.0) }
    }
}

impl Serialize for Exact<&[u64]> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(|&n| Exact(n)))
    }
}

impl Serialize for Exact<&Map<String, Value>> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            map.serialize_entry(key, &Exact(value))?;
        }
        map.end()
    }
}

impl Serialize for Exact<&Value> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Number(n) => match (n.as_i64().map(i64::unsigned_abs), n.as_u64()) {
                (Some(size), _) | (None, Some(size)) if size > MAX_EXACT => to.collect_str(n),
                _ => n.serialize(to),
            },
            Value::Array(items) => {
                let mut seq = to.serialize_seq(Some(items.len()))?;
                for item in items {
                    seq.serialize_element(&Exact(item))?;
                }
                seq.end()
            }
            Value::Object(map) => Exact(map).serialize(to),
            other => other.serialize(to),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn integers_that_doubles_cannot_hold_are_text() {
        let value =
            json!({"a": [9007199254740992i64, 9007199254740993i64, -9007199254740993i64], "b": u64::MAX, "c": 1.5});
        let text = serde_json::to_string(&Exact(&value)).unwrap_or_default();
        let expected =
            r#"{"a":[9007199254740992,"9007199254740993","-9007199254740993"],"b":"18446744073709551615","c":1.5}"#;
        assert_eq!(text, expected);
        let lengths = serde_json::to_string(&Exact(&[7, u64::MAX][..])).unwrap_or_default();
        assert_eq!(lengths, r#"[7,"18446744073709551615"]"#);
    }
}
