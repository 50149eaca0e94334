//! Several fields side by side with one colour bar: the maps of seasons, months or quantiles.

use super::field::Raster;
use super::pen::{Area, Pen};
use super::picture::Labels;
use super::series::name_of;
use crate::error::Result;
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, VPos};

/// More panels than this are too small to read.
const MOST: usize = 12;
/// Between panels, and the height of their names.
const GAP: f64 = 14.0;
const NAME_HEIGHT: f64 = 18.0;

/// The panels of a result.
#[derive(Debug, Clone, PartialEq)]
pub struct Facets {
    /// What each is called.
    pub names: Vec<String>,
}

impl Facets {
    /// Of a dimension of a few named positions; others are too many, or nothing says what they are.
    pub fn along(labels: &Labels, d: usize) -> Option<Self> {
        let (dim, len) = (labels.dims.get(d)?, *labels.shape.get(d)?);
        let values = labels.coords.get(dim).filter(|v| v.len() == len && (2..=MOST).contains(&len))?;
        let dated = labels.coord_attrs.get(dim).and_then(|a| a.get("calendar")).is_some();
        let names = values.iter().map(|value| name_of(dim, value)).collect::<Option<Vec<_>>>()?;
        (!dated).then_some(Facets { names })
    }
}

/// Panels of one size, row by row.
pub struct Grid {
    panels: Vec<Area>,
    columns: usize,
    /// Around all of them.
    pub area: Area,
}

impl Grid {
    /// As large as the room allows; of the given width over height, or of any.
    pub fn new(count: usize, room: Area, ratio: Option<f64>) -> Self {
        let size = |columns: usize| {
            let (across, down) = (columns as f64, count.div_ceil(columns) as f64);
            let width = ((room.width - (across - 1.0) * GAP) / across).max(20.0);
            let height = ((room.height - down * NAME_HEIGHT - (down - 1.0) * GAP) / down).max(20.0);
            match ratio {
                Some(ratio) => (width.min(height * ratio), height.min(width / ratio)),
                None => (width, height),
            }
        };
        let worth = |columns: usize| match size(columns) {
            // Square panels where they may have any form.
            (width, height) if ratio.is_none() => width.min(1.4 * height),
            (width, _) => width,
        };
        let columns = (1..=count).max_by(|a, b| worth(*a).total_cmp(&worth(*b))).unwrap_or(1);
        let (width, height) = size(columns);
        let panels: Vec<Area> = (0..count)
            .map(|i| {
                let (row, column) = ((i / columns) as f64, (i % columns) as f64);
                let x = room.x + column * (width + GAP);
                let y = room.y + NAME_HEIGHT + row * (height + NAME_HEIGHT + GAP);
                Area { x, y, width, height }
            })
            .collect();
        let rows = count.div_ceil(columns) as f64;
        let area = Area {
            y: room.y + NAME_HEIGHT,
            width: columns as f64 * (width + GAP) - GAP,
            height: rows * (height + NAME_HEIGHT + GAP) - GAP - NAME_HEIGHT,
            ..room
        };
        Grid { panels, columns, area }
    }

    /// One panel of a given area.
    pub fn of(area: Area) -> Self {
        Grid { panels: vec![area], columns: 1, area }
    }

    /// A panel: all have one size.
    pub fn panel(&self) -> Area {
        self.panels.first().copied().unwrap_or(self.area)
    }

    /// The panels, and whether each has nothing to its left, and nothing below.
    pub fn panels(&self) -> impl Iterator<Item = (&Area, bool, bool)> {
        let count = self.panels.len();
        self.panels.iter().enumerate().map(move |(i, area)| (area, i % self.columns == 0, i + self.columns >= count))
    }

    /// One raster of all panels, from that of each; the panels share so many values, one after the other.
    pub fn raster<DB: DrawingBackend>(&self, pen: &Pen<DB>, panel: Raster, values: usize) -> Raster {
        if self.panels.len() == 1 {
            return panel;
        }
        let cells_of_panel = values / self.panels.len();
        let (width, height) = (pen.px(self.area.width).max(1), pen.px(self.area.height).max(1));
        let mut cells = vec![-1; width * height];
        for (i, area) in self.panels.iter().enumerate() {
            let (left, top) = (pen.px(area.x - self.area.x), pen.px(area.y - self.area.y));
            let first = i32::try_from(i * cells_of_panel).unwrap_or(i32::MAX);
            for (row, line) in panel.cells.chunks_exact(panel.width.max(1)).enumerate().take(height.saturating_sub(top))
            {
                let from = (top + row) * width + left;
                let room = width.saturating_sub(left).min(line.len());
                let Some(out) = cells.get_mut(from..from + room) else { continue };
                for (out, cell) in out.iter_mut().zip(line) {
                    *out = if *cell < 0 { -1 } else { cell.saturating_add(first) };
                }
            }
        }
        Raster { width, height, cells }
    }

    /// The name of each panel above it.
    pub fn draw_names<DB: DrawingBackend>(&self, pen: &Pen<DB>, names: &[String]) -> Result<()> {
        for (area, name) in self.panels.iter().zip(names) {
            pen.text(area.x, area.y - 6.0, name, 12.0, pen.theme.text(), HPos::Left, VPos::Bottom)?;
        }
        Ok(())
    }
}
