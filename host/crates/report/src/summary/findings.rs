//! What was found besides times: checks, status codes, errors, bytes.

use outrider_model::FailureCause;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// All verdicts of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckSummary {
    /// The assertion pack; empty for a check of the journey itself.
    pub pack: String,
    /// The check's name.
    pub name: String,
    /// How often what it asserts held.
    pub passed: u64,
    /// How often it did not.
    pub failed: u64,
    /// The first failure; null if there was none, or it said nothing.
    pub example: Option<CheckExample>,
    /// The places in the journey's source where it failed, the most frequent first, at most five. Failures that say
    /// none, as those of packs, are one of them.
    pub places: Vec<CheckPlace>,
    /// How many of the failures were in yet other places.
    pub failed_elsewhere: u64,
}

/// The failures of a check in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckPlace {
    /// How many.
    pub failed: u64,
    /// The first of them; null if it said nothing.
    pub example: Option<CheckExample>,
}

/// What one failed check said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckExample {
    /// What was expected, if said.
    pub expected: Option<String>,
    /// What was found, if said.
    pub actual: Option<String>,
    /// More words, if said.
    pub message: Option<String>,
    /// Where in the journey's source it stands: file, line and, where the language knows it, column, relative to the
    /// plugin's folder. Null for a verdict of an assertion pack.
    pub at: Option<String>,
}

impl CheckExample {
    /// `expected 200, found 503, the cart was lost (at src/lib.rs:12:5)`; empty if it says nothing.
    pub fn words(&self) -> String {
        let expected = self.expected.as_ref().map(|text| format!("expected {text}"));
        let actual = self.actual.as_ref().map(|text| format!("found {text}"));
        let parts: Vec<String> = [expected, actual, self.message.clone()].into_iter().flatten().collect();
        let said = parts.join(", ");
        match &self.at {
            Some(at) if said.is_empty() => format!("at {at}"),
            Some(at) => format!("{said} (at {at})"),
            None => said,
        }
    }
}

/// How often a status was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatusCount {
    /// The HTTP status; null for exchanges to which no answer came.
    pub status: Option<u16>,
    /// How many exchanges.
    pub count: u64,
}

/// Where a group of errors was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ErrorSource {
    /// Rows of `requests` that failed.
    Request,
    /// Rows of `iterations` that failed.
    Iteration,
    /// Calls of an assertion pack in which it broke instead of judging.
    Pack,
}

impl ErrorSource {
    /// The source as reports spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorSource::Request => "request",
            ErrorSource::Iteration => "iteration",
            ErrorSource::Pack => "pack",
        }
    }
}

/// Failures of one kind. One failure of the target may show in two groups: as a request, and as the
/// iteration that it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorSummary {
    /// Whose fault: `target` (a result), `plugin` (the journey broke) or `generator` (this side could
    /// not keep its promise).
    pub cause: FailureCause,
    /// A short stable name of the kind: `status 503`, `connection refused`, `exception`, …
    pub kind: String,
    /// Whether requests, iterations or calls of assertion packs are counted.
    pub source: ErrorSource,
    /// The name of the request, the scenario of the iteration, or the pack.
    pub name: String,
    /// What they said, by the shape of the message, the most frequent first, at most five; empty if they said
    /// nothing besides their kind.
    pub messages: Vec<MessageSummary>,
    /// How many said something of yet another shape.
    pub other_messages: u64,
    /// How many.
    pub count: u64,
}

/// Messages of one shape, from one place: the same words, but for the numbers in them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessageSummary {
    /// The first of them, bounded.
    pub example: String,
    /// Where in the author's source they come from, file, line and column; else the first frame of the stack. Messages
    /// from different places are counted apart. Null if nothing is known of it.
    pub at: Option<String>,
    /// The stack of the first of them, the innermost frame first, one a line, bounded; null without one.
    pub stack: Option<String>,
    /// Whether all of them are the same, as far as they are kept: then the example is no mere example.
    pub same: bool,
    /// How many.
    pub count: u64,
}

impl ErrorSummary {
    /// What to look at first; none where the kind says it all.
    pub fn hint(&self) -> Option<&'static str> {
        if self.source == ErrorSource::Pack {
            return Some("the pack broke, not the target: what it did not judge is in no check");
        }
        let hint = match (self.cause, self.kind.as_str()) {
            (FailureCause::Plugin, "timeout") => {
                "the journey ran into its time limit; is it waiting for ever?"
            }
            (FailureCause::Plugin, "cpu limit") => "is there a loop that never ends?",
            (FailureCause::Plugin, "not granted") => "--allow-net HOST:PORT grants what --target does not",
            (FailureCause::Plugin, _) => "the journey broke, not the target",
            (FailureCause::Generator, "interrupted") => {
                "cut off by the end of its iteration, not by the target"
            }
            (FailureCause::Generator, "generator limit") => {
                "this machine ran out of ports, files or memory; see `ulimit -n`"
            }
            (_, "connection refused") => "is the target up, and is the port right?",
            (_, "dns") => "does the target's name resolve on this machine?",
            (_, "connect timeout") => "is the host right, and does a firewall drop the packets?",
            (_, "timeout") => "the answer came too late; compare the wait phase with the target's own log",
            (_, "tls") => "is the certificate valid for this name? --insecure accepts any",
            (_, "status 401" | "status 403") => "does the journey log in, and is its secret set?",
            (_, "status 429") => "the target limits the rate: that limit was measured, not its speed",
            _ => return None,
        };
        Some(hint)
    }
}

/// Bytes of HTTP exchanges, before TLS: headers and bodies as they went over the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Network {
    /// Bytes written.
    pub bytes_sent: u64,
    /// Bytes read, before decompression.
    pub bytes_received: u64,
    /// Bytes written per second, over the duration of the load.
    pub sent_bytes_per_s: f64,
    /// Bytes read per second, over the duration of the load.
    pub received_bytes_per_s: f64,
}
