//! Time units ("hours since 1970-01-01"), and the ISO 8601 labels that people write.

use super::calendar::{Calendar, DAY_US, DateTime};
use crate::error::{Result, invalid_selection, unsupported};
use serde::{Deserialize, Serialize};

/// How stored numbers become instants.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TimeCoding {
    /// Calendar.
    pub calendar: Calendar,
    /// Microseconds per unit.
    unit_us: i128,
    /// The reference, in microseconds since the calendar's day 0.
    reference_us: i128,
}

impl TimeCoding {
    /// From the attributes `units` and `calendar` (default: standard). `None` if `units` is no time since a reference.
    ///
    /// # Errors
    /// `unsupported` for a unit, calendar or reference date that CF leaves undefined, such as year 0 in the standard
    /// calendar.
    pub fn parse(units: &str, calendar: Option<&str>) -> Result<Option<Self>> {
        let Some((unit, reference)) = split_since(units) else { return Ok(None) };
        let calendar = Calendar::parse(calendar.unwrap_or("standard"))?;
        let refuse = || unsupported(format!("the time units {units:?} in the calendar {}", calendar.name()));
        let unit_us = unit_micros(unit, calendar).ok_or_else(refuse)?;
        let reference_us = parse_reference(reference, calendar).ok_or_else(refuse)?;
        Ok(Some(TimeCoding { calendar, unit_us, reference_us }))
    }

    /// The instant of a stored number, to the nearest microsecond; `None` for NaN and for what is beyond any calendar.
    ///
    /// The whole part is multiplied exactly and the fraction alone is rounded: a product in float64 would lose
    /// microseconds after 285 years.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // guarded by the range check
    pub fn instant(&self, value: f64) -> Option<i128> {
        if !value.is_finite() || value.abs() > 1e18 {
            return None;
        }
        let whole = value.trunc();
        let fraction = ((value - whole) * self.unit_us as f64).round_ties_even();
        let micros = (whole as i128).checked_mul(self.unit_us)?.checked_add(fraction as i128)?;
        self.reference_us.checked_add(micros)
    }

    /// The instant of a stored integer.
    pub fn instant_of_integer(&self, value: i128) -> Option<i128> {
        self.reference_us.checked_add(value.checked_mul(self.unit_us)?)
    }
}

/// `hours since 1970-01-01` in its two parts, whatever the case of `since`.
fn split_since(units: &str) -> Option<(&str, &str)> {
    let at = units.to_ascii_lowercase().find(" since ")?;
    Some((units.get(..at)?.trim(), units.get(at + 7..)?.trim()))
}

/// Microseconds of a unit, by the names that cftime knows.
fn unit_micros(unit: &str, calendar: Calendar) -> Option<i128> {
    let day = i128::from(DAY_US);
    Some(match unit.to_ascii_lowercase().as_str() {
        "microseconds" | "microsecond" | "microsec" | "microsecs" => 1,
        "milliseconds" | "millisecond" | "millisec" | "millisecs" | "msec" | "msecs" | "ms" => 1000,
        "seconds" | "second" | "sec" | "secs" | "s" => 1_000_000,
        "minutes" | "minute" | "min" | "mins" => 60_000_000,
        "hours" | "hour" | "hr" | "hrs" | "h" => 3_600_000_000,
        "days" | "day" | "d" => day,
        "weeks" | "week" => 7 * day,
        "months" | "month" if calendar == Calendar::Day360 => 30 * day,
        "common_years" | "common_year" if matches!(calendar, Calendar::NoLeap) => 365 * day,
        _ => return None,
    })
}

/// A reference date: `Y-M-D`, perhaps a time of day, perhaps an offset from UTC. Each number may be short.
fn parse_reference(text: &str, calendar: Calendar) -> Option<i128> {
    let text = text.trim().trim_end_matches("UTC").trim_end_matches("GMT").trim_end_matches(['Z', 'z']).trim();
    let (date, rest) = match text.find(['T', ' ']) {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?.trim()),
        None => (text, ""),
    };
    let (year, month, day) = parse_date(date)?;
    let (clock, offset) = match rest.rfind(['+', '-', ' ']) {
        Some(at) => (rest.get(..at)?.trim(), parse_offset(rest.get(at..)?.trim())?),
        None => (rest, 0),
    };
    let micros = if clock.is_empty() { 0 } else { parse_clock(clock)?.0 };
    let at = DateTime { year, month: month?, day: day.unwrap_or(1), micros };
    Some(calendar.micros(&at).ok()? - offset)
}

/// `+01:00`, `-3`, `+0530` in microseconds.
fn parse_offset(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some((h, m)) => (h, m),
        None if digits.len() > 2 => digits.split_at_checked(digits.len() - 2)?,
        None => (digits, "0"),
    };
    let minutes: i128 = hours.parse::<u8>().ok()? as i128 * 60 + minutes.parse::<u8>().ok()? as i128;
    Some(sign * minutes * 60_000_000)
}

/// `Y`, `Y-M` or `Y-M-D`, the year perhaps negative.
fn parse_date(text: &str) -> Option<(i64, Option<u8>, Option<u8>)> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut parts = digits.split('-');
    let year: i64 = number(parts.next()?)?;
    let month = parts.next().map(|m| u8::try_from(number(m)?).ok()).map_or(Some(None), |m| m.map(Some))?;
    let day = parts.next().map(|d| u8::try_from(number(d)?).ok()).map_or(Some(None), |d| d.map(Some))?;
    if parts.next().is_some() { None } else { Some((sign * year, month, day)) }
}

fn number(digits: &str) -> Option<i64> {
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())?
}

/// `h`, `h:m` or `h:m:s.f`: microseconds since midnight, and the length of the smallest part given.
fn parse_clock(text: &str) -> Option<(i64, i64)> {
    let mut parts = text.split(':');
    // Each in its range before it is multiplied: digits may be as many as fit.
    let hour = number(parts.next()?).filter(|h| *h < 24)?;
    let minute = parts.next().map(number);
    let second = parts.next();
    if parts.next().is_some() {
        return None;
    }
    let minutes = match minute {
        None => return Some((hour * 3_600_000_000, 3_600_000_000)),
        Some(minutes) => minutes.filter(|m| *m < 60)?,
    };
    let start = hour * 3_600_000_000 + minutes * 60_000_000;
    match second {
        None => Some((start, 60_000_000)),
        Some(second) => {
            let (whole, fraction) = second.split_once('.').unwrap_or((second, ""));
            let micros: String = fraction.chars().chain("000000".chars()).take(6).collect();
            let micros = number(whole).filter(|s| *s < 61)? * 1_000_000 + number(&micros)?;
            let length = if fraction.is_empty() { 1_000_000 } else { 1 };
            Some((start + micros, length))
        }
    }
}

/// An ISO 8601 label, perhaps partial: its first and its last microsecond. "2013-06" is the whole month.
///
/// # Errors
/// `invalid_selection` for what is no label, or a date that the calendar does not have.
pub fn parse_label(text: &str, calendar: Calendar) -> Result<(i128, i128)> {
    let bad = || invalid_selection(format!("{text:?} is no ISO 8601 time, such as 2013, 2013-06 or 2013-06-01T12:00"));
    let trimmed = text.trim().trim_end_matches(['Z', 'z']);
    let (date, clock) = match trimmed.find(['T', ' ']) {
        Some(at) => (trimmed.get(..at).unwrap_or_default(), trimmed.get(at + 1..)),
        None => (trimmed, None),
    };
    let (year, month, day) = parse_date(date).ok_or_else(bad)?;
    let first = DateTime { year, month: month.unwrap_or(1), day: day.unwrap_or(1), micros: 0 };
    let start = calendar.micros(&first)?;
    if let Some(clock) = clock {
        day.ok_or_else(bad)?;
        let (micros, length) = parse_clock(clock).ok_or_else(bad)?;
        let start = start + i128::from(micros);
        return Ok((start, start + i128::from(length) - 1));
    }
    let after = match (month, day) {
        (_, Some(_)) => return Ok((start, start + i128::from(DAY_US) - 1)),
        (Some(12), None) | (None, None) => DateTime { year: next_year(year, calendar), month: 1, ..first },
        (Some(month), None) => DateTime { month: month + 1, ..first },
    };
    Ok((start, calendar.micros(&after)? - 1))
}

fn next_year(year: i64, calendar: Calendar) -> i64 {
    if year == -1 && !calendar.has_year_zero() { 1 } else { year + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(value: f64, units: &str, calendar: &str) -> String {
        let coding = TimeCoding::parse(units, Some(calendar)).ok().flatten();
        coding
            .and_then(|c| c.calendar.date_time(c.instant(value)?))
            .map_or_else(|| "none".to_string(), |t| t.to_string())
    }

    #[test]
    fn as_cftime_says() {
        assert_eq!(iso(318096.0, "hours since 1970-01-01 00:00:00", "gregorian"), "2006-04-16T00:00:00");
        assert_eq!(iso(0.5, "days since 1-1-1", "noleap"), "0001-01-01T12:00:00");
        assert_eq!(iso(3578256000.0, "seconds since 1900-01-01 00:00:00", "360_day"), "2015-01-16T00:00:00");
        assert_eq!(iso(-946800.0, "hours since 1970-01-01 00:00:00", "360_day"), "1860-06-01T00:00:00");
        assert_eq!(iso(0.25, "days since 2000-02-30", "360_day"), "2000-02-30T06:00:00");
        assert_eq!(iso(1.0, "hours since 2000-01-01 00:00:00 +02:00", "standard"), "1999-12-31T23:00:00");
        assert_eq!(iso(1.5, "seconds since 1582-10-04T23:59:59Z", "standard"), "1582-10-15T00:00:00.500000");
        assert_eq!(iso(366.0, "hour since 0000-01-01 00:00:00", "standard"), "none");
        assert_eq!(iso(366.0, "hour since 0000-01-01 00:00:00", "noleap"), "0000-01-16T06:00:00");
    }

    #[test]
    fn other_units_are_no_times() {
        assert_eq!(TimeCoding::parse("degrees_north", None), Ok(None));
        assert!(TimeCoding::parse("fortnights since 2000-01-01", None).is_err());
        assert!(TimeCoding::parse("days since yesterday", None).is_err());
        assert!(TimeCoding::parse("days since 2000-01-01", Some("martian")).is_err());
    }

    #[test]
    fn partial_labels_are_whole_periods() {
        let c = Calendar::Standard;
        let span = |text| parse_label(text, c).map(|(a, b)| (b - a + 1) / 1_000_000);
        assert_eq!(span("2012"), Ok(366 * 86_400));
        assert_eq!(span("2013-02"), Ok(28 * 86_400));
        assert_eq!(span("2013-12"), Ok(31 * 86_400));
        assert_eq!(span("2013-12-31"), Ok(86_400));
        assert_eq!(span("2013-12-31T06"), Ok(3600));
        assert_eq!(span("2013-12-31 06:30"), Ok(60));
        assert_eq!(span("2013-12-31T06:30:15Z"), Ok(1));
        assert_eq!(span("-0001"), Ok(366 * 86_400));
        for bad in
            ["", "May", "2013-13", "2013-02-30", "2013T06", "2013-01-01T25", "2013-01-01T06:61"].into_iter().chain([
                "1350-02-28T12:00000020000014427217",
                "2013-01-01T9000000000000000000",
                "2013-01-01T1:1:9000000000000000000",
            ])
        {
            assert!(parse_label(bad, c).is_err(), "{bad}");
        }
    }
}
