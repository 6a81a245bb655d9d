//! The alert of a file, for trying a channel.

use std::collections::BTreeMap;
use std::time::Duration;

use outrider_model::{Alert, AlertKind, FailedCheck, Location, RunClock, Timestamp};
use outrider_session::Fault;
use schemars::JsonSchema;
use serde::Deserialize;

use super::document::schema_of_input;
use super::input::{self, Input};

/// What an alert is, as a hint says it to somebody who has the program alone.
pub(crate) const WHAT_IT_IS: &str = "the least is {\"monitor\": \"shop\", \"summary\": \"the cart fails\"}; `host check --help` has all of its keys";

/// An alert as a file has it. Only the monitor and the summary must be said.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AlertFile {
    /// The same for all alerts of one incident. Defaults to `test`.
    #[serde(default = "test")]
    incident: String,
    /// What there is to tell. Defaults to `failed`.
    #[serde(default)]
    kind: KindName,
    /// The monitor's name.
    monitor: String,
    /// What happened, in one sentence.
    summary: String,
    /// When the incident began, in RFC 3339, from 1970. Defaults to now.
    began: Option<String>,
    /// When the alert was raised, in RFC 3339, from 1970. Defaults to now.
    raised: Option<String>,
    /// What each location saw last.
    #[serde(default)]
    locations: Vec<LocationEntry>,
    /// The run's id.
    run: Option<String>,
    /// A page with more of it.
    link: Option<String>,
    /// The monitor's tags.
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum KindName {
    /// The monitor is slower than it should be, or some of its locations fail.
    Degraded,
    /// It fails.
    #[default]
    Failed,
    /// It still fails.
    Reminder,
    /// It is well again.
    Recovered,
    /// Somebody tries the channel.
    Test,
}

/// What one location saw.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LocationEntry {
    /// Its name.
    name: String,
    /// Whether the monitor holds there.
    passed: bool,
    /// How long it took there, in milliseconds, from 0. Defaults to 0.
    #[serde(default)]
    duration_ms: f64,
    /// Why it failed.
    error: Option<String>,
    /// The checks that failed there.
    #[serde(default)]
    failed_checks: Vec<CheckName>,
}

/// A check that failed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CheckName {
    /// Its name.
    name: String,
    /// What was expected.
    expected: Option<String>,
    /// What was found.
    actual: Option<String>,
    /// More words.
    message: Option<String>,
}

fn test() -> String {
    "test".to_owned()
}

/// The JSON Schema of the file.
pub(crate) fn alert_json_schema() -> String {
    schema_of_input::<AlertFile>()
}

/// The alert of a file; without one, that somebody tries the channel.
pub(super) fn read(input: Option<&Input>) -> Result<Alert, Fault> {
    let now = RunClock::start_now().now();
    let Some(Input { shown, data }) = input else { return Ok(of_nothing(now)) };
    let shown = if shown == input::STANDARD { shown.clone() } else { format!("'{shown}'") };
    let refused = |why: String| Fault::new(format!("{shown} is no alert")).cause(why);
    let written: AlertFile =
        serde_json::from_slice(data).map_err(|error| refused(error.to_string()).hint(WHAT_IT_IS))?;
    written.alert(now).map_err(refused)
}

/// The alert of a test of a channel.
pub(crate) fn of_value(value: &serde_json::Value, now: Timestamp) -> Result<Alert, String> {
    let written: AlertFile = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    written.alert(now)
}

/// That somebody tries the channel.
pub(crate) fn of_nothing(now: Timestamp) -> Alert {
    Alert {
        incident: test(),
        kind: AlertKind::Test,
        monitor: "test".to_owned(),
        summary: "somebody tries this channel; nothing is wrong".to_owned(),
        began: now,
        raised: now,
        locations: Vec::new(),
        run: None,
        link: None,
        tags: BTreeMap::new(),
    }
}

impl AlertFile {
    fn alert(self, now: Timestamp) -> Result<Alert, String> {
        let at = |key: &str, text: Option<String>| match text {
            None => Ok(now),
            Some(text) => match outrider_storage::rfc3339::parse(&text) {
                // Plugins are told nanoseconds since 1970, without a sign.
                Ok(at) if at < Timestamp(0) => Err(format!("{key}: '{text}' is before 1970")),
                Ok(at) => Ok(at),
                Err(why) => Err(format!("{key}: '{text}' is no time in RFC 3339: {why}")),
            },
        };
        Ok(Alert {
            incident: self.incident,
            kind: match self.kind {
                KindName::Degraded => AlertKind::Degraded,
                KindName::Failed => AlertKind::Failed,
                KindName::Reminder => AlertKind::Reminder,
                KindName::Recovered => AlertKind::Recovered,
                KindName::Test => AlertKind::Test,
            },
            monitor: self.monitor,
            summary: self.summary,
            began: at("began", self.began)?,
            raised: at("raised", self.raised)?,
            locations: self.locations.into_iter().map(LocationEntry::location).collect::<Result<_, _>>()?,
            run: self.run,
            link: self.link,
            tags: self.tags,
        })
    }
}

impl LocationEntry {
    fn location(self) -> Result<Location, String> {
        let duration = Duration::try_from_secs_f64(self.duration_ms / 1000.0);
        Ok(Location {
            duration: duration.map_err(|why| format!("duration_ms of location '{}': {why}", self.name))?,
            name: self.name,
            passed: self.passed,
            error: self.error,
            failed_checks: self
                .failed_checks
                .into_iter()
                .map(|CheckName { name, expected, actual, message }| FailedCheck {
                    name,
                    expected,
                    actual,
                    message,
                })
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Alert, Fault> {
        read(Some(&Input { shown: "alert.json".to_owned(), data: text.as_bytes().to_vec() }))
    }

    #[test]
    fn what_is_not_said_has_a_default() {
        let alert =
            read_text(r#"{"monitor": "shop", "summary": "the shop fails", "began": "2026-01-01T00:00:00Z"}"#);
        let alert = alert.unwrap();
        assert_eq!((alert.kind, alert.incident.as_str()), (AlertKind::Failed, "test"));
        assert_eq!(alert.began, Timestamp(1_767_225_600_000_000_000));
        assert_eq!(read(None).unwrap().kind, AlertKind::Test);
    }

    #[test]
    fn what_is_no_alert_is_refused() {
        for text in [
            "{",
            r#"{"monitor": "shop"}"#,
            r#"{"monitor": "shop", "summary": "s", "sumary": "s"}"#,
            r#"{"monitor": "shop", "summary": "s", "began": "yesterday"}"#,
            r#"{"monitor": "s", "summary": "s", "locations": [{"name": "x", "passed": true, "duration_ms": -1}]}"#,
        ] {
            assert!(read_text(text).unwrap_err().message.contains("is no alert"), "{text}");
        }
        let early = r#"{"monitor": "s", "summary": "s", "raised": "1969-12-31T23:59:59Z"}"#;
        let fault = read_text(early).unwrap_err();
        assert_eq!(fault.causes, ["raised: '1969-12-31T23:59:59Z' is before 1970"]);
    }
}
