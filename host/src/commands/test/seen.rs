//! What a plugin did in a test.

use std::time::Duration;

use outrider_capability::DebugEvent;
use outrider_engine::{Delivery, RecordOutcome};
use outrider_model::{FailureCause, MetricKind, Sample};
use outrider_plan::{DeliveryName, OutcomeName};
use outrider_session::{
    Breakdown, CallEnd, CallTrial, ChannelTrial, IterationEnd, IterationTrial, Seen as Measured,
    TestedJourney, TestedPack, TransformTrial, UserCall,
};

use super::script::Heard;
use crate::commands::check::faults::verdict_text;
use crate::commands::check::{OutcomeEntry, transform};

/// What a plugin did in a test.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) ending: Ending,
    /// By the plugin's clock.
    pub(super) duration: Duration,
    pub(super) checks: Vec<CheckSeen>,
    pub(super) metrics: Vec<MetricSeen>,
    /// Lines that it logged or printed.
    pub(super) logs: Vec<String>,
    /// Each thing that happened, without secrets.
    pub(super) events: Vec<DebugEvent>,
    pub(super) heard: Heard,
    /// What became of an alert.
    pub(super) delivery: Option<DeliveryName>,
    /// What became of each record.
    pub(super) records: Vec<OutcomeEntry>,
}

/// How it ended.
#[derive(Clone, Debug)]
pub(super) struct Ending {
    pub(super) outcome: OutcomeName,
    /// In which call, if not in an iteration.
    pub(super) place: String,
    pub(super) message: String,
    pub(super) stack: Option<String>,
    /// What it said before.
    pub(super) said: Vec<String>,
    /// This machine failed, and neither the plugin nor its script.
    pub(super) is_machines: bool,
}

/// A check, or a verdict of a pack.
#[derive(Clone, Debug)]
pub(super) struct CheckSeen {
    pub(super) name: String,
    pub(super) passed: bool,
    /// What was expected and found, if said.
    pub(super) why: String,
    /// Where in the journey's source it stands, if it failed.
    pub(super) at: Option<String>,
}

/// A value of a custom metric.
#[derive(Clone, Debug)]
pub(super) struct MetricSeen {
    pub(super) name: String,
    pub(super) kind: MetricKind,
    pub(super) value: f64,
}

impl Ending {
    fn well() -> Ending {
        Ending::new(OutcomeName::Completed, "", String::new())
    }

    fn new(outcome: OutcomeName, place: &str, message: String) -> Ending {
        let place = place.to_owned();
        Ending { outcome, place, message, stack: None, said: Vec::new(), is_machines: false }
    }

    fn of_call(place: &str, end: &CallEnd) -> Option<Ending> {
        match end {
            CallEnd::Done => None,
            CallEnd::Abort(reason) => Some(Ending::new(OutcomeName::Aborted, place, reason.clone())),
            CallEnd::GivenUp => Some(Ending::new(OutcomeName::Broke, place, "it was given up".to_owned())),
            CallEnd::Broke(Breakdown { cause, message, stack, said, .. }) => Some(Ending {
                stack: stack.clone(),
                said: said.clone(),
                is_machines: *cause == FailureCause::Generator,
                ..Ending::new(outcome_of(*cause), place, message.clone())
            }),
        }
    }

    fn of_iteration(end: &IterationEnd) -> Option<Ending> {
        match end {
            IterationEnd::Completed => None,
            IterationEnd::Abort(reason) => Some(Ending::new(OutcomeName::Aborted, "", reason.clone())),
            IterationEnd::Interrupted => {
                Some(Ending::new(OutcomeName::Broke, "", "it was interrupted".to_owned()))
            }
            IterationEnd::Failed(failure) => Some(Ending {
                stack: failure.stack.as_deref().map(str::to_owned),
                is_machines: failure.cause == FailureCause::Generator,
                ..Ending::new(outcome_of(failure.cause), "", failure.message.clone())
            }),
        }
    }
}

fn outcome_of(cause: FailureCause) -> OutcomeName {
    match cause {
        FailureCause::Target => OutcomeName::Failed,
        FailureCause::Plugin | FailureCause::Generator => OutcomeName::Broke,
    }
}

impl Seen {
    /// What a journey did.
    pub(super) fn of_journey(tested: TestedJourney, events: Vec<DebugEvent>, heard: Heard) -> Seen {
        let TestedJourney { setup, teardown, users, iterations } = tested;
        let call = |place: &str, call: &Option<CallTrial>| {
            call.as_ref().and_then(|call| Ending::of_call(place, &call.end))
        };
        let started = || users.iter().filter(|user| user.call == UserCall::Start);
        // The first that went wrong is what the rest follows from.
        let ending = call("setup", &setup)
            .or_else(|| started().find_map(|user| Ending::of_call("start", &user.end)))
            .or_else(|| iterations.iter().find_map(|one| Ending::of_iteration(&one.end)))
            .or_else(|| call("teardown", &teardown));
        let duration = iterations.iter().map(|one: &IterationTrial| one.duration).sum();
        let mut measured: Vec<&Measured> = Vec::new();
        measured.extend(setup.iter().map(|call| &call.seen));
        measured.extend(started().map(|user| &user.seen));
        measured.extend(iterations.iter().map(|one| &one.seen));
        measured.extend(users.iter().filter(|user| user.call == UserCall::Stop).map(|user| &user.seen));
        measured.extend(teardown.iter().map(|call| &call.seen));
        let samples = measured.into_iter().flat_map(|seen| &seen.samples);
        Seen::of(ending.unwrap_or_else(Ending::well), duration, samples, events, heard)
    }

    /// What a pack said.
    pub(super) fn of_pack(tested: &TestedPack, events: Vec<DebugEvent>, heard: Heard) -> Seen {
        let broke = tested.account.first_fault.as_ref().map(|fault| Ending {
            stack: fault.stack.clone(),
            ..Ending::new(OutcomeName::Broke, "", fault.message.clone())
        });
        let ending = Ending::of_call("start", &tested.start).or(broke).unwrap_or_else(Ending::well);
        Seen::of(ending, tested.duration, tested.seen.samples.iter(), events, heard)
    }

    /// What an alert channel did.
    pub(super) fn of_channel(tested: &ChannelTrial, heard: Heard) -> Seen {
        let well = |message: &str| Ending::new(OutcomeName::Completed, "", message.to_owned());
        let (delivery, ending) = match &tested.delivery {
            Ok(Delivery::Delivered) => (Some(DeliveryName::Delivered), well("")),
            Ok(Delivery::TryAgain(why)) => (Some(DeliveryName::TryAgain), well(why)),
            Ok(Delivery::Refused(why)) => (Some(DeliveryName::Refused), well(why)),
            Err(breakdown) => {
                let broke = Ending::of_call("deliver", &CallEnd::Broke(breakdown.clone()));
                (None, broke.unwrap_or_else(Ending::well))
            }
        };
        let samples = tested.seen.samples.iter();
        Seen { delivery, ..Seen::of(ending, tested.duration, samples, Vec::new(), heard) }
    }

    /// What a transform made of records. One that breaks it has not ended it.
    pub(super) fn of_transform(tested: &TransformTrial) -> Seen {
        let entry = |(line, outcome): (usize, &RecordOutcome)| transform::entry(line, outcome);
        let records = (1..).zip(&tested.outcomes).map(entry).collect();
        let samples = tested.seen.samples.iter();
        let seen = Seen::of(Ending::well(), tested.duration, samples, Vec::new(), Heard::default());
        Seen { records, ..seen }
    }

    fn of<'a>(
        ending: Ending,
        duration: Duration,
        samples: impl Iterator<Item = &'a Sample>,
        events: Vec<DebugEvent>,
        heard: Heard,
    ) -> Seen {
        let (checks, metrics, logs) = (Vec::new(), Vec::new(), Vec::new());
        let (delivery, records) = (None, Vec::new());
        let mut seen = Seen { ending, duration, checks, metrics, logs, events, heard, delivery, records };
        for sample in samples {
            match sample {
                Sample::Check(check) => seen.checks.push(CheckSeen {
                    name: check.name.to_string(),
                    passed: check.passed,
                    why: verdict_text(check),
                    at: check.source_location.as_deref().map(str::to_owned),
                }),
                Sample::Metric(metric) => seen.metrics.push(MetricSeen {
                    name: metric.name.to_string(),
                    kind: metric.kind,
                    value: metric.value,
                }),
                // What the host says of a plugin is no line of its own.
                Sample::Log(line) if line.source != "host" => seen.logs.push(line.message.to_string()),
                _ => {}
            }
        }
        seen
    }
}
