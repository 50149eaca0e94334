//! Merging partials in a fixed order, and turning the last one into a labelled result.
#![deny(unsafe_code)]

mod assembly;
mod field;
mod finish;
mod merge;
mod then;

pub use assembly::Assembly;
pub use field::{Data, Field};
pub use finish::{Finish, relabel};
pub use merge::merge;
pub use then::{edges_over, reduce_field};
