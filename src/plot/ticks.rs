//! Where ticks stand and what they say: round numbers, degrees, dates.

use crate::cf::{Calendar, DateTime};

/// A tick: its place on the axis's number line, and its label.
pub type Tick = (f64, String);

/// Ticks at 1, 2, 2.5 or 5 times a power of ten.
pub fn numbers(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let step = nice_step(high - low, most, &[1.0, 2.0, 2.5, 5.0, 10.0]);
    let decimals = decimals_of(step);
    multiples(low, high, step).map(|x| (x, number(x, decimals, low.abs().max(high.abs())))).collect()
}

/// A value for people: as many digits as tell it from its neighbours.
pub fn number(x: f64, decimals: usize, magnitude: f64) -> String {
    let x = if x == 0.0 { 0.0 } else { x };
    let text = if magnitude != 0.0 && !(1e-4..1e7).contains(&magnitude) {
        trim_exponent(&format!("{x:.3e}"))
    } else {
        format!("{x:.decimals$}")
    };
    text.replace('-', "\u{2212}")
}

fn trim_exponent(text: &str) -> String {
    match text.split_once('e') {
        Some((mantissa, exponent)) if mantissa.contains('.') => {
            format!("{}e{exponent}", mantissa.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => text.to_string(),
    }
}

/// Ticks in degrees, `120 °W` or `30 °S`.
pub fn degrees(low: f64, high: f64, most: usize, positive: &str, negative: &str, wrap: bool) -> Vec<Tick> {
    let steps = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0];
    #[allow(clippy::cast_precision_loss)]
    let step = steps.into_iter().find(|s| (high - low) / s <= most as f64).unwrap_or(90.0);
    let decimals = decimals_of(step);
    let label = |x: f64| {
        let x = if wrap && x > 180.0 + 1e-9 { x - 360.0 } else { x };
        let side = match () {
            () if x.abs() < 1e-9 || (wrap && (x.abs() - 180.0).abs() < 1e-9) => "",
            () if x > 0.0 => positive,
            () => negative,
        };
        format!("{:.decimals$}°{side}", x.abs())
    };
    multiples(low, high, step).map(|x| (x, label(x))).collect()
}

/// Ticks at round dates of a calendar; positions are in microseconds of its line.
pub fn dates(low: f64, high: f64, most: usize, calendar: Calendar) -> Vec<Tick> {
    const SECOND: f64 = 1e6;
    const DAY: f64 = 86_400.0 * SECOND;
    let span = high - low;
    #[allow(clippy::cast_precision_loss)]
    let fits = |step: f64| span / step <= most as f64;
    for hours in [1.0, 3.0, 6.0, 12.0] {
        if fits(hours * 3600.0 * SECOND) {
            return even_dates(low, high, hours * 3600.0 * SECOND, calendar);
        }
    }
    for days in [1.0, 2.0, 5.0, 10.0] {
        if fits(days * DAY) {
            return even_dates(low, high, days * DAY, calendar);
        }
    }
    for months in [1u8, 2, 3, 6] {
        if fits(f64::from(months) * 30.44 * DAY) {
            return calendar_dates(low, high, calendar, 1, months);
        }
    }
    let years = [1i64, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10_000];
    #[allow(clippy::cast_precision_loss)]
    let step = years.into_iter().find(|y| fits(*y as f64 * 365.25 * DAY)).unwrap_or(100_000);
    calendar_dates(low, high, calendar, step, 12)
}

#[allow(clippy::cast_possible_truncation)]
fn even_dates(low: f64, high: f64, step: f64, calendar: Calendar) -> Vec<Tick> {
    let label = |x: f64| {
        let text = calendar.date_time(x as i128).map(|t| t.to_string()).unwrap_or_default();
        if step < 86_400e6 {
            text.get(5..16).unwrap_or_default().replace('T', " ")
        } else {
            text.chars().take(10).collect()
        }
    };
    multiples(low, high, step).map(|x| (x, label(x))).collect()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
fn calendar_dates(low: f64, high: f64, calendar: Calendar, years: i64, months: u8) -> Vec<Tick> {
    let Some(first) = calendar.date_time(low as i128) else { return Vec::new() };
    let mut ticks = Vec::new();
    let mut year = first.year.div_euclid(years) * years;
    while ticks.len() < 100 {
        for month in (1..=12).step_by(usize::from(months)) {
            let at = DateTime { year, month, day: 1, micros: 0 };
            let Ok(position) = calendar.micros(&at) else { continue };
            let position = position as f64;
            if position > high {
                return ticks;
            }
            if position >= low {
                ticks.push((position, if months < 12 { format!("{year}-{month:02}") } else { year.to_string() }));
            }
        }
        year += years;
        if year > first.year + 200 * years {
            return ticks;
        }
    }
    ticks
}

fn nice_step(span: f64, most: usize, mantissas: &[f64]) -> f64 {
    #[allow(clippy::cast_precision_loss)]
    let raw = span / most.max(1) as f64;
    if !(raw.is_finite() && raw > 0.0) {
        return 1.0;
    }
    let power = 10f64.powf(raw.log10().floor());
    mantissas.iter().map(|m| m * power).find(|step| *step >= raw * 0.999).unwrap_or(10.0 * power)
}

/// Decimals that a step needs.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn decimals_of(step: f64) -> usize {
    (0..10).find(|d| ((step * 10f64.powi(*d)).round() - step * 10f64.powi(*d)).abs() < 1e-6).unwrap_or(10) as usize
}

fn multiples(low: f64, high: f64, step: f64) -> impl Iterator<Item = f64> {
    let first = (low / step - 1e-9).ceil();
    let last = (high / step + 1e-9).floor();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let count = (last - first + 1.0).clamp(0.0, 200.0) as usize;
    #[allow(clippy::cast_precision_loss)]
    (0..count).map(move |i| (first + i as f64) * step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|(_, l)| l.as_str()).collect()
    }

    #[test]
    fn round_numbers() {
        assert_eq!(labels(&numbers(-2.6, 33.2, 6)), ["0", "10", "20", "30"]);
        assert_eq!(labels(&numbers(0.0, 1.0, 5)), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(&numbers(-1e-5, 1e-5, 4)), ["−1e−5", "−5e−6", "0e0", "5e−6", "1e−5"]);
    }

    #[test]
    fn degrees_have_sides() {
        assert_eq!(labels(&degrees(20.0, 380.0, 6, "E", "W", true)), ["60°E", "120°E", "180°", "120°W", "60°W", "0°"]);
        assert_eq!(
            labels(&degrees(-90.0, 90.0, 6, "N", "S", false)),
            ["90°S", "60°S", "30°S", "0°", "30°N", "60°N", "90°N"]
        );
    }

    #[test]
    fn dates_are_round() {
        let c = Calendar::Day360;
        let at = |y| c.micros(&DateTime { year: y, month: 6, day: 1, micros: 0 }).unwrap_or(0) as f64;
        assert_eq!(labels(&dates(at(1860), at(2099), 6, c)), ["1900", "1950", "2000", "2050"]);
        assert_eq!(
            labels(&dates(at(2000), at(2001), 6, c)),
            ["2000-07", "2000-09", "2000-11", "2001-01", "2001-03", "2001-05"]
        );
    }
}
