//! What the border tells of a source's nodes: JSON text, document after document. Text crosses without being copied, and
//! costs nothing before it is read; as objects, a hundred thousand arrays would fill a page's memory twice.

use super::arrays::Source;
use crate::cf::{Role, role_of};
use crate::error::{Code, Details, Error, Result};
use crate::meta::{ArrayMeta, Brief, CodecSpec, Exact};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Bytes of a piece, more or less: small enough that copies of it do not count.
const PIECE_BYTES: usize = 1 << 20;

/// Some documents.
#[derive(Debug, Default)]
pub struct Piece {
    /// The path of each.
    pub paths: Vec<String>,
    /// Their text, without anything between them.
    pub text: Vec<u8>,
    /// Where each ends in it.
    pub ends: Vec<u32>,
}

impl Piece {
    fn with_room() -> Self {
        Piece { text: Vec::with_capacity(PIECE_BYTES + PIECE_BYTES / 4), ..Piece::default() }
    }

    /// Adds a document, and what of it is text already as its last member.
    fn add(&mut self, path: &str, document: &impl Serialize, attrs: &str) -> Result<()> {
        let failed = |why: String| Error::new(Code::WorkerCrashed, why).with_path(path);
        serde_json::to_writer(&mut self.text, document).map_err(|e| failed(format!("it cannot be told: {e}")))?;
        self.text.pop();
        for part in [r#","attrs":"#, attrs, "}"] {
            self.text.extend_from_slice(part.as_bytes());
        }
        self.ends.push(u32::try_from(self.text.len()).map_err(|_| failed("it is too long to be told".into()))?);
        self.paths.push(path.to_string());
        Ok(())
    }
}

/// Describes all arrays in the order of their paths; gives the size of all their values, in bytes.
///
/// # Errors
/// A document that cannot be written.
pub fn describe_arrays(source: &Source, take: &mut dyn FnMut(Piece)) -> Result<f64> {
    let mut labels = Labels { source, group: String::new(), known: BTreeMap::new() };
    let (mut piece, mut total) = (Piece::default(), 0.0);
    for Brief { array, attrs } in source.tree.arrays.briefs() {
        let description = Description::of(&array, &mut labels);
        total += description.bytes;
        piece.add(&array.path, &description, &attrs)?;
        if piece.text.len() >= PIECE_BYTES {
            take(std::mem::replace(&mut piece, Piece::with_room()));
        }
    }
    take(piece);
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
        piece.add(path, &GroupDescription { path, problem: group.problem.as_deref() }, &attrs)?;
        if piece.text.len() >= PIECE_BYTES {
            take(std::mem::replace(&mut piece, Piece::with_room()));
        }
    }
    take(piece);
    Ok(())
}

/// Which arrays label the dimensions of a group's arrays: found out once for each, since arrays come group by group.
struct Labels<'a> {
    source: &'a Source,
    group: String,
    known: BTreeMap<String, Option<String>>,
}

impl Labels<'_> {
    fn of(&mut self, array: &ArrayMeta, dim: &str) -> Option<String> {
        if self.group != array.group() {
            self.group = array.group().to_string();
            self.known.clear();
        }
        if let Some(known) = self.known.get(dim) {
            return known.clone();
        }
        let found = self.source.coordinate_array(array, dim).map(|labels| labels.path.clone());
        if self.known.len() < MAX_KNOWN {
            self.known.insert(dim.to_string(), found.clone());
        }
        found
    }
}

/// Dimensions of a group that are remembered.
const MAX_KNOWN: usize = 4096;

/// An array as `info` and the page show it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Description<'a> {
    path: &'a str,
    name: &'a str,
    group: &'a str,
    dims: &'a [String],
    shape: Exact<&'a [u64]>,
    chunks: Vec<Exact<u64>>,
    chunks_vary: bool,
    inner_chunks: Option<Exact<&'a [u64]>>,
    dtype: &'a str,
    codecs: Vec<&'a str>,
    fill_value: Exact<&'a Value>,
    role: Option<&'static str>,
    coordinates: Vec<String>,
    bytes: f64,
    problem: Option<&'a Details>,
}

impl<'a> Description<'a> {
    fn of(array: &'a ArrayMeta, labels: &mut Labels) -> Self {
        let role = role_of(array).map(|role| match role {
            Role::Latitude => "latitude",
            Role::Longitude => "longitude",
            Role::Time => "time",
            Role::Vertical => "vertical",
        });
        let inner = array.codecs.iter().find_map(|codec| match codec {
            CodecSpec::Sharding(shard) => Some(Exact(shard.chunk_shape.as_slice())),
            _ => None,
        });
        let mut coordinates: Vec<String> = array.dims.iter().filter_map(|dim| labels.of(array, dim)).collect();
        coordinates.extend(array.coordinate_names().iter().map(|name| name.to_string()));
        #[allow(clippy::cast_precision_loss)]
        let values = array.shape.iter().map(|&n| n as f64).product::<f64>();
        #[allow(clippy::cast_precision_loss)]
        let size = array.dtype.map_or(0, |d| d.size()) as f64;
        Description {
            path: &array.path,
            name: array.name(),
            group: array.group(),
            dims: &array.dims,
            shape: Exact(&array.shape),
            chunks: array.grid.largest().into_iter().map(Exact).collect(),
            chunks_vary: !array.grid.is_even(),
            inner_chunks: inner,
            dtype: &array.dtype_name,
            codecs: array.codecs.iter().map(CodecSpec::name).collect(),
            fill_value: Exact(&array.fill_json),
            role,
            coordinates,
            bytes: values * size,
            problem: array.problem.as_ref(),
        }
    }
}

/// A group.
#[derive(Serialize)]
struct GroupDescription<'a> {
    path: &'a str,
    problem: Option<&'a Details>,
}
