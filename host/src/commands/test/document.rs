//! The report of tests as JSON.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use super::cases::Case;
use super::judge::{Shortfall, steps_of};
use super::seen::Seen;

/// What came of the tests of a plugin: `host test --format json`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct TestReport {
    /// The version of this document, 1. Fields are added without a new one.
    pub(crate) version: u32,
    /// The plugin as it was named.
    pub(crate) plugin: String,
    /// `pass` or `fail`.
    pub(crate) verdict: &'static str,
    /// The exit code: 0, 110 if a test failed, 107 if the plugin broke where that was not expected.
    pub(crate) exit_code: u8,
    /// How many tests passed.
    pub(crate) passed: usize,
    /// How many failed.
    pub(crate) failed: usize,
    /// The tests in the order of their files.
    pub(crate) tests: Vec<TestEntry>,
}

/// What came of one test.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct TestEntry {
    /// Its name.
    pub(crate) name: String,
    /// The file in which it stands.
    pub(crate) file: String,
    /// Its line there.
    pub(crate) line: usize,
    /// Whether all was as expected.
    pub(crate) passed: bool,
    /// How the plugin's work ended: `completed`, `failed`, `broke` or `aborted`.
    pub(crate) outcome: &'static str,
    /// The error, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// How long it took by the plugin's clock, in milliseconds.
    pub(crate) duration_ms: f64,
    /// The requests that it made, in their order: method and path.
    pub(crate) requests: Vec<String>,
    /// The steps in the order in which they began.
    pub(crate) steps: Vec<String>,
    /// What was not as expected.
    pub(crate) shortfalls: Vec<Shortfall>,
}

impl TestEntry {
    pub(super) fn new(case: &Case<'_>, seen: &Seen, shortfalls: Vec<Shortfall>) -> TestEntry {
        let (file, line) = case.place();
        let message = &seen.ending.message;
        TestEntry {
            name: case.name().to_owned(),
            file: file.display().to_string(),
            line,
            passed: shortfalls.is_empty(),
            outcome: seen.ending.outcome.name(),
            message: (!message.is_empty()).then(|| message.clone()),
            duration_ms: seen.duration.as_secs_f64() * 1e3,
            requests: seen.heard.asked.iter().map(super::pattern::Asked::name).collect(),
            steps: steps_of(seen).into_iter().map(str::to_owned).collect(),
            shortfalls,
        }
    }
}

impl TestReport {
    /// It as JSON.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("our documents have text keys only")
    }
}

/// The schema of the document.
pub(crate) fn json_schema() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = generator.into_root_schema_for::<TestReport>();
    serde_json::to_string_pretty(&schema).expect("a schema has text keys only")
}
