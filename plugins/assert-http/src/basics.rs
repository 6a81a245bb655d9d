//! What is judged of every answer, without any rule.

use std::time::Duration;

use outrider_sdk::Verdict;
use outrider_sdk::assertions::Exchange;
use outrider_sdk::http::Response;

/// The judgements that need no rule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Basics {
    pub(crate) max_duration_ms: u64,
}

/// The parts of an answer that are judged.
#[derive(Debug)]
struct Answer {
    status: u16,
    duration: Duration,
    has_body: bool,
    content_type: Option<String>,
}

impl Basics {
    pub(crate) fn judge(self, exchange: &Exchange) -> Vec<Verdict> {
        let answered = Verdict::new("request is answered", exchange.outcome.is_ok());
        match &exchange.outcome {
            Ok(response) => {
                let mut verdicts = vec![answered];
                verdicts.extend(Answer::read(response).judge(self.max_duration_ms));
                verdicts
            }
            Err(error) => vec![Verdict {
                expected: Some("an answer".to_owned()),
                actual: Some(error.to_string()),
                ..answered
            }],
        }
    }
}

impl Answer {
    fn read(response: &Response) -> Self {
        let has_body = response.body_size() > 0;
        // Reading a header copies it into the sandbox, so only where it is judged.
        let content_type = if has_body { response.header("content-type").unwrap_or_default() } else { None };
        Self { status: response.status(), duration: response.duration(), has_body, content_type }
    }

    /// The verdicts, always under the same names. An answer without a body needs no media type.
    fn judge(self, max_duration_ms: u64) -> Vec<Verdict> {
        let limit = Duration::from_millis(max_duration_ms);
        let mut verdicts = vec![
            Verdict::that("status is below 500").actual(self.status).is_below(500),
            Verdict::that("answer is in time").actual(self.duration).is_at_most(limit),
        ];
        if self.has_body {
            verdicts.push(Verdict::that("body has a content type").actual(self.content_type).is_present());
        }
        verdicts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT_MS: u64 = 100;

    fn answer() -> Answer {
        let content_type = Some("text/html".to_owned());
        Answer { status: 200, duration: Duration::from_millis(100), has_body: true, content_type }
    }

    fn failed(answer: Answer) -> Vec<String> {
        let verdicts = answer.judge(LIMIT_MS);
        verdicts.into_iter().filter(|verdict| !verdict.passed).map(|verdict| verdict.name).collect()
    }

    #[test]
    fn an_ordinary_answer_passes() {
        assert!(failed(answer()).is_empty());
    }

    #[test]
    fn a_server_error_fails_and_a_client_error_does_not() {
        assert_eq!(failed(Answer { status: 500, ..answer() }), ["status is below 500"]);
        assert!(failed(Answer { status: 404, ..answer() }).is_empty());
    }

    #[test]
    fn an_answer_just_over_the_limit_is_late() {
        let duration = Duration::from_nanos(100_000_001);
        assert_eq!(failed(Answer { duration, ..answer() }), ["answer is in time"]);
    }

    #[test]
    fn only_a_body_needs_a_content_type() {
        assert_eq!(failed(Answer { content_type: None, ..answer() }), ["body has a content type"]);
        assert!(failed(Answer { content_type: None, has_body: false, ..answer() }).is_empty());
    }
}
