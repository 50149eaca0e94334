//! What is fuzzed, and the laws that hold whatever comes in.
//!
//! A target is a function of bytes that panics where a law is broken; [`TARGETS`] names them all. One binary holds them
//! (`src/bin/fuzz.rs`, libFuzzer); the same functions run the kept corpus in wasm, where `usize` has 32 bits.
//! `npm run fuzz` builds and runs them; `scripts/fuzz.mjs` says how.

#[path = "../../tests/common/alloc.rs"]
#[allow(dead_code)]
mod alloc;
mod chunks;
mod decoders;
mod documents;
mod filters;
mod heavy;
mod laws;
mod metadata;
mod objects;
mod references;
mod repository;
mod seeds;
mod stores;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use seeds::write_seeds;

#[global_allocator]
static ALLOCATOR: alloc::Counting = alloc::Counting;

/// A target: what it is called, what it does, where its first inputs come from.
pub struct Target {
    /// The name on the command line, and of its corpus.
    pub name: &'static str,
    /// Feeds it one input.
    pub run: fn(&[u8]),
    /// Its seeds, made of the repository's fixtures.
    seeds: fn() -> Vec<Vec<u8>>,
}

macro_rules! targets {
    ($($name:literal => $run:path, $seeds:expr;)*) => {
        /// Every target.
        pub const TARGETS: &[Target] = &[$(Target { name: $name, run: $run, seeds: || $seeds }),*];
    };
}

targets! {
    "v2" => metadata::v2, seeds::v2();
    "v2-consolidated" => metadata::v2_consolidated, seeds::v2_consolidated();
    "v3" => metadata::v3, seeds::v3();
    "v3-consolidated" => metadata::v3_consolidated, seeds::v3_consolidated();
    "document" => documents::document, seeds::documents();
    "listing" => stores::listing, seeds::listings();
    "blosc" => decoders::blosc, seeds::family("blosc");
    "gzip" => decoders::gzip, seeds::family("gzip");
    "zlib" => decoders::zlib, seeds::family("zlib");
    "zstd" => decoders::zstd, seeds::family("zstd");
    "lz4" => decoders::lz4, seeds::family("lz4");
    "bz2" => decoders::bz2, seeds::family("bz2");
    "lzma" => decoders::lzma, seeds::lzma();
    "lzw" => decoders::lzw, seeds::family("lzw");
    "bare" => decoders::bare, seeds::bare();
    "pcodec" => decoders::pcodec, seeds::family("pcodec");
    "zfpy" => decoders::zfpy, seeds::family("zfpy");
    "aec" => heavy::aec, seeds::aec();
    "szip" => heavy::szip, seeds::szip();
    "grib" => heavy::grib, seeds::grib();
    "jpeg2000" => heavy::jpeg2000, seeds::jpeg2000();
    "filters" => filters::filters, seeds::filters();
    "objects" => objects::objects, seeds::objects();
    "places" => filters::places, seeds::places();
    "pipeline-v2" => chunks::v2, seeds::chunks_v2();
    "pipeline-v3" => chunks::v3, seeds::chunks_v3();
    "shard" => chunks::shard, seeds::shards();
    "kerchunk" => references::kerchunk, seeds::kerchunk();
    "parquet" => references::parquet, seeds::parquet();
    "icechunk" => repository::icechunk, seeds::icechunk();
    "zip" => references::zip, seeds::zip();
}

/// The target of a name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|t| t.name == name)
}
