//! Steps on results that are at hand: other units, running sums, anomalies, trends, two fields at once, other grids.
#![deny(clippy::indexing_slicing, unsafe_code)]

mod align;
mod anomaly;
mod arithmetic;
mod axis;
mod cumsum;
mod moments;
mod pairs;
mod regrid;
mod regrid_conservative;
mod scale;
mod trend;

pub use align::{Aligned, align};
pub use anomaly::{anomaly, anomaly_by};
pub use arithmetic::{Arithmetic, Operand, arithmetic};
pub use cumsum::cumsum;
pub use pairs::{correlation, covariance};
pub use regrid::{Method, Target, regrid};
pub use scale::scale;
pub use trend::trend;
