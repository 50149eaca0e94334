//! A source that is open: its tree, and the small arrays that describe the large ones.

use super::explain::Looked;
use super::formats::{advise, references_at};
use super::held::Held;
use super::units::{Context, run_units};
use crate::array::DimIndex;
use crate::array::{DType, TimeUnit};
use crate::cf::{Calendar, Coordinate, Labels, Packing, TimeCoding};
use crate::error::{Error, Result, invalid_metadata, product, too_large};
use crate::meta::{ArrayMeta, Tree, open, resolve_array};
use crate::plan::{ArraySpec, Plan};
use crate::reduce::{Assembly, Data, Finish};
use crate::references::{LocatedStore, Place, ReferenceStore, References, Sites, locate_all};
use crate::store::{Address, Format, Storage, Store, join_path};
use futures::future::join_all;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The longest coordinate that is read.
const MAX_COORDINATE_LEN: u64 = 1 << 24;

/// An open store.
pub struct Source {
    /// Where it is.
    pub address: Address,
    /// Its bytes.
    pub store: Rc<dyn Store>,
    /// Where its keys lie, if they lie in other objects.
    references: Option<(Rc<dyn References>, Rc<dyn Sites>)>,
    /// What is in it.
    pub tree: Tree,
    /// Coordinates read so far, by path and by whether CF rules apply; `None` where the array gives no labels.
    coordinates: BTreeMap<(String, bool), Option<Coordinate>>,
    /// Values of small arrays read so far.
    pub(super) held: Held,
    /// What tells the state of the table of references, if there is one.
    pub(super) table: Vec<String>,
    /// What the user should know of the store.
    pub notices: Vec<String>,
    /// What was looked up to tell costs.
    pub(super) looked: Looked,
}

impl Source {
    /// Opens what lies at an address, whatever its format.
    ///
    /// # Errors
    /// As [`references_at`] and [`Source::open`].
    pub async fn reach(address: Address, storage: &Storage, sites: Rc<dyn Sites>) -> Result<Self> {
        match references_at(&address, storage, &sites).await.map_err(|e| e.with_url(address.shown()))? {
            None => {
                let store = sites.at(&address)?;
                let source = match Self::open(address.clone(), store.clone()).await {
                    Err(e) => return Err(advise(e, &address, &*store).await.with_url(address.shown())),
                    Ok(source) => Source { address: sites.settled(&address), ..source },
                };
                if !source.tree.in_records {
                    return Ok(source);
                }
                let address = source.address.with_format(Format::KerchunkParquet);
                match references_at(&address, storage, &sites).await.map_err(|e| e.with_url(address.shown()))? {
                    Some(references) => Self::over(address, references, sites).await,
                    None => Err(invalid_metadata("`record_size` without references")),
                }
            }
            Some(references) => Self::over(address, references, sites).await,
        }
    }

    /// Opens what a table of references makes look like Zarr.
    async fn over(address: Address, references: Rc<dyn References>, sites: Rc<dyn Sites>) -> Result<Self> {
        let store = Rc::new(ReferenceStore::new(references.clone(), sites.clone()));
        let source = Self::open(address, store).await?;
        let at = sites.at(&source.address)?;
        let table = [references.state(), at.state(""), at.state(".zmetadata")].into_iter().flatten().collect();
        Ok(Source { references: Some((references, sites)), table, ..source })
    }

    /// Opens a Zarr store.
    ///
    /// # Errors
    /// As [`open`].
    pub async fn open(address: Address, store: Rc<dyn Store>) -> Result<Self> {
        let tree = open(&*store).await.map_err(|e| e.with_url(address.shown()))?;
        store.verify().await?;
        let mut notices = Vec::new();
        if !tree.complete {
            notices.push(
                "This store has no consolidated metadata and its server lists no folders, so its arrays are not known; \
                 give the path of a variable."
                    .to_string(),
            );
        }
        let (coordinates, held, table, looked) = (BTreeMap::new(), Held::default(), Vec::new(), Looked::default());
        Ok(Source { address, store, references: None, tree, coordinates, held, table, notices, looked })
    }

    /// Where the chunks of units lie; `None` if the workers find them by key themselves.
    ///
    /// # Errors
    /// What the table gives.
    pub async fn locate(&self, plan: &Plan, ordinals: &[u64]) -> Result<Option<BTreeMap<String, Place>>> {
        let Some((references, sites)) = &self.references else { return Ok(None) };
        let units = ordinals.iter().map(|&ordinal| plan.unit(ordinal));
        let keys = units.flat_map(|unit| unit.chunks).map(|chunk| plan.array.key(&chunk)).collect();
        let mut places = locate_all(&**references, keys).await?;
        for place in places.values_mut() {
            if let Place::Object(object) = place {
                object.address = sites.settled(&object.address);
            }
        }
        Ok(Some(places))
    }

    /// How the objects are reached that chunks lie in, if they lie in other objects.
    pub fn sites(&self) -> Option<Rc<dyn Sites>> {
        self.references.as_ref().map(|(_, sites)| sites.clone())
    }

    /// Where a key lies in another object; `None` if the table has it not, or there is no table.
    pub(super) async fn place_of(&self, key: &str) -> Result<Option<Place>> {
        match &self.references {
            Some((references, _)) => references.locate(key).await,
            None => Ok(None),
        }
    }

    /// Whether chunks lie in other objects, so that workers must be told where.
    pub fn is_located(&self) -> bool {
        self.references.is_some()
    }

    /// Whether the places of chunks may change while the source's state does not tell it.
    pub fn is_told_by_places(&self) -> bool {
        self.references.as_ref().is_some_and(|(references, _)| references.state().is_none())
    }

    /// Makes sure that an array is known, in a store that does not list its arrays.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn resolve(&mut self, path: &str) -> Result<()> {
        let store = self.store.clone();
        resolve_array(&*store, &mut self.tree, path).await.map_err(|e| e.with_url(self.address.shown()))?;
        store.verify().await
    }

    /// The array that holds a dimension's labels: of its name, one-dimensional, in the variable's group or above it.
    pub fn coordinate_array(&self, meta: &ArrayMeta, dim: &str) -> Option<Cow<'_, ArrayMeta>> {
        self.labels_in(meta.group(), dim)
    }

    /// The array that holds a dimension's labels for the arrays of a group.
    pub fn labels_in(&self, mut group: &str, dim: &str) -> Option<Cow<'_, ArrayMeta>> {
        loop {
            let found = self.tree.arrays.get(&join_path(group, dim));
            if let Some(array) = found.filter(|a| a.dims == [dim]) {
                return Some(array);
            }
            if group.is_empty() {
                return None;
            }
            group = group.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
    }

    /// The labels of a dimension, read once; `None` if there are none that can be read.
    ///
    /// # Errors
    /// What reading them brought about.
    pub async fn coordinate(
        &mut self,
        meta: &ArrayMeta,
        dim: &str,
        len: u64,
        decode: bool,
    ) -> Result<Option<Coordinate>> {
        let Some(array) = self.coordinate_array(meta, dim).filter(|a| a.shape == [len]) else {
            return Ok(None);
        };
        let array = array.into_owned();
        self.labels_once(&array, dim, decode).await
    }

    /// The one label of an array without dimensions, read once.
    ///
    /// # Errors
    /// What reading it brought about.
    pub async fn scalar(&mut self, array: &ArrayMeta, decode: bool) -> Result<Option<Coordinate>> {
        self.labels_once(array, array.name(), decode).await
    }

    async fn labels_once(&mut self, array: &ArrayMeta, dim: &str, decode: bool) -> Result<Option<Coordinate>> {
        let key = (array.path.clone(), decode);
        if let Some(known) = self.coordinates.get(&key) {
            return Ok(known.clone());
        }
        let (coordinate, notice) = self.read_coordinate(array, dim, decode).await?;
        self.hold(key, coordinate.clone(), notice);
        Ok(coordinate)
    }

    /// Reads labels that will be asked for, all at once: one after another they would take as many round trips. Gives what
    /// reading some of them brought about, by their paths.
    pub(super) async fn read_ahead(&mut self, wanted: &[(ArrayMeta, String)], decode: bool) -> BTreeMap<String, Error> {
        let key = |array: &ArrayMeta| (array.path.clone(), decode);
        let new = || wanted.iter().filter(|(array, _)| !self.coordinates.contains_key(&key(array)));
        let found = join_all(new().map(|(array, dim)| self.read_coordinate(array, dim, decode))).await;
        let keys: Vec<(String, bool)> = new().map(|(array, _)| key(array)).collect();
        let mut failed = BTreeMap::new();
        for (key, found) in keys.into_iter().zip(found) {
            match found {
                Ok((coordinate, notice)) => self.hold(key, coordinate, notice),
                Err(error) => {
                    failed.insert(key.0, error);
                }
            }
        }
        failed
    }

    fn hold(&mut self, key: (String, bool), coordinate: Option<Coordinate>, notice: Option<String>) {
        self.notices.extend(notice.filter(|notice| !self.notices.contains(notice)));
        self.coordinates.insert(key, coordinate);
    }

    /// Labels, and what the user should know of them.
    async fn read_coordinate(
        &self,
        array: &ArrayMeta,
        dim: &str,
        decode: bool,
    ) -> Result<(Option<Coordinate>, Option<String>)> {
        let dtype = match array.readable() {
            Ok(dtype) => dtype,
            Err(e) => {
                let notice = format!("The coordinate {} is left out: {}", array.path, e.details().message);
                return Ok((None, Some(notice)));
            }
        };
        if array.shape.iter().any(|n| *n > MAX_COORDINATE_LEN) {
            let len = array.shape.iter().copied().max().unwrap_or(0);
            return Err(too_large("length of a coordinate", len, MAX_COORDINATE_LEN).with_path(&array.path));
        }
        let mut notice = None;
        let single = dtype == DType::Float32 && (!decode || Packing::of(array, dtype).scale.is_none());
        let labels = match dtype {
            DType::Datetime64(unit, n) => match read_raw(self, array).await? {
                Data::Raw(bytes, _) => datetime_labels(&bytes, unit, n),
                _ => None,
            },
            DType::Unicode(_) | DType::Bytes(_) => match read_raw(self, array).await? {
                Data::Raw(bytes, dtype) => Some(Labels::Text(crate::array::read_text(&bytes, dtype))),
                _ => None,
            },
            DType::Text => match read_raw(self, array).await? {
                Data::Values(values) => Some(Labels::Text(values.iter().map(text_of).collect())),
                _ => None,
            },
            _ if dtype.is_real() => {
                let (labels, note) = self.read_numbers(array, dtype, decode).await?;
                notice = note;
                Some(labels)
            }
            _ => None,
        };
        Ok((labels.map(|labels| Coordinate { name: dim.to_string(), labels, single }), notice))
    }

    async fn read_numbers(&self, array: &ArrayMeta, dtype: DType, decode: bool) -> Result<(Labels, Option<String>)> {
        let whole = array.shape.iter().map(|&n| DimIndex::all(n)).collect();
        let values = read_values(self, array, whole, decode).await?;
        let units = array.text("units").filter(|_| decode);
        let (coding, notice) = match units.map(|units| TimeCoding::parse(units, array.text("calendar"))) {
            Some(Ok(coding)) => (coding, None),
            Some(Err(e)) => {
                (None, Some(format!("{} stays a number: {} cannot be decoded", array.path, e.details().message)))
            }
            None => (None, None),
        };
        let labels = match (coding, &values) {
            (Some(c), Data::F64(v)) => Labels::Times(v.iter().map(|&x| c.instant(x)).collect(), c.calendar),
            (Some(c), Data::Int(v)) => {
                Labels::Times(v.iter().map(|n| c.instant_of_integer((*n)?)).collect(), c.calendar)
            }
            (Some(c), Data::Raw(bytes, dtype)) => {
                let mut wide = vec![0; values.len()];
                crate::array::read_wide(bytes, *dtype, &mut wide);
                Labels::Times(wide.into_iter().map(|n| c.instant_of_integer(n)).collect(), c.calendar)
            }
            (_, data) => Labels::Numbers(data.to_f64().unwrap_or_default(), dtype.is_integer()),
        };
        Ok((labels, notice))
    }
}

/// A label that is text; anything else as JSON writes it.
fn text_of(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

/// datetime64 counts from 1970 in the proleptic Gregorian calendar; months and years have no fixed length.
fn datetime_labels(bytes: &[u8], unit: TimeUnit, n: u32) -> Option<Labels> {
    let (times, per) = match unit {
        TimeUnit::Week => (604_800_000_000i128, 1),
        TimeUnit::Day => (86_400_000_000, 1),
        TimeUnit::Hour => (3_600_000_000, 1),
        TimeUnit::Minute => (60_000_000, 1),
        TimeUnit::Second => (1_000_000, 1),
        TimeUnit::Milli => (1000, 1),
        TimeUnit::Micro => (1, 1),
        TimeUnit::Nano => (1, 1000i128),
        _ => return None,
    };
    let instant = |raw: &[u8; 8]| match i64::from_le_bytes(*raw) {
        i64::MIN => None,
        count => Some((i128::from(count) * i128::from(n) * times).div_euclid(per)),
    };
    let labels = bytes.as_chunks::<8>().0.iter().map(instant).collect();
    Some(Labels::Times(labels, Calendar::ProlepticGregorian))
}

async fn read_raw(source: &Source, array: &ArrayMeta) -> Result<Data> {
    let whole = array.shape.iter().map(|&n| DimIndex::all(n)).collect();
    read_values(source, array, whole, false).await
}

/// The values of a small array's selection, here and now.
///
/// # Errors
/// `too_large` beyond the limit for results, and what fetching and decoding bring about.
pub async fn read_values(source: &Source, array: &ArrayMeta, index: Vec<DimIndex>, decode: bool) -> Result<Data> {
    let spec = ArraySpec::of(array)?;
    let packing = if decode { Packing::of(array, spec.dtype) } else { Packing::none(spec.dtype) };
    let lengths: Vec<u64> = index.iter().map(DimIndex::len).collect();
    let cells = product(&lengths, "selection")?;
    if cells > MAX_COORDINATE_LEN {
        return Err(too_large("cells of a coordinate or of weights", cells, MAX_COORDINATE_LEN).with_path(&array.path));
    }
    let plan = Plan::values(source.address.clone(), spec, array.dims.clone(), packing, index).settle(1)?;
    let ordinals: Vec<u64> = (0..plan.unit_count()).collect();
    let mut assembly = Assembly::new(plan.clone(), Finish::of(None));
    let context = Context::default();
    let places = source.locate(&plan, &ordinals).await?;
    let located = places.zip(source.references.as_ref()).map(|(p, (_, sites))| LocatedStore::new(p, sites.clone()));
    let store: &dyn Store = match &located {
        Some(located) => located,
        None => &*source.store,
    };
    run_units(store, &plan, &ordinals, &context, |o, partial| assembly.add(o, partial), |_| {}).await?;
    assembly.finish()
}
