//! Where the parts of an answer are read.

use std::cell::OnceCell;
use std::time::Duration;

use outrider_sdk::assertions::Fields;
use outrider_sdk::http::{ReadError, Response};
use outrider_sdk::serde_json::Value;

/// Reads parts of an answer. An error says why there is no such part.
pub(crate) trait Answer {
    fn status(&self) -> u16;
    fn duration(&self) -> Duration;
    fn body_size(&self) -> u64;
    /// The phase of that name.
    fn phase(&self, name: &str) -> Result<Duration, String>;
    fn url(&self) -> Result<String, String>;
    fn protocol(&self) -> Result<String, String>;
    /// All header fields.
    fn headers(&self) -> Result<&Fields, String>;
    fn text(&self) -> Result<String, String>;
    /// What a JSONPath selects.
    fn json(&self, path: &str) -> Result<Vec<Value>, String>;
    /// The texts of the elements that a CSS selector selects.
    fn css(&self, selector: &str) -> Result<Vec<String>, String>;
    /// The string values of what an XPath selects.
    fn xpath(&self, expression: &str) -> Result<Vec<String>, String>;
    /// The first group of the first match, or all of it if the pattern has no group; nothing of a match in which the group
    /// took no part.
    fn regex(&self, pattern: &str) -> Result<Option<String>, String>;
    /// Where the body does not fit a JSON Schema.
    fn schema_faults(&self, schema: &str) -> Result<Vec<String>, String>;
}

/// The phases of an exchange.
pub(crate) const PHASES: [&str; 7] = ["blocked", "dns", "connect", "tls", "send", "wait", "receive"];

/// An answer in the host. Each part is copied here when it is first asked for.
#[derive(Debug)]
pub(crate) struct HostAnswer<'a> {
    response: &'a Response,
    headers: OnceCell<Fields>,
}

impl<'a> HostAnswer<'a> {
    pub(crate) fn new(response: &'a Response) -> Self {
        Self { response, headers: OnceCell::new() }
    }
}

impl Answer for HostAnswer<'_> {
    fn status(&self) -> u16 {
        self.response.status()
    }

    fn duration(&self) -> Duration {
        self.response.duration()
    }

    fn body_size(&self) -> u64 {
        self.response.body_size()
    }

    fn phase(&self, name: &str) -> Result<Duration, String> {
        let phases = self.response.timings().map_err(said)?;
        Ok(match name {
            "blocked" => phases.blocked,
            "dns" => phases.dns,
            "connect" => phases.connect,
            "tls" => phases.tls,
            "send" => phases.send,
            "wait" => phases.wait,
            "receive" => phases.receive,
            other => return Err(format!("there is no phase {other}")),
        })
    }

    fn url(&self) -> Result<String, String> {
        self.response.url().map_err(said)
    }

    fn protocol(&self) -> Result<String, String> {
        self.response.protocol().map_err(said)
    }

    fn headers(&self) -> Result<&Fields, String> {
        if let Some(headers) = self.headers.get() {
            return Ok(headers);
        }
        let headers = Fields::read(self.response).map_err(said)?;
        Ok(self.headers.get_or_init(|| headers))
    }

    fn text(&self) -> Result<String, String> {
        self.response.text().map_err(said)
    }

    fn json(&self, path: &str) -> Result<Vec<Value>, String> {
        self.response.json_path_all(path).map_err(said)
    }

    fn css(&self, selector: &str) -> Result<Vec<String>, String> {
        self.response.css_all(selector).map_err(said)
    }

    fn xpath(&self, expression: &str) -> Result<Vec<String>, String> {
        self.response.xpath_all(expression).map_err(said)
    }

    fn regex(&self, pattern: &str) -> Result<Option<String>, String> {
        // Only the host knows how many groups a pattern has.
        match self.response.find_regex(pattern, 1) {
            Err(ReadError::InvalidPattern(_)) => self.response.find_regex(pattern, 0).map_err(said),
            found => found.map_err(said),
        }
    }

    fn schema_faults(&self, schema: &str) -> Result<Vec<String>, String> {
        self.response.json_schema_faults(schema).map_err(said)
    }
}

fn said(error: ReadError) -> String {
    error.to_string()
}
