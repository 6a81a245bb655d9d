//! `http`.

use std::time::Duration;

use outrider_capability::{HttpError, HttpErrorKind, HttpRequest, Part, RequestBody, ResponseId};
use outrider_wit::v0_1::journey::outrider::plugin::http::{Body, Host, Request};
use outrider_wit::v0_1::journey::outrider::plugin::responses::{ErrorCode, Response};
use outrider_wit::wasmtime::{Error, Result};

use super::responses::head;
use crate::limits::MAX_BATCH;
use crate::state::VuState;

impl Host for VuState {
    async fn send(&mut self, request: Request) -> Result<Result<Response, ErrorCode>> {
        let origin = self.origin();
        let request = translate(self, request);
        self.leave_guest()?;
        let sent = self.http.send(&request, &origin).await;
        self.enter_guest();
        answer(self, sent)
    }

    async fn batch(&mut self, requests: Vec<Request>) -> Result<Vec<Result<Response, ErrorCode>>> {
        if requests.len() > MAX_BATCH {
            return Err(Error::msg(format!("a batch of {} requests; at most {MAX_BATCH}", requests.len())));
        }
        let origin = self.origin();
        let requests: Vec<HttpRequest> =
            requests.into_iter().map(|request| translate(self, request)).collect();
        self.leave_guest()?;
        let sent = self.http.batch(&requests, &origin).await;
        self.enter_guest();
        sent.into_iter().map(|sent| answer(self, sent)).collect()
    }

    fn clear_cookies(&mut self) -> Result<()> {
        self.http.clear_cookies();
        Ok(())
    }

    fn close_connections(&mut self) -> Result<()> {
        self.http.close_connections();
        Ok(())
    }
}

fn answer(state: &mut VuState, sent: Result<ResponseId, HttpError>) -> Result<Result<Response, ErrorCode>> {
    match sent {
        Ok(id) => head(state, id).map(Ok).ok_or_else(|| Error::msg("an answer was lost in the host")),
        Err(error) => {
            state.generator_limit |= error.kind() == HttpErrorKind::GeneratorLimit;
            Ok(Err(code(&error)))
        }
    }
}

fn translate(state: &VuState, request: Request) -> HttpRequest {
    let tags = (!request.tags.is_empty())
        .then(|| state.tags_with(request.tags.into_iter().map(|tag| (tag.key, tag.value))));
    HttpRequest {
        method: request.method,
        url: request.url,
        headers: request.headers.into_iter().map(|field| (field.name, field.value)).collect(),
        body: body(request.body),
        name: request.name.map(Into::into),
        timeout: request.timeout.map(Duration::from_nanos),
        max_redirects: request.redirects,
        expected: request.expected.into_iter().map(|range| range.low..=range.high).collect(),
        discard_body: request.discard_body.then_some(true),
        tags,
    }
}

fn body(body: Body) -> RequestBody {
    match body {
        Body::Empty => RequestBody::Empty,
        Body::Bytes(bytes) => RequestBody::Bytes(bytes.into()),
        Body::Text(text) => RequestBody::Text(text),
        Body::Json(text) => RequestBody::Json(text),
        Body::Form(fields) => {
            RequestBody::Form(fields.into_iter().map(|field| (field.name, field.value)).collect())
        }
        Body::Multipart(parts) => RequestBody::Multipart(
            parts
                .into_iter()
                .map(|part| Part {
                    name: part.name,
                    file_name: part.filename,
                    content_type: part.content_type,
                    content: part.data.into(),
                })
                .collect(),
        ),
    }
}

/// The error as the guest gets it. What the user can do about it goes along in the words.
fn code(error: &HttpError) -> ErrorCode {
    let words = || match error.hint() {
        Some(hint) => format!("{} (hint: {hint})", error.message()),
        None => error.message(),
    };
    match error.kind() {
        HttpErrorKind::InvalidUrl => ErrorCode::InvalidUrl(words()),
        HttpErrorKind::InvalidRequest => ErrorCode::InvalidRequest(words()),
        HttpErrorKind::NotGranted => ErrorCode::NotGranted(words()),
        HttpErrorKind::Dns => ErrorCode::Dns(words()),
        HttpErrorKind::ConnectionRefused => ErrorCode::ConnectionRefused,
        HttpErrorKind::ConnectionReset => ErrorCode::ConnectionReset,
        HttpErrorKind::ConnectTimeout => ErrorCode::ConnectTimeout,
        HttpErrorKind::Tls => ErrorCode::Tls(words()),
        HttpErrorKind::Timeout => ErrorCode::Timeout,
        HttpErrorKind::TooManyRedirects => ErrorCode::TooManyRedirects,
        HttpErrorKind::BodyTooLarge => match error {
            HttpError::BodyTooLarge { limit_bytes } => ErrorCode::BodyTooLarge(*limit_bytes as u64),
            _ => ErrorCode::Other(words()),
        },
        HttpErrorKind::Protocol => ErrorCode::Protocol(words()),
        HttpErrorKind::Decode
        | HttpErrorKind::GeneratorLimit
        | HttpErrorKind::Interrupted
        | HttpErrorKind::Other => ErrorCode::Other(words()),
    }
}
