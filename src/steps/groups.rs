//! `groupby`: positions of a dimension by a part of their time, or by the labels of a coordinate along it.
//!
//! Groups are those that occur, in order; seasons by name (DJF, JJA, MAM, SON), as in xarray. Missing labels belong to none.

use super::gather::Groups;
use crate::cf::{Calendar, Labels};
use crate::error::{Result, invalid_document, unsupported};
use crate::plan::{Coord, Labelling};
use serde_json::Map;

/// Which group each position of a dimension belongs to.
pub struct Grouped {
    /// The dimension.
    pub dim: String,
    /// The group of each position.
    pub of: Vec<Option<usize>>,
    /// The groups' name.
    pub name: String,
    /// The groups' labels.
    pub labels: Labels,
}

impl Grouped {
    /// The positions of each group.
    pub fn groups(&self) -> Groups {
        let mut members = vec![Vec::new(); self.labels.len()];
        for (position, group) in self.of.iter().enumerate() {
            if let Some(list) = group.and_then(|g| members.get_mut(g)) {
                list.push(position);
            }
        }
        let (name, labels) = (self.name.clone(), self.labels.clone());
        let coord = Coord { dim: Some(name.clone()), name: name.clone(), labels, attrs: Map::new() };
        Groups { name, coord: Some(coord), members, gaps: false, least: None, full: None }
    }
}

/// Groups by `time.month` and the like, or by a coordinate's name.
///
/// # Errors
/// `invalid_document` for what is no coordinate along a dimension, or no part of a time.
pub fn group_by(labels: &Labelling, by: &str) -> Result<Grouped> {
    let (name, part) = match by.split_once('.') {
        Some((name, part)) if coordinate(labels, by).is_none() => (name, Some(part)),
        _ => (by, None),
    };
    let coord = coordinate(labels, name)
        .ok_or_else(|| invalid_document(format!("groupby {by:?}: no coordinate {name:?} along a dimension")))?;
    let dim = coord.dim.clone().unwrap_or_default();
    let (labels, group) = (&coord.labels, part.unwrap_or(name).to_string());
    let (of, labels) = match (part, labels) {
        (Some("season"), Labels::Times(times, calendar)) => {
            let season = |t: &Option<i128>| part_of(*t, *calendar, "month").map(season_of);
            let (of, keys) = numbered(times.iter().map(|t| season(t).map(str::to_string)).collect());
            (of, Labels::Text(keys))
        }
        (Some(part), Labels::Times(times, calendar)) => {
            if part_of(Some(0), *calendar, part).is_none() {
                return Err(invalid_document(format!("groupby {by:?}: a time has no {part:?}")));
            }
            let (of, keys) = numbered(times.iter().map(|t| part_of(*t, *calendar, part)).collect());
            #[allow(clippy::cast_precision_loss)]
            (of, Labels::Numbers(keys.into_iter().map(|k| k as f64).collect(), true))
        }
        (Some(_), _) => return Err(invalid_document(format!("groupby {by:?}: {name} holds no times"))),
        (None, Labels::Numbers(values, integers)) => {
            let mut keys: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
            // Labels that descend are groups already, one each: xarray leaves them in their order.
            let descend = keys.len() == values.len() && keys.iter().zip(keys.iter().skip(1)).all(|(a, b)| a > b);
            if !descend {
                keys.sort_unstable_by(f64::total_cmp);
                keys.dedup();
            }
            let of = values.iter().map(|x| keys.iter().position(|k| k == x)).collect();
            (of, Labels::Numbers(keys, *integers))
        }
        (None, Labels::Times(times, calendar)) => {
            let (of, keys) = numbered(times.clone());
            (of, Labels::Times(keys.into_iter().map(Some).collect(), *calendar))
        }
        (None, Labels::Text(texts)) => {
            let (of, keys) = numbered(texts.iter().map(|t| Some(t.clone())).collect());
            (of, Labels::Text(keys))
        }
    };
    if labels.is_empty() {
        return Err(unsupported(format!("groupby {by:?}: all labels are missing")));
    }
    Ok(Grouped { dim, of, name: group, labels })
}

/// A coordinate along a dimension, by name.
fn coordinate<'a>(labels: &'a Labelling, name: &str) -> Option<&'a Coord> {
    labels.coords.iter().find(|c| c.name == name && c.dim.is_some())
}

/// Each label's place among those that occur, in order.
fn numbered<K: Ord + Clone>(labels: Vec<Option<K>>) -> (Vec<Option<usize>>, Vec<K>) {
    let mut keys: Vec<K> = labels.iter().flatten().cloned().collect();
    keys.sort_unstable();
    keys.dedup();
    let of = labels.iter().map(|l| keys.binary_search(l.as_ref()?).ok()).collect();
    (of, keys)
}

/// A part of a time; `None` for a missing time, and for what is no part.
fn part_of(time: Option<i128>, calendar: Calendar, part: &str) -> Option<i64> {
    let t = calendar.date_time(time?)?;
    let hour = t.micros.div_euclid(3_600_000_000);
    Some(match part {
        "year" => t.year,
        "month" => t.month.into(),
        "day" => t.day.into(),
        "hour" => hour,
        "minute" => t.micros.div_euclid(60_000_000) % 60,
        "dayofyear" => day_of_year(calendar, t.year, t.month, t.day),
        "season" => t.month.into(),
        _ => return None,
    })
}

/// Counted by the lengths of months, as cftime counts: the days that 1582 skipped are counted, too.
fn day_of_year(calendar: Calendar, year: i64, month: u8, day: u8) -> i64 {
    const BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let months = i64::from(month) - 1;
    if calendar == Calendar::Day360 {
        return 30 * months + i64::from(day);
    }
    let leap = month > 2 && calendar.days(year, 2, 29).is_ok();
    let before = usize::try_from(months).ok().and_then(|m| BEFORE.get(m)).copied().unwrap_or(0);
    before + i64::from(leap) + i64::from(day)
}

fn season_of(month: i64) -> &'static str {
    match month {
        12 | 1 | 2 => "DJF",
        3..=5 => "MAM",
        6..=8 => "JJA",
        _ => "SON",
    }
}
