//! What is read, and how it is said again.

use super::*;

#[test]
fn durations_have_units() {
    let nanos = |text: &str| parse_duration(text).unwrap().as_nanos();
    assert_eq!(nanos("30s"), 30_000_000_000);
    assert_eq!(nanos("1m30s"), 90_000_000_000);
    assert_eq!(nanos(" 1h 0.5m "), 3_630_000_000_000);
    assert_eq!(nanos("1d"), 86_400_000_000_000);
    assert_eq!(nanos("1.5ms"), 1_500_000);
    assert_eq!(nanos("250µs"), 250_000);
    assert_eq!(nanos("0s"), 0);
    assert_eq!(nanos("315360000s"), MAX_DURATION.as_nanos());
    for bad in ["", "30", "soon", "s", "-1s", "30 parsecs", "1s,", "1m30"] {
        let error = parse_duration(bad).expect_err(bad);
        assert_eq!(error.why(), "write for example 30s, 1m30s or 500ms", "{bad}");
    }
    for long in ["315360001s", "9e9h", "18446744073709551615s", "1e400s"] {
        assert_eq!(parse_duration(long).unwrap_err().why(), "the longest is ten years", "{long}");
    }
}

#[test]
fn a_duration_is_said_as_it_would_be_written() {
    for text in ["30s", "1m30s", "500ms", "10m", "1d2h", "3h", "1s500ms", "20us", "7ns", "0s"] {
        assert_eq!(duration_text(parse_duration(text).unwrap()), text);
    }
    assert_eq!(duration_text(parse_duration("90s").unwrap()), "1m30s");
}

#[test]
fn rates_have_a_unit() {
    assert_eq!(parse_rate("100/s").unwrap().as_per_second(), 100.0);
    assert_eq!(parse_rate("30/m").unwrap().as_per_second(), 0.5);
    for bad in ["100", "/s", "x/s", "1/day", "-1/s", "inf/s", "NaN/s"] {
        assert!(parse_rate(bad).is_err(), "{bad}");
    }
    assert_eq!(parse_rate("10000000/s").unwrap(), MAX_RATE);
    for high in ["10000001/s", "1e300/h", "1e400/s"] {
        assert!(parse_rate(high).unwrap_err().why().starts_with("the highest is"), "{high}");
    }
}

#[test]
fn a_rate_is_said_as_it_would_be_written() {
    let said = |text: &str| rate_text(parse_rate(text).unwrap());
    for text in ["100/s", "0.5/s", "100/m", "7/m", "1000/h", "0/s", "1234567/s"] {
        assert_eq!(said(text), text);
    }
    assert_eq!(said("30/m"), "0.5/s");
    assert_eq!(said("3600/h"), "1/s");
    assert_eq!(said("1.66666666/s"), "1.667/s");
    assert_eq!(said("0.00012345/s"), "0.444/h");
}

#[test]
fn one_is_no_plural() {
    assert_eq!([0, 1, 2].map(|count: u32| counted(count, "VU")), ["0 VUs", "1 VU", "2 VUs"]);
    assert_eq!(counted(0.5, "iteration"), "0.5 iterations");
}

#[test]
fn a_stage_says_by_its_unit_what_it_ramps() {
    assert_eq!(parse_stage("30s:100").unwrap().target, StageTarget::Vus(100));
    assert_eq!(parse_stage("1m30s:5/s").unwrap().target, StageTarget::Rate(Rate::per_second(5.0)));
    for bad in ["30s", "30:5", "30s:-5", "30s:many", ":5", "30s:5/day"] {
        assert!(parse_stage(bad).is_err(), "{bad}");
    }
}

#[test]
fn sizes_are_binary() {
    assert_eq!(parse_size("128MiB").unwrap(), 128 << 20);
    assert_eq!(parse_size("512").unwrap(), 512);
    for bad in ["", "12MB", "GiB", "99999999999GiB"] {
        assert!(parse_size(bad).is_err(), "{bad}");
    }
}
