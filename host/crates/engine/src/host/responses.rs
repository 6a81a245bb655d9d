//! `responses`.

use std::time::Duration;

use bytes::Bytes;
use outrider_capability::{PatternError, Response, ResponseError, ResponseId};
use outrider_wit::v0_1::journey::outrider::plugin::responses::{self, HeaderField, Host, Phases, ReadError};
use outrider_wit::wasmtime::Result;

use crate::state::VuState;

impl Host for VuState {
    fn url(&mut self, id: u32) -> Result<Result<String, ReadError>> {
        Ok(read(self, id).map(|response| response.url().to_string()))
    }

    fn protocol(&mut self, id: u32) -> Result<Result<String, ReadError>> {
        Ok(read(self, id).map(|response| response.protocol().to_owned()))
    }

    fn timings(&mut self, id: u32) -> Result<Result<Phases, ReadError>> {
        Ok(read(self, id).map(|response| phases(response.phases())))
    }

    fn header(&mut self, id: u32, name: String) -> Result<Result<Option<String>, ReadError>> {
        Ok(read(self, id).map(|response| response.header(&name).map(|value| value.into_owned())))
    }

    fn headers(&mut self, id: u32) -> Result<Result<Vec<HeaderField>, ReadError>> {
        Ok(read(self, id).map(|response| {
            response
                .header_fields()
                .map(|(name, value)| HeaderField { name: name.to_owned(), value: value.into_owned() })
                .collect()
        }))
    }

    fn body(&mut self, id: u32) -> Result<Result<Vec<u8>, ReadError>> {
        self.work(|state| bytes(state, id).map(|bytes| bytes.to_vec()))
    }

    fn text(&mut self, id: u32) -> Result<Result<String, ReadError>> {
        self.work(|state| {
            bytes(state, id)
                .and_then(|bytes| String::from_utf8(bytes.to_vec()).map_err(|_| ReadError::NotText))
        })
    }

    fn json_path(&mut self, id: u32, path: String) -> Result<Result<Option<String>, ReadError>> {
        self.work(|state| state.http.responses().json_path(ResponseId(id), &path).map_err(translate))
    }

    fn json_path_all(&mut self, id: u32, path: String) -> Result<Result<Vec<String>, ReadError>> {
        self.work(|state| state.http.responses().json_path_all(ResponseId(id), &path).map_err(translate))
    }

    fn json_schema(&mut self, id: u32, schema: String) -> Result<Result<Vec<String>, ReadError>> {
        self.work(|state| {
            let document = state.http.responses().json(ResponseId(id)).map_err(translate)?;
            let faults = state.run.http.schema_faults(&document, &schema);
            faults.map_err(|error| ReadError::InvalidPattern(error.to_string()))
        })
    }

    fn css(
        &mut self,
        id: u32,
        selector: String,
        attribute: Option<String>,
    ) -> Result<Result<Option<String>, ReadError>> {
        self.work(|state| {
            let responses = state.http.responses();
            responses.css(ResponseId(id), &selector, attribute.as_deref()).map_err(translate)
        })
    }

    fn css_all(
        &mut self,
        id: u32,
        selector: String,
        attribute: Option<String>,
    ) -> Result<Result<Vec<String>, ReadError>> {
        self.work(|state| {
            let responses = state.http.responses();
            responses.css_all(ResponseId(id), &selector, attribute.as_deref()).map_err(translate)
        })
    }

    fn xpath(&mut self, id: u32, expression: String) -> Result<Result<Option<String>, ReadError>> {
        self.work(|state| state.http.responses().xpath(ResponseId(id), &expression).map_err(translate))
    }

    fn xpath_all(&mut self, id: u32, expression: String) -> Result<Result<Vec<String>, ReadError>> {
        self.work(|state| state.http.responses().xpath_all(ResponseId(id), &expression).map_err(translate))
    }

    fn header_regex(
        &mut self,
        id: u32,
        name: String,
        pattern: String,
        group: u32,
    ) -> Result<Result<Option<String>, ReadError>> {
        self.work(|state| {
            let responses = state.http.responses();
            responses.header_regex(ResponseId(id), &name, &pattern, group).map_err(translate)
        })
    }

    fn regex(&mut self, id: u32, pattern: String, group: u32) -> Result<Result<Option<String>, ReadError>> {
        self.work(|state| state.http.responses().regex(ResponseId(id), &pattern, group).map_err(translate))
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

fn read(state: &VuState, id: u32) -> Result<&Response, ReadError> {
    state.http.response(ResponseId(id)).map_err(translate)
}

fn bytes(state: &VuState, id: u32) -> Result<Bytes, ReadError> {
    state.http.responses().bytes(ResponseId(id)).map_err(translate)
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
