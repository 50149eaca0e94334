//! What the user should know before starting, with what to do about it.

use crate::array::DimIndex;
use crate::engine::run::Run;
use crate::error::{Result, product};
use crate::plan::{MAX_RESULT_CELLS, Plan, Reading};

/// A selection that uses less than this share of what it decodes fights the chunking.
const POOR_USE: f64 = 0.1;
/// Fewer bytes than this are never worth a warning.
const WORTH_A_WARNING: u64 = 50 << 20;
/// So many requests take long by themselves…
const MANY_REQUESTS: u64 = 1000;
/// …if they bring so little each.
const SMALL_BYTES: u64 = 16 << 10;

/// Sentences.
pub fn of(run: &Run, plan: &Plan, reading: &Reading) -> Result<Vec<String>> {
    let (mut all, passes) = (Vec::new(), run.passes());
    let lengths: Vec<u64> = plan.index.iter().map(DimIndex::len).collect();
    let used = product(&lengths, "selection")?.saturating_mul(plan.array.dtype.size() as u64);
    let decoded = reading.decoded;
    let (what, shape) = match plan.array.sharding() {
        Some(spec) => ("inner chunks", spec.chunk_shape.clone()),
        None => ("chunks", plan.array.grid.largest()),
    };
    #[allow(clippy::cast_precision_loss)]
    let share = used as f64 / decoded.max(1) as f64;
    if share < POOR_USE && decoded > WORTH_A_WARNING {
        let times = decoded / used.max(1);
        all.push(format!(
            "the {what} hold {times} times what is selected; their shape {shape:?} does not suit this selection"
        ));
    }
    let one = if plan.array.sharding().is_some() { "shard" } else { "chunk" };
    if plan.chunk_count()? == 1 && decoded > WORTH_A_WARNING {
        all.push(format!(
            "all of the selection lies in one {one}, which one worker decodes ({}) while the others wait; a store with \
             smaller {one}s would be read faster",
            size(decoded)
        ));
    }
    let each = reading.bytes / reading.requests.max(1);
    if reading.requests > MANY_REQUESTS && each < SMALL_BYTES {
        all.push(format!(
            "{} requests bring {} each, so that most of the time goes into asking; select less, or write the store with \
             chunks of a megabyte or more",
            reading.requests,
            size(each)
        ));
    }
    let held = plan.output_shape().iter().fold(plan.bins(), |cells, n| cells.saturating_mul(*n));
    if run.has_later_steps() && held > MAX_RESULT_CELLS / 4 {
        all.push(format!(
            "the steps take {held} values at once, of which {MAX_RESULT_CELLS} is the most that fit; select less, or begin \
             with a reduction"
        ));
    }
    if run.may_end_early() && decoded > WORTH_A_WARNING {
        all.push(format!(
            "the chunks are read up to {passes} times, {} each time, because order statistics of so many values are narrowed \
             down step by step",
            size(reading.bytes)
        ));
    } else if passes > 1 && decoded > WORTH_A_WARNING {
        all.push(format!(
            "the chunks are read {passes} times, {} each time, because the histogram has to find its range first; with \
             `range` they are read once",
            size(reading.bytes)
        ));
    }
    Ok(all)
}

/// A number of bytes for people.
fn size(bytes: u64) -> String {
    let mut unit = "B";
    let mut scale = 1;
    for (name, next) in [("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000)] {
        if bytes >= next {
            (unit, scale) = (name, next);
        }
    }
    #[allow(clippy::cast_precision_loss)]
    let number = bytes as f64 / scale as f64;
    let digits = usize::from(number < 9.95 && scale > 1);
    format!("{number:.digits$} {unit}")
}
