//! The page's canvas: plotters' own canvas backend, with text measured by the embedded font and fields drawn as image data.

use super::backends::TextBackend;
use super::chart::draw;
use super::font;
use super::pen::{Layout, Options};
use super::picture::Picture;
use crate::error::{Code, Error, Result};
use plotters::prelude::{DrawingBackend, IntoDrawingArea};
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind, FontTransform};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// Draws on a canvas, whose size is the picture's times its scale.
///
/// # Errors
/// `unsupported` without a 2D context; as [`draw`].
pub fn render_canvas(canvas: HtmlCanvasElement, picture: &Picture, options: &Options) -> Result<Layout> {
    let context = canvas.get_context("2d").ok().flatten().and_then(|c| c.dyn_into::<CanvasRenderingContext2d>().ok());
    let inner = CanvasBackend::with_canvas_object(canvas);
    match (context, inner) {
        (Some(context), Some(inner)) => draw(&Canvas { inner, context }.into_drawing_area(), picture, options),
        _ => Err(Error::new(Code::Unsupported, "this canvas has no 2D context")),
    }
}

struct Canvas {
    inner: CanvasBackend,
    context: CanvasRenderingContext2d,
}

type Fault = <CanvasBackend as DrawingBackend>::ErrorType;
type Drawn = std::result::Result<(), DrawingErrorKind<Fault>>;

impl DrawingBackend for Canvas {
    type ErrorType = Fault;

    fn get_size(&self) -> (u32, u32) {
        self.inner.get_size()
    }

    fn ensure_prepared(&mut self) -> Drawn {
        self.inner.ensure_prepared()
    }

    fn present(&mut self) -> Drawn {
        self.inner.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        self.inner.draw_pixel(point, color)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.inner.draw_line(from, to, style)
    }

    fn draw_rect<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S, fill: bool) -> Drawn {
        self.inner.draw_rect(a, b, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        self.inner.draw_path(path, style)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        self.inner.fill_polygon(path, style)
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> std::result::Result<(u32, u32), DrawingErrorKind<Fault>> {
        Ok(TextBackend::size(text, style.size()))
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, (x, y): BackendCoord) -> Drawn {
        let (context, size) = (&self.context, style.size());
        let ((r, g, b), down) = (
            style.color().rgb,
            match style.anchor().v_pos {
                VPos::Top => font::CAP_HEIGHT * size,
                VPos::Center => font::CAP_HEIGHT * size / 2.0,
                VPos::Bottom => 0.0,
            },
        );
        context.save();
        context.set_font(&format!("{size}px 'DejaVu Sans', Verdana, system-ui, sans-serif"));
        context.set_fill_style_str(&format!("rgb({r} {g} {b})"));
        context.set_text_align(match style.anchor().h_pos {
            HPos::Left => "left",
            HPos::Center => "center",
            HPos::Right => "right",
        });
        context.set_text_baseline("alphabetic");
        // A canvas whose context is lost draws nothing; there is no one to tell.
        let _ = context.translate(f64::from(x), f64::from(y));
        if matches!(style.transform(), FontTransform::Rotate270) {
            let _ = context.rotate(-std::f64::consts::FRAC_PI_2);
        }
        let _ = context.fill_text(text, 0.0, down);
        context.restore();
        Ok(())
    }

    fn blit_bitmap(&mut self, (x, y): BackendCoord, (width, height): (u32, u32), rgb: &[u8]) -> Drawn {
        let rgba: Vec<u8> = rgb.as_chunks::<3>().0.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect();
        if let Ok(image) = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&rgba), width, height) {
            let _ = self.context.put_image_data(&image, f64::from(x), f64::from(y));
        }
        Ok(())
    }
}
