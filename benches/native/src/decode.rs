//! A chunk's bytes, by the C libraries that the field uses: blosc, zstd, zlib-ng.

use std::io::Read;

use crate::lines::Result;
use crate::meta::Codec;

/// Decodes into exactly `target`. Chunks that are not compressed are copied, which callers avoid.
pub fn decode(codec: Codec, bytes: &[u8], target: &mut [u8]) -> Result<()> {
    match codec {
        Codec::None => target.copy_from_slice(bytes),
        Codec::Blosc => {
            let (mut size, mut compressed, mut block) = (0, 0, 0);
            if bytes.len() < 16 {
                return Err("a short blosc chunk".into());
            }
            // SAFETY: sixteen bytes are there, which is all that is read of them.
            unsafe { blosc_src::blosc_cbuffer_sizes(bytes.as_ptr().cast(), &mut size, &mut compressed, &mut block) };
            if compressed != bytes.len() || size != target.len() {
                return Err(format!(
                    "blosc: {compressed} bytes for {size}, {} for {} expected",
                    bytes.len(),
                    target.len()
                )
                .into());
            }
            // SAFETY: lengths are those of the slices.
            let done = unsafe {
                blosc_src::blosc_decompress_ctx(bytes.as_ptr().cast(), target.as_mut_ptr().cast(), target.len(), 1)
            };
            if usize::try_from(done) != Ok(target.len()) {
                return Err(format!("blosc gave {done}").into());
            }
        }
        Codec::Zstd => {
            let done = zstd::bulk::decompress_to_buffer(bytes, target)?;
            if done != target.len() {
                return Err(format!("zstd gave {done} bytes").into());
            }
        }
        Codec::Gzip => flate2::read::GzDecoder::new(bytes).read_exact(target)?,
    }
    Ok(())
}
