//! From statistics to values, and what becomes of names and units.

use super::field::Data;
use crate::array::{DType, element_value, record_name};
use crate::cf::Labels;
use crate::error::{Code, Error, Result};
use crate::kernel::{Column, Partial, quotient, total};
use crate::plan::{Coord, Labelling, Op, Plan, Reduction};
use serde_json::{Map, Value};

/// What the statistics do not say themselves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finish {
    /// Delta degrees of freedom.
    pub ddof: f64,
    /// The fewest values for a sum.
    pub min_count: u64,
    /// Whether a histogram integrates to one.
    pub density: bool,
}

impl Finish {
    /// Of a reduction; of none, the defaults.
    pub fn of(reduction: Option<&Reduction>) -> Self {
        match reduction {
            Some(r) => Finish { ddof: r.ddof, min_count: r.min_count, density: r.density },
            None => Finish { ddof: 0.0, min_count: 0, density: false },
        }
    }

    /// numpy's name of the values' type.
    pub fn dtype(&self, plan: &Plan) -> String {
        let decoded = plan.packing.decoded_dtype();
        let weighted = plan.weights.is_some();
        match plan.op {
            None if !plan.array.fields.is_empty() => record_name(&plan.array.fields),
            None | Some(Op::Min | Op::Max) => decoded.name(),
            Some(Op::Count | Op::Argmin | Op::Argmax) => DType::Int64.name(),
            Some(Op::Histogram) if !weighted && !self.density => DType::Int64.name(),
            Some(Op::Sum) if !weighted && (decoded.is_signed() || decoded == DType::Bool) => DType::Int64.name(),
            Some(Op::Sum) if !weighted && decoded.is_integer() => DType::UInt64.name(),
            _ => DType::Float64.name(),
        }
    }

    /// The values of a block.
    ///
    /// # Errors
    /// `worker_crashed` if the partial has not the plan's form.
    pub fn values(&self, plan: &Plan, partial: &Partial) -> Result<Data> {
        #[allow(clippy::cast_precision_loss)]
        let least = self.min_count as f64;
        let integers = self.dtype(plan).contains("int");
        Ok(match (plan.op, partial.columns.as_slice()) {
            (None, [Column::Elements(elements)]) => {
                let dtype = plan.array.dtype;
                Data::Values(elements.iter().map(|e| element_value(e, dtype, &[])).collect())
            }
            (None, [Column::Raw(bytes)]) if !plan.array.fields.is_empty() => {
                let dtype = plan.array.dtype;
                let records = bytes.chunks_exact(dtype.size().max(1));
                Data::Values(records.map(|r| element_value(r, dtype, &plan.array.fields)).collect())
            }
            (None, [Column::Raw(bytes)]) => Data::Raw(bytes.clone(), plan.array.dtype),
            (None | Some(Op::Count), [Column::F64(values)]) => Data::F64(values.clone()),
            (Some(Op::Histogram), [Column::F64(counts)]) => Data::F64(self.densities(plan, counts)),
            (Some(Op::Sum), [Column::F64(n), Column::Int(sums)]) => {
                Data::Int(n.iter().zip(sums).map(|(n, sum)| (*n >= least).then_some(*sum)).collect())
            }
            (Some(Op::Sum), [Column::F64(n), Column::F64(hi), Column::F64(lo)]) => {
                let sums = hi.iter().zip(lo);
                if integers {
                    Data::Int(n.iter().zip(sums).map(|(n, (hi, lo))| (*n >= least).then(|| exact(*hi, *lo))).collect())
                } else {
                    let value = |(n, (hi, lo)): (&f64, (&f64, &f64))| {
                        if *n >= least || plan.weights.is_some() { total(*hi, *lo) } else { f64::NAN }
                    };
                    Data::F64(n.iter().zip(sums).map(value).collect())
                }
            }
            (Some(Op::Mean), [Column::F64(n), Column::F64(hi), Column::F64(lo)]) => {
                let value =
                    |(n, (hi, lo)): (&f64, (&f64, &f64))| if *n == 0.0 { f64::NAN } else { quotient(*hi, *lo, *n) };
                Data::F64(n.iter().zip(hi.iter().zip(lo)).map(value).collect())
            }
            (Some(op @ (Op::Var | Op::Std)), [Column::F64(n), Column::F64(mean), Column::F64(m2)]) => {
                let value = |(n, (mean, m2)): (&f64, (&f64, &f64))| {
                    let free = n - self.ddof;
                    if *n == 0.0 || free <= 0.0 || mean.is_nan() {
                        return f64::NAN;
                    }
                    if op == Op::Var { m2 / free } else { (m2 / free).sqrt() }
                };
                Data::F64(n.iter().zip(mean.iter().zip(m2)).map(value).collect())
            }
            (Some(Op::Min | Op::Max), [Column::F64(x), Column::F64(n)]) => {
                Data::F64(x.iter().zip(n).map(|(x, n)| if *n == 0.0 { f64::NAN } else { *x }).collect())
            }
            (Some(Op::Min | Op::Max), [Column::Int(x), Column::F64(n)]) => {
                Data::Int(x.iter().zip(n).map(|(x, n)| (*n > 0.0).then_some(*x)).collect())
            }
            (Some(Op::Argmin | Op::Argmax), [_, Column::F64(positions)]) => Data::F64(positions.clone()),
            (Some(Op::Ranks), [Column::F64(counts)]) => Data::F64(counts.clone()),
            (Some(Op::Lines), columns) => {
                let column = |c: &Column| if let Column::F64(v) = c { v.clone() } else { Vec::new() };
                let columns: Vec<Vec<f64>> = columns.iter().map(column).collect();
                let cells = columns.first().map_or(0, Vec::len);
                Data::F64((0..cells).flat_map(|i| columns.iter().filter_map(move |c| c.get(i).copied())).collect())
            }
            (Some(Op::Bounds), [Column::F64(n), Column::F64(missing), Column::F64(low), Column::F64(high)]) => {
                let cells = n.iter().zip(missing).zip(low.iter().zip(high));
                Data::F64(cells.flat_map(|((n, missing), (low, high))| [*n, *missing, *low, *high]).collect())
            }
            (Some(Op::Range), [Column::F64(low), Column::F64(high)]) => {
                Data::F64(low.iter().chain(high).copied().collect())
            }
            _ => return Err(Error::new(Code::WorkerCrashed, "a partial of the wrong form")),
        })
    }

    /// Counts, or with `density` counts over their sum and the bins' widths.
    fn densities(&self, plan: &Plan, counts: &[f64]) -> Vec<f64> {
        if !self.density {
            return counts.to_vec();
        }
        let widths: Vec<f64> = plan.edges.iter().zip(plan.edges.iter().skip(1)).map(|(a, b)| b - a).collect();
        counts
            .chunks(widths.len().max(1))
            .flat_map(|cell| {
                let sum: f64 = cell.iter().sum();
                cell.iter().zip(&widths).map(move |(n, width)| n / width / sum).collect::<Vec<_>>()
            })
            .collect()
    }
}

/// A sum of integers in two doubles, both whole.
#[allow(clippy::cast_possible_truncation)]
fn exact(hi: f64, lo: f64) -> i128 {
    hi as i128 + lo as i128
}

/// Attributes that say what a quantity is.
const NAMING: [&str; 3] = ["long_name", "standard_name", "units"];

/// What a reduction does to labels: dimensions go, `bin` comes, units follow the op.
pub fn relabel(labels: &mut Labelling, reduction: &Reduction, edges: &[f64]) {
    let gone: Vec<String> = match &reduction.dims {
        Some(dims) => dims.clone(),
        None => labels.dims.iter().map(|(name, _)| name.clone()).collect(),
    };
    labels.without(&gone);
    let described = labels.attrs.clone();
    match reduction.op {
        Op::Count | Op::Histogram | Op::Argmin | Op::Argmax => {
            labels.attrs.shift_remove("units");
        }
        Op::Var => {
            if let Some(units) = labels.text("units").map(|u| format!("({u})²")) {
                labels.attrs.insert("units".into(), Value::String(units));
            }
        }
        _ => {}
    }
    if reduction.op == Op::Histogram {
        let centers = edges.iter().zip(edges.iter().skip(1)).map(|(a, b)| (a + b) / 2.0).collect::<Vec<_>>();
        labels.dims.push(("bin".into(), centers.len() as u64));
        for (name, values) in [("bin_edges", edges.to_vec()), ("bin_centers", centers)] {
            labels.coords.push(Coord {
                name: name.into(),
                dim: Some("bin".into()),
                labels: Labels::Numbers(values, false),
                attrs: naming(&described),
            });
        }
    }
}

/// What a variable's attributes say that its bins hold.
pub fn naming(attrs: &Map<String, Value>) -> Map<String, Value> {
    let named = attrs.iter().filter(|(key, _)| NAMING.contains(&key.as_str()));
    named.map(|(key, value)| (key.clone(), value.clone())).collect()
}
