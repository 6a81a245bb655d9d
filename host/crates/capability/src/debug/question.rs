//! What a journey asked of an answer.

use std::fmt::Display;

use super::{Debugger, Happening, hint};
use crate::{ResponseId, ResponseStore};

/// Ten of the values that were found are told; the rest is counted.
const MAX_FOUND: usize = 10;

/// What a journey asked of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question<'q> {
    /// What a JSONPath selects in the body.
    JsonPath(&'q str),
    /// What a group of a regular expression matches in the body.
    Regex(&'q str, u32),
    /// What a group of a regular expression matches in a header field.
    HeaderRegex(&'q str, &'q str, u32),
    /// The value of a header field.
    Header(&'q str),
    /// The texts, or the values of an attribute, of what a CSS selector selects.
    Css(&'q str, Option<&'q str>),
    /// What an XPath selects.
    XPath(&'q str),
    /// Where the body does not fit a JSON Schema.
    JsonSchema(&'q str),
    /// A part that is simply there: `text`, `bytes`, `headers`, `url`, …
    Part(&'static str),
}

/// What it got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<'f> {
    /// One value, or none.
    One(Option<&'f str>),
    /// All values.
    All(&'f [String]),
    /// A part that is shown with the answer.
    Known,
}

impl Found<'_> {
    fn count(self) -> usize {
        match self {
            Found::One(value) => usize::from(value.is_some()),
            Found::All(values) => values.len(),
            Found::Known => 1,
        }
    }

    fn shown(self, debugger: &Debugger) -> Vec<String> {
        match self {
            Found::One(value) => value.iter().map(|value| debugger.value(value)).collect(),
            Found::All(values) => values.iter().take(MAX_FOUND).map(|value| debugger.value(value)).collect(),
            Found::Known => Vec::new(),
        }
    }
}

impl Question<'_> {
    fn by(self) -> &'static str {
        match self {
            Question::JsonPath(_) => "json_path",
            Question::Regex(..) => "regex",
            Question::HeaderRegex(..) => "header_regex",
            Question::Header(_) => "header",
            Question::Css(..) => "css",
            Question::XPath(_) => "xpath",
            Question::JsonSchema(_) => "json_schema",
            Question::Part(part) => part,
        }
    }

    fn expression(&self) -> Option<&str> {
        match self {
            Question::JsonPath(text)
            | Question::Regex(text, _)
            | Question::HeaderRegex(_, text, _)
            | Question::Css(text, _)
            | Question::XPath(text)
            | Question::JsonSchema(text) => Some(text),
            Question::Header(_) | Question::Part(_) => None,
        }
    }

    fn part(&self) -> Option<String> {
        match *self {
            Question::Regex(_, group) => Some(format!("group {group}")),
            Question::HeaderRegex(name, _, group) => Some(format!("{name}, group {group}")),
            Question::Header(name) => Some(name.to_owned()),
            Question::Css(_, Some(attribute)) => Some(format!("@{attribute}")),
            _ => None,
        }
    }

    /// Whether that nothing was found is worth a word: a body that fits its schema has no faults.
    fn wants_something(&self) -> bool {
        !matches!(self, Question::JsonSchema(_) | Question::Part(_))
    }
}

impl Debugger {
    /// What a journey asked of an answer and what it got, or why that could not be looked for.
    pub fn extraction(
        &self,
        responses: &ResponseStore,
        id: ResponseId,
        question: Question<'_>,
        found: Result<Found<'_>, &dyn Display>,
    ) -> Happening {
        let (count, values, error) = match found {
            Ok(found) => (found.count(), found.shown(self), None),
            Err(error) => (0, Vec::new(), Some(self.text(&error.to_string()))),
        };
        let nothing = count == 0 && error.is_none() && question.wants_something();
        let hint = nothing.then(|| hint::hint(self.redactor(), responses, id, question)).flatten();
        Happening::Extract {
            exchange: responses.get(id).ok().and_then(|response| response.exchange()),
            by: question.by().to_owned(),
            expression: question.expression().map(|text| self.text(text)),
            part: question.part().map(|text| self.text(&text)),
            count: count as u64,
            found: values,
            error,
            hint: hint.map(|text| self.text(&text)),
        }
    }
}
