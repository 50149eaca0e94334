//! Bitmaps: plotters' own backend, with text drawn by the embedded font, and PNG files of the outcome.

use super::chart::draw;
use super::font;
use super::pen::{Layout, Options};
use super::picture::Picture;
use crate::error::{Code, Error, Result};
use plotters::prelude::{DrawingBackend, IntoDrawingArea};
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind, FontTransform};
use plotters_bitmap::BitMapBackend;

/// The most pixels of a picture along a side.
const MAX_SIDE: f64 = 10_000.0;

/// A result as a PNG file.
///
/// # Errors
/// As [`draw`]; `too_large` for pictures beyond 10,000 pixels a side.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn render_png(picture: &Picture, options: &Options) -> Result<(Vec<u8>, Layout)> {
    let side = |length: f64| (length * options.scale).round();
    let (width, height) = (side(options.width), side(options.height));
    if !(1.0..=MAX_SIDE).contains(&width) || !(1.0..=MAX_SIDE).contains(&height) {
        return Err(Error::new(Code::TooLarge, format!("a picture of {width} by {height} pixels")));
    }
    let (width, height) = (width as u32, height as u32);
    let mut rgb = vec![0; width as usize * height as usize * 3];
    let layout = {
        let inner = BitMapBackend::with_buffer(&mut rgb, (width, height));
        let root = TextBackend { inner }.into_drawing_area();
        draw(&root, picture, options)?
    };
    Ok((png_of(width, height, &rgb)?, layout))
}

/// RGB pixels as a PNG file.
pub fn png_of(width: u32, height: u32, rgb: &[u8]) -> Result<Vec<u8>> {
    let fail = |e: png::EncodingError| Error::new(Code::Unsupported, format!("PNG: {e}"));
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(fail)?;
    writer.write_image_data(rgb).map_err(fail)?;
    writer.finish().map_err(fail)?;
    Ok(out)
}

/// A backend whose text is ours.
pub struct TextBackend<B> {
    /// Everything else.
    pub inner: B,
}

impl TextBackend<()> {
    /// Width and height of a line.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn size(text: &str, size: f64) -> (u32, u32) {
        (font::width(text, size).ceil() as u32, size.ceil() as u32)
    }
}

type Drawn<E> = std::result::Result<(), DrawingErrorKind<E>>;

impl<B: DrawingBackend> DrawingBackend for TextBackend<B> {
    type ErrorType = B::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.inner.get_size()
    }

    fn ensure_prepared(&mut self) -> Drawn<B::ErrorType> {
        self.inner.ensure_prepared()
    }

    fn present(&mut self) -> Drawn<B::ErrorType> {
        self.inner.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn<B::ErrorType> {
        self.inner.draw_pixel(point, color)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn<B::ErrorType> {
        self.inner.draw_line(from, to, style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        a: BackendCoord,
        b: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn<B::ErrorType> {
        self.inner.draw_rect(a, b, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn<B::ErrorType> {
        self.inner.draw_path(path, style)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn<B::ErrorType> {
        self.inner.fill_polygon(path, style)
    }

    fn blit_bitmap(&mut self, pos: BackendCoord, size: (u32, u32), src: &[u8]) -> Drawn<B::ErrorType> {
        self.inner.blit_bitmap(pos, size, src)
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> std::result::Result<(u32, u32), DrawingErrorKind<B::ErrorType>> {
        Ok(TextBackend::size(text, style.size()))
    }

    #[allow(clippy::cast_possible_truncation)]
    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, (x, y): BackendCoord) -> Drawn<B::ErrorType> {
        let size = style.size();
        let left = match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Center => -font::width(text, size) / 2.0,
            HPos::Right => -font::width(text, size),
        };
        let down = size
            * match style.anchor().v_pos {
                VPos::Top => font::CAP_HEIGHT,
                VPos::Center => font::CAP_HEIGHT / 2.0,
                VPos::Bottom => 0.0,
            };
        let (left, down) = (left.round() as i32, down.round() as i32);
        let (width, height) = self.inner.get_size();
        let (width, height) = (width.cast_signed(), height.cast_signed());
        let color = style.color();
        let turn = style.transform();
        let mut result = Ok(());
        font::rasterize(text, size, |px, py, coverage| {
            let (dx, dy) = (left + px, down + py);
            let (px, py) = match turn {
                FontTransform::Rotate270 => (x + dy, y - dx),
                FontTransform::Rotate90 => (x - dy, y + dx),
                _ => (x + dx, y + dy),
            };
            if result.is_ok() && coverage > 0.02 && (0..width).contains(&px) && (0..height).contains(&py) {
                let color = BackendColor { alpha: color.alpha * f64::from(coverage.min(1.0)), rgb: color.rgb };
                result = self.inner.draw_pixel((px, py), color);
            }
        });
        result
    }
}
