//! libFuzzer on the target that the environment variable TARGET names; with SEEDS set, writes every target's seeds into
//! that folder instead, and lists the targets.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

static RUN: OnceLock<fn(&[u8])> = OnceLock::new();

fn start() {
    if let Some(folder) = std::env::var_os("SEEDS") {
        if let Err(error) = zarrscope_fuzz::write_seeds(folder.as_ref()) {
            panic!("{}: {error}", folder.display());
        }
        zarrscope_fuzz::TARGETS.iter().for_each(|t| println!("{}", t.name));
        std::process::exit(0);
    }
    let name = std::env::var("TARGET").unwrap_or_default();
    let Some(target) = zarrscope_fuzz::target(&name) else { panic!("TARGET={name:?} is no target") };
    RUN.get_or_init(|| target.run);
}

fuzz_target!(init: start(), |data: &[u8]| {
    if let Some(run) = RUN.get() {
        run(data);
    }
});
