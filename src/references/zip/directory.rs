//! A ZIP file's directory (PKWARE's APPNOTE 6.3.10, sections 4.3.12 to 4.3.16): the end record, ZIP64's or not, and the
//! entries. Nothing that it says is believed before it fits the rest: entries lie apart, and before the directory.

use crate::error::{Error, Result, corrupt, to_usize, too_large, unsupported};

/// The end record without its comment.
pub(super) const END_BYTES: usize = 22;
/// ZIP64's end record without its extensible data, and the locator that follows it.
const END64_BYTES: usize = 56;
const LOCATOR_BYTES: usize = 20;
/// An entry's fixed part in the directory, and in front of its data.
const ENTRY_BYTES: usize = 46;
pub(super) const LOCAL_BYTES: u64 = 30;
/// A directory longer than this is refused: it would be that of millions of chunks.
const MAX_DIRECTORY_BYTES: u64 = 128 << 20;
/// More entries than this are refused.
const MAX_ENTRIES: u64 = 1 << 20;

/// Where the directory lies in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) offset: u64,
    pub(super) len: u64,
    pub(super) entries: u64,
    /// Where the tail that it was found in begins.
    pub(super) tail_offset: u64,
}

/// An entry as the directory tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    /// Where its local header begins.
    pub(super) offset: u64,
    /// Where what follows it begins.
    pub(super) end: u64,
    pub(super) name_len: u64,
    pub(super) packed: u64,
    pub(super) unpacked: u64,
    pub(super) method: u16,
    pub(super) encrypted: bool,
}

fn at<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..offset.checked_add(N)?)?.try_into().ok()
}

fn u16_at(bytes: &[u8], offset: usize) -> Option<u64> {
    at(bytes, offset).map(|b| u64::from(u16::from_le_bytes(b)))
}

fn u32_at(bytes: &[u8], offset: usize) -> Option<u64> {
    at(bytes, offset).map(|b| u64::from(u32::from_le_bytes(b)))
}

fn u64_at(bytes: &[u8], offset: usize) -> Option<u64> {
    at(bytes, offset).map(u64::from_le_bytes)
}

fn invalid(why: impl std::fmt::Display) -> Error {
    corrupt(format!("the ZIP file is not valid: {why}")).with_codec("zip")
}

/// Finds the directory from the file's last bytes.
pub(super) fn find(tail: &[u8]) -> Result<Span> {
    let ends_here = |&from: &usize| {
        let comment = u16_at(tail, from + 20).and_then(|n| usize::try_from(n).ok());
        tail.get(from..).is_some_and(|t| t.starts_with(b"PK\x05\x06"))
            && comment.is_some_and(|n| from + END_BYTES + n == tail.len())
    };
    let last = tail.len().checked_sub(END_BYTES).ok_or_else(|| invalid("it is too short"))?;
    let end = (0..=last).rev().find(ends_here).ok_or_else(|| invalid("it has no end record; it may be cut off"))?;
    let short = |field| (u16_at(tail, end + field), 0xffff);
    let long = |field| (u32_at(tail, end + field), 0xffff_ffff);
    let fields = [short(4), short(6), short(8), short(10), long(12), long(16)];
    let read = |(value, _): &(Option<u64>, u64)| value.unwrap_or(0);
    let [disk, directory_disk, here, entries, len, offset] = fields.each_ref().map(read);
    let is_64 = fields.iter().any(|(value, most)| *value == Some(*most));
    let locator =
        end.checked_sub(LOCATOR_BYTES).filter(|&l| tail.get(l..).is_some_and(|t| t.starts_with(b"PK\x06\x07")));
    let (span, disks) = match locator {
        Some(locator) if is_64 => {
            let start = locator
                .checked_sub(END64_BYTES)
                .filter(|&s| tail.get(s..).is_some_and(|t| t.starts_with(b"PK\x06\x06")));
            let start = start.ok_or_else(|| invalid("its ZIP64 end record is not where it should be"))?;
            let field = |field| u64_at(tail, start + field).unwrap_or(0);
            let record = u64_at(tail, locator + 8).unwrap_or(0);
            let tail_offset = record.checked_sub(start as u64).ok_or_else(|| invalid("its parts overlap"))?;
            let disks = u64_at(tail, start + 16).unwrap_or(0);
            let span = Span { offset: field(48), len: field(40), entries: field(32), tail_offset };
            if span.offset.checked_add(span.len) != Some(record) {
                return Err(invalid("its directory does not end where it should"));
            }
            (span, disks != 0 || field(24) != field(32))
        }
        _ if is_64 => return Err(invalid("it has no ZIP64 end record")),
        _ => {
            let tail_offset = (offset + len).checked_sub(end as u64).ok_or_else(|| invalid("its parts overlap"))?;
            (Span { offset, len, entries, tail_offset }, disk != 0 || directory_disk != 0 || here != entries)
        }
    };
    if disks {
        return Err(unsupported("ZIP files in several parts"));
    }
    if span.len > MAX_DIRECTORY_BYTES {
        return Err(too_large("bytes of a ZIP file's directory", span.len, MAX_DIRECTORY_BYTES));
    }
    if span.entries > MAX_ENTRIES {
        return Err(too_large("entries of a ZIP file", span.entries, MAX_ENTRIES));
    }
    Ok(span)
}

/// Reads the directory. Entries come in the order of their data.
pub(super) fn parse(directory: &[u8], span: Span) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut rest = directory;
    for _ in 0..span.entries {
        let (entry, after) = parse_entry(rest).ok_or_else(|| invalid("its directory is cut off"))?;
        entries.push(entry);
        rest = after;
    }
    entries.sort_by_key(|entry| entry.offset);
    for i in 0..entries.len() {
        let next = entries.get(i + 1).map_or(span.offset, |next| next.offset);
        let Some(entry) = entries.get_mut(i) else { break };
        let least = [LOCAL_BYTES, entry.name_len, entry.packed].into_iter().try_fold(entry.offset, u64::checked_add);
        if least.is_none_or(|least| least > next) {
            return Err(invalid(format!("{:?} reaches into what follows it", entry.name)).with_path(&entry.name));
        }
        entry.end = next;
    }
    Ok(entries)
}

fn parse_entry(bytes: &[u8]) -> Option<(Entry, &[u8])> {
    if !bytes.starts_with(b"PK\x01\x02") {
        return None;
    }
    let (name_len, extra_len, comment_len) = (u16_at(bytes, 28)?, u16_at(bytes, 30)?, u16_at(bytes, 32)?);
    let [name_end, extra_end, end] = [name_len, extra_len, comment_len].map(|n| to_usize(n, "ZIP entry").unwrap_or(0));
    let name_end = ENTRY_BYTES + name_end;
    let extra_end = name_end + extra_end;
    let end = extra_end + end;
    let name = String::from_utf8_lossy(bytes.get(ENTRY_BYTES..name_end)?).into_owned();
    let mut wide = wide_sizes(bytes.get(name_end..extra_end)?);
    let mut size = |field| match u32_at(bytes, field)? {
        0xffff_ffff => wide.next(),
        known => Some(known),
    };
    // In this order ZIP64 writes what does not fit.
    let (unpacked, packed, offset) = (size(24)?, size(20)?, size(42)?);
    let method = u16::from_le_bytes(at(bytes, 10)?);
    let encrypted = u16_at(bytes, 8)? & 1 == 1;
    let entry = Entry { name, offset, end: offset, name_len, packed, unpacked, method, encrypted };
    Some((entry, bytes.get(end..)?))
}

/// The numbers of the ZIP64 extra field.
fn wide_sizes(mut extra: &[u8]) -> impl Iterator<Item = u64> {
    let mut found: &[u8] = &[];
    while let (Some(id), Some(len)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let Some(body) = usize::try_from(len).ok().and_then(|len| extra.get(4..4 + len)) else { break };
        if id == 1 {
            found = body;
        }
        extra = extra.get(4 + body.len()..).unwrap_or_default();
    }
    found.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes))
}
