//! Partial ⊕ partial, cell by cell. The caller keeps the order; the arithmetic here is the same for every order of arrival.

use crate::error::{Code, Error, Result};
use crate::kernel::{Column, Partial, first_extreme, merge_lines, merge_moments, two_sum};
use crate::plan::{Op, Plan};

/// Adds the statistics of the next run to those of the runs before it.
///
/// # Errors
/// `worker_crashed` if the partial has not the form that the plan asks for: whoever made it is not to be trusted.
pub fn merge(plan: &Plan, into: &mut Partial, mut next: Partial) -> Result<()> {
    let wrong = || Error::new(Code::WorkerCrashed, "a partial of the wrong form");
    let same_length = |a: &Column, b: &Column| match (a, b) {
        (Column::F64(a), Column::F64(b)) => a.len() == b.len(),
        (Column::Int(a), Column::Int(b)) => a.len() == b.len(),
        (Column::Raw(a), Column::Raw(b)) => a.len() == b.len(),
        (Column::Elements(a), Column::Elements(b)) => a.len() == b.len(),
        _ => false,
    };
    let pairs = || into.columns.iter().zip(&next.columns);
    if into.columns.len() != next.columns.len() || !pairs().all(|(a, b)| same_length(a, b)) {
        return Err(wrong());
    }
    if plan.op == Some(Op::Lines) {
        return if merge_lines(&mut into.columns, &mut next.columns) { Ok(()) } else { Err(wrong()) };
    }
    match (plan.op, into.columns.as_mut_slice(), next.columns.as_slice()) {
        (Some(Op::Count | Op::Histogram | Op::Ranks), [Column::F64(a)], [Column::F64(b)]) => {
            zip(a, b, |a, b| a + b);
        }
        (Some(Op::Sum), [Column::F64(n), Column::Int(sum)], [Column::F64(n2), Column::Int(sum2)]) => {
            zip(n, n2, |a, b| a + b);
            zip(sum, sum2, i128::saturating_add);
        }
        (
            Some(Op::Sum | Op::Mean),
            [Column::F64(n), Column::F64(hi), Column::F64(lo)],
            [Column::F64(n2), Column::F64(hi2), Column::F64(lo2)],
        ) => {
            zip(n, n2, |a, b| a + b);
            for ((hi, lo), (hi2, lo2)) in hi.iter_mut().zip(lo).zip(hi2.iter().zip(lo2)) {
                let (sum, lost) = two_sum(*hi, *hi2);
                *hi = sum;
                *lo += lost + lo2;
            }
        }
        (
            Some(Op::Var | Op::Std),
            [Column::F64(n), Column::F64(mean), Column::F64(m2)],
            [Column::F64(n2), Column::F64(mean2), Column::F64(m22)],
        ) => {
            let a = n.iter_mut().zip(mean).zip(m2);
            let b = n2.iter().zip(mean2).zip(m22);
            for (((n, mean), m2), ((&n2, &mean2), &m22)) in a.zip(b) {
                (*n, *mean, *m2) = merge_moments((*n, *mean, *m2), (n2, mean2, m22));
            }
        }
        (Some(op @ (Op::Min | Op::Max)), [Column::F64(x), Column::F64(n)], [Column::F64(x2), Column::F64(n2)]) => {
            zip(n, n2, |a, b| a + b);
            zip(x, x2, |a, b| {
                let better = if op == Op::Min { b < a } else { b > a };
                if better || b.is_nan() { b } else { a }
            });
        }
        (Some(op @ (Op::Min | Op::Max)), [Column::Int(x), Column::F64(n)], [Column::Int(x2), Column::F64(n2)]) => {
            zip(n, n2, |a, b| a + b);
            zip(x, x2, if op == Op::Min { i128::min } else { i128::max });
        }
        (
            Some(op @ (Op::Argmin | Op::Argmax)),
            [Column::F64(x), Column::F64(at)],
            [Column::F64(x2), Column::F64(at2)],
        ) => {
            for ((x, at), next) in x.iter_mut().zip(at).zip(x2.iter().copied().zip(at2.iter().copied())) {
                (*x, *at) = first_extreme(op == Op::Argmin, (*x, *at), next);
            }
        }
        (
            Some(Op::Bounds),
            [Column::F64(n), Column::F64(missing), Column::F64(low), Column::F64(high)],
            [Column::F64(n2), Column::F64(missing2), Column::F64(low2), Column::F64(high2)],
        ) => {
            zip(n, n2, |a, b| a + b);
            zip(missing, missing2, |a, b| a + b);
            zip(low, low2, f64::min);
            zip(high, high2, f64::max);
        }
        (Some(Op::Range), [Column::F64(low), Column::F64(high)], [Column::F64(low2), Column::F64(high2)]) => {
            zip(low, low2, f64::min);
            zip(high, high2, f64::max);
        }
        _ => return Err(wrong()),
    }
    Ok(())
}

fn zip<T: Copy>(into: &mut [T], next: &[T], f: impl Fn(T, T) -> T) {
    for (a, &b) in into.iter_mut().zip(next) {
        *a = f(*a, b);
    }
}
