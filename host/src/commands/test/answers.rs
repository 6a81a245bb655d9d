//! From the tables of answers to answers.

use std::time::Duration;

use outrider_capability::{Scripted, ScriptedFailure};
use outrider_plan::{
    AnswerTable, ConditionTable, ErrorName, ExchangeTable, Named, RequestTable, Texts, Written,
};

use super::pattern::Conditions;
use super::script::Answer;
use super::sources::Source;
use crate::failure::Fault;

/// The answers of a list, or everything that is wrong with them. `within` is the table that the list stands in, if it
/// is a test's.
pub(super) fn answers(
    source: &Source,
    list: &Option<Written<Vec<Written<AnswerTable>>>>,
    within: &str,
) -> Result<Vec<Answer>, Vec<Fault>> {
    let (mut answers, mut faults) = (Vec::new(), Vec::new());
    for (number, written) in (1..).zip(list.iter().flat_map(|list| &list.value)) {
        let AnswerTable { request, when, status, headers, json, text, file, duration, error, times, .. } =
            &written.value;
        let Some(request) = request else { continue };
        let given = Given { status, headers, json, text, file, duration, error };
        match given.scripted(source) {
            Ok(scripted) => answers.push(Answer {
                title: format!("{within}answer[{number}] ({}:{})", source.path.display(), written.at.line),
                request: request.value.clone(),
                conditions: when.as_ref().map(|when| conditions(&when.value)).unwrap_or_default(),
                given: scripted,
                times: times.as_ref().map(|times| times.value),
            }),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(answers) } else { Err(faults) }
}

/// What is answered to an exchange that a pack judges.
pub(super) fn of_exchange(source: &Source, exchange: &ExchangeTable) -> Result<Scripted, Fault> {
    let ExchangeTable { status, headers, json, text, file, duration, error, .. } = exchange;
    Given { status, headers, json, text, file, duration, error }.scripted(source)
}

fn conditions(when: &ConditionTable) -> Conditions {
    conditions_of(&when.headers, &when.json, &when.text)
}

/// The conditions on a request that is expected.
pub(super) fn expected(request: &RequestTable) -> Conditions {
    conditions_of(&request.headers, &request.json, &request.text)
}

fn conditions_of(
    headers: &Option<Written<Named<String>>>,
    json: &Option<Written<serde_json::Value>>,
    text: &Option<Written<String>>,
) -> Conditions {
    let headers = headers.iter().flat_map(|headers| &headers.value.0);
    Conditions {
        headers: headers.map(|(name, value)| (name.clone(), value.value.clone())).collect(),
        json: json.as_ref().map(|json| json.value.clone()),
        text: text.as_ref().map(|text| text.value.clone()),
    }
}

/// What a table says is answered.
struct Given<'a> {
    status: &'a Option<Written<u32>>,
    headers: &'a Option<Written<Named<Texts>>>,
    json: &'a Option<Written<serde_json::Value>>,
    text: &'a Option<Written<String>>,
    file: &'a Option<Written<String>>,
    duration: &'a Option<Written<Duration>>,
    error: &'a Option<Written<ErrorName>>,
}

impl Given<'_> {
    fn scripted(&self, source: &Source) -> Result<Scripted, Fault> {
        let after = self.duration.as_ref().map_or(Duration::ZERO, |duration| duration.value);
        if let Some(error) = self.error {
            return Ok(Scripted::Failure { after, failure: failure(error.value) });
        }
        let (body, content_type) = self.body(source)?;
        let given = self.headers.iter().flat_map(|headers| &headers.value.0);
        let mut headers: Vec<(String, String)> = given
            .flat_map(|(name, texts)| texts.value.0.iter().map(|text| (name.clone(), text.clone())))
            .collect();
        let has_type = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if let Some(content_type) = content_type.filter(|_| !has_type) {
            headers.insert(0, ("content-type".to_owned(), content_type.to_owned()));
        }
        let status = self.status.as_ref().map_or(200, |status| status.value);
        let status = u16::try_from(status).unwrap_or(200);
        Ok(Scripted::Answer { after, status, headers, body: body.into() })
    }

    /// The body, and of which type it is unless the headers say it.
    fn body(&self, source: &Source) -> Result<(Vec<u8>, Option<&'static str>), Fault> {
        if let Some(json) = self.json {
            return Ok((json.value.to_string().into_bytes(), Some("application/json")));
        }
        if let Some(text) = self.text {
            let markup = text.value.trim_start().starts_with('<');
            let of = if markup { "text/html; charset=utf-8" } else { "text/plain; charset=utf-8" };
            return Ok((text.value.clone().into_bytes(), Some(of)));
        }
        let Some(file) = self.file else { return Ok((Vec::new(), None)) };
        let path = source.path_of(&file.value);
        let body = std::fs::read(&path).map_err(|error| {
            source.fault(file.at, format_args!("cannot read '{}'", path.display())).cause(error.to_string())
        })?;
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        Ok((body, of_ending(ending.as_deref().unwrap_or_default())))
    }
}

/// The type of a file by its ending.
fn of_ending(ending: &str) -> Option<&'static str> {
    Some(match ending {
        "json" => "application/json",
        "html" | "htm" => "text/html; charset=utf-8",
        "xml" => "application/xml",
        "css" => "text/css",
        "js" | "mjs" => "text/javascript",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "csv" => "text/csv",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

fn failure(error: ErrorName) -> ScriptedFailure {
    match error {
        ErrorName::ConnectionRefused => ScriptedFailure::ConnectionRefused,
        ErrorName::ConnectionReset => ScriptedFailure::ConnectionReset,
        ErrorName::ConnectTimeout => ScriptedFailure::ConnectTimeout,
        ErrorName::Dns => ScriptedFailure::Dns,
        ErrorName::Tls => ScriptedFailure::Tls,
        ErrorName::Timeout => ScriptedFailure::Timeout,
    }
}
