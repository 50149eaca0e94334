//! An estimate and how far the truth may be from it.

/// Values of a sample of chunks, in C order, each with its error.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimated {
    /// The estimates; NaN where nothing is known.
    pub values: Vec<f64>,
    /// Their standard errors; NaN where fewer than two chunks say something.
    pub standard_error: Vec<f64>,
    /// How far the truth is to either side in 95 of 100 cases.
    pub half_width: Vec<f64>,
    /// What was drawn.
    pub sample: SampleFacts,
}

/// What a sample is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampleFacts {
    /// Chunks that were read and are in the estimate.
    pub chunks_sampled: u64,
    /// Chunks there are; one that lies in two groups counts twice where each group has a sample of its own.
    pub chunks: u64,
    /// The most strata of a block of the result.
    pub strata: u64,
    /// How many times more chunks were drawn.
    pub rounds: u64,
    /// What the sample was drawn by.
    pub seed: u64,
    /// The least degrees of freedom of a cell (Satterthwaite's); infinite where nothing is left to chance.
    pub degrees_of_freedom: f64,
}

impl Estimated {
    /// Root mean squares of the standard errors and of the estimates, over the cells that have both.
    pub fn size(&self) -> (f64, f64) {
        let known = || self.standard_error.iter().zip(&self.values).filter(|(e, v)| e.is_finite() && v.is_finite());
        #[allow(clippy::cast_precision_loss)]
        let n = known().count() as f64;
        let mean = |sum: f64| (sum / n).sqrt();
        (mean(known().map(|(e, _)| e * e).sum()), mean(known().map(|(_, v)| v * v).sum()))
    }
}
