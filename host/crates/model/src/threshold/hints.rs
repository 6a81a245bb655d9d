//! What somebody probably meant.

use super::error::ThresholdErrorKind as Kind;
use super::{Aggregation, Dimension, Family, Measure, ThresholdMetric, Unit};
use crate::nearest;

/// k6's metrics (v1.1, "Built-in metrics") and what they are here.
const K6: [(&str, &str); 19] = [
    ("http_reqs", "requests"),
    ("http_req_duration", "requests.duration"),
    ("http_req_failed", "requests.failed"),
    ("http_req_blocked", "requests.blocked"),
    ("http_req_connecting", "requests.connect"),
    ("http_req_tls_handshaking", "requests.tls"),
    ("http_req_sending", "requests.send"),
    ("http_req_waiting", "requests.wait"),
    ("http_req_receiving", "requests.receive"),
    ("data_sent", "requests.bytes_sent"),
    ("data_received", "requests.bytes_received"),
    ("group_duration", "steps.duration"),
    ("iteration_duration", "iterations.duration"),
    ("dropped_iterations", "iterations.dropped"),
    ("browser_web_vital_lcp", "pages.lcp"),
    ("browser_web_vital_fcp", "pages.fcp"),
    ("browser_web_vital_ttfb", "pages.ttfb"),
    ("browser_web_vital_inp", "pages.inp"),
    ("browser_web_vital_cls", "pages.cls"),
];

/// Words that people write for units.
const UNIT_WORDS: [(&str, &[&str]); 7] = [
    ("ms", &["msec", "msecs", "millis", "millisecond", "milliseconds", "MS"]),
    ("s", &["sec", "secs", "second", "seconds", "S"]),
    ("m", &["mins", "minute", "minutes", "M"]),
    ("h", &["hr", "hrs", "hour", "hours", "H"]),
    ("%", &["percent", "pct"]),
    ("kB", &["k", "K", "kb", "Kb"]),
    ("MB", &["M", "Mb", "mb", "meg"]),
];

pub(super) fn of(kind: &Kind) -> Option<String> {
    Some(match kind {
        Kind::Empty => "write for example requests.duration p95 < 500ms".into(),
        Kind::Expected { what, found } => return expected(what, found),
        Kind::UnknownMetric { name } => unknown_metric(name),
        Kind::UnnamedMetric => "write for example metrics.basket_value, or metrics.\"basket value\"".into(),
        Kind::UnclosedTags => {
            "close it with }; a value with a comma or an odd brace is written in quotes".into()
        }
        Kind::UnclosedQuote => "close it with \"; within quotes, \\\" is a quote and \\\\ a backslash".into(),
        Kind::Escape => "write \\\\ for a backslash".into(),
        Kind::RepeatedTag { .. } => "write one threshold for each value".into(),
        Kind::ForeignTag { family, .. } => tags_of(*family),
        Kind::BadStatus { .. } => "write for example 503, 5xx, or none for no answer".into(),
        Kind::UnknownAggregation { name } => unknown_aggregation(name),
        Kind::BadPercentile { text } => bad_percentile(text),
        Kind::UnfitAggregation { metric, aggregation } => unfit_aggregation(metric, *aggregation),
        Kind::Comma => "write 1.5 with a point, and 1000 without a separator".into(),
        Kind::ShareAboveAll => "write for example 5%".into(),
        Kind::MissingUnit { dimension, number } => missing_unit(*dimension, number),
        Kind::UnknownUnit { unit, dimension } => unknown_unit(unit, *dimension),
        Kind::UnfitUnit { dimension, .. } => units_of(*dimension),
        Kind::BadNumber { .. } | Kind::TooLarge | Kind::Negative { .. } => return None,
    })
}

fn expected(what: &str, found: &str) -> Option<String> {
    let word = found.trim_matches('\'');
    let hint = match word {
        "=<" | "=>" => "write <= or >=",
        _ if word.starts_with('=') && what.starts_with("a comparison") => "write == for equal",
        "after" => "write abort after",
        _ if what.starts_with("'abort'") && nearest(word, ["abort"]).is_some() => "did you mean abort?",
        _ if what.starts_with("'after'") && nearest(word, ["after"]).is_some() => "did you mean after?",
        _ if what.starts_with("'after'") && word.starts_with(|c: char| c.is_ascii_digit()) => {
            return Some(format!("write abort after {word}"));
        }
        _ if what.starts_with("'abort'") => "several conditions are several thresholds",
        _ => return None,
    };
    Some(hint.to_owned())
}

fn unknown_metric(name: &str) -> String {
    let plain = name.trim_end_matches(':');
    if let Some((_, ours)) = K6.iter().find(|(k6, _)| *k6 == plain) {
        return format!("k6's {plain} is {ours} here");
    }
    let names = ThresholdMetric::built_in().map(|(name, _)| name);
    if let Some(near) = nearest(plain, names) {
        return format!("did you mean {near}?");
    }
    let family = plain.split('.').next().unwrap_or_default();
    let members: Vec<&str> = ThresholdMetric::built_in()
        .filter(|(_, metric)| metric.family().as_str() == family)
        .map(|(name, _)| name)
        .collect();
    match members.is_empty() {
        false => format!("there are {}", members.join(", ")),
        true => {
            let families = Family::ALL.map(Family::as_str).join(", ");
            format!("metrics begin with {families}; one of the journey's own is written metrics.NAME")
        }
    }
}

fn tags_of(family: Family) -> String {
    let tags = family.tags().join(", ");
    match family.has_tags_of_the_journey() {
        true => format!("they have {tags}, and the tags that the journey sets"),
        false => format!("they have {tags}: what the journey tags is within an iteration"),
    }
}

fn unknown_aggregation(name: &str) -> String {
    match name.to_ascii_lowercase().as_str() {
        "percentile" | "perc" | "pct" | "p" => return "write for example p95".into(),
        "rps" | "per_sec" | "persec" | "throughput" => return "write per_s".into(),
        _ => {}
    }
    match nearest(name, Aggregation::names()) {
        Some(near) => format!("did you mean {near}?"),
        None => {
            "there are avg, min, max, med, p95 and other percentiles, sum, last, count, rate, per_s".into()
        }
    }
}

fn bad_percentile(text: &str) -> String {
    match text.strip_prefix("99") {
        Some(nines) if !nines.is_empty() && nines.bytes().all(|b| b.is_ascii_digit()) => {
            format!("did you mean p99.{nines}?")
        }
        _ => "write for example p95 or p99.9".into(),
    }
}

fn unfit_aggregation(metric: &ThresholdMetric, aggregation: Aggregation) -> String {
    let fitting = format!("it has {}", Aggregation::fitting(metric.measure()));
    let family = metric.family().as_str();
    let instead = match (metric.measure(), aggregation) {
        (Measure::Events, Aggregation::Rate) => Some("a number in each second is per_s".to_owned()),
        (Measure::Duration, Aggregation::PerSecond) => Some(format!("did you mean {family} per_s?")),
        (Measure::Events | Measure::Share, _) => other_of(family, "duration"),
        (Measure::Duration, Aggregation::Rate) => other_of(family, "failed"),
        _ => None,
    };
    match instead {
        Some(instead) => format!("{fitting}; {instead}"),
        None => fitting,
    }
}

/// A question for another metric of a family, if it has it.
fn other_of(family: &str, member: &str) -> Option<String> {
    let name = format!("{family}.{member}");
    ThresholdMetric::named(&name).map(|_| format!("did you mean {name}?"))
}

fn missing_unit(dimension: Dimension, number: &str) -> String {
    match dimension {
        Dimension::Duration => format!("write {number}ms or {number}s"),
        Dimension::Bytes => format!("write {number}B, {number}kB or {number}MB"),
        Dimension::BytesPerSecond => format!("write {number}kB/s or {number}MB/s"),
        _ => match number.parse::<f64>() {
            Ok(share) if share > 0.0 && share < 1.0 => {
                format!("write {}%", Dimension::Share.show(share).trim_end_matches('%'))
            }
            Ok(1.0) => "write 1%, or 100% for all".into(),
            _ => format!("write {number}%"),
        },
    }
}

fn unknown_unit(unit: &str, dimension: Dimension) -> String {
    let fits = |symbol: &str| Unit::of(dimension).any(|fitting| fitting == symbol);
    let meant = UNIT_WORDS.iter().find(|(symbol, words)| fits(symbol) && words.contains(&unit));
    match meant {
        Some((symbol, _)) => format!("write {symbol}"),
        None => units_of(dimension),
    }
}

fn units_of(dimension: Dimension) -> String {
    let units: Vec<&str> = Unit::of(dimension).collect();
    match (units.is_empty(), dimension.may_be_bare()) {
        (true, _) => "write the number alone".into(),
        (false, true) => format!("write the number alone, or with {}", units.join(", ")),
        (false, false) if units.len() == 1 => format!("its unit is {}", units[0]),
        (false, false) => format!("its units are {}", units.join(", ")),
    }
}
