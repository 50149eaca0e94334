//! The floor: reads chunks from the server (or from files), decodes them with the C libraries, and sums. Each thread has a
//! connection of its own and takes the next chunk when it is done with one.

use std::sync::atomic::{AtomicUsize, Ordering};

use bytemuck::cast_slice;
use serde_json::{Value, json};
use zarrscope_bench_native::decode::decode;
use zarrscope_bench_native::lines::{Question, Result, serve};
use zarrscope_bench_native::meta::{self, Array, Codec, Type};
use zarrscope_bench_native::source::Source;
use zarrscope_bench_native::sum;

/// Chunks until none is left: their sum and count.
fn work(array: &Array, mut source: Source, next: &AtomicUsize) -> Result<(f64, u64)> {
    let (mut total, mut count) = (0.0, 0);
    let mut body = Vec::new();
    // As words, so that it is aligned for numbers.
    let mut decoded = vec![0u64; array.chunk_bytes.div_ceil(8)];
    while let Some((key, range)) = array.units.get(next.fetch_add(1, Ordering::Relaxed)) {
        source.get(key, *range, &mut body)?;
        let bytes: &mut [u8] = &mut bytemuck::cast_slice_mut(&mut decoded)[..array.chunk_bytes];
        // The allocator aligns buffers of this size; where it did not, the bytes are copied.
        let plain = array.codec == Codec::None && body.len() == array.chunk_bytes && body.as_ptr().align_offset(8) == 0;
        let bytes: &[u8] = if plain {
            &body
        } else {
            decode(array.codec, &body, bytes)?;
            bytes
        };
        let (s, n) = match array.dtype {
            Type::Float32 => sum::floats(cast_slice(bytes)),
            Type::Int16 { missing } => {
                let (s, n) = sum::packed(cast_slice(bytes), missing);
                (s as f64 * array.scale + n as f64 * array.offset, n)
            }
        };
        total += s;
        count += n;
    }
    Ok((total, count))
}

fn open(question: &Question) -> Result<Array> {
    if question.task != "mean" {
        return Err(format!("no task {}", question.task).into());
    }
    meta::open(&mut Source::new(&question.url)?, &question.array)
}

fn compute(array: Array, question: &Question) -> Result<Value> {
    let next = AtomicUsize::new(0);
    let parts: Vec<Result<(f64, u64)>> = std::thread::scope(|scope| {
        let one = || scope.spawn(|| work(&array, Source::new(&question.url)?, &next));
        let threads: Vec<_> = (0..question.threads.max(1)).map(|_| one()).collect();
        threads.into_iter().map(|t| t.join().unwrap_or_else(|_| Err("a thread panicked".into()))).collect()
    });
    let (mut total, mut count) = (0.0, 0);
    for part in parts {
        let (s, n) = part?;
        total += s;
        count += n;
    }
    Ok(json!([total / count as f64]))
}

fn main() -> Result<()> {
    serve(open, compute)
}
