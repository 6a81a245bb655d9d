//! What somebody probably meant.

use super::error::ThresholdErrorKind as Kind;
use super::metric::CUSTOM_PREFIX;
use super::parse::percentile;
use super::scan::shown;
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

/// Words of other tools and of everybody for metrics, in small letters and without anything else, and what they are
/// here.
const METRIC_WORDS: [(&str, &str); 15] = [
    ("errorrate", "requests.failed"),
    ("errors", "requests.failed"),
    ("failedrequests", "requests.failed"),
    ("failratio", "requests.failed"),
    ("failures", "requests.failed"),
    ("httprequestrate", "requests per_s"),
    ("httprequests", "requests"),
    ("httpresponsetime", "requests.duration"),
    ("latency", "requests.duration"),
    ("requestserrors", "requests.failed"),
    ("requestslatency", "requests.duration"),
    ("requestspersec", "requests per_s"),
    ("responsetime", "requests.duration"),
    ("rps", "requests per_s"),
    ("throughput", "requests per_s"),
];

/// The same for aggregations, besides the names that are understood.
const AGGREGATION_WORDS: [(Aggregation, &[&str]); 5] = [
    (Aggregation::Min, &["minimum"]),
    (Aggregation::Max, &["maximum"]),
    (Aggregation::Count, &["cnt", "number"]),
    (Aggregation::Rate, &["ratio", "share"]),
    (Aggregation::PerSecond, &["rps", "per_sec", "persec", "throughput"]),
];

/// What stands beside the number of a percentile: `p_95`, `95th`, `pct(95)`.
const PERCENTILE_WORDS: [&str; 8] =
    ["p", "pth", "th", "pct", "perc", "percent", "percentile", "thpercentile"];

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
        _ if what.starts_with("'='") => "a tag and its value are written as in {scenario=browse}",
        _ if what.starts_with("an aggregation") && word.starts_with(['<', '>', '=', '!']) => {
            "say what of its values, as in p95 < 500ms or count > 100"
        }
        _ if what.starts_with("'abort'") => "several conditions are several thresholds",
        _ => return None,
    };
    Some(hint.to_owned())
}

fn unknown_metric(name: &str) -> String {
    let plain = name.trim_end_matches(':');
    if let Some(ours) = of_k6(plain) {
        return format!("k6's {plain} is {ours} here");
    }
    if let Some(hint) = aggregation_before_metric(plain) {
        return hint;
    }
    if let Some(ours) = of_others(plain) {
        return format!("write {ours}");
    }
    match metrics_meant(plain).as_slice() {
        [] => {}
        [one] => return format!("did you mean {one}?"),
        several => return format!("there are {}", several.join(", ")),
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

fn of_k6(name: &str) -> Option<&'static str> {
    K6.iter().find(|(theirs, _)| *theirs == name).map(|(_, ours)| *ours)
}

fn of_others(name: &str) -> Option<&'static str> {
    let plain = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    METRIC_WORDS.iter().find(|(theirs, _)| *theirs == plain).map(|(_, ours)| *ours)
}

/// The metrics that a word probably means: several where it is the last part of their names, as `duration` is.
fn metrics_meant(word: &str) -> Vec<&'static str> {
    let names = || ThresholdMetric::built_in().map(|(name, _)| name);
    let known = names().find(|name| *name == word).or_else(|| of_k6(word)).or_else(|| of_others(word));
    if let Some(known) = known {
        return vec![known];
    }
    let end = format!(".{word}");
    let members: Vec<&str> = names().filter(|name| name.ends_with(&end)).collect();
    match members.is_empty() {
        true => nearest(word, names()).into_iter().collect(),
        false => members,
    }
}

/// What is written as a function of a metric, `avg(duration)`, or without one, k6's `p(95)`.
fn aggregation_before_metric(word: &str) -> Option<String> {
    let (aggregation, argument) = match word.split_once('(') {
        None => (Some(aggregation_named(word)?), ""),
        Some((function, arguments)) => {
            let argument = arguments.split([',', ')']).next().unwrap_or_default();
            (aggregation_meant(word).or_else(|| aggregation_meant(function)), argument)
        }
    };
    let Some(aggregation) = aggregation else {
        let example = example(Aggregation::Percentile(95.0));
        return Some(format!("a metric comes first, then what is made of its values, as in {example}"));
    };
    if argument.len() > CUSTOM_PREFIX.len() && argument.starts_with(CUSTOM_PREFIX) {
        return Some(format!("the metric comes first: {} {aggregation}", shown(argument)));
    }
    let fits = |name: &&str| {
        let metric = ThresholdMetric::named(name);
        metric.is_some_and(|metric| aggregation.of(metric.measure()).is_some())
    };
    let metrics: Vec<&str> = metrics_meant(argument).into_iter().filter(fits).collect();
    Some(match metrics.as_slice() {
        [] => format!("the metric comes first, as in {}", example(aggregation)),
        [one] => format!("the metric comes first: {one} {aggregation}"),
        [first, others @ ..] => {
            format!("the metric comes first: {first} {aggregation}; there are also {}", others.join(", "))
        }
    })
}

/// A threshold with this aggregation.
fn example(aggregation: Aggregation) -> String {
    use Aggregation::{Avg, Count, Last, Max, Med, Min, PerSecond, Percentile, Rate, Sum};
    let (metric, limit) = match aggregation {
        Avg | Min | Max | Med | Percentile(_) => ("requests.duration", "< 500ms"),
        Sum => ("requests.bytes_received", "< 100MB"),
        Last => ("metrics.queue_length", "< 5"),
        Count => ("requests.failed", "< 10"),
        Rate => ("requests.failed", "< 1%"),
        PerSecond => ("requests", "> 100"),
    };
    format!("{metric} {aggregation} {limit}")
}

fn tags_of(family: Family) -> String {
    let tags = family.tags().join(", ");
    match family.has_tags_of_the_journey() {
        true => format!("they have {tags}, and the tags that the journey sets"),
        false => format!("they have {tags}: what the journey tags is within an iteration"),
    }
}

fn unknown_aggregation(name: &str) -> String {
    if let Some(meant) = aggregation_meant(name) {
        return format!("write {meant}");
    }
    let plain = name.to_ascii_lowercase();
    if matches!(plain.as_str(), "percentile" | "perc" | "pct" | "p") {
        return "write for example p95".into();
    }
    match nearest(&plain, Aggregation::names()) {
        Some(near) => format!("did you mean {near}?"),
        None => {
            "there are avg, min, max, med, p95 and other percentiles, sum, last, count, rate, per_s".into()
        }
    }
}

/// The aggregation of this name, percentiles included.
fn aggregation_named(name: &str) -> Option<Aggregation> {
    let name = name.to_ascii_lowercase();
    Aggregation::named(&name).or_else(|| percentile(&name).ok())
}

/// The aggregation that a word stands for elsewhere: `AVG`, `rps`, `percentile(95)`.
fn aggregation_meant(word: &str) -> Option<Aggregation> {
    let plain = word.trim_end_matches(['(', ')']).to_ascii_lowercase();
    let of_others = || AGGREGATION_WORDS.iter().find(|(_, words)| words.contains(&plain.as_str()));
    aggregation_named(&plain)
        .or_else(|| of_others().map(|(aggregation, _)| *aggregation))
        .or_else(|| percentile_meant(&plain))
}

/// The percentile that a word has the number of: `p_95`, `95th`, `percentile(95`.
fn percentile_meant(word: &str) -> Option<Aggregation> {
    let letters: String = word.chars().filter(char::is_ascii_alphabetic).collect();
    let number: String = word.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    match PERCENTILE_WORDS.contains(&letters.as_str()) {
        true => percentile(&format!("p{number}")).ok(),
        false => None,
    }
}

fn bad_percentile(text: &str) -> String {
    if let Some(meant) = percentile_meant(&format!("p{text}")) {
        return format!("write {meant}");
    }
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
        (Measure::Events, Aggregation::Rate) => {
            other_of(family, "passed").or_else(|| Some("a number in each second is per_s".to_owned()))
        }
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

#[cfg(test)]
mod tests {
    use super::super::Threshold;
    use super::*;

    #[test]
    fn examples_are_thresholds() {
        use Aggregation::{Avg, Count, Last, Max, Med, Min, PerSecond, Percentile, Rate, Sum};
        for aggregation in [Avg, Min, Max, Med, Percentile(99.9), Sum, Last, Count, Rate, PerSecond] {
            let example = example(aggregation);
            let threshold: Threshold = example.parse().unwrap();
            assert_eq!((threshold.aggregation, threshold.to_string()), (aggregation, example));
        }
    }

    #[test]
    fn words_of_others_are_none_of_ours_and_stand_for_some() {
        for (theirs, ours) in K6.into_iter().chain(METRIC_WORDS) {
            let name = ours.split(' ').next().unwrap();
            assert!(ThresholdMetric::named(name).is_some(), "{ours}");
            assert_eq!(ThresholdMetric::named(theirs), None);
        }
        for word in AGGREGATION_WORDS.into_iter().flat_map(|(_, words)| words) {
            assert_eq!(Aggregation::named(word), None, "{word}");
        }
    }

    #[test]
    fn a_percentile_is_known_however_it_is_written() {
        for word in ["P95", "p_95", "95th", "p95th", "p(95)", "percentile(95)", "pct95", "Percentile95"] {
            assert_eq!(aggregation_meant(word), Some(Aggregation::Percentile(95.0)), "{word}");
        }
        for word in ["p", "percentile", "p101", "95", "stddev", "v95"] {
            assert_eq!(aggregation_meant(word), None, "{word}");
        }
    }
}
