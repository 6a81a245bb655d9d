//! What happened while a run went on, and was no part of it.

use outrider_model::Timestamp;
use outrider_storage::Annotation;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::read::rfc3339;
use crate::words::{clean, stopwatch};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AnnotationSummary {
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// When, in milliseconds after the start of the run; negative before it.
    pub at_ms: f64,
    /// When it was over, in milliseconds after the start of the run; null if it was a moment.
    pub until_ms: Option<f64>,
    /// What.
    pub text: String,
}

impl AnnotationSummary {
    /// Of a run that started then.
    pub fn new(annotation: &Annotation, start: Timestamp) -> AnnotationSummary {
        let ms = |at: Timestamp| at.0.saturating_sub(start.0) as f64 / 1e6;
        AnnotationSummary {
            at: rfc3339(annotation.at),
            at_ms: ms(annotation.at),
            until_ms: annotation.until.map(ms),
            text: clean(&annotation.text),
        }
    }

    /// When, as a stopwatch that began with the run shows it: `5:00`, `5:00 to 7:00`, `0:10 before`. A second that has begun
    /// is the one that counts, as in charts.
    pub fn when(&self) -> String {
        let moment = |ms: f64| match (ms / 1e3).floor() * 1e3 {
            second if second < 0.0 => format!("{} before", stopwatch(-second)),
            second => stopwatch(second),
        };
        match self.until_ms {
            Some(until) => format!("{} to {}", moment(self.at_ms), moment(until)),
            None => moment(self.at_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_that_of_a_stopwatch() {
        let start = Timestamp(1_770_000_000_000_000_000);
        let of = |at: i64, until: Option<i64>| {
            let on_clock = |seconds: i64| Timestamp(start.0 + seconds * 1_000_000_000);
            let annotation =
                Annotation { at: on_clock(at), until: until.map(on_clock), text: "a\u{1b}b".to_owned() };
            AnnotationSummary::new(&annotation, start)
        };
        assert_eq!(of(300, Some(420)).when(), "5:00 to 7:00");
        assert_eq!((of(-10, None).when(), of(-10, None).at_ms), ("0:10 before".to_owned(), -10_000.0));
        assert_eq!(of(0, None).text, "a b");
        let late = AnnotationSummary { at_ms: 980.0, ..of(0, None) };
        assert_eq!(late.when(), "0:00", "it is in the first column of a chart of seconds");
    }
}
