//! What the operations mean, written out element by element: slow, plain, and independent of the core.

use super::made::{Cell, Made, positions};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Positions taken of one dimension; dropped if there is one by index or by nearest label.
#[derive(Debug, Clone)]
pub struct Taken {
    pub positions: Vec<u64>,
    pub dropped: bool,
    /// How the document says it; `null` takes the whole dimension.
    pub form: Value,
}

/// The document's `select`.
pub fn select(taken: &[Taken]) -> Value {
    let named = taken.iter().enumerate().filter(|(_, t)| !t.form.is_null());
    Value::Object(named.map(|(d, t)| (super::made::dim(d), t.form.clone())).collect::<Map<_, _>>())
}

/// Any selection of a dimension.
pub fn taken(d: usize, len: u64) -> impl Strategy<Value = Taken> {
    let label = move |p: u64| super::made::label(d, p);
    let back = move |p: u64, negative: bool| {
        let p = i64::try_from(p).unwrap();
        if negative { p - i64::try_from(len).unwrap() } else { p }
    };
    let list = prop::collection::vec((0..len, any::<bool>()), 1..=6);
    prop_oneof![
        4 => Just(Taken { positions: (0..len).collect(), dropped: false, form: Value::Null }),
        3 => (0..len, 1..=len, 1u64..=5, any::<bool>()).prop_map(move |(start, more, step, negative)| {
            let stop = (start + more).min(len);
            let form = if negative && stop < len {
                json!({"start": back(start, true), "stop": back(stop, true), "step": step})
            } else {
                json!({"start": start, "stop": start + more, "step": step})
            };
            Taken { positions: (start..stop).step_by(step as usize).collect(), dropped: false, form }
        }),
        2 => list.clone().prop_map(move |l| {
            let form = json!({"index": l.iter().map(|(p, n)| back(*p, *n)).collect::<Vec<_>>()});
            Taken { positions: l.iter().map(|(p, _)| *p).collect(), dropped: false, form }
        }),
        2 => list.prop_map(move |l| {
            let form = json!({"values": l.iter().map(|(p, _)| label(*p)).collect::<Vec<_>>()});
            Taken { positions: l.iter().map(|(p, _)| *p).collect(), dropped: false, form }
        }),
        1 => prop::collection::vec(0..len, 1..=6).prop_map(move |l| {
            let form = json!({"nearest": l.iter().map(|p| label(*p) - 0.7).collect::<Vec<_>>()});
            Taken { positions: l, dropped: false, form }
        }),
        1 => (0..len, 0..len).prop_map(move |(a, b)| {
            let form = json!({"from": label(a), "to": label(b)});
            Taken { positions: (a.min(b)..=a.max(b)).collect(), dropped: false, form }
        }),
        1 => (0..len, any::<bool>()).prop_map(move |(p, negative)| {
            Taken { positions: vec![p], dropped: true, form: json!({"index": back(p, negative)}) }
        }),
        1 => (0..len).prop_map(move |p| {
            Taken { positions: vec![p], dropped: true, form: json!({"nearest": label(p) + 0.3}) }
        }),
    ]
}

/// A reduction as the twin understands it.
#[derive(Debug, Clone)]
pub struct Question {
    pub op: &'static str,
    /// Which dimensions go; dropped ones go in any case.
    pub reduced: Vec<bool>,
    /// Whether all dimensions are meant, and the document names none.
    pub all: bool,
    pub skipna: bool,
    pub weights: Option<&'static str>,
    pub ddof: f64,
    /// The fewest values for a sum.
    pub min_count: u64,
    pub edges: Vec<f64>,
}

impl Question {
    /// The document's step.
    pub fn step(&self, taken: &[Taken]) -> Value {
        let mut step = json!({"op": self.op, "skipna": self.skipna});
        if !self.all {
            let gone = (0..taken.len()).filter(|&d| self.reduced[d] && !taken[d].dropped).map(super::made::dim);
            step["dims"] = json!(gone.collect::<Vec<_>>());
        }
        if let Some(weights) = self.weights {
            step["weights"] = json!(weights);
        }
        match self.op {
            "std" | "var" => step["ddof"] = json!(self.ddof),
            "sum" if self.weights.is_none() => step["minCount"] = json!(self.min_count),
            "histogram" => step["bins"] = json!(self.edges),
            _ => {}
        }
        step
    }

    pub fn keeps(&self, d: usize, taken: &[Taken]) -> bool {
        !self.all && !self.reduced[d] && !taken[d].dropped
    }
}

/// A value, how exact it must be, and the exact integer where there is one.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    pub value: f64,
    pub tolerance: f64,
    pub exact: Option<i128>,
}

/// Rounding that every statistic is allowed, relative to its scale.
const TOLERANCE: f64 = 1e-13;

/// The answers to a question, cell by cell in C order of the kept dimensions; the bins of a histogram come last.
pub fn answers(made: &Made, taken: &[Taken], question: &Question) -> Vec<Answer> {
    let side = |kept: bool| -> Vec<Vec<u64>> {
        let lens = taken.iter().enumerate().map(|(d, t)| (question.keeps(d, taken) == kept, t.positions.len() as u64));
        positions(&lens.map(|(counts, n)| if counts { n } else { 1 }).collect::<Vec<_>>())
    };
    let reduced = side(false);
    let cell = |kept: Vec<u64>| {
        let values = reduced.iter().map(|r| {
            let at: Vec<u64> =
                taken.iter().zip(kept.iter().zip(r)).map(|(t, (k, r))| t.positions[(k + r) as usize]).collect();
            let weight = match question.weights {
                None => 1.0,
                Some("w0") => made.first_weight(at[0]),
                Some(_) => made.weight(&at),
            };
            (made.valid(&at), weight)
        });
        reduce(question, &values.collect::<Vec<_>>())
    };
    side(true).into_iter().flat_map(cell).collect()
}

#[allow(clippy::cast_precision_loss)]
fn reduce(q: &Question, values: &[(Option<Cell>, f64)]) -> Vec<Answer> {
    let valid: Vec<(Cell, f64)> = values.iter().filter_map(|(c, w)| c.map(|c| (c, *w))).collect();
    let exactly = |value: f64| vec![Answer { value, tolerance: 0.0, exact: None }];
    if q.op == "count" {
        return exactly(valid.len() as f64);
    }
    if q.op == "histogram" {
        return histogram(q, &valid);
    }
    if !q.skipna && valid.len() < values.len() {
        return exactly(f64::NAN);
    }
    let weights: f64 = valid.iter().map(|(_, w)| w).sum();
    let sum: f64 = valid.iter().map(|(c, w)| w * c.x).sum();
    let magnitude: f64 = valid.iter().map(|(c, w)| (w * c.x).abs()).sum();
    let largest = valid.iter().map(|(c, _)| c.x.abs()).fold(0.0, f64::max);
    match q.op {
        "sum" if q.weights.is_none() && (valid.len() as u64) < q.min_count => exactly(f64::NAN),
        "sum" => {
            let exact = valid.iter().map(|(c, _)| c.n).sum();
            vec![Answer { value: sum, tolerance: TOLERANCE * magnitude, exact: Some(exact) }]
        }
        "mean" => vec![Answer { value: sum / weights, tolerance: TOLERANCE * magnitude / weights, exact: None }],
        "min" | "max" => {
            let least = q.op == "min";
            let x = valid.iter().map(|(c, _)| c.x).reduce(|a, b| if (b < a) == least { b } else { a });
            let ns = valid.iter().map(|(c, _)| c.n);
            let exact = if least { ns.min() } else { ns.max() };
            vec![Answer { value: x.unwrap_or(f64::NAN), tolerance: 0.0, exact }]
        }
        "var" | "std" => {
            let mean = sum / weights;
            let squares: f64 = valid.iter().map(|(c, w)| w * (c.x - mean) * (c.x - mean)).sum();
            let free = weights - q.ddof;
            if free <= 0.0 {
                return exactly(f64::NAN);
            }
            // Rounding of the means moves each deviation by about the largest value's last bit.
            let (var, slip) = (squares / free, TOLERANCE * largest * (weights / free).sqrt());
            let tolerance = TOLERANCE * var + 2.0 * slip * var.sqrt() + slip * slip;
            if q.op == "var" {
                return vec![Answer { value: var, tolerance, exact: None }];
            }
            vec![Answer { value: var.sqrt(), tolerance: TOLERANCE * var.sqrt() + slip, exact: None }]
        }
        other => panic!("no twin of {other}"),
    }
}

/// `[edge, next edge)`, and the last bin closed.
fn histogram(q: &Question, valid: &[(Cell, f64)]) -> Vec<Answer> {
    let bins = q.edges.len() - 1;
    let one = |bin: usize| {
        let (low, high) = (q.edges[bin], q.edges[bin + 1]);
        let inside = valid.iter().filter(|(c, _)| c.x >= low && (c.x < high || (bin == bins - 1 && c.x == high)));
        let value = inside.map(|(_, w)| w).sum();
        Answer { value, tolerance: TOLERANCE * f64::abs(value), exact: None }
    };
    (0..bins).map(one).collect()
}
