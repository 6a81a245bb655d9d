//! What a check saw, for people.

mod plugins;

use outrider_model::threshold::Dimension;
use outrider_session::TrialEnd;

use crate::commands::check::{
    CallEntry, CheckReport, DataEntry, EstimateEntry, IterationEntry, MachineEntry, MetricEntry,
    RequestEntry, SeenEntry, ThresholdEntry,
};
use crate::env::Style;
use crate::terminal::page::{Page, shown};
use outrider_model::units::counted;

pub(crate) use plugins::{describe_channel_check, describe_transform_check};

/// Thirty requests of an iteration are shown, a screen of them; the JSON document has all.
const MAX_REQUESTS: usize = 30;

/// The verdict, what each call and iteration did, and what a run would come to.
pub(crate) fn describe_check(report: &CheckReport, end: TrialEnd, style: Style) -> String {
    let mut page = page_of(end, style);
    page.head(report);
    for journey in &report.journeys {
        page.call("setup", journey.setup.as_ref(), &journey.name, report.journeys.len() > 1);
    }
    report.iterations.iter().for_each(|iteration| page.iteration(iteration));
    for journey in &report.journeys {
        page.call("teardown", journey.teardown.as_ref(), &journey.name, report.journeys.len() > 1);
    }
    page.thresholds(&report.thresholds);
    page.data(&report.data);
    page.estimate(report.estimate.as_ref(), &report.machine);
    page.text()
}

/// A page that begins with the verdict.
fn page_of(end: TrialEnd, style: Style) -> Page {
    let mut page = Page::new(style);
    page.whole(match end {
        TrialEnd::Well => style.bold("PASS"),
        end => style.red(&format!("FAIL: {}", crate::commands::check::verdict(end))),
    });
    page
}

impl Page {
    fn head(&mut self, report: &CheckReport) {
        if let Some(name) = &report.name {
            self.labelled("name", name);
        }
        for journey in &report.journeys {
            self.labelled("journey", &format!("{} ({})", journey.name, journey.path));
        }
        if let Some(target) = &report.target {
            self.labelled("target", target);
        }
    }

    /// A set-up or tear-down in which something happened.
    fn call(&mut self, label: &str, call: Option<&CallEntry>, journey: &str, several: bool) {
        let Some(call) = call.filter(|call| call.error.is_some() || !call.seen.is_empty()) else { return };
        let of = if several { format!("{journey}: ") } else { String::new() };
        self.labelled(label, &format!("{of}{}", time(call.duration_ms)));
        self.seen(&call.seen);
        if let Some(error) = &call.error {
            self.beside(&format!("✗ {}", error.message));
        }
    }

    fn iteration(&mut self, iteration: &IterationEntry) {
        let way = match iteration.is_mixed {
            true => format!(" ({}, {})", iteration.way, Dimension::Share.show(iteration.share)),
            false => String::new(),
        };
        let text = format!("{}{way}: 1 iteration in {}", iteration.scenario, time(iteration.duration_ms));
        self.labelled("scenario", &text);
        self.seen(&iteration.seen);
        if let Some(error) = &iteration.error {
            self.beside(&format!("✗ {}", error.message));
        }
    }

    fn seen(&mut self, seen: &SeenEntry) {
        let shown = || seen.requests.iter().take(MAX_REQUESTS);
        let width = |of: fn(&RequestEntry) -> usize| shown().map(of).max().unwrap_or(0);
        let (method, name) = (width(|one| one.method.len()), width(|one| one.name.chars().count()));
        for request in shown() {
            let status = request.status.map_or_else(|| "–".to_owned(), |status| status.to_string());
            let mark = if request.ok { " " } else { "✗" };
            let why = request.error.as_deref().map(|why| format!("  {why}")).unwrap_or_default();
            self.beside(&format!(
                "{mark} {:<method$}  {:<name$}  {status:>3}  {:>8}  {:>8}{why}",
                request.method,
                request.name,
                time(request.duration_ms),
                Dimension::Bytes.show(request.bytes_received as f64),
            ));
        }
        if seen.requests.len() > MAX_REQUESTS {
            self.beside(&format!("  … and {} more requests", seen.requests.len() - MAX_REQUESTS));
        }
        self.checks(seen);
        self.metrics(&seen.metrics);
        if seen.lost_samples > 0 {
            self.beside(&format!("! {} more samples were not looked at", seen.lost_samples));
        }
    }

    fn checks(&mut self, seen: &SeenEntry) {
        if seen.checks.is_empty() {
            return;
        }
        let passed = seen.checks.iter().filter(|check| check.passed).count();
        let mark = if passed == seen.checks.len() { "✓" } else { "✗" };
        self.beside(&format!("{mark} {passed} of {} passed", counted(seen.checks.len() as f64, "check")));
    }

    fn metrics(&mut self, metrics: &[MetricEntry]) {
        for metric in metrics {
            self.beside(&format!("· {}: {}", shown(&metric.name), in_words(metric)));
        }
    }

    fn thresholds(&mut self, thresholds: &[ThresholdEntry]) {
        for (index, threshold) in thresholds.iter().enumerate() {
            let mark = match threshold.standing {
                "has data" => "can match:",
                "never" => "✗ can never match:",
                _ => "? did not match:",
            };
            let label = if index == 0 { "thresholds" } else { "" };
            self.labelled(label, &format!("{mark} {}", threshold.expr));
        }
        if !thresholds.is_empty() {
            self.beside("only a run says whether they hold");
        }
    }

    fn data(&mut self, data: &[DataEntry]) {
        for (index, data) in data.iter().enumerate() {
            let need = match data.needed_rows {
                None => String::new(),
                Some(needed) => format!(", {}{needed} needed", if data.is_assumed { "about " } else { "" }),
            };
            let mark = if data.exhausted { "! " } else { "" };
            let rows = counted(data.rows as f64, "row");
            let text = format!("{mark}{} ({}): {rows}{need} ({})", data.name, data.path, data.policy);
            self.labelled(if index == 0 { "data" } else { "" }, &text);
        }
    }

    fn estimate(&mut self, estimate: Option<&EstimateEntry>, machine: &MachineEntry) {
        let memory = Dimension::Bytes.show(machine.memory_bytes as f64);
        // What an iteration needs comes on top of it.
        let users = format!(
            "up to {} at once, {memory} of memory before their iterations",
            counted(machine.max_vus, "VU")
        );
        let Some(estimate) = estimate else {
            self.labelled("estimate", &format!("none: no iteration was completed; {users}"));
            return;
        };
        let about = if estimate.is_assumed { "about " } else { "" };
        self.labelled(
            "estimate",
            &format!(
                "{about}{} and {} in {}",
                counted(estimate.iterations as f64, "iteration"),
                counted(estimate.requests as f64, "request"),
                time(estimate.duration_ms),
            ),
        );
        self.beside(&format!(
            "at most {} and {}",
            per_second(estimate.peak_iterations_per_s, "iteration"),
            per_second(estimate.peak_requests_per_s, "request"),
        ));
        let (received, sent) = (estimate.bytes_received as f64, estimate.bytes_sent as f64);
        let (received, sent) = (Dimension::Bytes.show(received), Dimension::Bytes.show(sent));
        self.beside(&format!("{received} received, {sent} sent"));
        self.beside(&users);
        for scenario in estimate.scenarios.iter().filter(|scenario| scenario.is_assumed) {
            self.beside(&format!(
                "assumed: an iteration of scenario '{}' takes {} under load too, as here",
                scenario.name,
                time(scenario.iteration_ms)
            ));
        }
    }
}

/// `counter, 12 in 3 values`.
fn in_words(metric: &MetricEntry) -> String {
    let number = |number: Option<f64>| Dimension::Number.show(number.unwrap_or_default());
    let came_to = match (metric.value, metric.kind) {
        (None, _) => String::new(),
        (value @ Some(_), "counter") => format!(", {} in", number(value)),
        (value @ Some(_), "gauge") => format!(", last {} of", number(value)),
        (Some(share), "rate") => format!(", {} of", Dimension::Share.show(share)),
        (value @ Some(_), _) => {
            format!(", mean {}, {} to {}, of", number(value), number(metric.min), number(metric.max))
        }
    };
    let values = match metric.values {
        0 => String::new(),
        values => format!(" {}", counted(values as f64, "value")),
    };
    let not_finite = match metric.not_finite {
        0 => String::new(),
        count => format!(", {count} NaN or infinite: they do not count"),
    };
    format!("{}{came_to}{values}{not_finite}", metric.kind)
}

/// `1 iteration/s`, `2.5 requests/s`.
fn per_second(rate: f64, what: &str) -> String {
    let rate = Dimension::Number.show(rate);
    let plural = if rate == "1" { "" } else { "s" };
    format!("{rate} {what}{plural}/s")
}

fn time(ms: f64) -> String {
    Dimension::Duration.show(ms)
}
