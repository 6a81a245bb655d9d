//! Runs in which requests were made and none was answered: they measured nothing of the target.

use outrider_model::FailureCause;
use outrider_telemetry::{AnswerTally, Unanswered};

use crate::Breakdown;

/// Whose fault it mostly is that no request of the run was answered; `None` if one was, or none was made. Only where
/// no sample was lost is that known.
pub(crate) fn breakdown(answers: &AnswerTally) -> Option<Breakdown> {
    let cause = answers.unanswered.main_cause().filter(|_| answers.answered == 0)?;
    let requests = answers.unanswered.total();
    let what = match (cause, requests) {
        (FailureCause::Target, 1) => "the target did not answer the only request".to_owned(),
        (FailureCause::Target, _) => format!("the target answered none of {requests} requests"),
        (FailureCause::Plugin, 1) => "the only request of the journey could not be sent".to_owned(),
        (FailureCause::Plugin, _) => format!("none of {requests} requests of the journey could be sent"),
        (FailureCause::Generator, 1) => "the only request failed on this machine".to_owned(),
        (FailureCause::Generator, _) => format!("all {requests} requests failed on this machine"),
    };
    let first = answers.first.iter().find(|first| first.cause == cause);
    let message = format!("{what}{}", first.map(why).unwrap_or_default());
    Some(Breakdown { cause, message, stack: None, said: Vec::new(), pack: None })
}

/// `: connection refused, for example: cannot connect to …`.
fn why(first: &Unanswered) -> String {
    match &first.message {
        Some(message) if **message != *first.kind => format!(": {}, for example: {message}", first.kind),
        _ => format!(": {}", first.kind),
    }
}

#[cfg(test)]
mod tests {
    use outrider_model::FailureCounts;

    use super::*;
    use crate::Exit;

    fn answers(answered: u64, unanswered: FailureCounts) -> AnswerTally {
        let first = |cause, kind: &str, message: Option<&str>| Unanswered {
            cause,
            kind: kind.into(),
            message: message.map(Into::into),
        };
        let first = vec![
            first(FailureCause::Plugin, "not granted", None),
            first(FailureCause::Target, "connection refused", Some("cannot connect to 127.0.0.1:9")),
            first(FailureCause::Generator, "generator limit", Some("no ports are left")),
        ];
        AnswerTally { answered, unanswered, first }
    }

    #[test]
    fn one_answer_is_enough_and_no_request_is_no_silence() {
        let refused = FailureCounts { target: 99, ..FailureCounts::default() };
        assert_eq!(breakdown(&answers(1, refused)), None);
        assert_eq!(breakdown(&AnswerTally::default()), None);
    }

    #[test]
    fn silence_has_a_reason_and_is_the_fault_of_most_of_it() {
        let said = |target, plugin, generator| {
            let found = breakdown(&answers(0, FailureCounts { target, plugin, generator })).unwrap();
            (found.exit(), found.message)
        };
        let refused = "the target answered none of 150 requests: connection refused, for example: \
                       cannot connect to 127.0.0.1:9";
        assert_eq!(said(149, 1, 0), (Exit::TargetFailed, refused.to_owned()));
        let one = "the only request of the journey could not be sent: not granted";
        assert_eq!(said(0, 1, 0), (Exit::PluginBroken, one.to_owned()));
        let own = "all 7 requests failed on this machine: generator limit, for example: no ports are left";
        assert_eq!(said(3, 0, 4), (Exit::Unexpected, own.to_owned()));
    }
}
