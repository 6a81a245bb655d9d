//! The run in one line.

use std::fmt;

use outrider_storage::DEFAULT_PART_AGE;

use super::{ErrorSource, Promise, RunStatus, Summary, Verdict};
use crate::words::{counted, duration_ms, thousands};

/// The verdict in a word, and what to know before reading on. Displayed as one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headline {
    /// `PASS`, `FAIL`, `RUNNING`, or `REPLACED` if a run of a newer build began in its place.
    pub word: &'static str,
    /// What stands between the word and the remark: `, but ` or `: `; empty without a remark.
    pub link: &'static str,
    /// What makes the verdict less than plain; empty if nothing does.
    pub remark: String,
}

impl fmt::Display for Headline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Headline { word, link, remark } = self;
        write!(f, "{word}{link}{remark}")
    }
}

impl Summary {
    /// The run in one line, by the rest of the summary.
    pub fn compose_headline(&self) -> Headline {
        let (word, link, remark) = match self.verdict {
            None => ("RUNNING", ", no verdict yet: ", Some(self.progress())),
            Some(_) if self.run.was_replaced() => {
                ("REPLACED", " ", Some("by a newer build: what follows was measured until then".to_owned()))
            }
            Some(Verdict::Pass) => ("PASS", ", but ", self.reservation()),
            Some(Verdict::Fail) => ("FAIL", ": ", Some(self.failure())),
        };
        let link = remark.as_ref().map_or("", |_| link);
        Headline { word, link, remark: remark.unwrap_or_default() }
    }

    /// How far a run is that goes on, and how much of that is shown.
    fn progress(&self) -> String {
        let elapsed = whole_seconds(self.run.elapsed_ms.unwrap_or(self.run.duration_ms));
        match self.completeness.rows {
            0 => {
                let age = duration_ms(DEFAULT_PART_AGE.as_secs_f64() * 1e3);
                format!("{elapsed} in, and nothing of it is written yet (that comes every {age})")
            }
            _ => format!("{elapsed} in; what follows are its first {}", whole_seconds(self.run.duration_ms)),
        }
    }

    /// What a run that passed is to be read with: one thing, the worst first. What makes the numbers themselves
    /// doubtful stands before what they say: incomplete data, a run that ended before its time, a generator that was held
    /// up or fell short, a journey that broke, an assertion pack that did, data that was used again, checks that failed,
    /// requests that failed, iterations that the target ended.
    fn reservation(&self) -> Option<String> {
        if !self.completeness.complete {
            return Some("the data is incomplete".to_owned());
        }
        // The reason of a run that passed is what became of its data.
        let reason = self.run.reason.clone();
        let ended_early =
            reason.as_ref().filter(|_| self.run.ended_early).map(|reason| format!("it {reason}"));
        ended_early
            .or_else(|| self.held_up())
            .or_else(|| self.broke())
            .or_else(|| self.packs_broke())
            .or(reason)
            .or_else(|| self.checks_failed())
            .or_else(|| self.requests_failed())
            .or_else(|| self.iterations_failed())
    }

    /// What kept the load generator from its promise.
    fn held_up(&self) -> Option<String> {
        let [saturated, waiting] = match self.generator.was_crowded_out() {
            true => ["this machine's CPU was used up by others", "latency may include waiting for it"],
            false => ["the load generator was saturated", "latency may include its own waiting"],
        };
        match (self.generator.saturated, self.iterations_dropped(), self.generator.promise) {
            (true, Some(dropped), _) => Some(format!("{saturated}, and {dropped}: {waiting}")),
            (true, None, _) => Some(format!("{saturated}: {waiting}")),
            (false, Some(dropped), _) => Some(format!("{dropped}: no VU was free")),
            (false, None, Promise::Broken) => Some("the load generator fell short of the plan".to_owned()),
            (false, None, _) => None,
        }
    }

    /// `815 of 3,600,000 iterations were dropped`: those for which data was missing are said with that.
    fn iterations_dropped(&self) -> Option<String> {
        let (dropped, scheduled) = (self.iterations.dropped_by_generator(), self.iterations.scheduled);
        let were = if dropped == 1 { "was" } else { "were" };
        (dropped > 0).then(|| format!("{} {were} dropped", some_of(dropped, scheduled, ITERATIONS)))
    }

    fn broke(&self) -> Option<String> {
        let (broke, started) = (self.iterations.failed_by_cause.plugin, self.iterations.started);
        (broke > 0).then(|| format!("the journey broke in {}", some_of(broke, started, ITERATIONS)))
    }

    /// `the assertion pack 'rules' broke in 4 calls`.
    fn packs_broke(&self) -> Option<String> {
        let faults: Vec<_> = self.errors.iter().filter(|error| error.source == ErrorSource::Pack).collect();
        let first = faults.first()?;
        let calls = counted(faults.iter().map(|fault| fault.count).sum(), "call", "calls");
        let others = match faults.len() - 1 {
            0 => String::new(),
            others => format!(" and {}", counted(others as u64, "other", "others")),
        };
        Some(format!("the assertion pack '{}'{others} broke in {calls}", first.name))
    }

    fn checks_failed(&self) -> Option<String> {
        let failed = self.checks.iter().map(|check| check.failed).sum();
        let passed: u64 = self.checks.iter().map(|check| check.passed).sum();
        some_failed(failed, failed + passed, ["check", "checks"])
    }

    fn requests_failed(&self) -> Option<String> {
        let all = self.all_requests.as_ref()?;
        some_failed(all.failed, all.count, ["request", "requests"])
            .filter(|_| is_notable(all.failed, all.count))
    }

    fn iterations_failed(&self) -> Option<String> {
        let (failed, started) = (self.iterations.failed, self.iterations.started);
        some_failed(failed, started, ITERATIONS).filter(|_| is_notable(failed, started))
    }

    /// Why a run failed.
    fn failure(&self) -> String {
        match (&self.run.reason, self.thresholds_not_passed(), self.run.status) {
            // What a run that finished did wrong besides: its reason may be that its data was exhausted.
            (Some(reason), Some(thresholds), RunStatus::Finished) => format!("{reason}; {thresholds}"),
            (Some(reason), _, _) => reason.clone(),
            // What a pack did not judge is in no check that a threshold looks at.
            (None, Some(thresholds), RunStatus::Finished) => match self.packs_broke() {
                Some(broke) => format!("{thresholds}; {broke}"),
                None => thresholds,
            },
            (None, _, RunStatus::Incomplete) => {
                "the run is incomplete: it was killed, or goes on elsewhere".to_owned()
            }
            (None, _, status) => format!("the run is {}", status.as_str()),
        }
    }

    /// `1 of 3 thresholds not passed`. One without data is not passed, and not crossed either.
    fn thresholds_not_passed(&self) -> Option<String> {
        let failed = self.thresholds.iter().filter(|threshold| !threshold.passed).count();
        match (failed, self.thresholds.len()) {
            (0, _) => None,
            (1, 1) => Some("the threshold is not passed".to_owned()),
            (failed, all) => Some(format!("{failed} of {all} thresholds not passed")),
        }
    }
}

const ITERATIONS: [&str; 2] = ["iteration", "iterations"];

/// One percent: single failed requests are what a load test is made to find, and say little of the whole.
const NOTABLE_SHARE: f64 = 0.01;

fn is_notable(failed: u64, all: u64) -> bool {
    failed as f64 > all as f64 * NOTABLE_SHARE
}

/// `40 of 100 requests failed`.
fn some_failed(failed: u64, all: u64, nouns: [&str; 2]) -> Option<String> {
    (failed > 0).then(|| format!("{} failed", some_of(failed, all, nouns)))
}

/// `40 of 100 requests`, `all 3 requests`, `the only request`.
fn some_of(some: u64, all: u64, [one, many]: [&str; 2]) -> String {
    match (some, all) {
        (1, 1) => format!("the only {one}"),
        (some, all) if some == all => format!("all {} {many}", thousands(all)),
        _ => format!("{} of {}", thousands(some), counted(all, one, many)),
    }
}

/// A length of time without what flickers from look to look.
fn whole_seconds(ms: f64) -> String {
    match ms {
        ms if ms < 1_000.0 => duration_ms(ms.round()),
        ms => duration_ms((ms / 1e3).floor() * 1e3),
    }
}
