//! What OpenTelemetry's variables of the environment say.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;

use crate::ExportError;

/// Reads variables and keeps what is wrong with them.
pub(super) struct Variables<'a> {
    read: &'a dyn Fn(&str) -> Option<String>,
    pub(super) faults: Vec<ExportError>,
}

impl<'a> Variables<'a> {
    pub(super) fn new(read: &'a dyn Fn(&str) -> Option<String>) -> Variables<'a> {
        Variables { read, faults: Vec::new() }
    }

    /// The value of a variable. An empty one is none, as OpenTelemetry has it.
    pub(super) fn text(&self, variable: &str) -> Option<String> {
        (self.read)(variable).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// What is set for one signal, else for all: the variable with its name.
    pub(super) fn of_signal(&self, signal: &str, what: &str) -> Option<(String, String)> {
        [format!("OTEL_EXPORTER_OTLP_{signal}_{what}"), format!("OTEL_EXPORTER_OTLP_{what}")]
            .into_iter()
            .find_map(|variable| Some((self.text(&variable)?, variable)))
    }

    pub(super) fn refuse(&mut self, variable: impl Into<String>, wanted: &'static str) {
        self.faults.push(ExportError::Variable { variable: variable.into(), wanted });
    }

    /// A number of milliseconds, not zero.
    pub(super) fn milliseconds(&mut self, text: Option<(String, String)>) -> Option<Duration> {
        let (text, variable) = text?;
        let read = text.parse().ok().filter(|ms| *ms > 0).map(Duration::from_millis);
        if read.is_none() {
            self.refuse(variable, "a number of milliseconds");
        }
        read
    }

    /// `key=value,key=value` with percent-encoded values.
    pub(super) fn pairs(&mut self, text: &str, variable: &str) -> Vec<(String, String)> {
        let pair = |pair: &str| {
            let (key, value) = pair.split_once('=')?;
            let value = percent_decode_str(value.trim()).decode_utf8().ok()?.into_owned();
            Some((key.trim().to_owned(), value)).filter(|(key, _)| !key.is_empty())
        };
        let pairs: Option<Vec<_>> =
            text.split(',').filter(|part| !part.trim().is_empty()).map(pair).collect();
        pairs.unwrap_or_else(|| {
            self.refuse(variable, "a list of key=value, separated by commas");
            Vec::new()
        })
    }

    /// The headers for a signal.
    pub(super) fn headers(&mut self, signal: &str) -> HeaderMap {
        let Some((text, variable)) = self.of_signal(signal, "HEADERS") else { return HeaderMap::new() };
        let mut headers = HeaderMap::new();
        for (key, value) in self.pairs(&text, &variable) {
            match (HeaderName::try_from(&key), HeaderValue::try_from(&value)) {
                (Ok(name), Ok(mut value)) => {
                    value.set_sensitive(true);
                    headers.insert(name, value);
                }
                _ => self.refuse(variable.as_str(), "a list of headers"),
            }
        }
        headers
    }
}
