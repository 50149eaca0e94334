//! Merging partials in a fixed order, and turning the last one into a labelled result.
#![deny(unsafe_code)]

mod assembly;
mod beside;
mod estimated;
mod estimator;
mod field;
mod finish;
mod linear;
mod merge;
mod select;
mod spread;
mod student;
mod then;

pub use assembly::Assembly;
pub use beside::beside;
pub use estimated::{Estimated, SampleFacts};
pub use estimator::{Estimator, numbers_of};
pub use field::{Data, Field};
pub use finish::{Finish, naming, relabel};
pub use merge::merge;
pub use select::{MAX_RANKS, Selection, between, passes_for, ranks_per_cell};
pub use spread::spread_columns;
pub use then::{Folded, edges_over, fold_field, range_of, reduce_field, some_range};
