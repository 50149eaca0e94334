//! Data types, and regions of arrays by position.

mod dtype;
mod element;
mod fill;
mod grid;
mod read;
mod record;
mod region;
mod text;

pub use dtype::{DType, Endian, HANDLE_BYTES, MAX_STRING, TimeUnit};
pub use element::element_value;
pub use fill::{parse_fill, parse_record_fill};
pub use grid::{ChunkAxis, ChunkGrid};
pub use read::{read_f64, read_wide};
pub use record::{Field, Record, Swap, record_name, swap_fields};
pub use region::{DimIndex, Odometer};
pub use text::read_text;
