//! Pictures across the border: on the page's canvas, as SVG text, as the bytes of a PNG file.

use super::objects::set;
use super::to_js;
use crate::error::{Error, invalid_document};
use crate::plot::{Beside, Geometry, Labels, Layout, Options, Picture};
use crate::plot::{canvas::render_canvas, fitted_height, render_png, render_svg};
use js_sys::{Float64Array, Int32Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

/// Draws on a canvas. Gives `{kind, area, description, offset, cells?, columns?, rows?, places, heights, seriesFirst}`, which
/// hovering needs.
#[wasm_bindgen(js_name = plotCanvas)]
pub fn plot_canvas(canvas: HtmlCanvasElement, result: JsValue, options: JsValue) -> Result<JsValue, JsValue> {
    let (picture, options) = read(&result, &options).map_err(to_js)?;
    let layout = render_canvas(canvas, &picture, &options).map_err(to_js)?;
    Ok(layout_to_js(&picture, &layout))
}

/// The picture as SVG.
#[wasm_bindgen(js_name = plotSvg)]
pub fn plot_svg(result: JsValue, options: JsValue) -> Result<String, JsValue> {
    let (picture, options) = read(&result, &options).map_err(to_js)?;
    render_svg(&picture, &options).map(|(svg, _)| svg).map_err(to_js)
}

/// The picture as a PNG file.
#[wasm_bindgen(js_name = plotPng)]
pub fn plot_png(result: JsValue, options: JsValue) -> Result<Uint8Array, JsValue> {
    let (picture, options) = read(&result, &options).map_err(to_js)?;
    render_png(&picture, &options).map(|(png, _)| Uint8Array::from(png.as_slice())).map_err(to_js)
}

fn read(result: &JsValue, options: &JsValue) -> Result<(Picture, Options), Error> {
    let labels = labels_of(result)?;
    let mut parsed: Options =
        serde_wasm_bindgen::from_value(options.clone()).map_err(|e| invalid_document(format!("plot options: {e}")))?;
    let member = |of: &JsValue, key: &str| Reflect::get(of, &key.into()).ok().filter(JsValue::is_object);
    let geometry = member(options, "geometry").and_then(|g| numbers(&g, "lon").zip(numbers(&g, "lat")));
    let geometry = geometry.map(|(lon, lat)| Geometry { lon, lat });
    let behind = match member(options, "behind") {
        Some(behind) => numbers(&behind, "data").map(|data| Ok((labels_of(&behind)?, data))).transpose()?,
        None => None,
    };
    let beside = Beside { errors: numbers(result, "interval95"), p_values: numbers(result, "pValues"), behind };
    let picture = Picture::new(labels, numbers(result, "data"), geometry, beside)?;
    if parsed.fit {
        parsed.height = fitted_height(&picture, &parsed);
    }
    Ok((picture, parsed))
}

fn labels_of(result: &JsValue) -> Result<Labels, Error> {
    serde_wasm_bindgen::from_value(result.clone()).map_err(|e| invalid_document(format!("no result: {e}")))
}

fn numbers(of: &JsValue, key: &str) -> Option<Vec<f64>> {
    let value = Reflect::get(of, &key.into()).ok()?;
    value.dyn_into::<Float64Array>().ok().map(|a| a.to_vec())
}

fn layout_to_js(picture: &Picture, layout: &Layout) -> JsValue {
    let out = Object::new();
    let area = Object::new();
    for (key, value) in
        [("x", layout.area.x), ("y", layout.area.y), ("width", layout.area.width), ("height", layout.area.height)]
    {
        set(&area, key, value);
    }
    set(&out, "kind", picture.kind.name());
    set(&out, "area", area);
    set(&out, "description", picture.description().as_str());
    #[allow(clippy::cast_precision_loss)]
    set(&out, "offset", picture.offset as f64);
    if let Some(raster) = &layout.raster {
        set(&out, "cells", Int32Array::from(raster.cells.as_slice()));
        #[allow(clippy::cast_precision_loss)]
        {
            set(&out, "columns", raster.width as f64);
            set(&out, "rows", raster.height as f64);
        }
    }
    set(&out, "places", Float64Array::from(layout.places.as_slice()));
    set(&out, "heights", Float64Array::from(layout.heights.as_slice()));
    set(&out, "seriesFirst", picture.series.as_ref().is_none_or(|series| series.first));
    out.into()
}
