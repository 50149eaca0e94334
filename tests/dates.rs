//! Ten thousand stored times against cftime's dates (tests/generate/analysis): every calendar, far past and far future.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::root;
use serde_json::Value;
use std::io::Read;
use zarrscope::cf::TimeCoding;

fn fixture() -> Value {
    let file = std::fs::read(root().join("tests/fixtures/analysis/calendar.json.gz")).expect("the fixture");
    let mut text = String::new();
    flate2::read::GzDecoder::new(file.as_slice()).read_to_string(&mut text).expect("gzip");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn every_stored_time_is_the_date_that_cftime_says() {
    let all = fixture();
    let mut checked = 0;
    for row in all["rows"].as_array().expect("rows") {
        let (units, calendar) = (row["units"].as_str().expect("units"), row["calendar"].as_str().expect("a calendar"));
        let coding = TimeCoding::parse(units, Some(calendar)).expect(units).expect(units);
        let pairs = row["values"].as_array().expect("values").iter().zip(row["dates"].as_array().expect("dates"));
        for (value, date) in pairs {
            let instant = match value.as_i64() {
                Some(n) => coding.instant_of_integer(n.into()),
                None => coding.instant(value.as_f64().expect("a number")),
            };
            let got = instant.and_then(|t| coding.calendar.date_time(t)).map(|t| t.to_string());
            assert_eq!(got.as_deref(), date.as_str(), "{value} {units}, {calendar}");
            checked += 1;
        }
    }
    assert_eq!(checked, 10_000);
}

#[test]
fn units_without_dates_have_none() {
    for row in fixture()["refused"].as_array().expect("rows") {
        let (units, calendar) = (row["units"].as_str().expect("units"), row["calendar"].as_str());
        assert!(!matches!(TimeCoding::parse(units, calendar), Ok(Some(_))), "{units}");
    }
}
