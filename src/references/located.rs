//! The places of a batch of chunks, and the store over them that computing workers read: ranges that lie together in one
//! object are fetched with one request, whoever of them is asked for first.

use super::store::{gone, part_of, read_object};
use super::{Form, ObjectPlace, Place, References, Sites};
use crate::error::{Result, to_usize};
use crate::store::{ByteRange, Store, coalesce};
use futures::future::{FutureExt, LocalBoxFuture, Shared, ready};
use futures::stream::{self, StreamExt, TryStreamExt};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Lookups under way at a time: a table in pieces is fetched piece by piece.
const LOCATE_WIDTH: usize = 16;

/// Looks up keys; those that the store does not have are left out.
///
/// # Errors
/// What the table gives.
pub async fn locate_all(references: &dyn References, keys: Vec<String>) -> Result<BTreeMap<String, Place>> {
    let look = |key: String| async move {
        let place = references.locate(&key).await?;
        Ok(place.map(|place| (key, place)))
    };
    stream::iter(keys).map(look).buffered(LOCATE_WIDTH).try_filter_map(|found| ready(Ok(found))).try_collect().await
}

type Fetch<'a> = Shared<LocalBoxFuture<'a, Result<Rc<Vec<u8>>>>>;

/// Ranges of one object that are fetched together.
struct Group {
    place: ObjectPlace,
    /// Members that have not been read yet; the bytes are let go with the last of them.
    waiting: Cell<usize>,
    fetch: RefCell<Option<Fetch<'static>>>,
}

/// A store over the places of a batch.
pub struct LocatedStore {
    places: BTreeMap<String, Place>,
    groups: Vec<Group>,
    /// Which group a key belongs to, of those that share a request.
    group_of: BTreeMap<String, usize>,
    sites: Rc<dyn Sites>,
}

impl LocatedStore {
    /// Groups the places.
    pub fn new(places: BTreeMap<String, Place>, sites: Rc<dyn Sites>) -> Self {
        let mut by_object: BTreeMap<String, Vec<(&String, &ObjectPlace, u64)>> = BTreeMap::new();
        for (key, place) in &places {
            if let Place::Object(object) = place
                && object.form == Form::Plain
                && let Some(len) = object.len
            {
                by_object.entry(object.address.of("")).or_default().push((key, object, len));
            }
        }
        let (mut groups, mut group_of) = (Vec::new(), BTreeMap::new());
        for members in by_object.into_values() {
            let ranges: Vec<(u64, u64)> = members.iter().map(|(_, place, len)| (place.offset, *len)).collect();
            for group in coalesce(&ranges).into_iter().filter(|group| group.members.len() > 1) {
                let keys = group.members.iter().filter_map(|&i| members.get(i));
                for (key, _, _) in keys {
                    group_of.insert((*key).clone(), groups.len());
                }
                let Some((_, first, _)) = members.first() else { continue };
                let place = ObjectPlace { offset: group.offset, len: Some(group.len), ..(*first).clone() };
                let waiting = Cell::new(group.members.len());
                groups.push(Group { place, waiting, fetch: RefCell::new(None) });
            }
        }
        LocatedStore { places, groups, group_of, sites }
    }

    /// How many requests all of the places take, and how many bytes come; `None` where an object's length is not known.
    pub fn requests(&self) -> (u64, Option<u64>) {
        let groups = self.groups.iter().map(|group| group.place.len);
        let alone = self.places.iter().filter_map(|(key, place)| match place {
            Place::Object(object) if !self.group_of.contains_key(key) => Some(object.len),
            _ => None,
        });
        let add = |(requests, bytes): (u64, Option<u64>), len: Option<u64>| {
            (requests + 1, bytes.zip(len).map(|(sum, len)| sum.saturating_add(len)))
        };
        groups.chain(alone).fold((0, Some(0)), add)
    }

    async fn read(&self, key: &str, range: ByteRange, limit_bytes: u64) -> Result<Option<Vec<u8>>> {
        let place = match self.places.get(key) {
            None => return Ok(None),
            Some(Place::Inline(bytes)) => return part_of(bytes.clone(), range, limit_bytes).map(Some),
            Some(Place::Object(place)) => place,
        };
        let group = self.group_of.get(key).and_then(|&at| self.groups.get(at)).filter(|_| range == ByteRange::All);
        let (Some(group), Some(len)) = (group, place.len.filter(|len| *len <= limit_bytes)) else {
            return read_object(&*self.sites, place, range, limit_bytes).await.map(Some);
        };
        let fetched = self.fetch(group).await?;
        let start = to_usize(place.offset.saturating_sub(group.place.offset), "offset")?;
        let end = start.saturating_add(to_usize(len, "length")?);
        group.waiting.set(group.waiting.get().saturating_sub(1));
        if group.waiting.get() == 0 {
            group.fetch.replace(None);
        }
        Ok(fetched.get(start..end).map(<[u8]>::to_vec))
    }

    /// The bytes of a group; whoever comes first sends the request.
    async fn fetch(&self, group: &Group) -> Result<Rc<Vec<u8>>> {
        let known = group.fetch.borrow().clone();
        let fetch = known.unwrap_or_else(|| {
            let (sites, place) = (self.sites.clone(), group.place.clone());
            let fetch = async move {
                let len = place.len.unwrap_or(0);
                let bytes = sites.at(&place.address)?.get("", place.range(), len).await?;
                bytes.map(Rc::new).ok_or_else(|| gone(&place))
            };
            let fetch = fetch.boxed_local().shared();
            group.fetch.replace(Some(fetch.clone()));
            fetch
        });
        fetch.await
    }
}

impl Store for LocatedStore {
    fn get<'a>(
        &'a self,
        key: &'a str,
        range: ByteRange,
        limit_bytes: u64,
    ) -> LocalBoxFuture<'a, Result<Option<Vec<u8>>>> {
        self.read(key, range, limit_bytes).boxed_local()
    }

    fn list<'a>(&'a self, _prefix: &'a str) -> LocalBoxFuture<'a, Result<Option<Vec<String>>>> {
        ready(Ok(None)).boxed_local()
    }
}
