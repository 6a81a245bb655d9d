//! A walk as text: a line or some for each event, indented by step.
//!
//! * `exchange`: requests, answers, and what is taken out of them.
//! * `line`: what has one line.

mod exchange;
mod line;

use std::collections::BTreeSet;

use outrider_capability::{DebugEvent, FailureEvent, Happening, JourneyCall};

use crate::env::Style;

/// Writes events one after the other.
#[derive(Debug)]
pub(super) struct Text {
    style: Style,
    depth: usize,
    /// A call of which nothing is known yet but that it began: one that does nothing has one line.
    pending: Option<JourneyCall>,
    /// Exchanges whose request was written, and that have not ended.
    sent: BTreeSet<u64>,
}

/// The kinds of a failure that say no more than that the journey said so: in its words the target failed.
const WITHOUT_A_KIND: [&str; 2] = ["journey", "target"];

impl Text {
    pub(super) fn new(style: Style) -> Text {
        Text { style, depth: 0, pending: None, sent: BTreeSet::new() }
    }

    /// The lines of an event, if it has any of its own.
    pub(super) fn of(&mut self, event: &DebugEvent) -> Option<String> {
        let began = self.pending.take();
        if let Happening::CallBegin { call } = &event.what {
            self.pending = Some(*call);
            return began.map(|call| self.begin_call(call));
        }
        if began.is_some() && is_nothing(&event.what) {
            return None;
        }
        let at_once = matches!(event.what, Happening::CallEnd { .. });
        let head = began.filter(|_| !at_once).map(|call| self.begin_call(call));
        let lines = self.lines(&event.what, began.is_some() && at_once);
        Some(head.into_iter().chain([lines]).collect::<Vec<_>>().join("\n"))
    }

    /// What is left to be said.
    pub(super) fn finish(&mut self) -> Option<String> {
        self.pending.take().map(|call| self.begin_call(call))
    }

    fn begin_call(&mut self, call: JourneyCall) -> String {
        let line = self.indented(&self.style.bold(call.as_str()));
        self.depth += 1;
        line
    }

    /// `at_once`: the end of a call in which nothing happened.
    fn lines(&mut self, what: &Happening, at_once: bool) -> String {
        match what {
            Happening::CallBegin { call } => self.begin_call(*call),
            Happening::CallEnd { call, duration_ms, result, failure } => {
                if !at_once {
                    self.depth = self.depth.saturating_sub(1);
                }
                let head = self.style.bold(call.as_str());
                let time = time(*duration_ms);
                match (failure, result) {
                    (Some(failure), _) => self.failed(&format!("{head} {{}} after {time}"), failure),
                    (None, Some(json)) => self.indented(&format!("{head} returned {json} after {time}")),
                    (None, None) => self.indented(&format!("{head} done after {time}")),
                }
            }
            Happening::IterationBegin { scenario, plugin_scenario, iteration } => {
                let of = match scenario == plugin_scenario {
                    true => format!("scenario {scenario}"),
                    false => format!("scenario {scenario}, which runs {plugin_scenario}"),
                };
                let line =
                    self.indented(&format!("{} of {of}", self.style.bold(&format!("iteration {iteration}"))));
                self.depth += 1;
                line
            }
            Happening::IterationEnd { iteration, status, duration_ms, failure, .. } => {
                self.depth = 0;
                let head = self.style.bold(&format!("iteration {iteration}"));
                let time = time(*duration_ms);
                match failure {
                    Some(failure) => self.failed(&format!("{head} {{}} after {time}"), failure),
                    None => self.indented(&format!("{head} {status} after {time}")),
                }
            }
            Happening::StepBegin { step, tags } => {
                let line = self.indented(&format!("{} {step}{}", self.style.bold("step"), tags_text(tags)));
                self.depth += 1;
                line
            }
            Happening::StepEnd { step, duration_ms, error } => {
                self.depth = self.depth.saturating_sub(1);
                let head = format!("end of step {step} after {}", time(*duration_ms));
                match error {
                    Some(error) => self.indented(&format!("{head}: {} {error}", self.style.red("failed:"))),
                    None => self.indented(&head),
                }
            }
            Happening::Request { .. } | Happening::Answer { .. } | Happening::NoAnswer { .. } => {
                self.exchange(what)
            }
            Happening::Extract { .. } => self.extract(what),
            other => self.indented(&line::words(other, self.style)),
        }
    }

    /// `head` has `{}` where it is said that it failed.
    fn failed(&self, head: &str, failure: &FailureEvent) -> String {
        let head = head.replacen("{}", &self.style.red("failed"), 1);
        let FailureEvent { kind, message, stack } = failure;
        let says_all = message.starts_with(kind.as_str()) || WITHOUT_A_KIND.contains(&kind.as_str());
        let said = if says_all { message.clone() } else { format!("{kind}: {message}") };
        let stack = stack.iter().flat_map(|stack| stack.lines()).map(|line| line.trim().to_owned());
        self.with_details(&format!("{head}: {said}"), stack, None)
    }

    fn indented(&self, line: &str) -> String {
        format!("{}{line}", "  ".repeat(self.depth))
    }
}

/// Whether a call ended as one does that the journey does not have: in which nothing happens, and which returns nothing.
fn is_nothing(what: &Happening) -> bool {
    match what {
        Happening::CallEnd { result, failure: None, .. } => {
            result.as_deref().is_none_or(|json| json == "null")
        }
        _ => false,
    }
}

fn tags_text(tags: &[(String, String)]) -> String {
    let pairs: Vec<String> = tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if pairs.is_empty() { String::new() } else { format!("  [{}]", pairs.join(" ")) }
}

/// `0.12 ms`, `12.3 ms`, `1234 ms`.
fn time(ms: f64) -> String {
    match ms {
        ms if ms < 10.0 => format!("{ms:.2} ms"),
        ms if ms < 1000.0 => format!("{ms:.1} ms"),
        ms => format!("{ms:.0} ms"),
    }
}
