//! Small arrays made by chance, and written as Zarr v2 by hand.

use super::frames::{Frame, Shuffle};
use proptest::prelude::*;
use serde_json::{Value, json};
use zarrscope::store::MemoryStore;

/// The types that statistics are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    U8,
    I16,
    I32,
    I64,
    U64,
    F32,
    F64,
}

/// An element: its value as a double, and exactly where it is an integer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    pub x: f64,
    pub n: i128,
}

/// An array before it is written.
#[derive(Debug, Clone)]
pub struct Made {
    pub kind: Kind,
    pub shape: Vec<u64>,
    pub chunks: Vec<u64>,
    pub big_endian: bool,
    pub fortran: bool,
    pub fill: Cell,
    /// In C order.
    pub cells: Vec<Cell>,
    /// Whether chunks that hold nothing but the fill value are left out.
    pub sparse: bool,
    /// How chunks are encoded, if they are.
    pub frame: Option<Frame>,
    pub decode: bool,
    /// Stored weights, one array along every dimension in reverse order; NaN is a missing weight.
    pub weights: Vec<f64>,
}

impl Kind {
    pub fn is_float(self) -> bool {
        matches!(self, Kind::F32 | Kind::F64)
    }

    fn dtype(self) -> &'static str {
        match self {
            Kind::U8 => "u1",
            Kind::I16 => "i2",
            Kind::I32 => "i4",
            Kind::I64 => "i8",
            Kind::U64 => "u8",
            Kind::F32 => "f4",
            Kind::F64 => "f8",
        }
    }

    /// The nearest element to a raw draw.
    #[allow(clippy::cast_precision_loss)]
    fn cell(self, bits: u64, special: u8) -> Cell {
        let unit = bits as f64 / u64::MAX as f64;
        let integer = |n: i128| Cell { x: n as f64, n };
        let wide = special < 40;
        match self {
            Kind::U8 => integer((bits % 256).into()),
            Kind::I16 => integer((bits as i16).into()),
            Kind::I32 => integer((bits as i32).into()),
            Kind::I64 => integer(if wide { bits.cast_signed().into() } else { i128::from(bits % 2001) - 1000 }),
            Kind::U64 => integer(if wide { bits.into() } else { (bits % 2001).into() }),
            Kind::F32 | Kind::F64 => {
                let x = match special {
                    0..24 => f64::NAN,
                    24 => f64::INFINITY,
                    25 => f64::NEG_INFINITY,
                    26..40 => 0.0,
                    _ => 280.0 + 40.0 * (unit - 0.5),
                };
                Cell { x: if self == Kind::F32 { f64::from(x as f32) } else { x }, n: 0 }
            }
        }
    }

    fn bytes(self, cell: Cell, big_endian: bool) -> Vec<u8> {
        let mut bytes = match self {
            Kind::F32 => (cell.x as f32).to_le_bytes().to_vec(),
            Kind::F64 => cell.x.to_le_bytes().to_vec(),
            _ => {
                let size: usize = self.dtype()[1..].parse().unwrap();
                cell.n.to_le_bytes()[..size].to_vec()
            }
        };
        if big_endian {
            bytes.reverse();
        }
        bytes
    }

    fn fill_json(self, fill: Cell) -> Value {
        match self {
            Kind::F32 | Kind::F64 if fill.x.is_nan() => json!("NaN"),
            Kind::F32 | Kind::F64 => json!(fill.x),
            Kind::U64 => json!(u64::try_from(fill.n).unwrap()),
            _ => json!(i64::try_from(fill.n).unwrap()),
        }
    }
}

/// All positions of a shape in C order.
pub fn positions(shape: &[u64]) -> Vec<Vec<u64>> {
    let mut all = vec![Vec::new()];
    for &n in shape {
        all = all.into_iter().flat_map(|p: Vec<u64>| (0..n).map(move |i| [p.clone(), vec![i]].concat())).collect();
    }
    all
}

/// Where a position stands in C order.
pub fn flat(position: &[u64], shape: &[u64]) -> usize {
    position.iter().zip(shape).fold(0, |at, (p, n)| at * *n as usize + *p as usize)
}

pub fn dim(d: usize) -> String {
    format!("d{d}")
}

/// The label of a position: rising along even dimensions, falling along odd ones.
#[allow(clippy::cast_precision_loss)]
pub fn label(d: usize, position: u64) -> f64 {
    let up = 2.5 * position as f64 + 1.0;
    if d.is_multiple_of(2) { up } else { -up }
}

impl Made {
    /// The same array in other chunks.
    pub fn rechunked(&self, chunks: Vec<u64>) -> Self {
        Made { chunks, ..self.clone() }
    }

    /// A cell as statistics see it: `None` where missing.
    pub fn valid(&self, position: &[u64]) -> Option<Cell> {
        let cell = self.cells[flat(position, &self.shape)];
        let masked = self.decode && cell == self.fill;
        (!masked && !cell.x.is_nan()).then_some(cell)
    }

    /// The weight of a position; a missing one is none.
    pub fn weight(&self, position: &[u64]) -> f64 {
        let reversed: Vec<u64> = position.iter().rev().copied().collect();
        let shape: Vec<u64> = self.shape.iter().rev().copied().collect();
        let w = self.weights[flat(&reversed, &shape)];
        if w.is_nan() { 0.0 } else { w }
    }

    /// Writes `v`, its coordinates, and the weights `w` and `w0` (`w0` varies along the first dimension only).
    pub fn store(&self) -> MemoryStore {
        let mut store = MemoryStore::new();
        store.insert(".zgroup", r#"{"zarr_format": 2}"#);
        self.write_cells(&mut store);
        for (d, &n) in self.shape.iter().enumerate() {
            let labels: Vec<f64> = (0..n).map(|p| label(d, p)).collect();
            write_doubles(&mut store, &dim(d), &[dim(d)], &[n], &labels);
        }
        let reversed: Vec<String> = (0..self.shape.len()).rev().map(dim).collect();
        let shape: Vec<u64> = self.shape.iter().rev().copied().collect();
        write_doubles(&mut store, "w", &reversed, &shape, &self.weights);
        let first: Vec<f64> = (0..self.shape[0]).map(|p| self.first_weight(p)).collect();
        write_doubles(&mut store, "w0", &[dim(0)], &[self.shape[0]], &first);
        store
    }

    /// The weight of `w0` at a position of the first dimension.
    #[allow(clippy::cast_precision_loss)]
    pub fn first_weight(&self, position: u64) -> f64 {
        (position % 3) as f64 * 0.75
    }

    fn write_cells(&self, store: &mut MemoryStore) {
        let dims: Vec<String> = (0..self.shape.len()).map(dim).collect();
        let order = if self.fortran { "F" } else { "C" };
        let endian = match self.kind {
            Kind::U8 => '|',
            _ if self.big_endian => '>',
            _ => '<',
        };
        let dtype = format!("{endian}{}", self.kind.dtype());
        let zarray = json!({
            "zarr_format": 2, "shape": self.shape, "chunks": self.chunks, "dtype": dtype, "order": order,
            "fill_value": self.kind.fill_json(self.fill), "filters": null,
            "compressor": self.frame.map(|_| json!({"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1})),
        });
        store.insert("v/.zarray", zarray.to_string());
        store.insert("v/.zattrs", json!({"_ARRAY_DIMENSIONS": dims}).to_string());
        let grid: Vec<u64> = self.shape.iter().zip(&self.chunks).map(|(n, c)| n.div_ceil(*c)).collect();
        for coords in positions(&grid) {
            let mut written = false;
            let mut bytes = Vec::new();
            let walked: Vec<u64> =
                if self.fortran { self.chunks.iter().rev().copied().collect() } else { self.chunks.clone() };
            for mut inside in positions(&walked) {
                if self.fortran {
                    inside.reverse();
                }
                let at: Vec<u64> = inside.iter().zip(&coords).zip(&self.chunks).map(|((i, c), n)| c * n + i).collect();
                let within = at.iter().zip(&self.shape).all(|(p, n)| p < n);
                // What lies beyond the array's edge means nothing, and nobody may look at it.
                let beyond = self.kind.cell(0x9e37_79b9_7f4a_7c15, 200);
                let cell = if within { self.cells[flat(&at, &self.shape)] } else { beyond };
                let bits = |c: Cell| self.kind.bytes(c, false);
                written |= within && bits(cell) != bits(self.fill);
                bytes.extend(self.kind.bytes(cell, self.big_endian));
            }
            if written || !self.sparse {
                let key: Vec<String> = coords.iter().map(u64::to_string).collect();
                let encoded = self.frame.map_or(bytes.clone(), |frame| frame.of(&bytes));
                store.insert(format!("v/{}", key.join(".")), encoded);
            }
        }
    }
}

fn write_doubles(store: &mut MemoryStore, name: &str, dims: &[String], shape: &[u64], values: &[f64]) {
    let zarray = json!({
        "zarr_format": 2, "shape": shape, "chunks": shape, "dtype": "<f8", "order": "C", "fill_value": null,
        "compressor": null, "filters": null,
    });
    store.insert(format!("{name}/.zarray"), zarray.to_string());
    store.insert(format!("{name}/.zattrs"), json!({"_ARRAY_DIMENSIONS": dims}).to_string());
    let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
    store.insert(format!("{name}/{}", vec!["0"; shape.len()].join(".")), bytes);
}

/// A shape of one to four dimensions and a few hundred elements at most.
fn shapes() -> impl Strategy<Value = Vec<u64>> {
    prop_oneof![
        1 => prop::collection::vec(1u64..=150, 1),
        2 => prop::collection::vec(1u64..=16, 2),
        2 => prop::collection::vec(1u64..=7, 3),
        1 => prop::collection::vec(1u64..=4, 4),
    ]
}

/// Chunk extents for a shape, which need not divide it, and may exceed it.
fn chunkings(shape: &[u64]) -> impl Strategy<Value = Vec<u64>> + use<> {
    shape.iter().map(|n| 1..=n + 2).collect::<Vec<_>>().prop_map(|extents| extents)
}

/// Any array of any kind.
pub fn arrays() -> impl Strategy<Value = Made> {
    let kinds = prop::sample::select(vec![Kind::U8, Kind::I16, Kind::I32, Kind::I64, Kind::U64, Kind::F32, Kind::F64]);
    (shapes(), kinds).prop_flat_map(|(shape, kind)| {
        let len = shape.iter().product::<u64>() as usize;
        let weight = prop::sample::select(vec![0.0, 0.0, 0.25, 0.5, 1.0, 1.0, 2.0, 3.0, f64::NAN]);
        (
            Just((shape.clone(), kind)),
            chunkings(&shape),
            (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()),
            (any::<u64>(), 0u8..=255),
            prop::collection::vec((any::<u64>(), 0u8..=255), len),
            prop::collection::vec(weight, len),
            prop_oneof![Just(None), (1usize..40, any::<bool>(), any::<bool>()).prop_map(Some)],
            // How many of 16 elements hold the fill value; in runs, so that whole chunks do.
            (0u64..=16, 1u64..=40),
        )
            .prop_map(
                |((shape, kind), chunks, (big_endian, fortran, sparse, decode), fill, draws, weights, framed, runs)| {
                    let mut fill = kind.cell(fill.0, fill.1);
                    if fill.x.is_infinite() {
                        fill = Cell { x: -999.5, n: 0 };
                    }
                    let holds_fill = |i: usize| (i as u64 / runs.1) * 7 % 16 < runs.0 && runs.0 < 12;
                    let cells = draws.iter().enumerate();
                    let cells = cells.map(|(i, d)| if holds_fill(i) { fill } else { kind.cell(d.0, d.1) }).collect();
                    let frame = framed.map(|(block, shuffle, split)| Frame {
                        element: kind.dtype()[1..].parse().unwrap(),
                        block,
                        shuffle: if shuffle { Shuffle::Bytes } else { Shuffle::None },
                        split,
                        stored: false,
                    });
                    Made { kind, shape, chunks, big_endian, fortran, fill, cells, sparse, frame, decode, weights }
                },
            )
    })
}
