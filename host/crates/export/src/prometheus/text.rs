//! The exposition format, version 0.0.4: what every version of Prometheus reads, and all that read its metrics.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::metrics::{BOUNDS_S, Data, Distribution, Family, Labels};

/// The media type of the text.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Labels as they are written between braces, without those that Prometheus does not get.
type Written = String;

/// All metrics as a text.
pub(crate) fn text(families: &[Family]) -> String {
    let mut text = String::new();
    for family in families {
        write_family(&mut text, family);
    }
    text
}

fn write_family(text: &mut String, family: &Family) {
    let name = family.name;
    let (full, kind) = match &family.data {
        Data::Counter(_) => (format!("{name}_total"), "counter"),
        Data::Gauge(_) => (name.to_owned(), "gauge"),
        Data::Histogram(_) => (name.to_owned(), "histogram"),
        Data::Summary(_) => (name.to_owned(), "summary"),
    };
    line(text, format_args!("# HELP {full} {}", family.help));
    line(text, format_args!("# TYPE {full} {kind}"));
    match &family.data {
        Data::Counter(points) | Data::Gauge(points) => {
            let points = points.iter().map(|(labels, value)| (labels, *value));
            for (labels, value) in merged(points, |sum: &mut f64, value| *sum += value) {
                line(text, format_args!("{full}{} {value}", braced(&labels, None)));
            }
        }
        Data::Histogram(points) => {
            let points = points.iter().map(|(labels, all)| (labels, all));
            for (labels, all) in merged(points, |sum: &mut Distribution, all| sum.merge(all)) {
                write_histogram(text, name, &labels, &all);
            }
        }
        Data::Summary(points) => {
            let points = points.iter().map(|(labels, sum, count)| (labels, (*sum, *count)));
            let add = |all: &mut (f64, u64), (sum, count): (f64, u64)| *all = (all.0 + sum, all.1 + count);
            for (labels, (sum, count)) in merged(points, add) {
                line(text, format_args!("{name}_sum{} {sum}", braced(&labels, None)));
                line(text, format_args!("{name}_count{} {count}", braced(&labels, None)));
            }
        }
    }
}

fn write_histogram(text: &mut String, name: &str, labels: &str, all: &Distribution) {
    let mut below = 0;
    for (bound, count) in BOUNDS_S.iter().zip(all.counts) {
        below += count;
        line(text, format_args!("{name}_bucket{} {below}", braced(labels, Some(&bound.to_string()))));
    }
    let count = all.count();
    line(text, format_args!("{name}_bucket{} {count}", braced(labels, Some("+Inf"))));
    line(text, format_args!("{name}_sum{} {}", braced(labels, None), all.sum));
    line(text, format_args!("{name}_count{} {count}", braced(labels, None)));
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("a text takes what is written");
}

/// Points by what Prometheus tells them apart by, in an order that does not change between scrapes.
fn merged<'a, P, V: Default>(
    points: impl Iterator<Item = (&'a Labels, P)>,
    add: impl Fn(&mut V, P),
) -> BTreeMap<Written, V> {
    let mut all: BTreeMap<Written, V> = BTreeMap::new();
    for (labels, value) in points {
        add(all.entry(written(labels)).or_default(), value);
    }
    all
}

fn written(Labels(labels): &Labels) -> Written {
    let named = labels.iter().filter_map(|(label, value)| Some((label.prometheus?, value)));
    let pairs = named.filter(|(_, value)| !value.is_empty());
    let pairs: Vec<String> = pairs.map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
    pairs.join(",")
}

fn braced(labels: &str, bound: Option<&str>) -> String {
    let bound = bound.map(|bound| format!("le=\"{bound}\"")).unwrap_or_default();
    let comma = if labels.is_empty() || bound.is_empty() { "" } else { "," };
    match (labels, bound.as_str()) {
        ("", "") => String::new(),
        _ => format!("{{{labels}{comma}{bound}}}"),
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::metrics::label;

    #[test]
    fn a_counter_has_its_labels_and_its_ending() {
        let labels =
            |check: &str| Labels(vec![(&label::SCENARIO, "a".into()), (&label::CHECK, check.into())]);
        let family = Family {
            name: "outrider_checks",
            otlp: "",
            unit: "",
            help: "Checks.",
            data: Data::Counter(vec![(labels("says \"no\"\n\\"), 2.0), (labels(""), 1.0)]),
        };
        let expected = "# HELP outrider_checks_total Checks.\n# TYPE outrider_checks_total counter\n\
                        outrider_checks_total{scenario=\"a\"} 1\n\
                        outrider_checks_total{scenario=\"a\",check=\"says \\\"no\\\"\\n\\\\\"} 2\n";
        assert_eq!(text(&[family]), expected);
    }

    #[test]
    fn a_histogram_counts_up_and_what_prometheus_does_not_tell_apart_is_one() {
        let mut all = Distribution::default();
        all.add(Duration::from_millis(2));
        all.add(Duration::from_secs(100));
        let labels = |host: &str| Labels(vec![(&label::NAME, "/".into()), (&label::HOST, host.into())]);
        let family = Family {
            name: "d_seconds",
            otlp: "",
            unit: "s",
            help: "D.",
            data: Data::Histogram(vec![(labels("a"), all.clone()), (labels("b"), all)]),
        };
        let text = text(&[family]);
        for line in [
            "d_seconds_bucket{name=\"/\",le=\"0.001\"} 0",
            "d_seconds_bucket{name=\"/\",le=\"0.0025\"} 2",
            "d_seconds_bucket{name=\"/\",le=\"60\"} 2",
            "d_seconds_bucket{name=\"/\",le=\"+Inf\"} 4",
            "d_seconds_count{name=\"/\"} 4",
            "d_seconds_sum{name=\"/\"} 200.004",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
