//! Estimates, a thousand times over: real fields in chunks of any shape, whose partials are folded once.

use super::{block_on, document, doubles, load, open, result, root, start};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use zarrscope::engine::{Context, Progress, Source, Spent, prepare, run_units};
use zarrscope::kernel::Partial;
use zarrscope::plan::Document;
use zarrscope::reduce::{Data, Estimated, Field};

/// A variable of a sample store (Zarr v2), with its coordinates, in chunks of another shape, not compressed.
pub fn rechunked(sample: &str, variable: &str, chunks: &[usize]) -> Source {
    let folder = root().join("www/samples").join(sample);
    let mut source = open(load(&folder));
    let whole = result(&mut source, &document(variable, json!({})));
    let shape: Vec<usize> = whole.labels.shape().iter().map(|&n| n as usize).collect();
    let values = doubles(&whole);
    let mut copy = zarrscope::store::MemoryStore::new();
    for (key, bytes) in files(&folder) {
        if key != ".zmetadata" && !key.starts_with(&format!("{variable}/")) || key == format!("{variable}/.zattrs") {
            copy.insert(key, bytes);
        }
    }
    let zarray = json!({"zarr_format": 2, "shape": shape, "chunks": chunks, "dtype": "<f8", "order": "C",
        "compressor": null, "filters": null, "fill_value": null});
    copy.insert(format!("{variable}/.zarray"), zarray.to_string());
    let grid: Vec<usize> = shape.iter().zip(chunks).map(|(n, c)| n.div_ceil(*c)).collect();
    for chunk in every(&grid) {
        let mut bytes = Vec::new();
        for inner in every(chunks) {
            let at: Vec<usize> = chunk.iter().zip(chunks).zip(&inner).map(|((g, c), i)| g * c + i).collect();
            let inside = at.iter().zip(&shape).all(|(a, n)| a < n);
            let flat = at.iter().zip(&shape).fold(0, |flat, (a, n)| flat * n + a);
            bytes.extend_from_slice(&if inside { values[flat] } else { f64::NAN }.to_le_bytes());
        }
        let name: Vec<String> = chunk.iter().map(usize::to_string).collect();
        copy.insert(format!("{variable}/{}", name.join(".")), bytes);
    }
    open(copy)
}

fn files(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    fn walk(folder: &std::path::Path, prefix: &str, out: &mut Vec<(String, Vec<u8>)>) {
        for entry in std::fs::read_dir(folder).expect("folder") {
            let entry = entry.expect("entry");
            let name = entry.file_name().into_string().expect("UTF-8");
            let key = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
            if entry.path().is_dir() {
                walk(&entry.path(), &key, out);
            } else {
                out.push((key, std::fs::read(entry.path()).expect("file")));
            }
        }
    }
    let mut out = Vec::new();
    walk(folder, "", &mut out);
    out
}

fn every(lengths: &[usize]) -> Vec<Vec<usize>> {
    lengths.iter().fold(vec![Vec::new()], |all, &n| {
        all.iter().flat_map(|at| (0..n).map(move |i| [at.clone(), vec![i]].concat())).collect()
    })
}

/// A document whose sample can be drawn again and again.
pub struct Trials {
    source: Source,
    variable: String,
    members: Value,
    partials: BTreeMap<u64, Partial>,
    /// Bytes of a chunk.
    pub chunk_bytes: u64,
    /// Chunks of all blocks.
    pub chunks: u64,
    /// The truth.
    pub truth: Vec<f64>,
}

impl Trials {
    /// Folds every chunk once, and computes the exact answer.
    pub fn new(mut source: Source, variable: &str, steps: Value) -> Self {
        let members = json!({"steps": steps});
        let truth = doubles(&result(&mut source, &document(variable, members.clone())));
        let estimate = json!({"steps": members["steps"], "precision": {"relativeError": 1e-9}});
        let parsed = Document::parse(&document(variable, estimate)).expect("a document");
        let plan = block_on(prepare(&mut source, &parsed)).expect("prepares").main_plan(None).expect("settles");
        let ordinals: Vec<u64> = (0..plan.unit_count()).filter(|o| plan.unit_chunks(*o) > 0).collect();
        let mut partials = BTreeMap::new();
        let take = |ordinal, partial| {
            partials.insert(ordinal, partial);
            Ok(())
        };
        block_on(run_units(&*source.store, &plan, &ordinals, &Context::default(), take, |_| {})).expect("units");
        let chunk_bytes = plan.array.chunk_bytes().expect("bytes");
        Trials {
            source,
            variable: variable.into(),
            members,
            chunks: partials.len() as u64,
            partials,
            chunk_bytes,
            truth,
        }
    }

    /// One estimate; `order` says in which order a round's units come.
    pub fn estimate(&mut self, precision: Value, order: impl Fn(&mut Vec<u64>)) -> (Field, u64) {
        let mut members = self.members.clone();
        members["precision"] = precision;
        let mut run = start(&mut self.source, &document(&self.variable, members)).unwrap_or_else(|e| panic!("{e}"));
        let mut chunks = 0;
        loop {
            let mut ordinals = run.sampled().expect("a sample").to_vec();
            chunks += ordinals.len() as u64;
            order(&mut ordinals);
            for ordinal in ordinals {
                run.add(ordinal, self.partials[&ordinal].clone()).unwrap_or_else(|e| panic!("{e}"));
            }
            run.spend(Spent { bytes: chunks * self.chunk_bytes, chunks });
            match run.advance(&[]).unwrap_or_else(|e| panic!("{e}")) {
                (Progress::Done(field), _) => return (*field, chunks * self.chunk_bytes),
                (Progress::Another, next) => run = next.expect("a run"),
                (Progress::Part(_), _) => panic!("an estimate that is a part"),
            }
        }
    }

    /// The estimate of a budget of so many chunks.
    pub fn of_chunks(&mut self, chunks: u64, seed: u64) -> Estimated {
        let bytes = chunks * self.chunk_bytes;
        let (field, fetched) = self.estimate(json!({"maxBytes": bytes, "seed": seed}), |_| {});
        assert!(fetched <= bytes, "{fetched} bytes, {bytes} were allowed");
        estimated(&field)
    }

    /// How often the 95 % interval holds the truth, over seeds and cells whose error is known; mean length of a half; the
    /// root mean square of the errors.
    pub fn coverage(&mut self, chunks: u64, seeds: std::ops::Range<u64>) -> Coverage {
        let (mut inside, mut all, mut widths, mut squares, mut errors) = (0, 0, 0.0, 0.0, 0.0);
        for seed in seeds {
            let of = self.of_chunks(chunks, seed);
            for (c, truth) in self.truth.iter().enumerate().filter(|(_, x)| !x.is_nan()) {
                if of.half_width[c].is_nan() {
                    continue;
                }
                all += 1;
                let off = of.values[c] - truth;
                inside += u32::from(off.abs() <= of.half_width[c]);
                widths += of.half_width[c];
                squares += off * off;
                errors += of.standard_error[c].powi(2);
            }
        }
        let n = f64::from(all);
        Coverage {
            share: 100.0 * f64::from(inside) / n,
            half: widths / n,
            error: (squares / n).sqrt(),
            told: (errors / n).sqrt(),
        }
    }
}

/// What many estimates were like.
#[derive(Debug)]
pub struct Coverage {
    /// Intervals that hold the truth, of 100.
    pub share: f64,
    /// Mean half width.
    pub half: f64,
    /// Root mean square of what estimates were off by.
    pub error: f64,
    /// Root mean square of their standard errors.
    pub told: f64,
}

/// The estimate in a result.
pub fn estimated(field: &Field) -> Estimated {
    match &field.data {
        Data::Estimated(of) => (**of).clone(),
        other => panic!("no estimate: {other:?}"),
    }
}
