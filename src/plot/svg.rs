//! A plotters backend that writes SVG. plotters' own measures text through the DOM, and takes the whole page for it.
//!
//! Text stays text, fields become one embedded PNG. Everything from the data is escaped.

use super::backends::{TextBackend, png_of};
use super::chart::draw;
use super::font;
use super::pen::{Layout, Options};
use super::picture::Picture;
use crate::error::{Code, Error, Result};
use base64::Engine as _;
use plotters::prelude::{DrawingBackend, IntoDrawingArea};
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind, FontTransform};
use std::fmt::Write as _;

/// Units per CSS pixel: plotters counts in whole units, so this is the precision of lines, and of the field's image.
const UNITS: f64 = 2.0;

/// A result as an SVG document.
///
/// # Errors
/// As [`draw`].
pub fn render_svg(picture: &Picture, options: &Options) -> Result<(String, Layout)> {
    let mut body = String::new();
    let options = Options { scale: UNITS, ..options.clone() };
    let (width, height) = (units(options.width), units(options.height));
    let layout = {
        let root = SvgBackend { body: &mut body, width, height }.into_drawing_area();
        let layout = draw(&root, picture, &options)?;
        root.present().map_err(|e| Error::new(Code::Unsupported, format!("drawing: {e}")))?;
        layout
    };
    let description = escape(&picture.description());
    let title = escape(&options.title.clone().unwrap_or_else(|| picture.title()));
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         font-family=\"'DejaVu Sans', Verdana, sans-serif\"><title>{title}</title><desc>{description}</desc>\n{body}</svg>\n",
        options.width, options.height
    );
    Ok((svg, layout))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn units(length: f64) -> u32 {
    (length * UNITS).round().clamp(1.0, 20_000.0) as u32
}

struct SvgBackend<'a> {
    body: &'a mut String,
    width: u32,
    height: u32,
}

/// The five characters that XML gives a meaning; control characters that it forbids are left out.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A path as steps from point to point: coastlines are long, and steps are short to write.
fn steps(path: impl IntoIterator<Item = BackendCoord>) -> String {
    let mut text = String::new();
    let mut last: Option<BackendCoord> = None;
    for (x, y) in path {
        let _ = match last {
            None => write!(text, "M{x} {y}l"),
            Some((u, v)) => {
                let (dx, dy) = (x - u, y - v);
                let comma = if text.ends_with('l') || dx < 0 { "" } else { " " };
                let between = if dy < 0 { "" } else { " " };
                write!(text, "{comma}{dx}{between}{dy}")
            }
        };
        last = Some((x, y));
    }
    text
}

fn rgb(c: BackendColor) -> String {
    let (r, g, b) = c.rgb;
    format!("#{r:02x}{g:02x}{b:02x}")
}

type Drawn = std::result::Result<(), DrawingErrorKind<std::io::Error>>;

impl DrawingBackend for SvgBackend<'_> {
    type ErrorType = std::io::Error;

    fn get_size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        let _ = writeln!(self.body, "<rect x=\"{x}\" y=\"{y}\" width=\"1\" height=\"1\" fill=\"{}\"/>", rgb(color));
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S, fill: bool) -> Drawn {
        let (x, y, w, h) = (a.0.min(b.0), a.1.min(b.1), (b.0 - a.0).abs(), (b.1 - a.1).abs());
        let paint = if fill {
            format!("fill=\"{}\"", rgb(style.color()))
        } else {
            format!("fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"", rgb(style.color()), style.stroke_width())
        };
        let _ = writeln!(self.body, "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" {paint}/>");
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        let end = format!(
            "\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\"/>\n",
            rgb(style.color()),
            style.stroke_width()
        );
        // A line that looks like the one before continues its element: coastlines have hundreds of pieces.
        match self.body.len().checked_sub(end.len()).filter(|_| self.body.ends_with(&end)) {
            Some(before) => self.body.truncate(before),
            None => self.body.push_str("<path d=\""),
        }
        self.body.push_str(&steps(path));
        self.body.push_str(&end);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        let _ = writeln!(self.body, "<path d=\"{}z\" fill=\"{}\"/>", steps(path), rgb(style.color()));
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, (x, y): BackendCoord) -> Drawn {
        let size = style.size();
        let anchor = match style.anchor().h_pos {
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        let down = match style.anchor().v_pos {
            VPos::Top => font::CAP_HEIGHT,
            VPos::Center => font::CAP_HEIGHT / 2.0,
            VPos::Bottom => 0.0,
        };
        let turn = match style.transform() {
            FontTransform::Rotate270 => format!(" transform=\"rotate(-90 {x} {y})\""),
            FontTransform::Rotate90 => format!(" transform=\"rotate(90 {x} {y})\""),
            _ => String::new(),
        };
        let _ = writeln!(
            self.body,
            "<text x=\"{x}\" y=\"{y}\" dy=\"{:.1}\" font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{}\"{turn}>{}</text>",
            down * size,
            rgb(style.color()),
            escape(text)
        );
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> std::result::Result<(u32, u32), DrawingErrorKind<std::io::Error>> {
        Ok(TextBackend::size(text, style.size()))
    }

    fn blit_bitmap(&mut self, (x, y): BackendCoord, (width, height): (u32, u32), rgb: &[u8]) -> Drawn {
        let png = png_of(width, height, rgb)
            .map_err(|e| DrawingErrorKind::DrawingError(std::io::Error::other(e.to_string())))?;
        let data = base64::engine::general_purpose::STANDARD.encode(png);
        let _ = writeln!(
            self.body,
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" \
             href=\"data:image/png;base64,{data}\"/>"
        );
        Ok(())
    }
}
