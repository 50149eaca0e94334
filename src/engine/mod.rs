//! Driving the other rooms: preparing a run from a document, and working off its units with fetching ahead of decoding.

mod arrange;
mod arrays;
mod describe;
mod estimate;
mod explain;
mod formats;
mod held;
mod kept;
mod labels;
mod prepare;
mod run;
mod several;
mod shards;
mod slabs;
mod start;
mod tiles;
mod tiling;
mod units;
mod weights;
mod work;

pub use arrays::{Source, read_values};
pub use describe::{Piece, describe_arrays, describe_groups};
pub use estimate::{Estimate, Spent};
pub use explain::with_results;
pub use formats::references_at;
pub use kept::identity_in;
pub use prepare::{Prepared, prepare};
pub use run::{Progress, Run};
pub use start::{Open, Starter};
pub use units::{Context, run_units};
pub use work::{Due, Next, Reached, Shared, Work};
