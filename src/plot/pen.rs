//! Drawing on any backend in CSS pixels: text, lines, areas, images, axes.

use super::colors::{Colormap, Theme};
use super::field::Raster;
use super::font;
use super::ticks::Tick;
use crate::error::{Code, Error, Result};
use plotters::coord::Shift;
use plotters::element::BitMapElement;
use plotters::prelude::{DrawingArea, DrawingBackend, IntoFont, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontTransform, RGBColor, ShapeStyle, TextStyle};
use serde::Deserialize;

/// How to draw; see `PlotOptions` in js/src/plot/plot.ts.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs)]
pub struct Options {
    pub width: f64,
    pub height: f64,
    pub scale: f64,
    pub theme: Theme,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub colormap: Option<Colormap>,
    /// Whether the values lie around zero, which colours may say where nothing else is asked for.
    #[serde(default)]
    pub diverging: bool,
    #[serde(default)]
    pub range: Option<(f64, f64)>,
    pub coastlines: bool,
    /// Cells with a p-value above this are dotted.
    #[serde(default)]
    pub significance: Option<f64>,
    /// Whether `height` is the most, and a map that needs less is less high.
    #[serde(default)]
    pub fit: bool,
}

/// The area between the axes, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// What was drawn where.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Between the axes.
    pub area: Area,
    /// Cells by pixel, for fields.
    pub raster: Option<Raster>,
    /// CSS pixels from the left of each position, for lines and bars (bars: their edges).
    pub places: Vec<f64>,
    /// CSS pixels from the top of each value, in the order of the values, for lines.
    pub heights: Vec<f64>,
}

impl Layout {
    /// Of a picture in which nothing but the area is to be found.
    pub fn of(area: Area) -> Self {
        Layout { area, raster: None, places: Vec::new(), heights: Vec::new() }
    }
}

/// The width of the widest label.
pub fn widest(ticks: &[Tick]) -> f64 {
    ticks.iter().map(|(_, text)| font::width(text, 11.0)).fold(0.0, f64::max)
}

/// Text that fits, shortened with an ellipsis.
pub fn fitted(text: &str, size: f64, room: f64) -> String {
    if font::width(text, size) <= room {
        return text.to_string();
    }
    let mut short: String = text.to_string();
    while !short.is_empty() && font::width(&short, size) > room - size {
        short.pop();
    }
    format!("{}…", short.trim_end())
}

/// Draws in CSS pixels on a scaled area.
pub struct Pen<'a, DB: DrawingBackend> {
    /// Where to draw.
    pub root: &'a DrawingArea<DB, Shift>,
    /// Device pixels per CSS pixel.
    pub scale: f64,
    /// Colours.
    pub theme: Theme,
}

impl<DB: DrawingBackend> Pen<'_, DB> {
    #[allow(clippy::cast_possible_truncation)]
    fn at(&self, x: f64, y: f64) -> (i32, i32) {
        ((x * self.scale).round() as i32, (y * self.scale).round() as i32)
    }

    /// A length in device pixels.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn px(&self, length: f64) -> usize {
        (length * self.scale).round().max(0.0) as usize
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn stroke(&self, color: RGBColor, width: f64) -> ShapeStyle {
        color.stroke_width((width * self.scale).round().max(1.0) as u32)
    }

    fn done<E: std::error::Error + Send + Sync>(
        &self,
        r: std::result::Result<(), plotters::drawing::DrawingAreaErrorKind<E>>,
    ) -> Result<()> {
        r.map_err(|e| Error::new(Code::Unsupported, format!("drawing: {e}")))
    }

    /// A line of text.
    #[allow(clippy::too_many_arguments)]
    pub fn text(&self, x: f64, y: f64, text: &str, size: f64, color: RGBColor, h: HPos, v: VPos) -> Result<()> {
        let style = TextStyle::from(("sans-serif", size * self.scale).into_font()).color(&color).pos(Pos::new(h, v));
        self.done(self.root.draw(&Text::new(text.to_string(), self.at(x, y), style)))
    }

    /// Text that reads upwards, centred.
    pub fn text_up(&self, x: f64, y: f64, text: &str, size: f64, color: RGBColor) -> Result<()> {
        let font = ("sans-serif", size * self.scale).into_font().transform(FontTransform::Rotate270);
        let style = TextStyle::from(font).color(&color).pos(Pos::new(HPos::Center, VPos::Center));
        self.done(self.root.draw(&Text::new(text.to_string(), self.at(x, y), style)))
    }

    /// A polyline.
    pub fn line(&self, points: &[(f64, f64)], color: RGBColor, width: f64) -> Result<()> {
        let points: Vec<(i32, i32)> = points.iter().map(|&(x, y)| self.at(x, y)).collect();
        self.done(self.root.draw(&PathElement::new(points, self.stroke(color, width))))
    }

    /// A filled polygon.
    pub fn polygon(&self, points: &[(f64, f64)], color: RGBColor) -> Result<()> {
        let points: Vec<(i32, i32)> = points.iter().map(|&(x, y)| self.at(x, y)).collect();
        self.done(self.root.draw(&Polygon::new(points, color.filled())))
    }

    /// A filled rectangle.
    pub fn fill(&self, x: f64, y: f64, width: f64, height: f64, color: RGBColor) -> Result<()> {
        self.done(self.root.draw(&Rectangle::new([self.at(x, y), self.at(x + width, y + height)], color.filled())))
    }

    /// A frame around an area.
    pub fn frame(&self, a: &Area) -> Result<()> {
        let corners =
            [(a.x, a.y), (a.x + a.width, a.y), (a.x + a.width, a.y + a.height), (a.x, a.y + a.height), (a.x, a.y)];
        self.line(&corners, self.theme.line(), 1.0)
    }

    /// An image of RGB pixels, one device pixel each.
    #[allow(clippy::cast_possible_truncation)]
    pub fn image(&self, x: f64, y: f64, width: usize, height: usize, rgb: Vec<u8>) -> Result<()> {
        let size = (width as u32, height as u32);
        match BitMapElement::with_owned_buffer(self.at(x, y), size, rgb) {
            Some(image) => self.done(self.root.draw(&image)),
            None => Err(Error::new(Code::Unsupported, "drawing: an image of the wrong size")),
        }
    }

    /// Ticks and title below an area. Labels that would touch the one before are left out.
    pub fn x_axis(&self, a: &Area, ticks: &[Tick], across: impl Fn(f64) -> f64, title: &str) -> Result<()> {
        let bottom = a.y + a.height;
        let mut free_from = f64::NEG_INFINITY;
        for (value, label) in ticks {
            let x = across(*value);
            self.line(&[(x, bottom), (x, bottom + 4.0)], self.theme.line(), 1.0)?;
            let half = font::width(label, 11.0) / 2.0;
            if x - half > free_from {
                self.text(x, bottom + 8.0, label, 11.0, self.theme.muted(), HPos::Center, VPos::Top)?;
                free_from = x + half + 8.0;
            }
        }
        let title = fitted(title, 12.0, a.width + 40.0);
        self.text(a.x + a.width / 2.0, bottom + 28.0, &title, 12.0, self.theme.muted(), HPos::Center, VPos::Top)
    }

    /// Ticks and title left of an area.
    pub fn y_axis(&self, a: &Area, ticks: &[Tick], down: impl Fn(f64) -> f64, title: &str) -> Result<()> {
        let mut last = f64::INFINITY;
        for (value, label) in ticks {
            let y = down(*value);
            self.line(&[(a.x - 4.0, y), (a.x, y)], self.theme.line(), 1.0)?;
            if (last - y).abs() > 13.0 {
                self.text(a.x - 8.0, y, label, 11.0, self.theme.muted(), HPos::Right, VPos::Center)?;
                last = y;
            }
        }
        let title = fitted(title, 12.0, a.height + 40.0);
        let x = (a.x - 8.0 - widest(ticks) - 18.0).max(12.0);
        self.text_up(x, a.y + a.height / 2.0, &title, 12.0, self.theme.muted())
    }
}
