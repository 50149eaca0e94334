//! Which picture a result becomes, and what is in it.
#![allow(clippy::unwrap_used, missing_docs)]

use serde_json::{Value, json};
use zarrscope::error::Code;
use zarrscope::plot::{Beside, Kind, Labels, Options, Picture, fitted_height, render_png, render_svg};

fn labels(dims: &[(&str, usize)], coords: Value, attrs: Value) -> Labels {
    serde_json::from_value(json!({
        "variable": "group/t",
        "dims": dims.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        "shape": dims.iter().map(|(_, len)| len).collect::<Vec<_>>(),
        "label": "temperature [K]",
        "coords": coords,
        "coordAttrs": attrs,
    }))
    .unwrap()
}

fn options(more: Value) -> Options {
    let mut all = json!({"width": 600, "height": 400, "scale": 1, "theme": "light", "coastlines": false});
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(all).unwrap()
}

fn degrees() -> Value {
    json!({"lat": {"role": "latitude"}, "lon": {"role": "longitude"}})
}

fn range(n: usize) -> Vec<f64> {
    (0..u32::try_from(n).unwrap()).map(f64::from).collect()
}

fn picture(labels: Labels, beside: Beside) -> Picture {
    let len = labels.shape.iter().product();
    Picture::new(labels, Some(range(len)), None, beside).unwrap()
}

fn svg(picture: &Picture, more: Value) -> String {
    render_svg(picture, &options(more)).unwrap().0
}

#[test]
fn quantiles_are_lines_with_bands_between_those_that_lie_around_the_median() {
    for dims in [[("quantile", 5), ("x", 40)], [("x", 40), ("quantile", 5)]] {
        let coords = json!({"quantile": [0.05, 0.25, 0.5, 0.75, 0.95]});
        let p = picture(labels(&dims, coords, json!({})), Beside::default());
        assert_eq!(p.kind, Kind::Line);
        let (text, layout) = render_svg(&p, &options(json!({}))).unwrap();
        for name in ["5 %", "25 %", "50 %", "75 %", "95 %"] {
            assert!(text.contains(&format!(">{name}</text>")), "{name}");
        }
        assert_eq!(text.matches("z\" fill=").count(), 2, "bands");
        assert_eq!((layout.places.len(), layout.heights.len()), (40, 200));
        let first = p.series.as_ref().unwrap().first;
        assert_eq!(first, dims[0].0 == "quantile");
        // The heights stand in the order of the values.
        assert!(layout.heights[0] > layout.heights[199]);
        assert!(p.description().starts_with("Lines of temperature [K]"));
    }
    let many: Vec<f64> = (1..=20).map(|q| f64::from(q) / 21.0).collect();
    let field =
        picture(labels(&[("quantile", 20), ("x", 4)], json!({ "quantile": many }), json!({})), Beside::default());
    assert_eq!(field.kind, Kind::Field);
    let odd = labels(&[("quantile", 2), ("x", 4)], json!({"quantile": [0.1, 0.2]}), json!({}));
    assert_eq!(svg(&picture(odd, Beside::default()), json!({})).matches("z\" fill=").count(), 0, "no pair, no band");
}

#[test]
fn seasons_are_lines_along_an_axis_and_maps_side_by_side() {
    let seasons = json!({"season": ["DJF", "JJA", "MAM", "SON"], "lat": [0, 10], "lon": [0, 10, 20]});
    let lines = picture(labels(&[("season", 4), ("lat", 2)], seasons.clone(), degrees()), Beside::default());
    assert_eq!(lines.kind, Kind::Line);
    let dims = [("season", 4), ("lat", 2), ("lon", 3)];
    let maps = picture(labels(&dims, seasons, degrees()), Beside::default());
    assert_eq!((maps.kind, maps.values.len(), maps.note.as_str()), (Kind::Map, 24, ""));
    let (text, layout) = render_svg(&maps, &options(json!({}))).unwrap();
    for season in ["DJF", "JJA", "MAM", "SON"] {
        assert!(text.contains(&format!(">{season}</text>")));
    }
    let raster = layout.raster.unwrap();
    let cells: std::collections::BTreeSet<i32> = raster.cells.iter().copied().collect();
    assert_eq!(cells, (-1..24).collect(), "each cell of each map is to be found, and the gaps between them");
    let time = json!({"time": ["2000-01-01", "2000-02-01"], "lat": [0, 10], "lon": [0, 10, 20]});
    let mut attrs = degrees();
    attrs["time"] = json!({"calendar": "standard"});
    let first = picture(labels(&[("time", 2), ("lat", 2), ("lon", 3)], time, attrs), Beside::default());
    assert_eq!((first.values.len(), first.note.as_str()), (6, "first of 2 time"));
}

#[test]
fn months_stand_across_and_latitudes_up() {
    let coords = json!({"month": [1, 2, 3], "lat": [0, 10]});
    let p = picture(labels(&[("month", 3), ("lat", 2)], coords, degrees()), Beside::default());
    assert!(p.transposed);
    assert_eq!(p.x.unwrap().label, "month");
    let section = labels(&[("depth", 3), ("lat", 2)], json!({"depth": [5, 10, 20], "lat": [0, 10]}), degrees());
    assert!(!picture(section, Beside::default()).transposed, "depth goes down, not across");
}

#[test]
fn pairs_of_bins_have_their_own_edges_and_empty_ones_are_no_values() {
    let coords = json!({
        "bin_edges": [0, 1, 10], "bin_centers": [0.5, 5.5], "bin_2_edges": [0, 1, 2, 3], "bin_2_centers": [0.5, 1.5, 2.5]
    });
    let attrs = json!({"bin_centers": {"label": "salt"}, "bin_2_centers": {"label": "heat [K]"}});
    let p = picture(labels(&[("bin", 2), ("bin_2", 3)], coords, attrs), Beside::default());
    assert!(p.counts && p.values[0].is_nan());
    assert_eq!(p.y.as_ref().unwrap().edges(), [0.0, 1.0, 10.0]);
    let text = svg(&p, json!({}));
    for label in ["salt", "heat [K]", "Count"] {
        assert!(text.contains(&format!(">{label}</text>")), "{label}");
    }
}

#[test]
fn what_may_be_off_is_drawn_with_lines_and_numbers() {
    let beside = |n| Beside { errors: Some(vec![0.126; n]), ..Beside::default() };
    let short = picture(labels(&[("x", 5)], json!({}), json!({})), beside(5));
    let long = picture(labels(&[("x", 500)], json!({}), json!({})), beside(500));
    assert_eq!(svg(&short, json!({})).matches("z\" fill=").count(), 0, "bars");
    assert_eq!(svg(&long, json!({})).matches("z\" fill=").count(), 1, "a band");
    assert!(short.note.contains("95 of 100"));
    let number = picture(labels(&[], json!({}), json!({})), beside(1));
    assert!(svg(&number, json!({})).contains("± 0.13"));
    let other = picture(labels(&[("x", 5)], json!({}), json!({})), beside(4));
    assert_eq!(other.errors, None, "of another shape");
}

#[test]
fn a_line_may_stand_behind_a_line_only() {
    let line = || labels(&[("x", 3)], json!({}), json!({}));
    let behind = || Beside { behind: Some((line(), vec![50.0, 60.0, 70.0])), ..Beside::default() };
    let both = picture(line(), behind());
    let text = svg(&both, json!({}));
    assert!(text.contains(">60</text>"), "the axis holds both");
    let error = Picture::new(labels(&[], json!({}), json!({})), Some(vec![1.0]), None, behind()).unwrap_err();
    assert_eq!(error.code(), Code::InvalidDocument);
}

#[test]
fn maps_are_as_high_as_they_need_and_dots_say_what_may_be_chance() {
    let coords = json!({"lat": [-10, 0, 10], "lon": [0, 90, 180, 270]});
    let of = |p_values| picture(labels(&[("lat", 3), ("lon", 4)], coords.clone(), degrees()), p_values);
    let dotted = of(Beside { p_values: Some(vec![0.5; 12]), ..Beside::default() });
    let height = fitted_height(&dotted, &options(json!({})));
    assert!((200.0..350.0).contains(&height), "{height}");
    let plain = svg(&dotted, json!({}));
    let with_dots = svg(&dotted, json!({"significance": 0.05}));
    assert!(with_dots.len() > plain.len() + 1000);
    assert_eq!(svg(&dotted, json!({"significance": 0.6})), plain);
    let line = picture(labels(&[("x", 3)], json!({}), json!({})), Beside::default());
    assert_eq!(fitted_height(&line, &options(json!({}))), 400.0);
}

#[test]
fn colours_tell_the_sign_where_there_are_both() {
    let coords = json!({"lat": [0, 10], "lon": [0, 10]});
    let of = |values: Vec<f64>| {
        Picture::new(
            labels(&[("lat", 2), ("lon", 2)], coords.clone(), degrees()),
            Some(values),
            None,
            Beside::default(),
        )
    };
    let (both, one) = (of(vec![-1.0, 0.0, 1.0, 3.0]).unwrap(), of(vec![1.0, 2.0, 3.0, 4.0]).unwrap());
    let png = |p: &Picture, more| render_png(p, &options(more)).unwrap().0;
    let diverging = json!({"diverging": true});
    assert_eq!(png(&both, diverging.clone()), png(&both, json!({"colormap": "balance"})));
    assert_eq!(png(&one, diverging), png(&one, json!({})));
}
