//! The calendars of CF (section 4.4.1): days to dates and back.
//!
//! Each calendar counts days on its own line; on the lines of `standard`, `proleptic_gregorian` and `julian` day 0 is the
//! Gregorian 1970-01-01, on the others it is 1970-01-01 of the calendar. As in cftime, `standard` and `julian` have no
//! year 0 (the year before 1 is −1); the others have.

use crate::error::{Result, invalid_selection, unsupported};
use serde::{Deserialize, Serialize};

/// A CF calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Calendar {
    /// Julian until 1582-10-04, Gregorian from 1582-10-15; also called `gregorian`.
    Standard,
    /// Gregorian for all time.
    ProlepticGregorian,
    /// 365 days in every year; also called `365_day`.
    NoLeap,
    /// 366 days in every year; also called `366_day`.
    AllLeap,
    /// Twelve months of 30 days.
    Day360,
    /// A leap day every four years.
    Julian,
}

/// A date and a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime {
    /// Year; see [`Calendar`] on year 0.
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// From 1.
    pub day: u8,
    /// Microseconds since midnight.
    pub micros: i64,
}

/// Microseconds per day.
pub const DAY_US: i64 = 86_400_000_000;
/// The first day of the Gregorian calendar, 1582-10-15, in days since 1970-01-01.
const GREGORIAN_START: i64 = -141_427;
const MONTH_DAYS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/// Years beyond this are refused: their days times microseconds would leave i128's comfort, and nobody means them.
const MAX_YEAR: i64 = 10_000_000;

impl Calendar {
    /// From the attribute `calendar`.
    ///
    /// # Errors
    /// `unsupported` for what CF does not define.
    pub fn parse(name: &str) -> Result<Self> {
        Ok(match name.trim().to_ascii_lowercase().as_str() {
            "standard" | "gregorian" => Self::Standard,
            "proleptic_gregorian" => Self::ProlepticGregorian,
            "noleap" | "365_day" => Self::NoLeap,
            "all_leap" | "366_day" => Self::AllLeap,
            "360_day" => Self::Day360,
            "julian" => Self::Julian,
            other => return Err(unsupported(format!("the calendar {other:?}"))),
        })
    }

    /// CF's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::ProlepticGregorian => "proleptic_gregorian",
            Self::NoLeap => "noleap",
            Self::AllLeap => "all_leap",
            Self::Day360 => "360_day",
            Self::Julian => "julian",
        }
    }

    /// Whether year 0 exists.
    pub fn has_year_zero(self) -> bool {
        !matches!(self, Self::Standard | Self::Julian)
    }

    fn is_leap(self, year: i64) -> bool {
        let julian = year.rem_euclid(4) == 0;
        match self {
            Self::NoLeap | Self::Day360 => false,
            Self::AllLeap => true,
            Self::Julian => julian,
            Self::Standard if year < 1583 => julian,
            _ => julian && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0),
        }
    }

    /// Days in a month of an astronomical year (year 0 exists), and 0 for what is no month.
    fn month_days(self, year: i64, month: u8) -> i64 {
        let days = usize::from(month).checked_sub(1).and_then(|m| MONTH_DAYS.get(m)).copied().unwrap_or(0);
        match self {
            Self::Day360 if days > 0 => 30,
            _ if month == 2 && self.is_leap(year) => 29,
            _ => days,
        }
    }

    fn astronomical(self, year: i64) -> i64 {
        if year < 0 && !self.has_year_zero() { year + 1 } else { year }
    }

    /// Days of the first of January of an astronomical year, as the calendar counts.
    fn year_start(self, year: i64) -> i64 {
        let before = year - 1;
        match self {
            Self::NoLeap => (year - 1970) * 365,
            Self::AllLeap => (year - 1970) * 366,
            Self::Day360 => (year - 1970) * 360,
            Self::ProlepticGregorian => {
                before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400) - 719_162
            }
            Self::Julian => before * 365 + before.div_euclid(4) - 719_164,
            Self::Standard if year > 1582 => Self::ProlepticGregorian.year_start(year),
            Self::Standard => Self::Julian.year_start(year),
        }
    }

    /// Day number of a date.
    ///
    /// # Errors
    /// `invalid_selection` for a date that the calendar does not have, such as 30 February outside `360_day`.
    pub fn days(self, year: i64, month: u8, day: u8) -> Result<i64> {
        let wrong = || invalid_selection(format!("the calendar {} has no {year:04}-{month:02}-{day:02}", self.name()));
        if year.abs() > MAX_YEAR || (year == 0 && !self.has_year_zero()) {
            return Err(wrong());
        }
        let year = self.astronomical(year);
        if day == 0 || i64::from(day) > self.month_days(year, month) {
            return Err(wrong());
        }
        let before: i64 = (1..month).map(|m| self.month_days(year, m)).sum();
        let days = self.year_start(year) + before + i64::from(day) - 1;
        if self == Self::Standard && year == 1582 && (month > 10 || (month == 10 && day >= 15)) {
            return Self::ProlepticGregorian.days(year, month, day);
        }
        if self == Self::Standard && year == 1582 && month == 10 && day > 4 {
            return Err(wrong());
        }
        Ok(days)
    }

    /// The date of a day number.
    pub fn date(self, days: i64) -> (i64, u8, u8) {
        if self == Self::Standard {
            let side = if days >= GREGORIAN_START { Self::ProlepticGregorian } else { Self::Julian };
            let (year, month, day) = side.date(days);
            // Both sides agree on names of years from 1 on; before that only Julian is asked.
            return (year, month, day);
        }
        let length = match self {
            Self::NoLeap => 365.0,
            Self::AllLeap => 366.0,
            Self::Day360 => 360.0,
            Self::Julian => 365.25,
            _ => 365.2425,
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // a guess, corrected below
        let mut year = 1970 + (days as f64 / length).floor() as i64;
        while self.year_start(year) > days {
            year -= 1;
        }
        while self.year_start(year + 1) <= days {
            year += 1;
        }
        let mut rest = days - self.year_start(year);
        let mut month = 1u8;
        while month < 12 && rest >= self.month_days(year, month) {
            rest -= self.month_days(year, month);
            month += 1;
        }
        let named = if year <= 0 && !self.has_year_zero() { year - 1 } else { year };
        (named, month, u8::try_from(rest + 1).unwrap_or(1))
    }

    /// Microseconds since day 0.
    ///
    /// # Errors
    /// `invalid_selection` as [`Calendar::days`].
    pub fn micros(self, t: &DateTime) -> Result<i128> {
        Ok(i128::from(self.days(t.year, t.month, t.day)?) * i128::from(DAY_US) + i128::from(t.micros))
    }

    /// Date and time of microseconds since day 0; `None` beyond ten million years.
    pub fn date_time(self, micros: i128) -> Option<DateTime> {
        let day = i128::from(DAY_US);
        let days =
            i64::try_from(micros.div_euclid(day)).ok().filter(|d| d.unsigned_abs() < MAX_YEAR.unsigned_abs() * 365)?;
        let (year, month, day_of_month) = self.date(days);
        let micros = i64::try_from(micros.rem_euclid(day)).ok()?;
        Some(DateTime { year, month, day: day_of_month, micros })
    }
}

impl std::fmt::Display for DateTime {
    /// ISO 8601, seconds with a fraction only where there is one.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (seconds, fraction) = (self.micros / 1_000_000, self.micros % 1_000_000);
        let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let sign = if self.year < 0 { "-" } else { "" };
        write!(f, "{sign}{:04}-{:02}-{:02}T{h:02}:{m:02}:{s:02}", self.year.abs(), self.month, self.day)?;
        if fraction != 0 {
            write!(f, ".{fraction:06}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Calendar::*;

    const ALL: [Calendar; 6] = [Standard, ProlepticGregorian, NoLeap, AllLeap, Day360, Julian];

    #[test]
    fn known_days() {
        for (calendar, date, days) in [
            (Standard, (1970, 1, 1), 0),
            (ProlepticGregorian, (2000, 2, 29), 11016),
            (Standard, (1582, 10, 15), GREGORIAN_START),
            (Standard, (1582, 10, 4), GREGORIAN_START - 1),
            (Standard, (1, 1, 1), -719_164),
            (Standard, (-1, 12, 31), -719_165),
            (Julian, (1582, 10, 5), GREGORIAN_START),
            (ProlepticGregorian, (0, 12, 31), -719_163),
            (NoLeap, (1971, 1, 1), 365),
            (AllLeap, (1970, 3, 1), 60),
            (Day360, (1970, 2, 30), 59),
        ] {
            let (y, m, d) = date;
            assert_eq!(calendar.days(y, m, d).ok(), Some(days), "{calendar:?} {date:?}");
            assert_eq!(calendar.date(days), date, "{calendar:?} {days}");
        }
    }

    #[test]
    fn days_that_are_not() {
        assert!(Standard.days(1582, 10, 10).is_err());
        assert!(Standard.days(0, 1, 1).is_err());
        assert!(NoLeap.days(2000, 2, 29).is_err());
        assert!(Day360.days(2000, 1, 31).is_err());
        assert!(ProlepticGregorian.days(1900, 2, 29).is_err());
        assert!(Julian.days(2000, 13, 1).is_err());
        assert!(NoLeap.days(i64::MAX, 1, 1).is_err());
    }

    #[test]
    fn instants_beyond_all_years_are_none() {
        for calendar in ALL {
            for micros in [i128::MIN, i128::MAX, i128::from(i64::MIN) * i128::from(DAY_US)] {
                assert_eq!(calendar.date_time(micros), None, "{calendar:?}");
            }
        }
    }

    #[test]
    fn every_day_of_five_centuries_goes_there_and_back() {
        for calendar in ALL {
            for days in (-800_000..-700_000).chain(-150_000..40_000) {
                let (y, m, d) = calendar.date(days);
                assert_eq!(calendar.days(y, m, d).ok(), Some(days), "{calendar:?} {days}");
            }
        }
    }
}
