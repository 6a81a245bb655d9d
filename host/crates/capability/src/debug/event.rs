//! What happened, as it is shown and written as JSON.
//!
//! Texts here may be shown as they are: see `shown`.

use std::time::Duration;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

/// One thing that happened in a run that is debugged: a line of `host run --debug --format jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DebugEvent {
    /// When, in milliseconds since the clock of the run began: before its plugin was loaded.
    pub at_ms: f64,
    /// The virtual user; 0 in `setup` and `teardown`.
    pub vu: u32,
    /// What.
    #[serde(flatten)]
    pub what: Happening,
}

impl DebugEvent {
    /// It as JSON, on one line.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("our events have text keys only")
    }

    /// The JSON Schema (draft 2020-12) of [`DebugEvent::to_json`].
    pub fn json_schema() -> String {
        let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
        let schema = generator.into_root_schema_for::<DebugEvent>();
        serde_json::to_string_pretty(&schema).expect("a schema has text keys only")
    }
}

/// A function of the journey that the host calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JourneyCall {
    /// Once for each journey of a run, before any user.
    Setup,
    /// Once for each user, before its first iteration.
    Start,
    /// Once for each user, after its last one.
    Stop,
    /// Once for each journey of a run, at its end.
    Teardown,
}

impl JourneyCall {
    /// The function's name.
    pub fn as_str(self) -> &'static str {
        match self {
            JourneyCall::Setup => "setup",
            JourneyCall::Start => "start",
            JourneyCall::Stop => "stop",
            JourneyCall::Teardown => "teardown",
        }
    }
}

/// What happened. Every variant is an `event`; its fields are what it is about.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Happening {
    /// The host calls a function of the journey.
    CallBegin {
        /// Which one.
        call: JourneyCall,
    },
    /// That function came back, or broke.
    CallEnd {
        /// Which one.
        call: JourneyCall,
        /// How long it took, in milliseconds.
        duration_ms: f64,
        /// What `setup` returned, as JSON text.
        #[serde(skip_serializing_if = "Option::is_none")]
        result: Option<String>,
        /// Why it did not do what it was asked.
        #[serde(skip_serializing_if = "Option::is_none")]
        failure: Option<FailureEvent>,
    },
    /// An iteration begins.
    IterationBegin {
        /// The scenario of the run.
        scenario: String,
        /// The scenario of the journey that was named, or drawn for this iteration.
        plugin_scenario: String,
        /// Its number in the scenario, from 0.
        iteration: u64,
    },
    /// An iteration ended.
    IterationEnd {
        /// The scenario of the run.
        scenario: String,
        /// Its number in the scenario, from 0.
        iteration: u64,
        /// `completed`, `failed`, `interrupted` or `dropped`.
        status: String,
        /// How long it took, in milliseconds, without the time of assertion packs.
        duration_ms: f64,
        /// Why it failed.
        #[serde(skip_serializing_if = "Option::is_none")]
        failure: Option<FailureEvent>,
    },
    /// A step begins.
    StepBegin {
        /// Its name.
        step: String,
        /// Its tags, as key and value.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        tags: Vec<(String, String)>,
    },
    /// A step ended.
    StepEnd {
        /// Its name.
        step: String,
        /// How long it took, in milliseconds, think time within it included.
        duration_ms: f64,
        /// The error that ended it.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    /// A request is written to a connection. A redirect that is followed is a request of its own.
    Request {
        /// The number of the exchange in the run, from 1, by which what follows refers to it.
        exchange: u64,
        /// The label under which it is counted.
        name: String,
        /// The method.
        method: String,
        /// The URL, without user, password and fragment.
        url: String,
        /// `HTTP/1.1` or `HTTP/2`.
        protocol: String,
        /// How many redirects led here.
        #[serde(skip_serializing_if = "is_zero")]
        redirects: u32,
        /// All header fields that are sent, cookies too, but for those that frame the message (`content-length`).
        headers: Vec<(String, String)>,
        /// The body, if there is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        body: Option<ShownBody>,
    },
    /// The answer is whole.
    Answer {
        /// The number of the exchange.
        exchange: u64,
        /// The status code.
        status: u16,
        /// Whether it counts as success.
        ok: bool,
        /// `HTTP/1.0`, `HTTP/1.1` or `HTTP/2`.
        protocol: String,
        /// How long the exchange took, in milliseconds.
        duration_ms: f64,
        /// Its phases.
        phases_ms: PhasesEvent,
        /// Bytes of the answer over the wire, before decompression.
        bytes_received: u64,
        /// Whether the connection had carried an exchange before.
        connection_reused: bool,
        /// The address that answered.
        #[serde(skip_serializing_if = "Option::is_none")]
        remote_address: Option<String>,
        /// All header fields in the order they came.
        headers: Vec<(String, String)>,
        /// The cookies that it sets.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        cookies: Vec<CookieEvent>,
        /// The URL to which it leads, if that is followed.
        #[serde(skip_serializing_if = "Option::is_none")]
        redirect_to: Option<String>,
        /// The body, decompressed; none of a redirect that is followed.
        #[serde(skip_serializing_if = "Option::is_none")]
        body: Option<ShownBody>,
    },
    /// There is no answer.
    NoAnswer {
        /// The number of the exchange.
        exchange: u64,
        /// The label under which it is counted.
        name: String,
        /// The method.
        method: String,
        /// The URL, without user, password and fragment.
        url: String,
        /// How long it took, in milliseconds.
        duration_ms: f64,
        /// The kind of the error, as in reports.
        kind: String,
        /// What happened.
        error: String,
        /// What to do about it.
        #[serde(skip_serializing_if = "Option::is_none")]
        hint: Option<String>,
    },
    /// The journey asked for a part of an answer.
    Extract {
        /// The number of the exchange; none of an answer that is gone.
        exchange: Option<u64>,
        /// By what: `json_path`, `regex`, `css`, `xpath`, `header`, `header_regex`, `json_schema`, `text`, `bytes`, …
        by: String,
        /// The expression, if there is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        expression: Option<String>,
        /// What of it: the group of a regular expression, the attribute of a selector, the name of a header field.
        #[serde(skip_serializing_if = "Option::is_none")]
        part: Option<String>,
        /// How many values were found.
        count: u64,
        /// The first values that were found: ten at most.
        found: Vec<String>,
        /// Why nothing could be looked for.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        /// Where nothing was found: what is there instead.
        #[serde(skip_serializing_if = "Option::is_none")]
        hint: Option<String>,
    },
    /// The journey asked for its row of test data.
    DataRow {
        /// The set's name.
        data: String,
        /// The row's number in the file, from 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        row: Option<u64>,
        /// How many rows there are.
        #[serde(skip_serializing_if = "Option::is_none")]
        rows: Option<u64>,
        /// The row, as JSON text.
        #[serde(skip_serializing_if = "Option::is_none")]
        fields: Option<String>,
        /// Why there is none.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    /// The journey read its parameters.
    Parameters {
        /// They, as JSON text.
        value: String,
    },
    /// The journey read what `setup` returned.
    SetupData {
        /// It, as JSON text.
        value: String,
    },
    /// The journey asked for a secret. Its value is told to nobody else.
    Secret {
        /// The secret's name.
        name: String,
        /// Whether the run has it.
        granted: bool,
    },
    /// The journey drew a random value.
    Random {
        /// What it asked for, for example `between(1, 6)`.
        of: String,
        /// What it got.
        value: String,
    },
    /// The journey waits: think time, or a pause of its own.
    Wait {
        /// How long, in milliseconds.
        duration_ms: f64,
        /// Whether it was cut to nothing, as the run was asked to.
        skipped: bool,
    },
    /// The journey set a tag for the rest of the iteration.
    Tag {
        /// Its key.
        key: String,
        /// Its value.
        value: String,
    },
    /// The journey forgot all cookies of its user.
    CookiesCleared,
    /// The journey closed the idle connections of its user.
    ConnectionsClosed,
    /// A check of the journey, or a verdict of an assertion pack.
    Check {
        /// The check's name.
        name: String,
        /// The pack's name; none for a check of the journey.
        #[serde(skip_serializing_if = "Option::is_none")]
        pack: Option<String>,
        /// Whether it holds.
        passed: bool,
        /// What was expected, if said.
        #[serde(skip_serializing_if = "Option::is_none")]
        expected: Option<String>,
        /// What was found, if said.
        #[serde(skip_serializing_if = "Option::is_none")]
        actual: Option<String>,
        /// More words, if said.
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// Where in the journey's source it stands, if it failed.
        #[serde(skip_serializing_if = "Option::is_none")]
        at: Option<String>,
    },
    /// A value of a custom metric.
    Metric {
        /// The metric's name.
        name: String,
        /// `counter`, `gauge`, `rate` or `trend`.
        kind: String,
        /// The value.
        value: f64,
        /// The tags that it carries.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        tags: Vec<(String, String)>,
    },
    /// A line that was logged or printed.
    Log {
        /// `log`, `stdout`, `stderr` or `host`. What is printed comes when the call of the journey is over.
        source: String,
        /// `debug`, `info`, `warn` or `error`.
        level: String,
        /// The line.
        message: String,
    },
    /// The walk became longer than is shown; ends of calls and iterations are shown all the same.
    LeftOut {
        /// How many events are left out.
        events: u64,
    },
}

impl Happening {
    /// A length of time as events have it: in milliseconds, to a microsecond.
    pub fn milliseconds(duration: Duration) -> f64 {
        milliseconds(duration)
    }
}

/// Why something failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FailureEvent {
    /// A short stable name of the failure's kind.
    pub kind: String,
    /// What happened.
    pub message: String,
    /// Where in the author's source, the innermost frame first, one a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
}

/// A body, or the beginning of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ShownBody {
    /// Its length, in bytes; of an answer after decompression.
    pub bytes: u64,
    /// The beginning of it, where it is text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The first bytes in hexadecimal digits, where it is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hex: Option<String>,
    /// How many bytes are not shown.
    #[serde(skip_serializing_if = "is_none_left")]
    pub hidden_bytes: u64,
    /// Why it is not there to be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
}

/// A cookie that an answer sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CookieEvent {
    /// Its name.
    pub name: String,
    /// Whether the user keeps it: not if it is malformed, too large or for another host.
    pub kept: bool,
}

/// The phases of an exchange, in milliseconds. One that did not happen is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct PhasesEvent {
    /// Waiting for a free connection of this user. Not part of the duration.
    pub blocked: f64,
    /// Resolving the name.
    pub dns: f64,
    /// Opening the TCP connection.
    pub connect: f64,
    /// The TLS handshake.
    pub tls: f64,
    /// Until the last byte of the request was written.
    pub send: f64,
    /// From then to the first byte of the answer.
    pub wait: f64,
    /// From then to its last byte.
    pub receive: f64,
}

impl From<outrider_model::Phases> for PhasesEvent {
    fn from(phases: outrider_model::Phases) -> PhasesEvent {
        PhasesEvent {
            blocked: milliseconds(phases.blocked),
            dns: milliseconds(phases.dns),
            connect: milliseconds(phases.connect),
            tls: milliseconds(phases.tls),
            send: milliseconds(phases.send),
            wait: milliseconds(phases.wait),
            receive: milliseconds(phases.receive),
        }
    }
}

/// To a microsecond: what is beyond that is noise.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

fn is_none_left(bytes: &u64) -> bool {
    *bytes == 0
}
