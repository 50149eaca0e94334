//! Icechunk: one file of a repository is a stranger's, the others are those of a real one.
//!
//! An input ends in a byte that says which file it is, and which revision is asked for. Messages are taken as they are, not
//! compressed and behind the right header, so that mutations reach what stands in them; whole files are fuzzed, too.

use crate::laws::{block_on, json_memory, within};
use crate::references::explore;
use crate::stores::Web;
use std::rc::Rc;
use std::sync::OnceLock;
use zarrscope::codec::{Expected, decode_zstd};
use zarrscope::references::{Icechunk, Sites, is_repository};
use zarrscope::store::{Address, Revision, Storage};

/// Bits of the last byte that say which file the input is.
const WHICH: u8 = 7;
/// Above these bits the last byte says which revision is asked for.
pub(crate) const REVISION_SHIFT: u8 = 3;

/// The branches, tags and settings of a repository as a message.
pub(crate) const REPO: u8 = 0;
/// A snapshot as a message.
pub(crate) const SNAPSHOT: u8 = 1;
/// A manifest as a message; every manifest is this one.
pub(crate) const MANIFEST: u8 = 2;
/// The same as files.
pub(crate) const REPO_FILE: u8 = 3;
pub(crate) const SNAPSHOT_FILE: u8 = 4;
pub(crate) const MANIFEST_FILE: u8 = 5;
/// The file of a branch in version 1.
pub(crate) const REF: u8 = 6;
/// The configuration that stands in the first of these messages.
pub(crate) const CONFIG: u8 = 7;

/// Bit of the last byte: the other files are those of a repository of version 1.
pub(crate) const VERSION_1: u8 = 0x20;

/// What every file begins with, before its version, its kind, and how it is compressed.
const MAGIC: &str = "ICE🧊CHUNK";
pub(crate) const HEADER_BYTES: usize = 39;

macro_rules! files {
    ($version:literal: $($path:literal)*) => {
        &[$(($path, include_bytes!(concat!("../../tests/fixtures/icechunk/", $version, "/", $path)))),*]
    };
}

/// Branch `main` of a real repository in both versions, by key.
pub(crate) const V1: &[(&str, &[u8])] = files! { "v1":
    "manifests/4V000B0JYNN6FKK4JG70"
    "manifests/6BHBEJBHJ3GH5JM6SZ60"
    "manifests/6V8ZDVRFYN6NR878M3S0"
    "manifests/7Z0G3F59F2TTVR6FFKM0"
    "manifests/S1Z6E75ZJ5FBN3TSRER0"
    "manifests/S5JH6BPA4GSTZR6P7VPG"
    "manifests/XW5DGH0PYKAPDXJXW260"
    "refs/branch.main/ref.json"
    "snapshots/X32BWHSX47RRGDVK8CH0"
};
pub(crate) const V2: &[(&str, &[u8])] = files! { "v2":
    "manifests/0FCFKEK14PAEM437GQ1G"
    "manifests/A3D9HM0W1FKMAGAPFKEG"
    "manifests/HMX4M6WXXY8XCHCFZ5NG"
    "manifests/KWF9B7KR1D9ZNATR530G"
    "manifests/PC1M4EHX3ET2S603A97G"
    "manifests/PZQZ2A4025AS16YVEP8G"
    "manifests/ZDZ9QGFJ8RTGBJPWK0X0"
    "repo"
    "snapshots/SEMWTS6AWBKTMHP0GNPG"
};
/// The snapshot of `main` in version 2.
const MAIN: &str = "SEMWTS6AWBKTMHP0GNPG";

/// A small file may be compressed so much.
const SMALL_MESSAGE_BYTES: usize = 8 << 20;
const BASE: &str = "https://h.example/repo";

/// One file of a repository, and a byte.
pub fn icechunk(data: &[u8]) {
    let Some((&mode, input)) = data.split_last() else { return };
    let (key, bytes) = match mode & WHICH {
        REPO => ("repo", file_of(6, input)),
        CONFIG => ("repo", file_of(6, &with_config(input))),
        SNAPSHOT => ("snapshots/", file_of(1, input)),
        MANIFEST => ("manifests/", file_of(2, input)),
        REPO_FILE => ("repo", input.to_vec()),
        SNAPSHOT_FILE => ("snapshots/", input.to_vec()),
        MANIFEST_FILE => ("manifests/", input.to_vec()),
        _ => ("refs/branch.main/ref.json", input.to_vec()),
    };
    let real = if mode & VERSION_1 != 0 || key.starts_with("refs") { V1 } else { V2 };
    let rest = real.iter().map(|(path, real)| (*path, if path.starts_with(key) { &bytes[..] } else { *real }));
    let objects: Vec<(String, &[u8])> =
        rest.chain([(key, &bytes[..])]).map(|(path, bytes)| (format!("{BASE}/{path}"), bytes)).collect();
    let web: Rc<dyn Sites> = Rc::new(Web::new(objects.iter().map(|(url, bytes)| (url.as_str(), *bytes))));
    let revision = match mode >> REVISION_SHIFT & 3 {
        0 | 3 => Revision::Branch("main".into()),
        1 => Revision::Tag("first-half".into()),
        _ => Revision::Snapshot(MAIN.into()),
    };
    let known: usize = objects.iter().map(|(_, bytes)| bytes.len()).sum();
    let packed = matches!(mode & WHICH, REPO_FILE | SNAPSHOT_FILE | MANIFEST_FILE);
    // A message while it grows, and the one before it.
    let unpacked = if packed { 3 * SMALL_MESSAGE_BYTES } else { 0 };
    within(json_memory(known) + unpacked, || {
        let address = Address::resolve(&format!("icechunk+{BASE}"), &Storage::default()).expect("an address");
        let store = web.at(&address).expect("a site");
        let _ = block_on(is_repository(&*store));
        let opened = block_on(Icechunk::open(address, Storage::default(), store, &revision));
        if let Ok(repository) = opened {
            explore(Rc::new(repository), web.clone());
        }
    });
}

/// A file that holds a message as it is.
fn file_of(kind: u8, message: &[u8]) -> Vec<u8> {
    [MAGIC.as_bytes(), &[b' '; 24], &[2, kind, 0], message].concat()
}

/// A file's message.
pub(crate) fn message_of(file: &[u8]) -> Vec<u8> {
    let message = &file[HEADER_BYTES..];
    if file[HEADER_BYTES - 1] == 0 {
        return message.to_vec();
    }
    decode_zstd(message, Expected::AtMost(SMALL_MESSAGE_BYTES)).expect("a real message")
}

/// The real repository's first message, and where in it stands the offset of the configuration.
fn real_repo() -> &'static (Vec<u8>, usize) {
    static REPO: OnceLock<(Vec<u8>, usize)> = OnceLock::new();
    REPO.get_or_init(|| {
        let (_, file) = V2.iter().find(|(path, _)| *path == "repo").expect("a repo");
        let message = message_of(file);
        let u32_at = |at: usize| u32::from_le_bytes(*message[at..].first_chunk().expect("4 bytes")) as usize;
        let root = u32_at(0);
        // The offset to the table's fields is signed; modulo 2^32 it is not.
        let fields = root.wrapping_sub(u32_at(root)) & 0xffff_ffff;
        let at = root + usize::from(u16::from_le_bytes(*message[fields + 4 + 2 * 9..].first_chunk().expect("2 bytes")));
        (message, at)
    })
}

/// The real repository's first message with another configuration.
fn with_config(config: &[u8]) -> Vec<u8> {
    let (message, at) = real_repo();
    let [offset, len] = [message.len() - at, config.len()].map(|n| u32::try_from(n).expect("small").to_le_bytes());
    let mut message = [message, &len[..], config].concat();
    message[*at..at + 4].copy_from_slice(&offset);
    message
}

/// The real repository's configuration.
pub(crate) fn config() -> Vec<u8> {
    let (message, at) = real_repo();
    let u32_at = |at: usize| u32::from_le_bytes(*message[at..].first_chunk().expect("4 bytes")) as usize;
    let start = at + u32_at(*at);
    message[start + 4..][..u32_at(start)].to_vec()
}
