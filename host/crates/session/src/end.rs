//! How a run ended.

use outrider_engine::{LifecycleError, PackAccount};
use outrider_model::{FailureCause, FailureCounts, RunId, with_causes};
use outrider_scheduler::{
    FailureNote, IterationCounts, JourneyAbort, PrepareError, RunEnd, ScenarioOutcome, SchedulerOutcome,
};
use outrider_storage::{ENDED_EARLY, REPLACED, RunStatus, StorageError};
use outrider_telemetry::{AnswerTally, ThresholdState, ThresholdView};

use crate::drive::Teardown;
use crate::journey::Titles;
use crate::{Breakdown, Exit, ThresholdEnd, silence};

/// Why a run ended. The first reason wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// All scenarios came to their end.
    Finished,
    /// Unique data had no row left, and its policy was to stop: an end as it was planned.
    DataExhausted {
        /// Which data, in a sentence.
        reason: String,
    },
    /// It was stopped from outside, gracefully.
    Stopped,
    /// It was stopped gracefully because a run of a newer build begins in its place.
    Replaced,
    /// It was aborted from outside.
    Aborted,
    /// A journey asked for it.
    AbortedByPlugin {
        /// The journey, as faults name it.
        journey: String,
        /// What it said.
        reason: String,
    },
    /// A threshold that aborts was crossed.
    ThresholdCrossed {
        /// The threshold.
        threshold: String,
        /// Its value when it ended the run, in words: `was 12%`.
        value: String,
    },
    /// A journey's `setup` failed.
    SetupFailed {
        /// The journey, as faults name it, if there are several.
        journey: Option<String>,
        /// How.
        breakdown: Breakdown,
    },
    /// Users could not be made.
    VusFailed {
        /// Their scenario, if there are several.
        scenario: Option<String>,
        /// How.
        breakdown: Breakdown,
    },
    /// All users of a scenario broke and could not be made anew: nothing of it could go on.
    VusLost {
        /// The scenario.
        scenario: String,
        /// What became of the first of them.
        breakdown: Breakdown,
    },
    /// Rows could not be written.
    StorageFailed {
        /// What happened.
        message: String,
    },
}

impl EndReason {
    /// `journey` is the number of the one whose `setup` failed.
    pub(crate) fn of_setup(error: LifecycleError, journey: usize, titles: &Titles) -> EndReason {
        let title = titles.journeys()[journey].clone();
        let breakdown = match error {
            LifecycleError::Failure { abort: true, message, .. } => {
                return EndReason::AbortedByPlugin { journey: title, reason: message };
            }
            LifecycleError::Failure { target, message, stack, said, .. } => {
                let cause = if target { FailureCause::Target } else { FailureCause::Plugin };
                Breakdown { cause, message, stack, said, pack: None }
            }
            LifecycleError::Fault(fault) => fault.into(),
        };
        EndReason::SetupFailed { journey: titles.are_several().then_some(title), breakdown }
    }

    /// `asked` is what whoever stopped the preparation asked for.
    pub(crate) fn of_prepare(
        error: PrepareError,
        asked: RunEnd,
        titles: &Titles,
        thresholds: &ThresholdView,
    ) -> EndReason {
        match error {
            PrepareError::Stopped => EndReason::of_request(asked, titles, thresholds),
            PrepareError::AbortedByJourney(abort) => EndReason::of_abort(abort, titles),
            PrepareError::Vus { first, scenario, .. } => EndReason::VusFailed {
                scenario: titles.are_several_scenarios().then(|| scenario.to_string()),
                breakdown: Breakdown {
                    cause: first.cause,
                    message: first.to_string(),
                    stack: first.stack,
                    said: first.said,
                    pack: first.pack.as_deref().map(Box::from),
                },
            },
        }
    }

    fn of_abort(abort: JourneyAbort, titles: &Titles) -> EndReason {
        EndReason::AbortedByPlugin { journey: titles.of_scenario(&abort.scenario), reason: abort.reason }
    }

    pub(crate) fn of_run(
        outcome: &SchedulerOutcome,
        titles: &Titles,
        thresholds: &ThresholdView,
    ) -> EndReason {
        let lost = || outcome.scenarios.iter().find_map(EndReason::of_loss);
        match EndReason::of_request(outcome.end.clone(), titles, thresholds) {
            EndReason::Finished => lost().unwrap_or(EndReason::Finished),
            other => other,
        }
    }

    /// A scenario that nobody was left to go on with.
    fn of_loss(scenario: &ScenarioOutcome) -> Option<EndReason> {
        let cause = scenario.deserted()?;
        let note = scenario.failures.iter().find(|note| note.iteration.is_none() && note.cause == cause);
        let breakdown = Breakdown {
            cause,
            message: note.map_or_else(|| "no user was left".to_owned(), |note| note.message.clone()),
            stack: note.and_then(|note| note.stack.as_deref().map(str::to_owned)),
            said: Vec::new(),
            pack: note.and_then(|note| note.pack.as_deref().map(Box::from)),
        };
        Some(EndReason::VusLost { scenario: scenario.name.to_string(), breakdown })
    }

    /// `thresholds` are those of the run: one of them may have asked.
    pub(crate) fn of_request(asked: RunEnd, titles: &Titles, thresholds: &ThresholdView) -> EndReason {
        match asked {
            RunEnd::Finished => EndReason::Finished,
            RunEnd::Wanting { reason } => EndReason::DataExhausted { reason },
            RunEnd::ThresholdCrossed => EndReason::of_crossing(thresholds),
            RunEnd::Stopped => EndReason::Stopped,
            RunEnd::Replaced => EndReason::Replaced,
            RunEnd::Aborted => EndReason::Aborted,
            RunEnd::AbortedByJourney(abort) => EndReason::of_abort(abort, titles),
        }
    }

    fn of_crossing(thresholds: &ThresholdView) -> EndReason {
        let crossing = thresholds.crossing().map(|crossing| crossing.state);
        EndReason::ThresholdCrossed {
            threshold: crossing.as_ref().map(|state| state.threshold.to_string()).unwrap_or_default(),
            value: crossing.as_ref().map(ThresholdState::in_words).unwrap_or_default(),
        }
    }

    /// The reason when `teardown` has ended and all rows that could be are written.
    pub(crate) fn and_after(self, teardown: &Teardown, failure: Option<&StorageError>) -> EndReason {
        let reason = if teardown.given_up { self.given_up() } else { self };
        match (reason, failure) {
            (reason, Some(failure)) if failure.is_given_up() => reason.given_up(),
            // An abort may be the failure's own doing; any other reason came first.
            (EndReason::Finished | EndReason::DataExhausted { .. } | EndReason::Aborted, Some(failure)) => {
                EndReason::StorageFailed { message: with_causes(failure) }
            }
            (reason, _) => reason,
        }
    }

    /// The reason when somebody no longer waits for what comes after the load: nothing has failed, and whoever gave it up
    /// ended the run, unless it had ended otherwise before.
    fn given_up(self) -> EndReason {
        match self {
            EndReason::Finished | EndReason::DataExhausted { .. } => EndReason::Aborted,
            reason => reason,
        }
    }

    /// The status that `outcome.json` keeps.
    pub(crate) fn status(&self) -> RunStatus {
        match self {
            EndReason::Finished | EndReason::DataExhausted { .. } => RunStatus::Finished,
            EndReason::Stopped | EndReason::Replaced | EndReason::Aborted => RunStatus::Interrupted,
            EndReason::AbortedByPlugin { .. } | EndReason::ThresholdCrossed { .. } => RunStatus::Aborted,
            EndReason::SetupFailed { .. }
            | EndReason::VusFailed { .. }
            | EndReason::VusLost { .. }
            | EndReason::StorageFailed { .. } => RunStatus::Failed,
        }
    }

    /// What broke, if that is why it ended.
    fn breakdown(&self) -> Option<&Breakdown> {
        match self {
            EndReason::SetupFailed { breakdown, .. }
            | EndReason::VusFailed { breakdown, .. }
            | EndReason::VusLost { breakdown, .. } => Some(breakdown),
            _ => None,
        }
    }

    /// The reason in a sentence, unless the run simply finished.
    fn sentence(&self) -> Option<String> {
        Some(match self {
            EndReason::Finished => return None,
            EndReason::DataExhausted { reason } => format!("{ENDED_EARLY}: {reason}"),
            EndReason::Stopped => "stopped from outside".into(),
            EndReason::Replaced => REPLACED.into(),
            EndReason::Aborted => "aborted from outside".into(),
            EndReason::AbortedByPlugin { journey, reason } => format!("ended by {journey}: {reason}"),
            EndReason::ThresholdCrossed { threshold, value } => {
                format!("ended by the threshold {threshold}, which {value}")
            }
            EndReason::SetupFailed { journey: None, breakdown } => {
                format!("setup failed: {}", breakdown.message)
            }
            EndReason::SetupFailed { journey: Some(journey), breakdown } => {
                format!("setup of {journey} failed: {}", breakdown.message)
            }
            EndReason::VusFailed { scenario: None, breakdown } => breakdown.message.clone(),
            EndReason::VusFailed { scenario: Some(scenario), breakdown } => {
                format!("scenario '{scenario}': {}", breakdown.message)
            }
            EndReason::VusLost { scenario, breakdown } => {
                format!("all users of scenario '{scenario}' were lost: {}", breakdown.message)
            }
            EndReason::StorageFailed { message } => format!("rows could not be kept: {message}"),
        })
    }
}

/// A journey at the end of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JourneyEnd {
    /// As faults name it.
    pub title: String,
    /// The scenarios that went through it.
    pub scenarios: Vec<String>,
    /// Their iterations.
    pub iterations: IterationCounts,
}

impl JourneyEnd {
    /// The run's journeys, in the plan's order.
    pub(crate) fn all(titles: &Titles, outcome: Option<&SchedulerOutcome>) -> Vec<JourneyEnd> {
        let end = |title: &String| JourneyEnd { title: title.clone(), ..JourneyEnd::default() };
        let mut ends: Vec<JourneyEnd> = titles.journeys().iter().map(end).collect();
        for scenario in outcome.into_iter().flat_map(|outcome| &outcome.scenarios) {
            let end = &mut ends[titles.journey_of(&scenario.name)];
            end.scenarios.push(scenario.name.to_string());
            end.iterations = end.iterations.plus(scenario.iterations);
        }
        ends
    }

    /// Whether every iteration that started ended with a fault of the journey.
    fn broke_always(&self) -> bool {
        self.iterations.started > 0 && self.iterations.failed.plugin == self.iterations.started
    }
}

/// A run's end.
#[derive(Clone, Debug)]
pub struct SessionEnd {
    /// The run.
    pub run_id: RunId,
    /// Why it ended.
    pub reason: EndReason,
    /// Iterations of all scenarios.
    pub iterations: IterationCounts,
    /// The journeys, in the plan's order.
    pub journeys: Vec<JourneyEnd>,
    /// Iterations that the plan counts but that never came due.
    pub unstarted: u64,
    /// Users that broke and could not be made anew, by whose fault.
    pub lost_vus: FailureCounts,
    /// Requests of all scenarios, of set-up and of tear-down, by whether they were answered.
    pub answers: AnswerTally,
    /// The thresholds as they stood at the end.
    pub thresholds: Vec<ThresholdEnd>,
    /// Samples that found the queue to the disk full: nobody knows what they would have said.
    pub lost_samples: u64,
    /// The first distinct failures.
    pub failures: Vec<FailureNote>,
    /// What is to be said of a `teardown` that failed, a sentence each. That decides nothing, unlike that somebody
    /// gave it up.
    pub teardown: Vec<String>,
    /// What became of the calls of each assertion pack.
    pub packs: Vec<PackAccount>,
    /// What is to be said about the data of the run, a sentence each.
    pub remarks: Vec<String>,
    /// What of the run was not exported, and why, a sentence each. The dataset has it.
    pub unexported: Vec<String>,
    /// Whether nobody wanted to wait for the bucket any longer: what is not in it stays on this machine.
    pub is_left_here: bool,
}

impl SessionEnd {
    /// Nobody waits for the bucket any longer: what is not in it stays on this machine, and no run is well of which that
    /// is so.
    pub(crate) fn leave_here(&mut self) {
        self.is_left_here = true;
        self.reason = self.reason.clone().given_up();
    }

    /// The exit code of a program that did nothing but this run.
    pub fn exit(&self) -> Exit {
        match &self.reason {
            EndReason::Finished | EndReason::DataExhausted { .. } => self.exit_of_finished(),
            EndReason::ThresholdCrossed { .. } => Exit::ThresholdCrossed,
            EndReason::Stopped | EndReason::Replaced | EndReason::Aborted => Exit::Interrupted,
            EndReason::AbortedByPlugin { .. } => Exit::AbortedByPlugin,
            EndReason::StorageFailed { .. } => Exit::Unexpected,
            EndReason::SetupFailed { breakdown, .. }
            | EndReason::VusFailed { breakdown, .. }
            | EndReason::VusLost { breakdown, .. } => breakdown.exit(),
        }
    }

    /// What says least of the target comes first: thresholds of a run that measured nothing judge nothing.
    fn exit_of_finished(&self) -> Exit {
        if self.broken_journey().is_some() {
            Exit::PluginBroken
        } else if let Some(breakdown) = self.unanswered() {
            breakdown.exit()
        } else if self.broken_pack().is_some() {
            Exit::PluginBroken
        } else if self.failed_thresholds().next().is_some() {
            Exit::ThresholdCrossed
        } else {
            Exit::Ok
        }
    }

    /// Why the run is not simply well, and what became of its data, in a sentence; `None` if there is nothing
    /// to say.
    pub(crate) fn sentence(&self) -> Option<String> {
        let why = self.reason.sentence().into_iter().chain(self.shortcoming());
        let words: Vec<String> = why.chain(self.remarks.clone()).collect();
        (!words.is_empty()).then(|| words.join("; "))
    }

    /// What a run that came to its end did wrong, thresholds apart.
    fn shortcoming(&self) -> Option<String> {
        if !matches!(self.reason, EndReason::Finished | EndReason::DataExhausted { .. }) {
            return None;
        }
        if let Some(journey) = self.broken_journey() {
            return Some(format!("{} broke in every iteration", journey.title));
        }
        let pack = |pack: &PackAccount| format!("the assertion pack '{}' broke in every call", pack.name);
        let unanswered = self.unanswered().map(|breakdown| breakdown.message);
        unanswered.or_else(|| self.broken_pack().map(pack))
    }

    /// What kept every request of the run from being answered; `None` if one was, or none was made, or nobody can
    /// know because samples were lost.
    pub fn unanswered(&self) -> Option<Breakdown> {
        silence::breakdown(&self.answers).filter(|_| self.lost_samples == 0)
    }

    /// The thresholds that are not passed.
    pub fn failed_thresholds(&self) -> impl Iterator<Item = &ThresholdEnd> {
        self.thresholds.iter().filter(|threshold| !threshold.passed)
    }

    /// The first assertion pack that broke in every call: nothing of what it was to assert is known.
    pub fn broken_pack(&self) -> Option<&PackAccount> {
        self.packs.iter().find(|pack| pack.broke_always())
    }

    /// The assertion pack that is why the run is not simply well: it broke in the start of users, or in every call.
    pub(crate) fn pack_to_blame(&self) -> Option<&str> {
        let in_every_call = || {
            let is_it = self.exit() == Exit::PluginBroken && self.broken_journey().is_none();
            self.broken_pack().filter(|_| is_it && self.unanswered().is_none()).map(|pack| pack.name.as_str())
        };
        match self.reason.breakdown() {
            Some(breakdown) => breakdown.pack.as_deref(),
            None => in_every_call(),
        }
    }

    /// The first journey of which every iteration ended with its own fault: nothing of its load was made.
    pub fn broken_journey(&self) -> Option<&JourneyEnd> {
        self.journeys.iter().find(|journey| journey.broke_always())
    }
}

#[cfg(test)]
mod tests;
