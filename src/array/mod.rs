//! Data types, and regions of arrays by position.

mod dtype;
mod fill;
mod grid;
mod read;
mod region;
mod text;

pub use dtype::{DType, Endian, MAX_STRING, TimeUnit};
pub use fill::parse_fill;
pub use grid::{ChunkAxis, ChunkGrid};
pub use read::{read_f64, read_wide};
pub use region::{DimIndex, Odometer};
pub use text::read_text;
