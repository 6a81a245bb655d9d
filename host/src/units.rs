//! Durations, rates, stages and sizes as users write them.

use std::time::Duration;

use outrider_model::Rate;

/// `30s`, `1m30s`, `500ms`.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text)
        .map_err(|_| format!("'{text}' is not a duration: write for example 30s, 1m30s or 500ms"))
}

/// `100/s`, `30/m`, `1000/h`.
pub(crate) fn parse_rate(text: &str) -> Result<Rate, String> {
    let fault = || format!("'{text}' is not a rate: write for example 100/s, 30/m or 1000/h");
    let (count, unit) = text.split_once('/').ok_or_else(fault)?;
    let count: f64 = count.trim().parse().map_err(|_| fault())?;
    let unit = match unit.trim() {
        "s" => 1,
        "m" | "min" => 60,
        "h" => 3600,
        _ => return Err(fault()),
    };
    if !count.is_finite() || count < 0.0 {
        return Err(fault());
    }
    Ok(Rate::new(count, Duration::from_secs(unit)))
}

/// The end of a stage: a number of VUs, or a rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum StageTarget {
    Vus(u32),
    Rate(Rate),
}

/// A stage as written: `30s:100` ramps to 100 VUs, `30s:100/s` to 100 iterations per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct StageArg {
    pub(crate) duration: Duration,
    pub(crate) target: StageTarget,
}

pub(crate) fn parse_stage(text: &str) -> Result<StageArg, String> {
    let fault =
        || format!("'{text}' is not a stage: write for example 30s:100 (VUs) or 30s:100/s (iterations)");
    let (duration, target) = text.split_once(':').ok_or_else(fault)?;
    let duration = parse_duration(duration)?;
    let target = match target.contains('/') {
        true => StageTarget::Rate(parse_rate(target)?),
        false => StageTarget::Vus(target.trim().parse().map_err(|_| fault())?),
    };
    Ok(StageArg { duration, target })
}

/// `128MiB`, `1GiB`, or bytes.
pub(crate) fn parse_size(text: &str) -> Result<usize, String> {
    let fault = || format!("'{text}' is not a size: write for example 128MiB or 1GiB");
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: usize = match &text[digits.len()..] {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(fault()),
    };
    digits.trim().parse::<usize>().ok().and_then(|count| count.checked_mul(unit)).ok_or_else(fault)
}

/// `KEY=VALUE`.
pub(crate) fn parse_pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(format!("'{text}' is not KEY=VALUE")),
    }
}

/// A parameter of an assertion pack, as written: `assert-http.max_duration_ms=500`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PackSetting {
    /// The pack's file without its ending.
    pub(crate) pack: String,
    pub(crate) key: String,
    pub(crate) value: String,
}

/// `PACK.KEY=VALUE`. A pack's name may have dots, a parameter's has none.
pub(crate) fn parse_pack_setting(text: &str) -> Result<PackSetting, String> {
    let fault =
        || format!("'{text}' is not PACK.KEY=VALUE: write for example assert-http.max_duration_ms=500");
    let (place, value) = text.split_once('=').ok_or_else(fault)?;
    match place.rsplit_once('.') {
        Some((pack, key)) if !pack.is_empty() && !key.is_empty() => {
            Ok(PackSetting { pack: pack.to_owned(), key: key.to_owned(), value: value.to_owned() })
        }
        _ => Err(fault()),
    }
}

/// A duration for people: `1m30s`, `8s`, `250ms`.
pub(crate) fn duration_text(duration: Duration) -> String {
    humantime::format_duration(duration).to_string().replace(' ', "")
}

/// A rate for people, in the unit in which it is a round number: `100/s`, `100/m`.
pub(crate) fn rate_text(rate: Rate) -> String {
    let (count, unit) = rate_parts(rate);
    format!("{count}/{unit}")
}

/// The same in two parts: how many, and the unit of time. As users write a rate, so that it can be written again.
pub(crate) fn rate_parts(rate: Rate) -> (f64, &'static str) {
    let per_second = rate.as_per_second();
    let counts = [("s", 1.0), ("m", 60.0), ("h", 3600.0)].map(|(unit, seconds)| (per_second * seconds, unit));
    let round = |(count, unit): (f64, &'static str)| {
        let rounded = to_thousandths(count);
        ((count - rounded).abs() <= ROUNDING * count).then_some((rounded, unit))
    };
    // What is round in no unit is said in the one in which it is one or more.
    let large = || counts.into_iter().find(|(count, _)| *count >= 1.0).unwrap_or(counts[2]);
    counts.into_iter().find_map(round).unwrap_or_else(|| (to_thousandths(large().0), large().1))
}

/// Far more than what dividing by an hour and multiplying again does to a number (2^-52 for each).
const ROUNDING: f64 = 1e-12;

fn to_thousandths(number: f64) -> f64 {
    (number * 1e3).round() / 1e3
}

/// `1 VU`, `2 VUs`.
pub(crate) fn counted(count: impl Into<f64>, noun: &str) -> String {
    let count = count.into();
    if count == 1.0 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_a_unit() {
        assert_eq!(parse_rate("100/s").unwrap().as_per_second(), 100.0);
        assert_eq!(parse_rate("30/m").unwrap().as_per_second(), 0.5);
        for bad in ["100", "/s", "x/s", "1/day", "-1/s", "inf/s", "NaN/s"] {
            assert!(parse_rate(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_rate_is_said_as_it_would_be_written() {
        let said = |text: &str| rate_text(parse_rate(text).unwrap());
        for text in ["100/s", "0.5/s", "100/m", "7/m", "1000/h", "0/s", "12345678/s"] {
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
        for bad in ["30s", "30:5", "30s:-5", "30s:many", ":5"] {
            assert!(parse_stage(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_setting_names_its_pack_and_its_parameter() {
        let setting = parse_pack_setting("assert-http.v2.rules=[{\"is\": \"a.b=c\"}]").unwrap();
        assert_eq!((setting.pack.as_str(), setting.key.as_str()), ("assert-http.v2", "rules"));
        assert_eq!(setting.value, "[{\"is\": \"a.b=c\"}]");
        for bad in ["assert-http", "key=1", ".key=1", "assert-http.=1"] {
            assert!(parse_pack_setting(bad).is_err(), "{bad}");
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
}
