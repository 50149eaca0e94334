//! `resample`: the times of a dimension in periods, every one from the first to the last, whether it holds a label or not.
//!
//! Periods are closed at their start, and labelled by it; those that end with a month, a quarter, a year or a week are
//! labelled by their last day, which they include. Frequencies are pandas': `6h`, `1D`, `W`, `W-WED`, `MS`, `ME`, `QS-DEC`,
//! `YS`, each perhaps with a number before it.

use super::gather::Groups;
use crate::cf::{Calendar, Labels};
use crate::error::{Result, invalid_document, too_large, unsupported};
use crate::plan::{Coord, Labelling};

/// The most periods of a result.
const MAX_PERIODS: i128 = if cfg!(fuzzing) { 1 << 14 } else { 1 << 22 };
/// Microseconds.
const SECOND: i128 = 1_000_000;
const DAY: i128 = 86_400 * SECOND;
const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// So many microseconds, from midnight of the first day.
    Fixed(i128),
    /// Weeks that end on a day, Monday being 0.
    Week(i64),
    /// So many months, one of which begins in this one, January being 0; `true` if labelled by the end.
    Months(i64, i64, bool),
}

/// Puts the times of the one dimension that has such into periods.
///
/// # Errors
/// `invalid_document` for an unknown frequency or without times; `unsupported` for weeks in calendars without them.
pub fn periods(labels: &Labelling, frequency: &str) -> Result<(String, Groups)> {
    let times = labels.coords.iter().find_map(|c| match (&c.dim, &c.labels) {
        (Some(dim), Labels::Times(times, calendar)) => Some((c, dim.clone(), times, *calendar)),
        _ => None,
    });
    let (coord, dim, times, calendar) =
        times.ok_or_else(|| invalid_document("resample needs a dimension whose labels are times"))?;
    let (n, unit) = parse(frequency)?;
    if matches!(unit, Unit::Week(_)) && matches!(calendar, Calendar::NoLeap | Calendar::AllLeap | Calendar::Day360) {
        return Err(unsupported(format!("weeks in the calendar {}", calendar.name())));
    }
    let there: Vec<i128> = times.iter().flatten().copied().collect();
    let (Some(&first), Some(&last)) = (there.iter().min(), there.iter().max()) else {
        return Err(invalid_document("resample of a dimension without labels"));
    };
    let clock = Clock { calendar, unit, n, first };
    let count = clock.period(last)?.saturating_add(1);
    if count > MAX_PERIODS {
        return Err(too_large(
            "periods",
            u64::try_from(count).unwrap_or(u64::MAX),
            u64::try_from(MAX_PERIODS).unwrap_or(0),
        ));
    }
    let mut members = vec![Vec::new(); usize::try_from(count).unwrap_or(0)];
    for (position, time) in times.iter().enumerate() {
        let Some(time) = time else { continue };
        let period = usize::try_from(clock.period(*time)?).ok();
        if let Some(list) = period.and_then(|p| members.get_mut(p)) {
            list.push(position);
        }
    }
    let gaps = members.iter().any(Vec::is_empty);
    let starts = (0..count).map(|k| clock.label(k).map(Some)).collect::<Result<Vec<_>>>()?;
    let (name, attrs) = (coord.name.clone(), coord.attrs.clone());
    let coord = Coord { name, dim: Some(dim.clone()), labels: Labels::Times(starts, calendar), attrs };
    Ok((dim.clone(), Groups { name: dim, coord: Some(coord), members, gaps, least: None, full: None }))
}

/// Counts periods from the one that holds the first label.
struct Clock {
    calendar: Calendar,
    unit: Unit,
    n: i128,
    first: i128,
}

impl Clock {
    /// The period of a time, 0 for that of the first label.
    fn period(&self, time: i128) -> Result<i128> {
        Ok(match self.unit {
            Unit::Fixed(step) => (time - self.origin()).div_euclid(step * self.n) - self.skipped(step),
            // The first period ends with the first week; the others have all their weeks before their end.
            Unit::Week(_) => -(self.week_end(self.first) - self.week_end(time)).div_euclid(7 * self.n),
            Unit::Months(months, anchor, _) => {
                let block = |t| -> Result<i64> { Ok((self.month(t)? - anchor).div_euclid(months)) };
                i128::from(block(time)? - block(self.first)?).div_euclid(self.n)
            }
        })
    }

    /// The label of a period.
    fn label(&self, k: i128) -> Result<i128> {
        Ok(match self.unit {
            Unit::Fixed(step) => self.origin() + (k + self.skipped(step)) * step * self.n,
            Unit::Week(_) => (self.week_end(self.first) + 7 * self.n * k) * DAY,
            Unit::Months(months, anchor, by_end) => {
                let k = i64::try_from(k * self.n).map_err(|_| invalid_document("a period that no calendar has"))?;
                let block = (self.month(self.first)? - anchor).div_euclid(months) + k;
                let start = block * months + anchor;
                let next = self.month_start(start + months * if by_end { 1 } else { 0 })?;
                if by_end { next - DAY } else { next }
            }
        })
    }

    /// Midnight of the first day.
    fn origin(&self) -> i128 {
        self.first.div_euclid(DAY) * DAY
    }

    /// Periods between midnight and the first label.
    fn skipped(&self, step: i128) -> i128 {
        (self.first - self.origin()).div_euclid(step * self.n)
    }

    /// The day that ends the week of a time, in days.
    fn week_end(&self, time: i128) -> i128 {
        let Unit::Week(last) = self.unit else { return 0 };
        let day = time.div_euclid(DAY);
        // Day 0, 1970-01-01, was a Thursday.
        let weekday = (day + 3).rem_euclid(7);
        day + (i128::from(last) - weekday).rem_euclid(7)
    }

    /// Months since January of the year 0, as astronomers count years.
    fn month(&self, time: i128) -> Result<i64> {
        let t = self.calendar.date_time(time).ok_or_else(|| invalid_document("a time that no calendar has"))?;
        let year = if t.year < 0 && !self.calendar.has_year_zero() { t.year + 1 } else { t.year };
        Ok(year * 12 + i64::from(t.month) - 1)
    }

    fn month_start(&self, month: i64) -> Result<i128> {
        let year = month.div_euclid(12);
        let year = if year <= 0 && !self.calendar.has_year_zero() { year - 1 } else { year };
        let of_year = u8::try_from(month.rem_euclid(12) + 1).unwrap_or(1);
        Ok(i128::from(self.calendar.days(year, of_year, 1)?) * DAY)
    }
}

/// A frequency: how many of which unit.
fn parse(frequency: &str) -> Result<(i128, Unit)> {
    let bad = || {
        invalid_document(format!("no frequency {frequency:?}; known are 6h, 1D, W, MS, ME, QS-DEC, YS and the like"))
    };
    let digits = frequency.chars().take_while(char::is_ascii_digit).count();
    let (number, name) = frequency.split_at(digits);
    let n = if number.is_empty() { 1 } else { number.parse::<u32>().map_err(|_| bad())? };
    if n == 0 {
        return Err(bad());
    }
    let (unit, anchor) = name.split_once('-').map_or((name, None), |(unit, anchor)| (unit, Some(anchor)));
    let among = |names: &[&str], default: usize| match anchor {
        None => Ok(default),
        Some(text) => names.iter().position(|name| *name == text).ok_or_else(bad),
    };
    let month = |default: usize| among(&MONTHS, default).map(|m| i64::try_from(m).unwrap_or(0));
    let unit = match unit {
        "W" => Unit::Week(i64::try_from(among(&WEEKDAYS, 6)?).unwrap_or(6)),
        "QS" => Unit::Months(3, month(0)?.rem_euclid(3), false),
        // A quarter or a year that ends in a month begins in the next.
        "QE" => Unit::Months(3, (month(11)? + 1).rem_euclid(3), true),
        "YS" => Unit::Months(12, month(0)?, false),
        "YE" => Unit::Months(12, (month(11)? + 1).rem_euclid(12), true),
        _ if anchor.is_some() => return Err(bad()),
        "D" => Unit::Fixed(DAY),
        "h" => Unit::Fixed(3600 * SECOND),
        "min" => Unit::Fixed(60 * SECOND),
        "s" => Unit::Fixed(SECOND),
        "MS" => Unit::Months(1, 0, false),
        "ME" => Unit::Months(1, 0, true),
        _ => return Err(bad()),
    };
    Ok((n.into(), unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequencies() {
        assert_eq!(parse("6h").ok(), Some((6, Unit::Fixed(6 * 3600 * SECOND / 6))));
        assert_eq!(parse("QS-DEC").ok(), Some((1, Unit::Months(3, 2, false))));
        assert_eq!(parse("QE").ok(), Some((1, Unit::Months(3, 0, true))));
        assert_eq!(parse("YS-JUL").ok(), Some((1, Unit::Months(12, 6, false))));
        for bad in ["", "0D", "M", "fortnight", "D-MON", "QS-DECEMBER", "99999999999D"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
