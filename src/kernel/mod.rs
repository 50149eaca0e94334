//! The hot loops: a decoded block in, a partial out.
//!
//! A block is walked in rows along its innermost dimension; a row is read as float64, masked and scaled, in pieces that
//! stay in the first-level cache, and folded while it is there (float32 with nothing to mask is folded as it is stored).
//! Rows that land on the same cells follow one another. Everything runs in a fixed order: same input, same bits.
#![deny(unsafe_code)]

mod binning;
mod fold;
mod lines;
mod load;
mod moments;
mod partial;
mod ranks;
mod rows;
mod runs;
mod sums;
mod tally;
mod wire;

pub use binning::{Binner, edges_of};
pub use fold::{Block, fold_block};
pub use lines::{LINE_COLUMNS, Line, merge_lines};
pub use moments::merge_moments;
pub use partial::{Column, Partial, column_count, is_wide, values_stay_raw};
pub use ranks::first_extreme;
pub use rows::Crop;
pub use sums::{quotient, total, two_sum};
