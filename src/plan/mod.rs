//! From an analysis document and metadata to work: which chunks, in which units, what each gives, and what it costs.
#![deny(clippy::indexing_slicing, unsafe_code)]

mod bins;
mod cost;
mod document;
mod labels;
mod members;
mod operands;
mod output;
mod ranks;
mod select;
mod steps;
mod units;
mod weights;

pub use bins::Bins;
pub use cost::{Cost, Reading, estimated_reading, inner_reads};
pub use document::{Document, Precision, Selector};
pub use labels::{Coord, Labelling};
pub use operands::{Arithmetic, RegridMethod, With};
pub use ranks::{Interval, Ranks, key_of, number_of, zeros_of};
pub use select::{Selected, select};
pub use steps::{Boundary, Grouping, Op, Quantiles, Reduction, Second, Step, WeightsSpec};
pub use units::{ArraySpec, GroupNumbers, Plan, Unit};
pub use weights::{Weights, latitude_of};

/// The most cells of a result: 2^25 doubles are 256 MiB. Fuzzers get less, so that their laws of time and memory stay tight.
pub const MAX_RESULT_CELLS: u64 = if cfg!(fuzzing) { 1 << 18 } else { 1 << 25 };
/// The most chunks of one pass.
pub const MAX_CHUNKS: u64 = 1 << 24;
/// The most bins of a histogram.
pub const MAX_BINS: u64 = 1 << 20;
