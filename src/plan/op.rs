//! Operations that make many values one, or a few: those of documents, and those that passes of several are made of.

use serde::{Deserialize, Serialize};

/// The reductions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Op {
    Mean,
    Sum,
    Min,
    Max,
    Std,
    Var,
    Count,
    Histogram,
    /// Least and greatest finite value: the default range of a histogram.
    Range,
    /// How many values are there and how many are missing, the least and the greatest: between which medians and quantiles
    /// are looked for.
    Bounds,
    /// Counts in the bins of intervals that narrow around order statistics.
    Ranks,
    /// Lines by least squares: a trend whose weights are the abscissas.
    Lines,
    Median,
    Quantile,
    Argmin,
    Argmax,
}

/// Names in documents.
const OPS: [(&str, Op); 12] = [
    ("mean", Op::Mean),
    ("sum", Op::Sum),
    ("min", Op::Min),
    ("max", Op::Max),
    ("std", Op::Std),
    ("var", Op::Var),
    ("count", Op::Count),
    ("histogram", Op::Histogram),
    ("median", Op::Median),
    ("quantile", Op::Quantile),
    ("argmin", Op::Argmin),
    ("argmax", Op::Argmax),
];

impl Op {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        let other = if self == Op::Lines { "trend" } else { "range" };
        OPS.iter().find(|(_, op)| *op == self).map_or(other, |(name, _)| name)
    }

    /// By its name in documents.
    pub fn named(name: &str) -> Option<Self> {
        OPS.iter().find(|(known, _)| *known == name).map(|(_, op)| *op)
    }

    /// Whether partials of chunks can be merged: a first step of this kind streams, in bounded memory.
    pub fn streams(self) -> bool {
        !self.selects()
    }

    /// Whether it takes order statistics, which need several passes to stream.
    pub fn selects(self) -> bool {
        matches!(self, Op::Median | Op::Quantile)
    }

    /// Whether it gives a position along the dimensions that it reduces.
    pub fn is_position(self) -> bool {
        matches!(self, Op::Argmin | Op::Argmax)
    }
}
