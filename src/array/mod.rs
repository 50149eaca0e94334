//! Data types, and regions of arrays by position.

mod dtype;
mod fill;
mod region;

pub use dtype::{DType, Endian, MAX_STRING, TimeUnit};
pub use fill::parse_fill;
pub use region::{DimIndex, Odometer};
