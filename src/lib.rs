//! zarrscope's core: labelled analysis of Zarr stores by URL.
//!
//! The rooms follow the data: `store` gives bytes, `meta` and `cf` say what they mean, `plan` says which are needed,
//! `codec` decodes them, `references` finds
//! what lies in other files, `kernel` and `reduce` make small partials of them, `engine` drives one worker, `plot` draws.
//! Each room uses only what stands left of it in
//! `error ← array ← store ← meta ← cf ← codec ← references ← plan ← kernel ← reduce ← steps ← engine ← plot ← wasm`.

pub mod array;
pub mod cf;
pub mod codec;
pub mod engine;
pub mod error;
pub mod kernel;
pub mod meta;
pub mod plan;
pub mod plot;
pub mod reduce;
pub mod references;
pub mod steps;
pub mod store;
#[cfg(target_arch = "wasm32")]
mod wasm;
