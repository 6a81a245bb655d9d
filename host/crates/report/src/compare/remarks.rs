//! What makes two sides hard to compare, in words.

use std::collections::BTreeSet;

use outrider_model::{ExecutorPlan, RunPlan};

use super::document::{ComparedRun, Remark, RemarkKind};
use crate::summary::RunStatus;
use crate::words::duration_ms;

/// A run with what remarks are made of.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) run: ComparedRun,
    pub(super) plan: RunPlan,
    /// How many seconds of load it has, with those that are left out at the beginning.
    pub(super) load_seconds: u64,
    /// What is missing of it that may have had windows, a sentence each.
    pub(super) gaps: Vec<String>,
    /// What else is missing of it, likewise.
    pub(super) other_gaps: Vec<String>,
    /// Why it has measured nothing, if the target answered nothing.
    pub(super) unanswered: Option<String>,
}

impl Known {
    /// Whether it may have had what it seems not to have.
    pub(super) fn may_lack(&self) -> bool {
        !self.gaps.is_empty() || self.run.compared_seconds == 0
    }

    /// The first thing that is missing of it, with how many there are besides.
    pub(super) fn missing(&self) -> Option<String> {
        let mut missing = self.gaps.iter().chain(&self.other_gaps);
        let first = missing.next()?;
        Some(match missing.count() {
            0 => first.clone(),
            more => format!("{first} (and {more} more)"),
        })
    }
}

/// What to know of two sides.
pub(super) fn remarks(sides: [&[Known]; 2], least_seconds: u64, skipped_ms: f64) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut say = |kind, message: String| remarks.push(Remark { kind, message });
    if differ(sides, journeys) {
        say(RemarkKind::Journeys, "the runs have different scenarios or journeys".to_owned());
    } else if differ(sides, code) {
        say(RemarkKind::Code, "the journeys' code, or that of their packs, is another one".to_owned());
    }
    let are_loads_others =
        if differ(sides, scenarios) { differ(sides, executors) } else { differ(sides, loads) };
    if are_loads_others {
        say(RemarkKind::Load, "the runs were to make different loads".to_owned());
    }
    for known in sides.into_iter().flatten() {
        of_run(known, least_seconds, skipped_ms, &mut say);
    }
    if differ(sides, |known| known.plan.target.clone()) {
        say(RemarkKind::Target, "the runs had different targets".to_owned());
    }
    remarks
}

/// That a run is not compared, as it is too short and others are not.
pub(super) fn left_out(known: &Known, least_seconds: u64) -> Remark {
    let message = format!(
        "{} is left out: it has {} to compare, and {least_seconds} s are needed",
        known.run.id,
        load_of(known)
    );
    Remark { kind: RemarkKind::LeftOut, message }
}

fn load_of(known: &Known) -> String {
    match known.run.compared_seconds {
        0 => "no load".to_owned(),
        seconds => format!("{seconds} s of load"),
    }
}

fn of_run(known: &Known, least_seconds: u64, skipped_ms: f64, say: &mut impl FnMut(RemarkKind, String)) {
    let id = &known.run.id;
    if known.run.status != RunStatus::Finished {
        say(RemarkKind::Unfinished, format!("{id} is {}", known.run.status.as_str()));
    }
    if let Some(why) = &known.unanswered {
        say(RemarkKind::Unanswered, format!("{id} has measured nothing: {why}"));
    }
    if let Some(missing) = known.missing() {
        let unknown = match known.gaps.is_empty() {
            true => "",
            false => "; what only the other side has is called neither added nor removed",
        };
        say(RemarkKind::Incomplete, format!("the data of {id} is incomplete: {missing}{unknown}"));
    }
    if known.run.generator_saturated == Some(true) {
        say(
            RemarkKind::Saturated,
            format!(
                "the load generator of {id} was saturated: what its requests have in common is not held against the target, and times of fewer than three requests are not judged"
            ),
        );
    }
    if known.run.compared_seconds < least_seconds {
        let load = load_of(known);
        let skipped = match skipped_ms > 0.0 {
            true => format!(" after the first {}, which --skip leaves out", duration_ms(skipped_ms)),
            false => String::new(),
        };
        say(
            RemarkKind::TooShort,
            format!("{id} has {load} to compare{skipped}, and {least_seconds} s are needed"),
        );
    }
}

/// Whether something is not the same in all runs.
fn differ<T: Ord>(sides: [&[Known]; 2], pick: impl Fn(&Known) -> T) -> bool {
    sides.into_iter().flatten().map(pick).collect::<BTreeSet<T>>().len() > 1
}

/// The scenarios with their journeys, by name.
fn journeys(known: &Known) -> BTreeSet<(String, String, String)> {
    let scenarios = known.plan.scenarios.iter();
    scenarios
        .map(|scenario| (scenario.name.clone(), scenario.journey.clone(), scenario.plugin_scenario.clone()))
        .collect()
}

fn code(known: &Known) -> BTreeSet<String> {
    let journeys = known.plan.journeys.iter().map(|journey| journey.plugin.digest.clone());
    journeys.chain(known.plan.packs.iter().map(|pack| pack.plugin.digest.clone())).collect()
}

fn scenarios(known: &Known) -> BTreeSet<String> {
    known.plan.scenarios.iter().map(|scenario| scenario.name.clone()).collect()
}

/// The loads, of each scenario.
fn loads(known: &Known) -> BTreeSet<(String, String)> {
    let scenarios = known.plan.scenarios.iter();
    scenarios.map(|scenario| (scenario.name.clone(), load(&scenario.executor))).collect()
}

/// The loads, whatever the scenarios are called.
fn executors(known: &Known) -> Vec<String> {
    let mut loads: Vec<String> =
        known.plan.scenarios.iter().map(|scenario| load(&scenario.executor)).collect();
    loads.sort();
    loads
}

fn load(executor: &ExecutorPlan) -> String {
    format!("{executor:?}")
}
