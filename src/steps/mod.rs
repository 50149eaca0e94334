//! What is done to a result at hand: groups, periods, blocks, windows, order statistics, and changes of its values.
//!
//! Values are doubles in C order, with labels by dimension; nothing here waits or fetches.
#![deny(unsafe_code)]

mod apply;
mod gather;
mod groups;
mod periods;
mod statistics;
mod windows;

pub use apply::{apply, cells_of};
pub use gather::{Cells, Groups, labelled};
