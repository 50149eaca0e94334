//! By what partials that were kept are known again: the state of their source, and the places of their chunks where these lie
//! in other objects.

use super::arrays::Source;
use crate::error::Result;
use crate::plan::{Identities, Identity, Plan, identity_of};
use crate::references::Place;
use crate::store::join_path;
use std::collections::BTreeMap;

/// Documents that may describe all of a store.
const OF_STORE: [&str; 2] = ["zarr.json", ".zmetadata"];
/// Documents that may describe one array.
const OF_ARRAY: [&str; 3] = ["zarr.json", ".zarray", ".zattrs"];

impl Source {
    /// All that tells an array's state: its metadata, and what the server said of the documents that hold them. Chunks that
    /// are written anew without a change of either are not noticed.
    ///
    /// # Errors
    /// `not_found`.
    pub fn state_of(&self, path: &str) -> Result<Identity> {
        let meta = self.tree.array(path)?;
        let documents = OF_ARRAY.iter().map(|name| join_path(&meta.path, name));
        let documents = OF_STORE.iter().map(|name| (*name).to_string()).chain(documents);
        let told: Vec<Option<String>> = documents.map(|key| self.store.state(&key)).collect();
        let attrs = serde_json::to_string(&meta.attrs).unwrap_or_default();
        identity_of(&(&meta.shape, &meta.dims, &meta.dtype_name, meta.fill_json.to_string(), attrs, told, &self.table))
    }
}

/// The identity of a unit; `places` say where its chunks lie, if the source's state does not tell it.
///
/// # Errors
/// As [`Identities::of`].
pub fn identity_in(
    identities: &mut Identities,
    plan: &Plan,
    ordinal: u64,
    places: Option<&BTreeMap<String, Place>>,
) -> Result<Identity> {
    let Some(places) = places else { return identities.of(plan, ordinal, &()) };
    let chunks = plan.unit(ordinal).chunks;
    let place = |chunk: &Vec<u64>| match places.get(&plan.array.key(chunk)) {
        None => (None, None),
        Some(Place::Inline(bytes)) => (Some(bytes.as_slice()), None),
        Some(Place::Object(o)) => (None, Some((o.address.identity(), o.offset, o.len, o.form))),
    };
    identities.of(plan, ordinal, &chunks.iter().map(place).collect::<Vec<_>>())
}
