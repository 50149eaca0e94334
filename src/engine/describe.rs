//! What the border tells of a source's nodes: JSON text, document after document. Text crosses without being copied, and
//! costs nothing before it is read; as objects, a hundred thousand arrays would fill a page's memory twice.

use super::arrays::Source;
use crate::cf::role_by;
use crate::error::{Code, Details, Error, Result};
use crate::meta::{ArrayMeta, Brief, CodecSpec, Exact, Passed};
use crate::store::split_path;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Bytes of a piece, more or less: small enough that copies of it do not count.
const PIECE_BYTES: usize = 1 << 20;

/// Some documents.
#[derive(Debug, Default)]
pub struct Piece {
    /// The path of each: the text of a list.
    pub paths: Vec<u8>,
    /// Their text, without anything between them.
    pub text: Vec<u8>,
    /// Where each ends in it.
    pub ends: Vec<u32>,
}

impl Piece {
    /// Adds a document that `write` begins, and its attributes as its last member.
    fn add(&mut self, path: &str, attrs: &Passed, write: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> Result<()> {
        self.paths.push(if self.ends.is_empty() { b'[' } else { b',' });
        write_json(&mut self.paths, path)?;
        write(&mut self.text).map_err(|e| e.with_path(path))?;
        self.text.extend_from_slice(br#","attrs":"#);
        attrs.write_to(&mut self.text);
        self.text.push(b'}');
        let too_long = |_| Error::new(Code::WorkerCrashed, "it is too long to be told").with_path(path);
        self.ends.push(u32::try_from(self.text.len()).map_err(too_long)?);
        Ok(())
    }

    /// Gives what there is and begins anew, if there are so many bytes of it.
    fn give(&mut self, from_bytes: usize, take: &mut dyn FnMut(Piece)) {
        if self.text.len() >= from_bytes {
            self.paths.extend_from_slice(if self.ends.is_empty() { b"[]" } else { b"]" });
            take(std::mem::take(self));
            // Another as large follows, if one was full.
            self.text.reserve(from_bytes + from_bytes / 4);
        }
    }
}

fn write_json(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) -> Result<()> {
    serde_json::to_writer(out, value).map_err(|e| Error::new(Code::WorkerCrashed, format!("it cannot be told: {e}")))
}

/// Writes an object's members behind others.
fn write_more(out: &mut Vec<u8>, members: &impl Serialize) -> Result<()> {
    let at = out.len();
    write_json(out, members)?;
    out.pop();
    if let Some(brace) = out.get_mut(at) {
        *brace = b',';
    }
    Ok(())
}

/// Describes all arrays in the order of their paths; gives the size of all their values, in bytes.
///
/// # Errors
/// A document that cannot be written.
pub fn describe_arrays(source: &Source, take: &mut dyn FnMut(Piece)) -> Result<f64> {
    let mut coordinates = Coordinates::of(source);
    let (mut piece, mut total) = (Piece::default(), 0.0);
    source.tree.arrays.in_brief(&Common::of, &mut |Brief { path, made, telling, attrs }| {
        let common = made.as_ref().map_err(|e: &Error| e.clone().with_path(path))?;
        let (group, name) = split_path(path);
        piece.add(path, attrs, |text| {
            write_json(text, &Place { path, name, group })?;
            text.pop();
            text.extend_from_slice(&common.before);
            text.extend_from_slice(br#","role":"#);
            write_json(text, &role_by(name, telling))?;
            text.extend_from_slice(br#","coordinates":"#);
            text.extend_from_slice(coordinates.among(group, &common.dims, telling)?);
            text.extend_from_slice(&common.after);
            Ok(())
        })?;
        total += common.bytes;
        piece.give(PIECE_BYTES, take);
        Ok(())
    })?;
    piece.give(0, take);
    Ok(total)
}

/// Describes all groups in the order of their paths.
///
/// # Errors
/// A document that cannot be written.
pub fn describe_groups(source: &Source, take: &mut dyn FnMut(Piece)) -> Result<()> {
    let mut piece = Piece::default();
    for (path, group) in source.tree.groups.iter() {
        let attrs = serde_json::to_string(&Exact(&group.attrs)).unwrap_or_else(|_| "{}".to_string());
        piece.add(path, &Passed::whole(&attrs), |text| {
            write_json(text, &GroupDescription { path, problem: group.problem.as_deref() })?;
            text.pop();
            Ok(())
        })?;
        piece.give(PIECE_BYTES, take);
    }
    piece.give(0, take);
    Ok(())
}

/// The coordinates of a group's arrays: found out once for arrays of the same dimensions, which mostly follow one another.
struct Coordinates<'a> {
    source: &'a Source,
    group: String,
    /// The arrays that label dimensions.
    labels: BTreeMap<String, Option<String>>,
    dims: Vec<String>,
    named: String,
    /// What is told of those dimensions and names; nothing yet, if empty.
    text: Vec<u8>,
}

/// Dimensions of a group that are remembered.
const MAX_KNOWN: usize = 4096;

impl<'a> Coordinates<'a> {
    fn of(source: &'a Source) -> Self {
        let (group, named) = (String::new(), String::new());
        Coordinates { source, group, labels: BTreeMap::new(), dims: Vec::new(), named, text: Vec::new() }
    }

    /// The list of an array's coordinates, as text.
    fn among(&mut self, group: &str, dims: &[String], attrs: &Map<String, Value>) -> Result<&[u8]> {
        let named = attrs.get("coordinates").and_then(Value::as_str).unwrap_or_default();
        if self.group != group {
            self.group = group.to_string();
            self.labels.clear();
            self.text.clear();
        }
        if self.text.is_empty() || self.dims != dims || self.named != named {
            let mut coordinates: Vec<String> = dims.iter().filter_map(|dim| self.label(dim)).collect();
            coordinates.extend(named.split_whitespace().map(str::to_string));
            self.text.clear();
            write_json(&mut self.text, &coordinates)?;
            self.dims = dims.to_vec();
            self.named = named.to_string();
        }
        Ok(&self.text)
    }

    fn label(&mut self, dim: &str) -> Option<String> {
        if let Some(known) = self.labels.get(dim) {
            return known.clone();
        }
        let found = self.source.labels_in(&self.group, dim).map(|labels| labels.path.clone());
        if self.labels.len() < MAX_KNOWN {
            self.labels.insert(dim.to_string(), found.clone());
        }
        found
    }
}

/// What is told of all arrays that are the same but for their paths and attributes.
struct Common {
    dims: Vec<String>,
    /// The members before those that depend on path and attributes, and behind them.
    before: Vec<u8>,
    after: Vec<u8>,
    bytes: f64,
}

impl Common {
    fn of(array: &ArrayMeta) -> Result<Self> {
        let inner = array.codecs.iter().find_map(|codec| match codec {
            CodecSpec::Sharding(shard) => Some(Exact(shard.chunk_shape.as_slice())),
            _ => None,
        });
        #[allow(clippy::cast_precision_loss)]
        let values = array.shape.iter().map(|&n| n as f64).product::<f64>();
        #[allow(clippy::cast_precision_loss)]
        let size = array.dtype.map_or(0, |d| d.size()) as f64;
        let layout = Layout {
            dims: &array.dims,
            shape: Exact(&array.shape),
            chunks: array.grid.largest().into_iter().map(Exact).collect(),
            chunks_vary: !array.grid.is_even(),
            inner_chunks: inner,
            dtype: &array.dtype_name,
            codecs: array.codecs.iter().map(CodecSpec::name).collect(),
            fill_value: Exact(&array.fill_json),
        };
        let state = State { bytes: values * size, problem: array.problem.as_ref() };
        let (mut before, mut after) = (Vec::new(), Vec::new());
        write_more(&mut before, &layout)?;
        write_more(&mut after, &state)?;
        Ok(Common { dims: array.dims.clone(), before, after, bytes: state.bytes })
    }
}

/// Where an array stands, as `info` and the page show it.
#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    name: &'a str,
    group: &'a str,
}

/// How it is laid out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Layout<'a> {
    dims: &'a [String],
    shape: Exact<&'a [u64]>,
    chunks: Vec<Exact<u64>>,
    chunks_vary: bool,
    inner_chunks: Option<Exact<&'a [u64]>>,
    dtype: &'a str,
    codecs: Vec<&'a str>,
    fill_value: Exact<&'a Value>,
}

/// What reading it would bring.
#[derive(Serialize)]
struct State<'a> {
    bytes: f64,
    problem: Option<&'a Details>,
}

/// A group.
#[derive(Serialize)]
struct GroupDescription<'a> {
    path: &'a str,
    problem: Option<&'a Details>,
}
