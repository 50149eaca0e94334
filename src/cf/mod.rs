//! The CF conventions: what stored numbers mean. Calendars, packing, and coordinates with their labels.
//!
//! Source: <https://cfconventions.org/cf-conventions/cf-conventions.html>; where it leaves room, xarray's `decode_cf`.
#![deny(clippy::indexing_slicing, unsafe_code)]

mod calendar;
mod coordinate;
mod packing;
mod roles;
mod time;

pub use calendar::{Calendar, DateTime};
pub use coordinate::{Coordinate, Labels};
pub use packing::Packing;
pub use roles::{Role, long_label, role_by, role_of};
pub use time::{TimeCoding, parse_label};
