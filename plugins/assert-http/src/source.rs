//! The part of an answer that a rule judges.

use std::time::Duration;

use outrider_sdk::serde_json::{Map, Value};
use regex_lite::Regex;

use crate::answer::{Answer, PHASES};
use crate::filter;
use crate::found::Found;
use crate::rules::SourceKind;

/// A part of an answer.
#[derive(Debug)]
pub(crate) enum Source {
    Status,
    Duration,
    Phase(String),
    BodySize,
    Url,
    Protocol,
    /// All values of a header field, joined by a comma; of these, what the pattern finds.
    Header(String, Option<Regex>),
    Headers,
    Body,
    Json(String),
    Css(String),
    XPath(String),
    Regex(String),
    Error,
}

impl Source {
    /// A source, or why it makes no sense.
    pub(crate) fn new(
        kind: SourceKind,
        property: Option<String>,
        pattern: Option<&str>,
    ) -> Result<Self, String> {
        let word = kind.word();
        if pattern.is_some() && kind != SourceKind::Header {
            return Err(format!("the source {word} takes no pattern: only header does"));
        }
        let needed = |what: &str| {
            property.clone().ok_or_else(|| format!("the source {word} needs a property: {what}"))
        };
        let source = match kind {
            SourceKind::Header => {
                let pattern = pattern.map(filter::compile).transpose()?;
                return Ok(Self::Header(needed("the header's name")?.to_ascii_lowercase(), pattern));
            }
            SourceKind::Regex => return Ok(Self::Regex(needed("the regular expression")?)),
            SourceKind::Css => return Ok(Self::Css(needed("the CSS selector")?)),
            SourceKind::XPath => return Ok(Self::XPath(needed("the XPath")?)),
            SourceKind::Json => return Ok(Self::Json(property.unwrap_or_else(|| "$".to_owned()))),
            SourceKind::PhaseMs => {
                let name = needed("the phase")?;
                return match PHASES.contains(&name.as_str()) {
                    true => Ok(Self::Phase(name)),
                    false => Err(format!("there is no phase '{name}': there are {}", PHASES.join(", "))),
                };
            }
            SourceKind::Status => Self::Status,
            SourceKind::DurationMs => Self::Duration,
            SourceKind::BodySize => Self::BodySize,
            SourceKind::Url => Self::Url,
            SourceKind::Protocol => Self::Protocol,
            SourceKind::Headers => Self::Headers,
            SourceKind::Body => Self::Body,
            SourceKind::Error => Self::Error,
            SourceKind::JsonSchema => return Err("the source json_schema is judged by its schema".into()),
        };
        match property {
            Some(_) => Err(format!("the source {word} takes no property")),
            None => Ok(source),
        }
    }

    /// What is there: several values of a JSONPath, a selector or an XPath, one of all else, none if it is missing. An error says
    /// why it cannot be read.
    pub(crate) fn read(&self, answer: &impl Answer) -> Result<Vec<Found>, String> {
        Ok(vec![match self {
            Self::Status => Found::typed(answer.status()),
            Self::Duration => milliseconds(answer.duration()),
            Self::Phase(name) => milliseconds(answer.phase(name)?),
            Self::BodySize => Found::typed(answer.body_size()),
            Self::Url => Found::text(answer.url()?),
            Self::Protocol => Found::text(answer.protocol()?),
            Self::Header(name, pattern) => {
                return Ok(header(answer, name, pattern.as_ref())?.map(Found::text).into_iter().collect());
            }
            Self::Headers => headers(answer)?,
            Self::Body => Found::text(answer.text()?),
            Self::Json(path) => return Ok(answer.json(path)?.into_iter().map(Found::typed).collect()),
            Self::Css(selector) => return Ok(answer.css(selector)?.into_iter().map(Found::text).collect()),
            Self::XPath(expression) => {
                return Ok(answer.xpath(expression)?.into_iter().map(Found::text).collect());
            }
            Self::Regex(pattern) => return Ok(answer.regex(pattern)?.map(Found::text).into_iter().collect()),
            Self::Error => return Ok(Vec::new()),
        }])
    }

    /// The part in words.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Status => "status".to_owned(),
            Self::Duration => "duration in ms".to_owned(),
            Self::Phase(name) => format!("{name} in ms"),
            Self::BodySize => "body size".to_owned(),
            Self::Url => "url".to_owned(),
            Self::Protocol => "protocol".to_owned(),
            Self::Header(name, None) => format!("header {name}"),
            Self::Header(name, Some(pattern)) => format!("{pattern} in header {name}"),
            Self::Headers => "headers".to_owned(),
            Self::Body => "body".to_owned(),
            Self::Json(path) => format!("json {path}"),
            Self::Css(selector) => format!("css {selector}"),
            Self::XPath(expression) => format!("xpath {expression}"),
            Self::Regex(pattern) => format!("{pattern} in body"),
            Self::Error => "error".to_owned(),
        }
    }
}

fn header(answer: &impl Answer, name: &str, pattern: Option<&Regex>) -> Result<Option<String>, String> {
    let Some(value) = answer.headers()?.joined(name) else { return Ok(None) };
    let Some(pattern) = pattern else { return Ok(Some(value)) };
    let group = usize::from(pattern.captures_len() > 1);
    Ok(pattern.captures(&value).and_then(|found| found.get(group)).map(|found| found.as_str().to_owned()))
}

fn headers(answer: &impl Answer) -> Result<Found, String> {
    let mut fields: Map<String, Value> = Map::new();
    for (name, value) in answer.headers()?.iter() {
        match fields.get_mut(name) {
            Some(Value::String(all)) => {
                all.push_str(", ");
                all.push_str(value);
            }
            _ => {
                fields.insert(name.to_owned(), Value::String(value.to_owned()));
            }
        }
    }
    Ok(Found { value: Value::Object(fields), loose: true })
}

fn milliseconds(duration: Duration) -> Found {
    Found::typed(duration.as_secs_f64() * 1e3)
}
