//! From an analysis document and metadata to work: which chunks, in which units, what each gives, and what it costs.
#![deny(clippy::indexing_slicing, unsafe_code)]

mod bins;
mod cost;
mod cut;
mod document;
mod frame;
mod groups;
mod identity;
mod labels;
mod members;
mod op;
mod operands;
mod order;
mod output;
mod precision;
mod ranks;
mod sample;
mod select;
mod steps;
mod units;
mod weights;

pub use bins::Bins;
pub use cost::{Cost, Reading, estimated_reading, inner_reads};
pub use cut::Cut;
pub use document::{Document, Selector};
pub use groups::{GroupBlock, GroupNumbers, GroupSpan, MAX_GROUPS_BYTES};
pub use identity::{Identities, Identity, identity_of};
pub use labels::{Coord, Labelling};
pub use op::Op;
pub use operands::{Arithmetic, RegridMethod, With};
pub use precision::{Budget, Precision};
pub use ranks::{Interval, Ranks, key_of, number_of, zeros_of};
pub use sample::{Drawn, Sequence};
pub use select::{Selected, select};
pub use steps::{Boundary, Grouping, Quantiles, Reduction, Second, Step, WeightsSpec};
pub use units::{ArraySpec, Plan, Unit};
pub use weights::{Weights, latitude_of};

/// The most cells of a result: 2^25 doubles are 256 MiB. Fuzzers get less, so that their laws of time and memory stay tight.
pub const MAX_RESULT_CELLS: u64 = if cfg!(fuzzing) { 1 << 18 } else { 1 << 25 };
/// Cells of a tile of values at hand: 2^22 doubles are 32 MiB.
pub const TILE_CELLS: u64 = if cfg!(fuzzing) { 1 << 16 } else { 1 << 22 };
/// A tile of whole chunks may be so many times larger, before chunks are read more than once.
pub const TILE_STRETCH: u64 = 4;
/// The most chunks of one pass.
pub const MAX_CHUNKS: u64 = 1 << 24;
/// The most chunks of which a sample is drawn: their numbers must fit a double many times over.
pub const MAX_CHUNKS_SAMPLED: u64 = 1 << 40;
/// The most bins of a histogram.
pub const MAX_BINS: u64 = 1 << 20;
