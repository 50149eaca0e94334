//! Pictures of results through plotters: on a canvas, as SVG, as PNG; the same drawing for all three.
//!
//! Text is measured by an embedded font, since plotters would ask the DOM, which neither workers nor Node have. A field
//! is one image: every pixel looks up its cell, every cell its colour.

mod axis;
mod backends;
#[cfg(target_arch = "wasm32")]
pub mod canvas;
mod chart;
mod coast;
mod colors;
mod facets;
mod field;
mod font;
mod lines;
mod pen;
mod picture;
mod series;
mod simple;
mod svg;
mod ticks;

pub use axis::{Axis, AxisKind};
pub use backends::render_png;
pub use chart::{draw, fitted_height};
pub use colors::{Colormap, Theme};
pub use pen::{Area, Layout, Options};
pub use picture::{Beside, Geometry, Kind, Labels, Picture};
pub use svg::render_svg;
