//! What a user did, as a pack sees it.

use std::sync::Arc;
use std::time::Duration;

use outrider_capability::{HttpError, HttpErrorKind, HttpRequest, ResponseId};
use outrider_model::{FailureCause, IterationFailure, IterationOutcome, Origin};
use outrider_wit::v0_1::assertion_pack::exports::outrider::plugin::assertions::{Exchange, Iteration, Step};
use outrider_wit::v0_1::journey::outrider::plugin::types::{Failure, FailureKind};

use crate::host::{error_code, head};
use crate::state::{StepEnd, VuState};

/// Something that is judged.
#[derive(Debug)]
pub(crate) enum Subject {
    Exchange(Exchange),
    Step(Step),
    Iteration(Iteration),
}

/// The kinds of things that are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SubjectKind {
    Exchange,
    Step,
    Iteration,
}

impl Subject {
    pub(super) fn kind(&self) -> SubjectKind {
        match self {
            Subject::Exchange(_) => SubjectKind::Exchange,
            Subject::Step(_) => SubjectKind::Step,
            Subject::Iteration(_) => SubjectKind::Iteration,
        }
    }

    /// The function of a pack that judges it.
    pub(super) fn call(&self) -> &'static str {
        match self {
            Subject::Exchange(_) => "check-exchange",
            Subject::Step(_) => "check-step",
            Subject::Iteration(_) => "check-iteration",
        }
    }
}

/// A step that ended.
#[derive(Debug)]
pub(crate) struct EndedStep {
    pub(crate) name: Arc<str>,
    pub(crate) duration: Duration,
}

impl VuState {
    /// Has the packs judge what came of requests, one after the other. What failed because this machine
    /// ran out of something is not theirs to judge: it says nothing about the target.
    pub(crate) async fn judge_exchanges(
        &mut self,
        requests: &[HttpRequest],
        sent: &[Result<ResponseId, HttpError>],
        origin: &Origin,
    ) {
        if !self.packs.want(SubjectKind::Exchange, &origin.scenario) {
            return;
        }
        for (request, sent) in requests.iter().zip(sent) {
            let Some(exchange) = self.exchange(request, sent) else { continue };
            let origin = match &request.tags {
                Some(tags) => Origin { tags: Arc::clone(tags), ..origin.clone() },
                None => origin.clone(),
            };
            self.judge(Subject::Exchange(exchange), &origin).await;
        }
    }

    /// Has the packs judge steps that ended. The rows belong to the step itself.
    pub(crate) async fn judge_steps(&mut self, ended: Vec<EndedStep>, error: Option<&str>) {
        for step in ended {
            let origin = Origin { step: Some(Arc::clone(&step.name)), ..self.origin() };
            let step = Step {
                name: step.name.to_string(),
                duration: nanoseconds(step.duration),
                error: error.map(str::to_owned),
            };
            self.judge(Subject::Step(step), &origin).await;
        }
    }

    /// Ends the steps that are open, and has the packs judge them and the iteration, which took `elapsed`
    /// with all that was done for the packs.
    pub(crate) async fn judge_end(&mut self, scenario: &str, outcome: &IterationOutcome, elapsed: Duration) {
        let error = error_of(outcome);
        let ended = self.end_steps_above(0, StepEnd::of(error));
        let duration = elapsed.saturating_sub(self.unmeasured);
        self.judge_steps(ended, error).await;
        let Some(failure) = failure_of(outcome) else { return };
        if self.packs.want(SubjectKind::Iteration, &self.scenario) {
            let iteration =
                Iteration { scenario: scenario.to_owned(), duration: nanoseconds(duration), failure };
            let origin = self.origin();
            self.judge(Subject::Iteration(iteration), &origin).await;
        }
    }

    async fn judge(&mut self, subject: Subject, origin: &Origin) {
        let began = self.run.clock.instant();
        self.packs.judge(&subject, origin, &mut self.http).await;
        self.unmeasured += self.run.clock.instant().saturating_duration_since(began);
    }

    fn exchange(&self, request: &HttpRequest, sent: &Result<ResponseId, HttpError>) -> Option<Exchange> {
        match sent {
            Ok(id) => {
                let response = self.http.response(*id).ok()?;
                Some(Exchange {
                    name: response.name().to_string(),
                    method: response.method().to_string(),
                    url: response.url().to_string(),
                    outcome: Ok(head(self, *id)?),
                })
            }
            Err(error) => {
                if matches!(error.kind(), HttpErrorKind::GeneratorLimit | HttpErrorKind::Interrupted) {
                    return None;
                }
                let name = self.http.name_of(request);
                Some(Exchange {
                    name: name.label.to_string(),
                    method: name.method.to_string(),
                    url: name.url.to_string(),
                    outcome: Err(error_code(error)),
                })
            }
        }
    }
}

/// The error that ended an iteration, and with it the steps that were open.
pub(crate) fn error_of(outcome: &IterationOutcome) -> Option<&str> {
    match outcome {
        IterationOutcome::Completed => None,
        IterationOutcome::Failed(failure) => Some(&failure.message),
        IterationOutcome::AbortRun { reason } => Some(reason),
    }
}

/// An iteration's failure as a pack sees it, if there is one; none at all if the iteration is not for a
/// pack to judge.
fn failure_of(outcome: &IterationOutcome) -> Option<Option<Failure>> {
    let failure = |kind, failure: &IterationFailure| Failure {
        kind,
        message: failure.message.clone(),
        stack: failure.stack.as_deref().map(str::to_owned),
    };
    Some(match outcome {
        IterationOutcome::Completed => None,
        IterationOutcome::Failed(of) => Some(match of.cause {
            FailureCause::Target => failure(FailureKind::Target, of),
            FailureCause::Plugin => failure(FailureKind::Plugin, of),
            FailureCause::Generator => return None,
        }),
        IterationOutcome::AbortRun { reason } => {
            Some(Failure { kind: FailureKind::AbortRun, message: reason.clone(), stack: None })
        }
    })
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
