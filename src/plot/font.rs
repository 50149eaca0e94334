//! The embedded font (a subset of DejaVu Sans): measuring text, and drawing it into bitmaps.

use ab_glyph::{Font, FontRef, ScaleFont, point};

const DEJAVU: &[u8] = include_bytes!("dejavu-sans-subset.ttf");

fn with_font<T>(f: impl FnOnce(&FontRef) -> T) -> Option<T> {
    FontRef::try_from_slice(DEJAVU).ok().as_ref().map(f)
}

/// Width of a line of text, in pixels of the font's size.
pub fn width(text: &str, size: f64) -> f64 {
    #[allow(clippy::cast_possible_truncation)]
    let measured = with_font(|font| {
        // ab_glyph scales by the font's height, the web by its em.
        let font = font.as_scaled(em_scale(font, size as f32));
        text.chars().map(|c| f64::from(font.h_advance(font.glyph_id(c)))).sum()
    });
    measured.unwrap_or(0.6 * size * text.chars().count() as f64)
}

/// Height above the baseline of capitals and digits, as a share of the size.
pub const CAP_HEIGHT: f64 = 0.73;

fn em_scale(font: &FontRef, size: f32) -> f32 {
    let em = font.units_per_em().unwrap_or(2048.0);
    size * font.height_unscaled() / em
}

/// Calls `put(x, y, coverage)` for each covered pixel of a line whose baseline starts at (0, 0).
pub fn rasterize(text: &str, size: f64, mut put: impl FnMut(i32, i32, f32)) {
    with_font(|font| {
        #[allow(clippy::cast_possible_truncation)]
        let scaled = font.as_scaled(em_scale(font, size as f32));
        let mut pen = 0.0;
        for c in text.chars() {
            let id = scaled.glyph_id(c);
            let glyph = id.with_scale_and_position(scaled.scale(), point(pen, 0.0));
            pen += scaled.h_advance(id);
            if let Some(outline) = font.outline_glyph(glyph) {
                let bounds = outline.px_bounds();
                #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
                outline.draw(|x, y, coverage| {
                    put(bounds.min.x as i32 + x as i32, bounds.min.y as i32 + y as i32, coverage);
                });
            }
        }
    });
}
