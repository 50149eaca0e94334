//! Laws of steps on results, on arrays made by chance: the answers of plain twins, whatever the number of dimensions, and
//! the same answers whatever their order.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

use proptest::prelude::*;
use proptest::test_runner::Config;
use zarrscope::cf::Labels;
use zarrscope::plan::{Coord, Labelling};
use zarrscope::reduce::{Data, Field};
use zarrscope::steps::{
    Arithmetic, Method, Operand, Target, anomaly, anomaly_by, arithmetic, covariance, cumsum, regrid,
};

/// So many cases; `PROPTEST_CASES` asks for more.
fn config(cases: u32) -> Config {
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { Config::default().cases } else { cases };
    Config { cases, failure_persistence: None, ..Config::default() }
}

fn field(dims: &[(&str, usize)], values: Vec<f64>) -> Field {
    let dims = dims.iter().map(|(name, n)| (name.to_string(), *n as u64)).collect();
    let labels = Labelling { variable: "v".into(), dims, coords: Vec::new(), attrs: Default::default() };
    Field { labels, dtype: "float64".into(), data: Data::F64(values) }
}

fn values(field: &Field) -> &[f64] {
    let Data::F64(values) = &field.data else { panic!("no doubles") };
    values
}

fn shape(field: &Field) -> Vec<usize> {
    field.labels.dims.iter().map(|(_, n)| *n as usize).collect()
}

/// The index along each dimension of a flat position.
fn unravel(mut flat: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for (i, n) in index.iter_mut().zip(shape).rev() {
        *i = flat % n;
        flat /= n;
    }
    index
}

fn ravel(index: &[usize], shape: &[usize]) -> usize {
    index.iter().zip(shape).fold(0, |flat, (i, n)| flat * n + i)
}

/// The dimensions of a field in another order.
fn transposed(of: &Field, names: &[String]) -> Field {
    let old = shape(of);
    let at: Vec<usize> = names.iter().map(|d| of.labels.dims.iter().position(|(name, _)| name == d).unwrap()).collect();
    let new: Vec<usize> = at.iter().map(|&d| old[d]).collect();
    let cell = |flat: usize| {
        let index = unravel(flat, &new);
        let mut from = vec![0; old.len()];
        at.iter().zip(&index).for_each(|(&d, &i)| from[d] = i);
        values(of)[ravel(&from, &old)]
    };
    let mut labels = of.labels.clone();
    labels.dims = at.iter().map(|&d| of.labels.dims[d].clone()).collect();
    Field { labels, dtype: of.dtype.clone(), data: Data::F64((0..new.iter().product()).map(cell).collect()) }
}

fn names(of: &Field) -> Vec<String> {
    of.labels.dims.iter().map(|(name, _)| name.clone()).collect()
}

/// As near as the largest number allows.
fn near(got: &[f64], expected: &[f64]) -> Result<(), TestCaseError> {
    prop_assert_eq!(got.len(), expected.len());
    let most = expected.iter().filter(|x| x.is_finite()).fold(1e3, |m: f64, x| m.max(x.abs()));
    for (i, (a, b)) in got.iter().zip(expected).enumerate() {
        let same = (a - b).abs() <= 1e-12 * most || a == b || a.is_nan() && b.is_nan();
        prop_assert!(same, "[{}] {:e}, not {:e}", i, a, b);
    }
    Ok(())
}

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![6 => -300.0..300.0f64, 1 => Just(f64::NAN), 1 => (-4i8..4).prop_map(f64::from)]
}

/// Up to four dimensions, some of no length.
fn fields() -> impl Strategy<Value = Field> {
    prop::collection::vec(0usize..5, 1..5).prop_flat_map(|shape| {
        let dims: Vec<(&str, usize)> = NAMES.into_iter().zip(shape.iter().copied()).collect();
        prop::collection::vec(number(), shape.iter().product::<usize>()).prop_map(move |v| field(&dims, v))
    })
}

/// A field, its dimensions in another order, and some of them.
fn turned() -> impl Strategy<Value = (Field, Vec<String>, Vec<String>)> {
    fields().prop_flat_map(|f| {
        let all = names(&f);
        (Just(f), Just(all.clone()).prop_shuffle(), prop::sample::subsequence(all.clone(), 0..=all.len()))
    })
}

/// Whether two cells differ only along some dimensions.
fn share(a: &[usize], b: &[usize], along: &[bool]) -> bool {
    a.iter().zip(b).zip(along).all(|((i, j), along)| *along || i == j)
}

fn mean(of: impl Iterator<Item = f64>, skipna: bool) -> f64 {
    let there: Vec<f64> = of.filter(|x| !(skipna && x.is_nan())).collect();
    there.iter().sum::<f64>() / there.len() as f64
}

#[test]
fn what_cancels_is_not_lost() {
    let dims = ["a".to_string(), "b".to_string()];
    let f = field(&[("a", 2), ("b", 3)], vec![1e16, 1.0, -1e16, 1e17, 3.0, -1e17]);
    assert_eq!(values(&cumsum(&f, &dims, true).unwrap()), [1e16, 1e16, 1.0, 1.1e17, 1.1e17, 4.0]);
    let f = field(&[("a", 2), ("b", 3)], vec![1e15, 1e15 + 0.125, 1e15 + 0.25, 0.1, 0.2, f64::NAN]);
    let around = anomaly(&f, &dims[1..], true).unwrap();
    assert_eq!(values(&around)[..3], [-0.125, 0.0, 0.125]);
    let of = covariance(&f, &f, Some(&dims[1..]), 1.0).unwrap();
    assert_eq!(values(&of)[0], 0.125 * 0.125);
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn a_running_sum_is_the_sum_of_all_before((f, order, dims) in turned(), skipna in any::<bool>()) {
        let sums = cumsum(&f, &dims, skipna).unwrap();
        let (n, along) = (shape(&f), names(&f).iter().map(|d| dims.contains(d)).collect::<Vec<_>>());
        let cells: Vec<Vec<usize>> = (0..values(&f).len()).map(|i| unravel(i, &n)).collect();
        let expected: Vec<f64> = cells.iter().map(|at| {
            let before = |c: &Vec<usize>| share(c, at, &along) && c.iter().zip(at).all(|(i, j)| i <= j);
            let x = |(x, _): (&f64, _)| if skipna && x.is_nan() { 0.0 } else { *x };
            values(&f).iter().zip(&cells).filter(|(_, c)| before(c)).map(x).sum()
        }).collect();
        near(values(&sums), &expected)?;
        let back = transposed(&cumsum(&transposed(&f, &order), &dims, skipna).unwrap(), &names(&f));
        near(values(&back), &expected)?;
    }

    #[test]
    fn anomalies_are_from_the_mean_of_what_shares_it((f, order, dims) in turned(), skipna in any::<bool>()) {
        let (n, along) = (shape(&f), names(&f).iter().map(|d| dims.contains(d)).collect::<Vec<_>>());
        let cells: Vec<Vec<usize>> = (0..values(&f).len()).map(|i| unravel(i, &n)).collect();
        let expected: Vec<f64> = cells.iter().zip(values(&f)).map(|(at, x)| {
            x - mean(values(&f).iter().zip(&cells).filter(|(_, c)| share(c, at, &along)).map(|(x, _)| *x), skipna)
        }).collect();
        near(values(&anomaly(&f, &dims, skipna).unwrap()), &expected)?;
        let back = transposed(&anomaly(&transposed(&f, &order), &dims, skipna).unwrap(), &names(&f));
        near(values(&back), &expected)?;
    }

    #[test]
    fn anomalies_by_group_leave_out_what_has_none(
        (f, order, _) in turned(), at in 0usize..4, groups in prop::collection::vec(prop::option::of(0usize..3), 5),
    ) {
        let n = shape(&f);
        let at = at % n.len();
        let (dim, groups) = (NAMES[at], &groups[..n[at]]);
        let got = anomaly_by(&f, dim, groups, 3, true).unwrap();
        let cells: Vec<Vec<usize>> = (0..values(&f).len()).map(|i| unravel(i, &n)).collect();
        let along: Vec<bool> = (0..n.len()).map(|d| d == at).collect();
        let expected: Vec<f64> = cells.iter().zip(values(&f)).filter_map(|(c, x)| {
            let group = groups[c[at]]?;
            let mates = values(&f).iter().zip(&cells).filter(|(_, o)| {
                share(o, c, &along) && groups[o[at]] == Some(group)
            });
            Some(x - mean(mates.map(|(x, _)| *x), true))
        }).collect();
        near(values(&got), &expected)?;
        prop_assert_eq!(shape(&got)[at], groups.iter().flatten().count());
        let back = anomaly_by(&transposed(&f, &order), dim, groups, 3, true).unwrap();
        near(values(&transposed(&back, &names(&f))), &expected)?;
    }

    #[test]
    fn covariances_are_of_the_pairs_that_are_there(
        (f, order, dims) in turned(), other in prop::collection::vec(number(), 5usize.pow(4)), ddof in 0u8..3,
    ) {
        let n = shape(&f);
        // The second has its dimensions in another order.
        let g = field(&NAMES.into_iter().zip(n.iter().copied()).collect::<Vec<_>>(), other[..values(&f).len()].to_vec());
        let got = covariance(&f, &transposed(&g, &order), Some(&dims), f64::from(ddof)).unwrap();
        let along: Vec<bool> = names(&f).iter().map(|d| dims.contains(d)).collect();
        let kept: Vec<usize> = (0..n.len()).filter(|&d| !along[d]).collect();
        let left: Vec<usize> = kept.iter().map(|&d| n[d]).collect();
        let expected: Vec<f64> = (0..left.iter().product()).map(|flat| {
            let index = unravel(flat, &left);
            let pairs: Vec<(f64, f64)> = (0..values(&f).len()).filter(|&i| {
                let c = unravel(i, &n);
                kept.iter().zip(&index).all(|(&d, &k)| c[d] == k)
            }).map(|i| (values(&f)[i], values(&g)[i])).filter(|(x, y)| !x.is_nan() && !y.is_nan()).collect();
            let (p, q) = (mean(pairs.iter().map(|p| p.0), false), mean(pairs.iter().map(|p| p.1), false));
            let free = pairs.len() as f64 - f64::from(ddof);
            if free <= 0.0 { f64::NAN } else { pairs.iter().map(|(x, y)| (x - p) * (y - q)).sum::<f64>() / free }
        }).collect();
        near(values(&got), &expected)?;
        let back = covariance(&transposed(&g, &order), &f, Some(&dims), f64::from(ddof)).unwrap();
        let left: Vec<String> = names(&got);
        near(values(&transposed(&back, &left)), &expected)?;
    }

    #[test]
    fn a_field_less_itself_is_nothing_whatever_the_order((f, order, dims) in turned()) {
        let got = arithmetic(Arithmetic::Subtract, &f, Operand::Field(&transposed(&f, &order))).unwrap();
        prop_assert_eq!(names(&got), names(&f));
        near(values(&got), &values(&f).iter().map(|x| x - x).collect::<Vec<_>>())?;
        // A mean taken away, broadcast by name, is the anomaly.
        let means = arithmetic(Arithmetic::Subtract, &f, Operand::Field(&anomaly(&f, &dims, true).unwrap())).unwrap();
        let again = arithmetic(Arithmetic::Subtract, &transposed(&f, &order), Operand::Field(&means)).unwrap();
        near(values(&transposed(&again, &names(&f))), values(&anomaly(&f, &dims, true).unwrap()))?;
    }

    #[test]
    fn bilinear_is_between_four_corners_whatever_the_order(
        (rows, columns, layers) in (2usize..5, 2usize..5, 1usize..3),
        all in prop::collection::vec(number(), 32), order in Just(vec!["t", "y", "x"]).prop_shuffle(),
        lat in prop::collection::vec(-1.0..5.0f64, 1..4), lon in prop::collection::vec(-1.0..5.0f64, 1..4),
        descending in any::<bool>(),
    ) {
        let (n, dims) = ([layers, rows, columns], [("t", layers), ("y", rows), ("x", columns)]);
        let mut f = field(&dims, all[..n.iter().product()].to_vec());
        let line = |len: usize| (0..len).map(|k| (k * k + k) as f64 / 3.0).collect::<Vec<_>>();
        let (mut y, x) = (line(rows), line(columns));
        if descending {
            y.reverse();
        }
        for (name, labels) in [("y", &y), ("x", &x)] {
            let labels = Labels::Numbers(labels.clone(), false);
            f.labels.coords.push(Coord { name: name.into(), dim: Some(name.into()), labels, attrs: Default::default() });
        }
        let interval = |labels: &[f64], at: f64| {
            (0..labels.len()).flat_map(|i| (0..labels.len()).map(move |j| (i, j))).find(|&(i, j)| {
                let (low, high) = (labels[i], labels[j]);
                let next = labels.iter().all(|l| *l <= low || *l >= high);
                low < high && next && (low < at || labels.iter().all(|l| *l >= low) && low == at) && at <= high
            })
        };
        let mut expected = Vec::new();
        for t in 0..layers {
            for &at_y in &lat {
                for &at_x in &lon {
                    let cell = |i: usize, j: usize| values(&f)[(t * rows + i) * columns + j];
                    expected.push(match (interval(&y, at_y), interval(&x, at_x)) {
                        (Some((a, b)), Some((c, d))) => {
                            let (u, v) = ((at_y - y[a]) / (y[b] - y[a]), (at_x - x[c]) / (x[d] - x[c]));
                            (cell(a, c) * (1.0 - v) + cell(a, d) * v) * (1.0 - u) + (cell(b, c) * (1.0 - v) + cell(b, d) * v) * u
                        }
                        _ => f64::NAN,
                    });
                }
            }
        }
        let target = Target { lat, lon };
        near(values(&regrid(&f, Method::Bilinear, &target, "y", "x", None).unwrap()), &expected)?;
        let order: Vec<String> = order.into_iter().map(str::to_string).collect();
        let back = regrid(&transposed(&f, &order), Method::Bilinear, &target, "y", "x", None).unwrap();
        near(values(&transposed(&back, &names(&f))), &expected)?;
    }

    #[test]
    fn conservative_keeps_a_constant_and_the_whole(
        rows in 2usize..9, columns in 2usize..9, new_rows in 2usize..9, new_columns in 2usize..9,
        all in prop::collection::vec(-50.0..50.0f64, 64),
    ) {
        // Cells of the whole globe: from pole to pole, and all around.
        let lat = |n: usize| (0..n).map(|k| -90.0 + (k as f64 + 0.5) * 180.0 / n as f64).collect::<Vec<_>>();
        let lon = |n: usize| (0..n).map(|k| k as f64 * 360.0 / n as f64).collect::<Vec<_>>();
        let mut f = field(&[("y", rows), ("x", columns)], all[..rows * columns].to_vec());
        for (name, labels) in [("y", lat(rows)), ("x", lon(columns))] {
            let labels = Labels::Numbers(labels, false);
            f.labels.coords.push(Coord { name: name.into(), dim: Some(name.into()), labels, attrs: Default::default() });
        }
        let target = Target { lat: lat(new_rows), lon: lon(new_columns).iter().map(|x| x + 720.0).collect() };
        let whole = |f: &Field, rows: usize, columns: usize| -> f64 {
            let edge = |k: usize| (-90.0 + k as f64 * 180.0 / rows as f64).to_radians().sin();
            (0..rows * columns).map(|i| values(f)[i] * (edge(i / columns + 1) - edge(i / columns)) / columns as f64).sum()
        };
        let got = regrid(&f, Method::Conservative, &target, "y", "x", None).unwrap();
        near(&[whole(&got, new_rows, new_columns)], &[whole(&f, rows, columns)])?;
        f.data = Data::F64(vec![7.25; rows * columns]);
        let got = regrid(&f, Method::Conservative, &target, "y", "x", None).unwrap();
        near(values(&got), &vec![7.25; new_rows * new_columns])?;
    }
}
