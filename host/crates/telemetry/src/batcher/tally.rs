//! What a batcher counts besides rows: how iterations ended, and whether anybody answered.

use std::sync::Arc;

use outrider_model::{FailureCause, FailureCounts, IterationStatus, RequestSample};

/// Iterations by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IterationTally {
    /// Ran to the end without an error.
    pub completed: u64,
    /// Ended with an error.
    pub failed: u64,
    /// Were under way when their time was up.
    pub interrupted: u64,
    /// Never started.
    pub dropped: u64,
}

impl IterationTally {
    pub(super) fn add(&mut self, status: IterationStatus) {
        let count = match status {
            IterationStatus::Completed => &mut self.completed,
            IterationStatus::Failed => &mut self.failed,
            IterationStatus::Interrupted => &mut self.interrupted,
            IterationStatus::Dropped => &mut self.dropped,
        };
        *count += 1;
    }
}

/// Requests by whether they were answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerTally {
    /// Those to which an answer began: it has a status, whatever that is.
    pub answered: u64,
    /// Those without one, by whose fault. What was interrupted counts as the target's: that is no failure, but a run in
    /// which nothing else happened has measured a target that had not begun to answer by then.
    pub unanswered: FailureCounts,
    /// What became of the first one without an answer, by whose fault.
    pub first: Vec<Unanswered>,
}

/// A request that nobody answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// Whose fault.
    pub cause: FailureCause,
    /// The kind of its error, for example `connection refused`.
    pub kind: Arc<str>,
    /// What happened, if there is more to say.
    pub message: Option<Arc<str>>,
}

impl AnswerTally {
    pub(super) fn add(&mut self, request: &RequestSample) {
        match request.status {
            Some(_) => self.answered += 1,
            None => self.add_unanswered(request),
        }
    }

    fn add_unanswered(&mut self, request: &RequestSample) {
        let kind = request.error_kind.as_deref().unwrap_or("failed");
        let cause = match request.interrupted {
            true => FailureCause::Target,
            false => FailureCause::of_request(kind),
        };
        self.unanswered.add(cause);
        if self.first.iter().all(|first| first.cause != cause) {
            self.first.push(Unanswered { cause, kind: kind.into(), message: request.error.clone() });
        }
    }
}

#[cfg(test)]
mod tests {
    use outrider_model::Sample;

    use super::*;
    use crate::test_samples::request;

    fn tally(ends: &[(Option<u16>, Option<&str>)]) -> AnswerTally {
        let mut tally = AnswerTally::default();
        for (status, kind) in ends {
            let Sample::Request(sample) = request("/", 1) else { panic!("a request") };
            let (error_kind, interrupted) = (kind.map(Into::into), *kind == Some("interrupted"));
            tally.add(&RequestSample { status: *status, error_kind, interrupted, ..*sample });
        }
        tally
    }

    #[test]
    fn an_answer_is_any_status_and_silence_has_a_cause() {
        let all = tally(&[
            (Some(503), Some("status 503")),
            (None, Some("connection refused")),
            (None, Some("interrupted")),
            (None, Some("not granted")),
            (None, Some("generator limit")),
        ]);
        assert_eq!(all.answered, 1);
        assert_eq!(all.unanswered, FailureCounts { target: 2, plugin: 1, generator: 1 });
        let first: Vec<_> = all.first.iter().map(|first| (first.cause, &*first.kind)).collect();
        let expected = [
            (FailureCause::Target, "connection refused"),
            (FailureCause::Plugin, "not granted"),
            (FailureCause::Generator, "generator limit"),
        ];
        assert_eq!(first, expected, "one of each cause is kept, however many there are");
    }
}
