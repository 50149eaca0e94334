//! What steps on results do to labels, units and coordinates, and what they refuse.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

use serde_json::{Map, Value, json};
use zarrscope::cf::{Calendar, Labels};
use zarrscope::error::Code;
use zarrscope::plan::{Coord, Labelling};
use zarrscope::reduce::{Data, Field};
use zarrscope::steps::{
    Arithmetic, Method, Operand, Target, align, anomaly_by, arithmetic, correlation, cumsum, regrid, scale, trend,
};

fn attrs(of: Value) -> Map<String, Value> {
    of.as_object().unwrap().clone()
}

/// A field of numbers that count up, with some coordinates.
fn field(dims: &[(&str, u64)], coords: Vec<Coord>) -> Field {
    let cells: u64 = dims.iter().map(|(_, n)| n).product();
    let dims = dims.iter().map(|(name, n)| (name.to_string(), *n)).collect();
    let attrs = attrs(json!({"units": "K", "long_name": "warmth", "standard_name": "air_temperature", "cell": 1}));
    let labels = Labelling { variable: "v".into(), dims, coords, attrs };
    Field { labels, dtype: "float64".into(), data: Data::F64((0..cells).map(|k| k as f64).collect()) }
}

fn along(dim: &str, labels: Labels) -> Coord {
    Coord { name: dim.into(), dim: Some(dim.into()), labels, attrs: Map::new() }
}

fn numbers(labels: &[f64]) -> Labels {
    Labels::Numbers(labels.to_vec(), false)
}

fn days(days: &[i128], calendar: Calendar) -> Labels {
    Labels::Times(days.iter().map(|d| Some(d * 86_400_000_000)).collect(), calendar)
}

fn scalar(name: &str, x: f64) -> Coord {
    Coord { name: name.into(), dim: None, labels: numbers(&[x]), attrs: Map::new() }
}

fn values(field: &Field) -> Vec<f64> {
    field.data.to_f64().unwrap()
}

fn names(field: &Field) -> Vec<&str> {
    field.labels.coords.iter().map(|c| c.name.as_str()).collect()
}

#[test]
fn labels_are_joined_in_the_order_of_the_first() {
    let a = field(&[("x", 4)], vec![along("x", numbers(&[3.0, -0.0, f64::NAN, 7.0]))]);
    let b = field(&[("x", 3)], vec![along("x", numbers(&[f64::NAN, 0.0, 8.0]))]);
    let sum = arithmetic(Arithmetic::Add, &a, Operand::Field(&b)).unwrap();
    assert_eq!(values(&sum), [1.0 + 1.0, 2.0 + 0.0]);
    let Labels::Numbers(x, _) = &sum.labels.coords[0].labels else { panic!("no numbers") };
    assert!(x.len() == 2 && x[0] == 0.0 && x[1].is_nan());
}

#[test]
fn what_cannot_be_joined_is_refused() {
    let code = |a: Option<Labels>, b: Option<Labels>, n: u64| {
        let of = |labels: Option<Labels>, n| field(&[("x", n)], labels.map(|l| along("x", l)).into_iter().collect());
        align(&of(a, 2).labels, &of(b, n).labels).map_or_else(|e| Some(e.code()), |_| None)
    };
    let refused = Some(Code::InvalidDocument);
    let two = || Some(numbers(&[1.0, 2.0]));
    assert_eq!(code(None, None, 2), None);
    assert_eq!(code(two(), None, 2), None, "positions, with the labels of one");
    assert_eq!(code(None, None, 3), refused);
    assert_eq!(code(two(), None, 3), refused);
    assert_eq!(code(Some(numbers(&[1.0, 1.0])), Some(numbers(&[1.0, 1.0])), 2), None, "equal as they stand");
    assert_eq!(code(Some(numbers(&[1.0, 1.0])), two(), 2), refused);
    assert_eq!(code(two(), Some(numbers(&[1.0, 1.0])), 2), refused);
    assert_eq!(code(two(), Some(Labels::Text(vec!["1".into(), "2".into()])), 2), refused);
    let time = |c| Some(days(&[0, 1], c));
    assert_eq!(code(time(Calendar::NoLeap), time(Calendar::Day360), 2), refused);
    assert_eq!(code(time(Calendar::Standard), time(Calendar::ProlepticGregorian), 2), None);
}

#[test]
fn coordinates_of_both_stay_where_they_agree() {
    let a = field(
        &[("x", 2)],
        vec![along("x", numbers(&[1.0, 2.0])), scalar("z", 1.0), scalar("h", 2.0), scalar("t", 3.0)],
    );
    let b =
        field(&[("x", 2), ("t", 3)], vec![along("t", numbers(&[1.0, 2.0, 3.0])), scalar("z", 1.0), scalar("h", 3.0)]);
    let both = arithmetic(Arithmetic::Multiply, &a, Operand::Field(&b)).unwrap();
    assert_eq!(both.labels.dims, [("x".to_string(), 2), ("t".to_string(), 3)]);
    assert_eq!(names(&both), ["x", "t", "z"]);
    assert_eq!(both.labels.coords[1].dim.as_deref(), Some("t"));
    assert_eq!(names(&correlation(&a, &b, Some(&["x".to_string()])).unwrap()), ["t", "z"]);
}

#[test]
fn units_follow_the_step() {
    let mut f = field(&[("time", 3), ("x", 2), ("y", 2)], vec![along("time", days(&[0, 10, 20], Calendar::Standard))]);
    f.labels.coords.push(Coord { attrs: attrs(json!({"units": "m"})), ..along("x", numbers(&[0.0, 5.0])) });
    let units = |f: &Field| f.labels.attrs.get("units").and_then(Value::as_str).map(str::to_string);
    let slope = |dim: &str| units(&trend(&f, dim).unwrap()[0].1).unwrap();
    assert_eq!([slope("time"), slope("x"), slope("y")], ["K year-1", "K per m", "K per y"]);
    let all = trend(&f, "time").unwrap();
    let of: Vec<_> = all.iter().map(|(name, field)| (*name, units(field))).collect();
    let per = || Some("K year-1".to_string());
    assert_eq!(of, [("slope", per()), ("intercept", Some("K".into())), ("stderr", per()), ("pvalue", None)]);
    assert_eq!(units(&scale(&f, 1.0, -273.15, Some("degC")).unwrap()).as_deref(), Some("degC"));
    assert_eq!(units(&scale(&f, 1.0, 0.0, None).unwrap()).as_deref(), Some("K"));

    let keys = |f: Field| f.labels.attrs.keys().cloned().collect::<Vec<_>>();
    let with = |op, right: Operand<'_>| keys(arithmetic(op, &f, right).unwrap());
    assert_eq!(with(Arithmetic::Subtract, Operand::Number(1.0)), ["units", "long_name"]);
    assert_eq!(with(Arithmetic::Add, Operand::Field(&f)), ["units", "long_name"]);
    assert!(with(Arithmetic::Divide, Operand::Field(&f)).is_empty());
    let other = scale(&f, 1.0, 0.0, Some("degC")).unwrap();
    assert_eq!(with(Arithmetic::Add, Operand::Field(&other)), ["long_name"]);
}

#[test]
fn what_runs_along_a_shortened_dimension_is_shortened_or_gone() {
    let edges = Coord { name: "edges".into(), ..along("x", numbers(&[0.0, 1.0, 2.0, 3.0])) };
    let f = field(&[("x", 3)], vec![along("x", numbers(&[0.5, 1.5, 2.5])), edges]);
    let whole = anomaly_by(&f, "x", &[Some(0), Some(1), Some(0)], 2, true).unwrap();
    assert_eq!((names(&whole), values(&whole)), (vec!["x", "edges"], vec![-1.0, 0.0, 1.0]));
    let part = anomaly_by(&f, "x", &[Some(0), None, Some(0)], 1, true).unwrap();
    assert_eq!((names(&part), values(&part)), (vec!["x"], vec![-1.0, 1.0]));
    assert_eq!(part.labels.coords[0].labels, numbers(&[0.5, 2.5]));
    for (groups, count) in [(vec![Some(0); 2], 1), (vec![Some(1); 3], 1)] {
        assert_eq!(anomaly_by(&f, "x", &groups, count, true).unwrap_err().code(), Code::InvalidDocument);
    }
    assert_eq!(anomaly_by(&f, "x", &[Some(0); 3], 1 << 30, true).unwrap_err().code(), Code::TooLarge);
}

#[test]
fn wide_integers_are_summed_exactly() {
    let mut f = field(&[("x", 3)], Vec::new());
    f.dtype = "int64".into();
    f.data = Data::Int(vec![Some(1 << 60), None, Some(1)]);
    let sums = |skipna| cumsum(&f, &["x".to_string()], skipna).unwrap().data;
    assert_eq!(sums(true), Data::Int(vec![Some(1 << 60), Some(1 << 60), Some((1 << 60) + 1)]));
    assert_eq!(sums(false), Data::Int(vec![Some(1 << 60), None, None]));
}

#[test]
fn grids_that_are_none_are_refused() {
    let grid = |lat: Labels, lon: Labels| field(&[("y", 2), ("x", 3)], vec![along("y", lat), along("x", lon)]);
    let f = grid(numbers(&[0.0, 1.0]), numbers(&[0.0, 1.0, 2.0]));
    let code = |f: &Field, method, lat: &[f64], lon: &[f64], names: (&str, &str), bounds: Option<(&[f64], &[f64])>| {
        let target = Target { lat: lat.to_vec(), lon: lon.to_vec() };
        regrid(f, method, &target, names.0, names.1, bounds).map_or_else(|e| Some(e.code()), |_| None)
    };
    let (b, c, yx) = (Method::Bilinear, Method::Conservative, ("y", "x"));
    let invalid = Some(Code::InvalidDocument);
    assert_eq!(code(&f, b, &[0.5], &[0.5], yx, None), None);
    assert_eq!(code(&f, b, &[0.5], &[0.5], ("lat", "x"), None), Some(Code::Unsupported));
    assert_eq!(code(&f, b, &[0.5], &[0.5], ("x", "x"), None), invalid);
    assert_eq!(code(&f, b, &[f64::NAN], &[0.5], yx, None), invalid);
    assert_eq!(code(&f, b, &vec![0.5; 1 << 13], &vec![0.5; 1 << 13], yx, None), Some(Code::TooLarge));
    assert_eq!(code(&f, c, &[0.5], &[0.5, 1.0], yx, None), invalid, "one latitude has no neighbour");
    assert_eq!(code(&f, c, &[0.5, 1.0], &[0.5, 1.0], yx, Some((&[0.0; 4], &[0.0; 4]))), invalid);
    assert_eq!(code(&f, c, &[0.5, 1.0], &[0.5, 1.0], yx, Some((&[0.0; 4], &[0.0; 6]))), None);
    let text = grid(Labels::Text(vec!["a".into(), "b".into()]), numbers(&[0.0, 1.0, 2.0]));
    assert_eq!(code(&text, b, &[0.5], &[0.5], yx, None), Some(Code::Unsupported));
    let globe = grid(numbers(&[-45.0, 45.0]), numbers(&[0.0, 120.0, 240.0]));
    assert_eq!(code(&globe, c, &[-45.0, 45.0], &[0.0, 1e300], yx, None), invalid);
    assert_eq!(code(&globe, b, &[0.0], &[1e300], yx, None), None);
}
