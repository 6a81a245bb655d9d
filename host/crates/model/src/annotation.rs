//! Things that happen while a run goes on and that are no part of it: a deployment, a failover, a sale that begins.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::drives_a_terminal;
use crate::units::{duration_text, parse_duration};

/// What happened, in a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AnnotationText(String);

/// Two hundred characters: what stands beside a line in a chart, and not a log.
const MAX_LENGTH: usize = 200;

impl AnnotationText {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AnnotationText {
    type Err = AnnotationError;

    fn from_str(text: &str) -> Result<AnnotationText, AnnotationError> {
        let text = text.trim();
        let is_sound =
            !text.is_empty() && text.chars().count() <= MAX_LENGTH && !text.contains(drives_a_terminal);
        if is_sound {
            Ok(AnnotationText(text.to_owned()))
        } else {
            Err(AnnotationError::Text(text.to_owned()))
        }
    }
}

impl fmt::Display for AnnotationText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something that is known before the run to happen in it, by the time after its start: `5m=failover` at a moment,
/// `5m..7m=failover` for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedAnnotation {
    /// When, after the start of the run.
    pub at: Duration,
    /// When it is over, after the start of the run, if it lasts.
    pub until: Option<Duration>,
    /// What.
    pub text: AnnotationText,
}

/// What is no annotation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnnotationError {
    /// Its text cannot stand in a chart.
    #[error("'{0}' is no text of an annotation: it has 1 to {MAX_LENGTH} characters on one line")]
    Text(String),
    /// It has no time, or none that can be read.
    #[error(
        "'{0}' is no annotation: write TIME=TEXT or FROM..TO=TEXT, with times after the start, for example 5m=failover"
    )]
    Form(String),
    /// It ends before it begins.
    #[error("'{0}' is no annotation: it ends before it begins")]
    Backwards(String),
}

impl FromStr for PlannedAnnotation {
    type Err = AnnotationError;

    fn from_str(written: &str) -> Result<PlannedAnnotation, AnnotationError> {
        let form = || AnnotationError::Form(written.to_owned());
        let (times, text) = written.split_once('=').ok_or_else(form)?;
        let time = |time: &str| parse_duration(time.trim()).map_err(|_| form());
        let (at, until) = match times.split_once("..") {
            Some((at, until)) => (time(at)?, Some(time(until)?)),
            None => (time(times)?, None),
        };
        if until.is_some_and(|until| until < at) {
            return Err(AnnotationError::Backwards(written.to_owned()));
        }
        Ok(PlannedAnnotation { at, until, text: text.parse()? })
    }
}

impl fmt::Display for PlannedAnnotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&duration_text(self.at))?;
        if let Some(until) = self.until {
            write!(f, "..{}", duration_text(until))?;
        }
        write!(f, "={}", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annotation_is_a_time_or_two_and_a_text() {
        for written in ["5m=failover of db=main", "0s=begin", "1m30s..2m=sale"] {
            assert_eq!(written.parse::<PlannedAnnotation>().unwrap().to_string(), written);
        }
        let spaced: PlannedAnnotation = " 90s .. 2m = sale ".parse().unwrap();
        assert_eq!((spaced.at, spaced.until), (Duration::from_secs(90), Some(Duration::from_secs(120))));
        assert_eq!(spaced.text.as_str(), "sale");
    }

    #[test]
    fn what_is_none_says_why() {
        let why = |written: &str| written.parse::<PlannedAnnotation>().unwrap_err();
        for written in ["deployed", "5=x", "soon=x", "=x", "5m..=x"] {
            assert_eq!(why(written), AnnotationError::Form(written.to_owned()));
        }
        assert!(matches!(why("5m..4m=x"), AnnotationError::Backwards(_)));
        for written in ["5m=", "5m= ", "5m=a\u{1b}[2Jb", "5m=a\nb", &format!("5m={}", "x".repeat(201))] {
            assert!(matches!(why(written), AnnotationError::Text(_)), "{written:?}");
        }
    }
}
