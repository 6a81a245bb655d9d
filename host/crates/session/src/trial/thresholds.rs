//! Thresholds that nothing was measured for.

use std::collections::BTreeSet;

use outrider_model::threshold::{TagFilter, Threshold, ThresholdMetric};
use outrider_model::{Origin, Sample, nearest};
use outrider_telemetry::has_data;

use super::Trial;
use crate::{Fault, Places};

/// Six names are said of those that there are: enough to see what they are like.
const MAX_NAMES: usize = 6;

/// A threshold that nothing was measured for.
#[derive(Clone, Debug)]
pub struct UnseenThreshold {
    /// The threshold.
    pub threshold: Threshold,
    /// What was not there, and what was.
    pub fault: Fault,
    /// Whether a run could measure it nevertheless.
    pub certainty: Certainty,
}

/// Whether a threshold that nothing was measured for in a trial can never match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// All was seen, and a name that the threshold is about did not occur.
    Never,
    /// Something failed before all was seen.
    CutShort,
    /// The name occurred, and a value of a tag of the journey's own did not: another iteration may have it.
    OtherValues,
}

impl UnseenThreshold {
    /// Whether it can never match.
    pub fn is_certain(&self) -> bool {
        self.certainty == Certainty::Never
    }
}

pub(super) fn unseen(trial: &Trial, places: &Places) -> Vec<UnseenThreshold> {
    let samples: Vec<&Sample> = trial.all_seen().flat_map(|seen| &seen.samples).collect();
    let unseen = trial.dry_run.plan.thresholds.iter().filter_map(|threshold| {
        let unseen = judge(threshold, &samples, trial.was_cut_short())?;
        let place = places.of(&format!("thresholds.{threshold}"));
        Some(UnseenThreshold { fault: unseen.fault.at(place), ..unseen })
    });
    unseen.collect()
}

fn judge(threshold: &Threshold, samples: &[&Sample], was_cut_short: bool) -> Option<UnseenThreshold> {
    // How an exchange ended is no part of which one it is: no trial has seen all ends.
    let tags = threshold.tags.iter().filter(|tag| &*tag.key != "status").cloned().collect();
    let asked = Threshold { tags, ..threshold.clone() };
    if has_data(&asked, samples.iter().copied()) {
        return None;
    }
    let family = Family::of(&asked.metric);
    let kin: Vec<&Sample> = samples.iter().copied().filter(|sample| family.has(sample)).collect();
    let (what, hint, is_own_value) = match kin.is_empty() {
        true => (family.is_absent(), family.metrics_instead(samples), false),
        false => why(&asked, &family, &kin),
    };
    let certainty = match (was_cut_short, is_own_value) {
        (true, _) => Certainty::CutShort,
        (false, true) => Certainty::OtherValues,
        (false, false) => Certainty::Never,
    };
    let message = match certainty {
        Certainty::Never => format!("threshold '{threshold}' can never match: {what}"),
        Certainty::CutShort => {
            format!(
                "threshold '{threshold}' may never match: {what}, but something failed before all was seen"
            )
        }
        Certainty::OtherValues => format!("threshold '{threshold}' may never match: {what} in the trial"),
    };
    let fault = Fault::new(message).maybe_hint(hint);
    Some(UnseenThreshold { threshold: threshold.clone(), fault, certainty })
}

/// What is not there, what was probably meant or is there instead, and whether it is but a value of a tag of the
/// journey's own.
fn why(threshold: &Threshold, family: &Family, kin: &[&Sample]) -> (String, Option<String>, bool) {
    for tag in &threshold.tags {
        let values: BTreeSet<&str> = kin.iter().filter_map(|sample| value(sample, &tag.key)).collect();
        if values.iter().any(|value| is_same(tag, value)) {
            continue;
        }
        let is_own = !family.knows(&tag.key) && !values.is_empty();
        return (family.lacks(tag), hint(&tag.value, &values), is_own);
    }
    let tags: Vec<String> = threshold.tags.iter().map(ToString::to_string).collect();
    (format!("no {} has {} at once", family.noun, tags.join(" and ")), None, true)
}

fn is_same(tag: &TagFilter, value: &str) -> bool {
    if &*tag.key == "method" { tag.value.eq_ignore_ascii_case(value) } else { *tag.value == *value }
}

fn hint(wanted: &str, values: &BTreeSet<&str>) -> Option<String> {
    let near = nearest(wanted, values.iter().copied());
    let some: Vec<String> = values.iter().take(MAX_NAMES).map(|value| format!("'{value}'")).collect();
    let more = if values.len() > MAX_NAMES { ", …" } else { "" };
    match (near, values.is_empty()) {
        (Some(near), _) => Some(format!("did you mean '{near}'?")),
        (None, true) => None,
        (None, false) => Some(format!("there is {}{more}", some.join(", "))),
    }
}

/// The value of a tag of a sample.
fn value<'s>(sample: &'s Sample, key: &str) -> Option<&'s str> {
    let (own, origin): (Option<&str>, Option<&Origin>) = match sample {
        Sample::Request(request) => {
            let own = match key {
                "name" => Some(&*request.name),
                "method" => Some(&*request.method),
                _ => None,
            };
            (own, Some(&request.origin))
        }
        Sample::Step(step) => (matches!(key, "name" | "step").then_some(&*step.name), Some(&step.origin)),
        Sample::Check(check) => {
            let own = match key {
                "name" | "check" => Some(&*check.name),
                "pack" => Some(&*check.pack),
                _ => None,
            };
            (own, Some(&check.origin))
        }
        Sample::Metric(metric) => (None, Some(&metric.origin)),
        Sample::Iteration(iteration) => ((key == "scenario").then_some(&*iteration.scenario), None),
        Sample::Log(_) | Sample::System(_) => (None, None),
    };
    own.or_else(|| match key {
        "scenario" => origin.map(|origin| &*origin.scenario),
        "step" => origin?.step.as_deref(),
        key => origin?.tags.iter().find(|(known, _)| **known == *key).map(|(_, value)| &**value),
    })
}

/// What a metric is about.
struct Family<'a> {
    noun: &'static str,
    /// The name of the journey's own metric.
    metric: Option<&'a str>,
}

impl Family<'_> {
    fn of(metric: &ThresholdMetric) -> Family<'_> {
        let (noun, metric) = match metric {
            ThresholdMetric::Requests(_) => ("request", None),
            ThresholdMetric::Steps(_) => ("step", None),
            ThresholdMetric::Iterations(_) => ("iteration", None),
            ThresholdMetric::Checks(_) => ("check", None),
            ThresholdMetric::Pages(_) => ("page", None),
            ThresholdMetric::Custom(name) => ("value", Some(&**name)),
        };
        Family { noun, metric }
    }

    fn has(&self, sample: &Sample) -> bool {
        match (self.noun, sample) {
            ("request", Sample::Request(_))
            | ("step", Sample::Step(_))
            | ("iteration", Sample::Iteration(_))
            | ("check", Sample::Check(_)) => true,
            ("value", Sample::Metric(metric)) => Some(&*metric.name) == self.metric,
            _ => false,
        }
    }

    /// Whether a key is this program's, and not a tag of the journey's own.
    fn knows(&self, key: &str) -> bool {
        let own: &[&str] = match self.noun {
            "request" => &["name", "method"],
            "step" => &["name"],
            "check" => &["name", "check", "pack"],
            _ => &[],
        };
        matches!(key, "scenario" | "step") || own.contains(&key)
    }

    fn is_absent(&self) -> String {
        match (self.noun, self.metric) {
            (_, Some(name)) => format!("no metric is called '{name}'"),
            ("request", _) => "no request was made".to_owned(),
            ("step", _) => "no step was made".to_owned(),
            ("check", _) => "no check was made".to_owned(),
            (noun, _) => format!("there was no {noun}"),
        }
    }

    /// The journey's own metrics, where one is asked for that there is not.
    fn metrics_instead(&self, samples: &[&Sample]) -> Option<String> {
        let metrics = samples.iter().filter_map(|sample| match sample {
            Sample::Metric(metric) => Some(&*metric.name),
            _ => None,
        });
        hint(self.metric?, &metrics.collect())
    }

    fn lacks(&self, tag: &TagFilter) -> String {
        let (noun, value) = (self.noun, &tag.value);
        match (noun, &*tag.key) {
            ("request" | "step" | "check", "name") | ("step", "step") | ("check", "check") => {
                format!("no {noun} is called '{value}'")
            }
            (_, "method") => format!("no {noun} has the method '{value}'"),
            (_, "pack") => format!("no {noun} is of an assertion pack '{value}'"),
            (_, "step") => format!("no {noun} is within a step '{value}'"),
            (_, "scenario") => format!("there was no {noun} in the scenario '{value}'"),
            (_, key) => format!("no {noun} has the tag {key}={value}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use outrider_model::{
        CheckSample, IterationIndex, MetricKind, MetricSample, Phases, RequestSample, StepSample, Timestamp,
        VuId,
    };

    use super::*;

    fn origin(step: Option<&str>, tags: &[(&str, &str)]) -> Origin {
        Origin {
            scenario: "buy".into(),
            vu: VuId(1),
            iteration: IterationIndex(0),
            step: step.map(Arc::from),
            tags: tags.iter().map(|(key, value)| (Arc::from(*key), Arc::from(*value))).collect(),
        }
    }

    fn request(name: &str, status: u16, origin: Origin) -> Sample {
        Sample::Request(Box::new(RequestSample {
            origin,
            name: name.into(),
            method: "GET".into(),
            url: "http://127.0.0.1/".into(),
            status: Some(status),
            protocol: Some("HTTP/1.1"),
            started_at: Timestamp(0),
            duration: Duration::from_millis(1),
            phases: Phases::default(),
            lateness: Duration::ZERO,
            bytes_sent: 1,
            bytes_received: 1,
            connection_reused: false,
            remote_address: None,
            ok: status < 400,
            interrupted: false,
            error_kind: None,
            error: None,
            trace_id: None,
            span_id: None,
        }))
    }

    fn step(name: &str) -> Sample {
        let (started_at, duration) = (Timestamp(0), Duration::from_millis(1));
        Sample::Step(StepSample {
            origin: origin(None, &[]),
            name: name.into(),
            started_at,
            duration,
            ok: true,
            interrupted: false,
            error: None,
        })
    }

    fn check(name: &str, pack: &str) -> Sample {
        Sample::Check(CheckSample {
            origin: origin(None, &[]),
            pack: pack.into(),
            name: name.into(),
            at: Timestamp(0),
            passed: true,
            expected: None,
            actual: None,
            message: None,
            source_location: None,
        })
    }

    fn metric(name: &str) -> Sample {
        Sample::Metric(MetricSample {
            origin: origin(None, &[]),
            name: name.into(),
            kind: MetricKind::Counter,
            at: Timestamp(0),
            value: 1.0,
        })
    }

    fn seen() -> Vec<Sample> {
        vec![
            request("/cart", 200, origin(Some("basket"), &[("plan", "free")])),
            request("/login", 503, origin(None, &[])),
            step("basket"),
            check("has a total", "shop-pack"),
            metric("orders"),
        ]
    }

    /// What is said of a threshold, its hint, and how certain it is.
    fn said(threshold: &str, was_cut_short: bool) -> Option<(String, Option<String>, Certainty)> {
        let (threshold, samples): (Threshold, _) = (threshold.parse().unwrap(), seen());
        let samples: Vec<&Sample> = samples.iter().collect();
        let unseen = judge(&threshold, &samples, was_cut_short)?;
        let prefix = format!("threshold '{threshold}' ");
        let message = unseen.fault.message.strip_prefix(&prefix).unwrap().to_owned();
        Some((message, unseen.fault.hint, unseen.certainty))
    }

    #[test]
    fn what_occurred_can_match_whatever_its_end() {
        for threshold in [
            "requests.duration p95 < 1s",
            "requests.duration{name=/cart,method=get,step=basket} p95 < 1s",
            "requests.duration{plan=free} p95 < 1s",
            "requests.duration{name=/cart,status=503} p95 < 1s",
            "requests.failed{status=none} count == 0",
            "steps.duration{name=basket} p95 < 1s",
            "checks.passed{pack=shop-pack} rate > 99%",
        ] {
            assert_eq!(said(threshold, false), None, "{threshold}");
        }
    }

    #[test]
    fn what_did_not_occur_is_said_with_what_was_meant() {
        for (threshold, message, hint) in [
            ("requests.duration{name=cart} p95 < 1s", "no request is called 'cart'", "did you mean '/cart'?"),
            ("requests{method=PUT} count > 1", "no request has the method 'PUT'", "there is 'GET'"),
            (
                "requests{step=checkout} count > 1",
                "no request is within a step 'checkout'",
                "there is 'basket'",
            ),
            ("steps.duration{step=baskte} p95 < 1s", "no step is called 'baskte'", "did you mean 'basket'?"),
            ("checks.passed{check=total} rate > 1%", "no check is called 'total'", "there is 'has a total'"),
            (
                "checks.passed{pack=shop} rate > 1%",
                "no check is of an assertion pack 'shop'",
                "there is 'shop-pack'",
            ),
        ] {
            let (said, hinted, certainty) = said(threshold, false).unwrap();
            assert_eq!(said, format!("can never match: {message}"));
            assert_eq!(hinted.as_deref(), Some(hint), "{threshold}");
            assert_eq!(certainty, Certainty::Never);
        }
        let (message, hint, _) = said("metrics.cash count > 1", false).unwrap();
        let there_are = Some("there is 'orders'".to_owned());
        assert_eq!((message.as_str(), hint), ("can never match: no metric is called 'cash'", there_are));
        let (_, hint, certainty) = said("metrics.order count > 1", false).unwrap();
        assert_eq!((hint.as_deref(), certainty), (Some("did you mean 'orders'?"), Certainty::Never));
    }

    #[test]
    fn what_another_iteration_may_have_is_not_said_to_be_impossible() {
        let (message, _, certainty) = said("requests.duration{plan=paid} p95 < 1s", false).unwrap();
        assert_eq!(message, "may never match: no request has the tag plan=paid in the trial");
        assert_eq!(certainty, Certainty::OtherValues);
        let (_, _, certainty) = said("requests.duration{paln=free} p95 < 1s", false).unwrap();
        assert_eq!(certainty, Certainty::Never, "no request has that tag at all");
        let (message, ..) = said("requests.duration{name=/login,plan=free} p95 < 1s", false).unwrap();
        assert_eq!(message, "may never match: no request has name=/login and plan=free at once in the trial");
        let (_, _, certainty) = said("requests.duration{name=cart} p95 < 1s", true).unwrap();
        assert_eq!(certainty, Certainty::CutShort);
    }
}
