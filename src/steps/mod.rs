//! Steps on results that are at hand: other units, running sums, anomalies, trends, two fields at once, other grids.
#![deny(clippy::indexing_slicing, unsafe_code)]

mod anomaly;
mod axis;
mod cumsum;
mod moments;
mod scale;

pub use anomaly::{anomaly, anomaly_by};
pub use cumsum::cumsum;
pub use scale::scale;
