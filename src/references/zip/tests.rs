//! ZIP files as zip tools and zarr-python write them, and as nobody should.

use super::*;
use crate::references::ReferenceStore;
use crate::store::{MemoryStore, Storage, Store};

/// A file to be: entries with name, method, data as stored, and length unpacked.
#[derive(Default)]
struct Made {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    entries: u16,
}

impl Made {
    fn add(mut self, name: &str, method: u16, packed: &[u8], unpacked: u32) -> Self {
        let offset = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        let lengths = [u32::try_from(packed.len()).unwrap_or(0), unpacked].map(u32::to_le_bytes).concat();
        let name_len = u16::try_from(name.len()).unwrap_or(0).to_le_bytes();
        self.bytes.extend([b"PK\x03\x04\x14\0\0\0".as_slice(), &method.to_le_bytes(), &[0; 8], &lengths].concat());
        self.bytes.extend([name_len.as_slice(), &[3, 0], name.as_bytes(), b"abc", packed].concat());
        self.directory.extend([b"PK\x01\x02\x14\0\x14\0\0\0".as_slice(), &method.to_le_bytes(), &[0; 8]].concat());
        self.directory.extend([lengths.as_slice(), &name_len, &[0; 12], &offset.to_le_bytes()].concat());
        self.directory.extend(name.as_bytes());
        self.entries += 1;
        self
    }

    fn end(self, comment: &str) -> Vec<u8> {
        let sizes =
            [self.directory.len(), self.bytes.len()].map(|n| u32::try_from(n).unwrap_or(0).to_le_bytes()).concat();
        let (count, comment_len) =
            (self.entries.to_le_bytes(), u16::try_from(comment.len()).unwrap_or(0).to_le_bytes());
        let end = [b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &sizes, &comment_len, comment.as_bytes()].concat();
        [self.bytes, self.directory, end].concat()
    }
}

struct One(Rc<MemoryStore>);

impl Sites for One {
    fn at(&self, _address: &Address) -> Result<Rc<dyn Store>> {
        Ok(self.0.clone())
    }
}

fn now<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    future.now_or_never().unwrap_or_else(|| Err(corrupt("it waits")))
}

fn opened(file: Vec<u8>) -> Result<ReferenceStore> {
    let mut store = MemoryStore::new();
    store.insert("", file);
    let sites: Rc<dyn Sites> = Rc::new(One(Rc::new(store)));
    let address = Address::resolve("https://h.example/a.zip", &Storage::default())?;
    let zip = now(ZipFile::open(&address, &sites))?;
    Ok(ReferenceStore::new(Rc::new(zip), sites))
}

fn read(file: Vec<u8>, key: &str) -> std::result::Result<Option<Vec<u8>>, &'static str> {
    let store = opened(file).map_err(|e| e.code().as_str())?;
    now(store.get(key, ByteRange::All, 1 << 20)).map_err(|e| e.code().as_str())
}

/// "hello hello hello hello", deflated without a wrapping.
const DEFLATED: [u8; 10] = [0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40, 0x27, 0x01];

fn small() -> Made {
    let made = Made::default().add("zarr.json", 0, b"{}", 2).add("a/", 0, b"", 0);
    made.add("a/c/0", 8, &DEFLATED, 23).add("a/zarr.json", 0, b"[1]", 3)
}

#[test]
fn stored_and_deflated() {
    for comment in ["", "a comment PK\x05\x06 with a trap"] {
        assert_eq!(read(small().end(comment), "zarr.json"), Ok(Some(b"{}".to_vec())));
        assert_eq!(read(small().end(comment), "a/c/0"), Ok(Some(b"hello hello hello hello".to_vec())));
        assert_eq!(read(small().end(comment), "a/c/1"), Ok(None));
    }
    let large = Made::default().add("zarr.json", 0, &vec![7; 300_000], 300_000).end("");
    assert_eq!(read(large, "zarr.json").ok().flatten().map(|b| b.len()), Some(300_000));
    let store = opened(small().end("")).ok();
    let names = |prefix| store.as_ref().and_then(|s| now(s.list(prefix)).ok().flatten());
    assert_eq!(names(""), Some(vec!["a/".to_string(), "zarr.json".into()]));
    assert_eq!(names("a"), Some(vec!["c/".to_string(), "zarr.json".into()]));
}

#[test]
fn large_entries_are_read_in_part() {
    let shard: Vec<u8> = (0..5_000_000u32).map(|n| n.to_le_bytes()[0]).collect();
    let file = Made::default().add("zarr.json", 0, b"{}", 2).add("a/c/0", 0, &shard, 5_000_000).end("");
    let store = opened(file).ok();
    let range = ByteRange::Exact { offset: 258, len: 2 };
    let part = store.and_then(|s| now(s.get("a/c/0", range, 2)).ok().flatten());
    assert_eq!(part, Some(vec![2, 3]));
}

#[test]
fn a_directory_longer_than_the_tail() {
    let many = (0..3000)
        .fold(Made::default().add(".zgroup", 0, b"{}", 2), |made, i| made.add(&format!("a/{i}.0.0"), 0, b"x", 1));
    assert_eq!(read(many.end(""), "a/2999.0.0"), Ok(Some(b"x".to_vec())));
}

#[test]
fn the_last_of_a_name_counts() {
    let twice = Made::default().add("zarr.json", 0, b"old", 3).add("zarr.json", 0, b"new", 3);
    assert_eq!(read(twice.end(""), "zarr.json"), Ok(Some(b"new".to_vec())));
}

#[test]
fn a_store_in_one_folder() {
    let made = Made::default().add("air.zarr/.zgroup", 0, b"{}", 2).add("air.zarr/t/0", 0, b"x", 1);
    let made = made.add("__MACOSX/air.zarr/._.zgroup", 0, b"?", 1).add("README.txt", 0, b"?", 1);
    assert_eq!(read(made.end(""), "t/0"), Ok(Some(b"x".to_vec())));
}

/// A file with the sizes and the offset of its one entry in the extra field, and the end record of ZIP64 before the one of
/// old. `size` of the entry and `start` of the directory are what the file says.
fn wide(mut made: Made, size: u64, start: u64) -> Vec<u8> {
    made.directory[20..28].fill(0xff);
    made.directory[42..46].fill(0xff);
    made.directory[30] = 28;
    let numbers = [size, size, 0].map(u64::to_le_bytes).concat();
    made.directory.extend([[1u8, 0, 24, 0].as_slice(), &numbers].concat());
    let len = made.directory.len() as u64;
    let end64 = [b"PK\x06\x06".as_slice(), &44u64.to_le_bytes(), &[45, 0, 45, 0], &[0; 8]].concat();
    let numbers = [1, 1, len, start].map(u64::to_le_bytes).concat();
    let locator = [b"PK\x06\x07\0\0\0\0".as_slice(), &(start + len).to_le_bytes(), &[1, 0, 0, 0]].concat();
    let end = [b"PK\x05\x06\0\0\0\0".as_slice(), &[0xff; 12], &[0, 0]].concat();
    [made.bytes, made.directory, end64, numbers, locator, end].concat()
}

#[test]
fn zip64() {
    let made = Made::default().add("zarr.json", 0, b"{}", 2);
    let start = made.bytes.len() as u64;
    let file = wide(made, 2, start);
    assert_eq!(read(file.clone(), "zarr.json"), Ok(Some(b"{}".to_vec())));
    let without = [file[..file.len() - 42].to_vec(), file[file.len() - 22..].to_vec()].concat();
    assert_eq!(read(without, "zarr.json"), Err("corrupt_chunk"));
}

#[test]
fn an_entry_that_ends_at_the_end_of_numbers() {
    let start = u64::MAX - 10_000;
    for (method, code) in [(0, "corrupt_chunk"), (8, "too_large")] {
        let mut made = Made::default().add("zarr.json", method, b"{}", 2);
        made.bytes[28..30].fill(0xff);
        assert_eq!(read(wide(made, start - 39, start), "zarr.json"), Err(code), "method {method}");
    }
}

#[test]
fn hostile_files_are_refused_by_name() {
    let good = small().end("");
    assert_eq!(read(b"not a zip".to_vec(), "x"), Err("corrupt_chunk"));
    assert_eq!(read(good[..good.len() - 5].to_vec(), "x"), Err("corrupt_chunk"));
    // Two entries of the same bytes: a bomb that grows with the number of its entries.
    let mut overlapping = small();
    let second = overlapping.directory.windows(4).skip(1).position(|w| w == b"PK\x01\x02").map_or(0, |at| at + 1);
    overlapping.directory[second + 42..second + 46].fill(0);
    assert_eq!(read(overlapping.end(""), "zarr.json"), Err("corrupt_chunk"));
    // Lying sizes: longer than what follows, and than the limit for what is read.
    let lying = |packed: u32, unpacked: u32, method: u16| {
        let mut made = Made::default().add("zarr.json", method, &DEFLATED, unpacked);
        made.directory[20..24].copy_from_slice(&packed.to_le_bytes());
        read(made.end(""), "zarr.json")
    };
    assert_eq!(lying(1 << 30, 23, 8), Err("corrupt_chunk"));
    assert_eq!(lying(10, u32::MAX - 1, 8), Err("too_large"));
    assert_eq!(lying(10, 24, 8), Err("corrupt_chunk"));
    assert_eq!(lying(10, 22, 8), Err("corrupt_chunk"));
    assert_eq!(lying(10, 23, 0), Err("corrupt_chunk"));
    assert_eq!(lying(10, 23, 93), Err("unsupported"));
    let mut encrypted = small();
    encrypted.directory[8] = 1;
    assert_eq!(read(encrypted.end(""), "zarr.json"), Err("unsupported"));
    let mut many = small().end("");
    let at = many.len() - 14;
    many[at..at + 4].fill(0xfe);
    assert_eq!(read(many, "zarr.json"), Err("corrupt_chunk"));
}
