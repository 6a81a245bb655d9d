//! A run's thresholds: checked against the plan, watched while it goes on, judged at its end.

use outrider_model::nearest;
use outrider_model::threshold::{Threshold, ThresholdErrorKind};
use outrider_scheduler::{StopHandle, StopPhase};
use outrider_storage::ThresholdOutcome;
use outrider_telemetry::{ThresholdState, ThresholdView, is_measured};

use crate::fault::Faults;
use crate::{Asked, EndReason, Fault, SessionConfig};

/// Reads expressions; `place` says in messages where they were written, for example `--threshold`.
pub fn read_thresholds(expressions: &[String], place: &str) -> Vec<Asked<Threshold>> {
    expressions.iter().map(|expression| read(expression, place)).collect()
}

fn read(expression: &str, place: &str) -> Asked<Threshold> {
    expression.parse::<Threshold>().map_err(|error| {
        let excerpt = match error.kind() {
            ThresholdErrorKind::Empty => String::new(),
            _ => error.excerpt().lines().map(|line| format!("\n    {line}")).collect(),
        };
        vec![Fault::new(format!("{place}: {error}{excerpt}")).maybe_hint(error.hint())]
    })
}

/// A threshold at the end of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct ThresholdEnd {
    /// The threshold.
    pub threshold: Threshold,
    /// Its value over the whole run, in the unit of its dimension; `None` where there was none.
    pub value: Option<f64>,
    /// Whether it holds, and did not end the run.
    pub passed: bool,
    /// Why it is not passed, unless the value alone says it.
    pub reason: Option<String>,
}

impl ThresholdEnd {
    fn of(state: ThresholdState, ended_the_run: Option<&str>) -> ThresholdEnd {
        let passed = state.passed() && ended_the_run.is_none();
        let reason = match (ended_the_run, state.value) {
            (Some(value), _) => Some(format!("it ended the run when it {value}")),
            (None, None) => Some(state.in_words()),
            (None, Some(_)) => None,
        };
        ThresholdEnd { threshold: state.threshold, value: state.value, passed, reason }
    }

    /// What came of it, in words: `was 612 ms`, `no data`.
    pub fn in_words(&self) -> String {
        match (&self.reason, self.value) {
            (Some(reason), _) => reason.clone(),
            (None, Some(value)) => format!("was {}", self.threshold.show(value)),
            (None, None) => String::new(),
        }
    }

    /// As `outcome.json` keeps it.
    pub(crate) fn outcome(&self) -> ThresholdOutcome {
        ThresholdOutcome {
            expr: self.threshold.to_string(),
            value: self.value,
            passed: self.passed,
            reason: self.reason.clone(),
        }
    }
}

/// Thresholds that can never have data in this plan.
pub(crate) fn check(thresholds: &[Threshold], config: &SessionConfig, faults: &mut Faults) {
    let scenarios: Vec<&str> = config.scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    for threshold in thresholds {
        let place = config.places.of(&format!("thresholds.{threshold}"));
        if !is_measured(threshold) {
            let message = format!("threshold '{threshold}' is about pages, which are not measured");
            let hint = "pages need a browser, which this version has not; leave the threshold out";
            faults.push(Fault::new(message).at(place).hint(hint));
        }
        let unknown =
            threshold.tags.iter().find(|tag| &*tag.key == "scenario" && !scenarios.contains(&&*tag.value));
        if let Some(tag) = unknown {
            let message = format!(
                "threshold '{threshold}' is about scenario '{}', which is not in the plan",
                tag.value
            );
            let hint = match nearest(&tag.value, scenarios.iter().copied()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("there is {}", scenarios.join(", ")),
            };
            faults.push(Fault::new(message).at(place).hint(hint));
        }
    }
}

/// Aborts the run when a threshold says so. One that was stopped before has a reason to end already,
/// and its iterations may finish.
pub(crate) async fn abort_when_crossed<T>(
    view: &ThresholdView,
    stop: &StopHandle,
    work: impl Future<Output = T>,
) -> T {
    let crossed = async {
        view.crossed().await;
        if stop.phase() == StopPhase::Running {
            stop.abort_for_threshold();
        }
        std::future::pending::<std::convert::Infallible>().await
    };
    tokio::select! {
        ended = work => ended,
        never = crossed => match never {},
    }
}

/// All thresholds at the end, once every sample was taken. The one that ended the run is not passed,
/// whatever came after it.
pub(crate) fn ends(view: &ThresholdView, reason: &EndReason) -> Vec<ThresholdEnd> {
    let aborted_by = match reason {
        EndReason::ThresholdCrossed { value, .. } => view.crossing().map(|crossing| (crossing.index, value)),
        _ => None,
    };
    let states = view.states().into_iter().enumerate();
    states
        .map(|(index, state)| {
            let ended =
                aborted_by.filter(|(aborting, _)| *aborting == index).map(|(_, value)| value.as_str());
            ThresholdEnd::of(state, ended)
        })
        .collect()
}
