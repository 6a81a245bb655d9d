//! `responses`.

use std::time::Duration;

use bytes::Bytes;
use outrider_capability::{Found, PatternError, Question, Response, ResponseError, ResponseId};
use outrider_wit::v0_1::journey::outrider::plugin::responses::{self, HeaderField, Host, Phases, ReadError};
use outrider_wit::wasmtime::Result;

use crate::state::VuState;

impl Host for VuState {
    fn url(&mut self, id: u32) -> Result<Result<String, ReadError>> {
        let url = read(self, id).map(|response| response.url().to_string());
        self.tell_answered(id, Question::Part("url"), &url, |url| Found::One(Some(url)));
        Ok(url.map_err(translate))
    }

    fn protocol(&mut self, id: u32) -> Result<Result<String, ReadError>> {
        let protocol = read(self, id).map(|response| response.protocol().to_owned());
        self.tell_answered(id, Question::Part("protocol"), &protocol, |name| Found::One(Some(name)));
        Ok(protocol.map_err(translate))
    }

    fn timings(&mut self, id: u32) -> Result<Result<Phases, ReadError>> {
        let timings = read(self, id).map(|response| phases(response.phases()));
        self.tell_answered(id, Question::Part("timings"), &timings, |_| Found::Known);
        Ok(timings.map_err(translate))
    }

    fn header(&mut self, id: u32, name: String) -> Result<Result<Option<String>, ReadError>> {
        let value = read(self, id).map(|response| response.header(&name).map(|value| value.into_owned()));
        self.tell_answered(id, Question::Header(&name), &value, |value| Found::One(value.as_deref()));
        Ok(value.map_err(translate))
    }

    fn headers(&mut self, id: u32) -> Result<Result<Vec<HeaderField>, ReadError>> {
        let headers = read(self, id).map(|response| {
            response
                .header_fields()
                .map(|(name, value)| HeaderField { name: name.to_owned(), value: value.into_owned() })
                .collect()
        });
        self.tell_answered(id, Question::Part("headers"), &headers, |_: &Vec<_>| Found::Known);
        Ok(headers.map_err(translate))
    }

    fn body(&mut self, id: u32) -> Result<Result<Vec<u8>, ReadError>> {
        let body = self.work(|state| bytes(state, id).map(|bytes| bytes.to_vec()))?;
        self.tell_answered(id, Question::Part("bytes"), &body, |_| Found::Known);
        Ok(body.map_err(translate))
    }

    fn text(&mut self, id: u32) -> Result<Result<String, ReadError>> {
        let text = self.work(|state| bytes(state, id).map(|bytes| String::from_utf8(bytes.to_vec())))?;
        match &text {
            Ok(text) => self.tell_answered(id, Question::Part("text"), text, |_| Found::Known),
            Err(error) => {
                self.tell_answered(id, Question::Part("text"), &Err::<(), _>(error), |()| Found::Known)
            }
        }
        Ok(text.map_err(translate).and_then(|text| text.map_err(|_| ReadError::NotText)))
    }

    fn json_path(&mut self, id: u32, path: String) -> Result<Result<Option<String>, ReadError>> {
        let ask = |state: &mut VuState| state.http.responses().json_path(ResponseId(id), &path);
        self.first(id, Question::JsonPath(&path), ask)
    }

    fn json_path_all(&mut self, id: u32, path: String) -> Result<Result<Vec<String>, ReadError>> {
        let ask = |state: &mut VuState| state.http.responses().json_path_all(ResponseId(id), &path);
        self.all(id, Question::JsonPath(&path), ask)
    }

    fn json_schema(&mut self, id: u32, schema: String) -> Result<Result<Vec<String>, ReadError>> {
        let faults = self.work(|state| {
            let document = state.http.responses().json(ResponseId(id))?;
            Ok(state.run.http.schema_faults(&document, &schema))
        })?;
        match faults {
            Ok(Ok(faults)) => self.all(id, Question::JsonSchema(&schema), |_| Ok(faults)),
            Ok(Err(error)) => {
                let asked = Err::<(), _>(&error);
                self.tell_answered(id, Question::JsonSchema(&schema), &asked, |()| Found::Known);
                Ok(Err(ReadError::InvalidPattern(error.to_string())))
            }
            Err(error) => self.all(id, Question::JsonSchema(&schema), |_| Err(error)),
        }
    }

    fn css(
        &mut self,
        id: u32,
        selector: String,
        attribute: Option<String>,
    ) -> Result<Result<Option<String>, ReadError>> {
        let attribute = attribute.as_deref();
        let ask = |state: &mut VuState| state.http.responses().css(ResponseId(id), &selector, attribute);
        self.first(id, Question::Css(&selector, attribute), ask)
    }

    fn css_all(
        &mut self,
        id: u32,
        selector: String,
        attribute: Option<String>,
    ) -> Result<Result<Vec<String>, ReadError>> {
        let attribute = attribute.as_deref();
        let ask = |state: &mut VuState| state.http.responses().css_all(ResponseId(id), &selector, attribute);
        self.all(id, Question::Css(&selector, attribute), ask)
    }

    fn xpath(&mut self, id: u32, expression: String) -> Result<Result<Option<String>, ReadError>> {
        let ask = |state: &mut VuState| state.http.responses().xpath(ResponseId(id), &expression);
        self.first(id, Question::XPath(&expression), ask)
    }

    fn xpath_all(&mut self, id: u32, expression: String) -> Result<Result<Vec<String>, ReadError>> {
        let ask = |state: &mut VuState| state.http.responses().xpath_all(ResponseId(id), &expression);
        self.all(id, Question::XPath(&expression), ask)
    }

    fn header_regex(
        &mut self,
        id: u32,
        name: String,
        pattern: String,
        group: u32,
    ) -> Result<Result<Option<String>, ReadError>> {
        let ask =
            |state: &mut VuState| state.http.responses().header_regex(ResponseId(id), &name, &pattern, group);
        self.first(id, Question::HeaderRegex(&name, &pattern, group), ask)
    }

    fn regex(&mut self, id: u32, pattern: String, group: u32) -> Result<Result<Option<String>, ReadError>> {
        let ask = |state: &mut VuState| state.http.responses().regex(ResponseId(id), &pattern, group);
        self.first(id, Question::Regex(&pattern, group), ask)
    }
}

impl VuState {
    /// Asks for one value, as the guest's work.
    fn first(
        &mut self,
        id: u32,
        question: Question<'_>,
        ask: impl FnOnce(&mut VuState) -> Result<Option<String>, ResponseError>,
    ) -> Result<Result<Option<String>, ReadError>> {
        let found = self.work(ask)?;
        self.tell_answered(id, question, &found, |value| Found::One(value.as_deref()));
        Ok(found.map_err(translate))
    }

    /// Asks for all values, as the guest's work.
    fn all(
        &mut self,
        id: u32,
        question: Question<'_>,
        ask: impl FnOnce(&mut VuState) -> Result<Vec<String>, ResponseError>,
    ) -> Result<Result<Vec<String>, ReadError>> {
        let found = self.work(ask)?;
        self.tell_answered(id, question, &found, |values| Found::All(values));
        Ok(found.map_err(translate))
    }
}

/// The head of an answer, as a guest gets it.
pub(crate) fn head(state: &VuState, id: ResponseId) -> Option<responses::Response> {
    let response = state.http.response(id).ok()?;
    Some(responses::Response {
        id: id.0,
        status: response.status(),
        duration: nanoseconds(response.duration()),
        body_size: response.body_size(),
    })
}

fn read(state: &VuState, id: u32) -> Result<&Response, ResponseError> {
    state.http.response(ResponseId(id))
}

fn bytes(state: &VuState, id: u32) -> Result<Bytes, ResponseError> {
    state.http.responses().bytes(ResponseId(id))
}

fn translate(error: ResponseError) -> ReadError {
    match error {
        ResponseError::Unknown { .. } => ReadError::Gone,
        ResponseError::Discarded => ReadError::Discarded,
        ResponseError::Decode { reason } => ReadError::Decode(reason),
        ResponseError::NotJson { reason } => ReadError::NotJson(reason),
        ResponseError::Pattern(
            limit @ (PatternError::TooManyVisits { .. } | PatternError::TooMuch { .. }),
        ) => ReadError::Other(limit.to_string()),
        ResponseError::Pattern(pattern) => ReadError::InvalidPattern(pattern.to_string()),
        other @ (ResponseError::Freed | ResponseError::JsonTooLarge { .. } | ResponseError::Document(_)) => {
            ReadError::Other(other.to_string())
        }
    }
}

fn phases(phases: outrider_model::Phases) -> Phases {
    Phases {
        blocked: nanoseconds(phases.blocked),
        dns: nanoseconds(phases.dns),
        connect: nanoseconds(phases.connect),
        tls: nanoseconds(phases.tls),
        send: nanoseconds(phases.send),
        wait: nanoseconds(phases.wait),
        receive: nanoseconds(phases.receive),
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
