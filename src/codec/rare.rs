//! Codecs that few stores use and that weigh much: they stand in a wasm module of their own, which is loaded when a store
//! needs it. With the feature `rare` they are at hand; without it, whoever set [`set_rare_host`] has them.

use super::Expected;
use crate::error::Result;
use crate::meta::CodecSpec;
use futures::future::LocalBoxFuture;
use std::cell::RefCell;
use std::rc::Rc;

/// Whoever can load and run what stands elsewhere.
pub trait RareHost {
    /// Makes the decoders ready; done at once where they are.
    fn load(&self) -> LocalBoxFuture<'static, Result<()>>;
    /// Undoes one codec.
    ///
    /// # Errors
    /// What the decoder says.
    fn decode(&self, codec: &CodecSpec, input: &[u8], expected: Expected) -> Result<Vec<u8>>;
}

thread_local! {
    static HOST: RefCell<Option<Rc<dyn RareHost>>> = const { RefCell::new(None) };
}

/// Says who has the decoders that are not built in.
pub fn set_rare_host(host: Rc<dyn RareHost>) {
    HOST.with(|slot| *slot.borrow_mut() = Some(host));
}

/// True for the codecs of this room.
pub fn is_rare(codec: &CodecSpec) -> bool {
    matches!(
        codec,
        CodecSpec::Bz2
            | CodecSpec::Lzma(_)
            | CodecSpec::Lzw
            | CodecSpec::Pcodec
            | CodecSpec::Zfpy
            | CodecSpec::Aec(_)
            | CodecSpec::Szip(_)
            | CodecSpec::Grib(_)
    )
}

/// Makes a chain of codecs ready to decode: to be awaited before the first chunk.
///
/// # Errors
/// What loading the module brings about.
pub async fn load_codecs(codecs: &[CodecSpec]) -> Result<()> {
    let host = HOST.with(|slot| slot.borrow().clone());
    match host {
        Some(host) if needs_rare(codecs) && !cfg!(feature = "rare") => host.load().await,
        _ => Ok(()),
    }
}

fn needs_rare(codecs: &[CodecSpec]) -> bool {
    codecs.iter().any(|codec| match codec {
        CodecSpec::Sharding(spec) => needs_rare(&spec.codecs),
        other => is_rare(other),
    })
}

/// Undoes one of the codecs of this room.
///
/// # Errors
/// What the decoder says; `unsupported` if nobody has it.
#[cfg(feature = "rare")]
pub fn decode_rare(codec: &CodecSpec, input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    match codec {
        CodecSpec::Bz2 => super::bz2::decode_bz2(input, expected),
        CodecSpec::Lzma(format) => super::lzma::decode_lzma(input, format, expected),
        CodecSpec::Lzw => super::lzw::decode_lzw(input, expected),
        CodecSpec::Pcodec => super::pcodec::decode_pcodec(input, expected),
        CodecSpec::Zfpy => super::zfp::decode_zfp(input, expected),
        CodecSpec::Aec(spec) => super::aec::decode_aec(input, spec, expected),
        CodecSpec::Szip(spec) => super::szip::decode_szip(input, spec, expected),
        CodecSpec::Grib(spec) => super::grib::decode_grib(input, spec, expected),
        other => Err(crate::error::unsupported(format!("{} among the rare codecs", other.name()))),
    }
}

/// Undoes one of the codecs of this room, where they stand in another module.
///
/// # Errors
/// What the decoder says; `unsupported` if nobody has it.
#[cfg(not(feature = "rare"))]
pub fn decode_rare(codec: &CodecSpec, input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    let host = HOST.with(|slot| slot.borrow().clone());
    match host {
        Some(host) => host.decode(codec, input, expected),
        None => Err(crate::error::unsupported("a build without the rare codecs")),
    }
}
