//! What is done to a result at hand: groups, periods, blocks and windows, order statistics, running sums, anomalies, trends,
//! two fields at once, other grids.
//!
//! Values are doubles in C order, with labels by dimension; nothing here waits or fetches.
#![deny(clippy::indexing_slicing, unsafe_code)]

mod align;
mod anomaly;
mod apply;
mod arithmetic;
mod axis;
mod cumsum;
mod fold;
mod gather;
mod groups;
mod histogram;
mod moments;
mod outline;
mod pairs;
mod periods;
mod reach;
mod regrid;
mod regrid_conservative;
mod scale;
mod statistics;
mod trend;
mod windows;

pub use crate::plan::{Arithmetic, RegridMethod as Method};
pub use align::{Aligned, align};
pub use anomaly::{anomaly, anomaly_by};
pub use apply::{CellBounds, Ready, apply, cells_of, plain_cells, variables};
pub use arithmetic::{Operand, arithmetic};
pub use cumsum::cumsum;
pub use fold::{Part, fold, folds, needs_ranges, with_ranges};
pub use gather::{Cells, Groups, labelled};
pub use outline::{Outline, outline};
pub use pairs::{correlation, covariance};
pub use reach::leaves_alone;
pub use regrid::{Target, regrid};
pub use scale::scale;
pub use trend::{abscissa, trend, trend_of_lines};
