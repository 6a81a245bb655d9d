//! `http`.

use std::slice;
use std::time::Duration;

use outrider_capability::{Happening, HttpError, HttpErrorKind, HttpRequest, Part, RequestBody, ResponseId};
use outrider_wit::v0_1::journey::outrider::plugin::http::{Body, Host, Request};
use outrider_wit::v0_1::journey::outrider::plugin::responses::{ErrorCode, Response};
use outrider_wit::wasmtime::{Error, Result};

use super::responses::head;
use crate::limits::MAX_BATCH;
use crate::state::VuState;

impl Host for VuState {
    async fn send(&mut self, request: Request) -> Result<Result<Response, ErrorCode>> {
        let request = translate(self, request);
        send(self, &request).await
    }

    async fn send_plain(&mut self, method: String, url: String) -> Result<Result<Response, ErrorCode>> {
        send(self, &HttpRequest::new(method, url)).await
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
        self.judge_exchanges(&requests, &sent, &origin).await;
        self.enter_guest();
        sent.into_iter().map(|sent| answer(self, sent)).collect()
    }

    fn clear_cookies(&mut self) -> Result<()> {
        self.tell(|_| Happening::CookiesCleared);
        self.http.clear_cookies();
        Ok(())
    }

    fn close_connections(&mut self) -> Result<()> {
        self.tell(|_| Happening::ConnectionsClosed);
        self.http.close_connections();
        Ok(())
    }
}

async fn send(state: &mut VuState, request: &HttpRequest) -> Result<Result<Response, ErrorCode>> {
    let origin = state.origin();
    state.leave_guest()?;
    let sent = state.http.send(request, &origin).await;
    state.judge_exchanges(slice::from_ref(request), slice::from_ref(&sent), &origin).await;
    state.enter_guest();
    answer(state, sent)
}

fn answer(state: &mut VuState, sent: Result<ResponseId, HttpError>) -> Result<Result<Response, ErrorCode>> {
    match sent {
        Ok(id) => head(state, id).map(Ok).ok_or_else(|| Error::msg("an answer was lost in the host")),
        Err(error) => {
            state.generator_limit |= error.kind() == HttpErrorKind::GeneratorLimit;
            Ok(Err(error_code(&error)))
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

/// The error as the guest gets it: what the case does not say already. The guest makes the sentence.
pub(crate) fn error_code(error: &HttpError) -> ErrorCode {
    let reason = || with_hint(error, error.reason());
    let words = || with_hint(error, error.message());
    match error.kind() {
        HttpErrorKind::InvalidUrl => ErrorCode::InvalidUrl(reason()),
        HttpErrorKind::InvalidRequest => ErrorCode::InvalidRequest(reason()),
        HttpErrorKind::NotGranted => match error {
            HttpError::NotGranted(refusal) => ErrorCode::NotGranted(refusal.refused()),
            _ => ErrorCode::Other(words()),
        },
        HttpErrorKind::Dns => match error {
            HttpError::Dns { host, .. } => ErrorCode::Dns(host.clone()),
            _ => ErrorCode::Other(words()),
        },
        HttpErrorKind::ConnectionRefused => ErrorCode::ConnectionRefused,
        HttpErrorKind::ConnectionReset => ErrorCode::ConnectionReset,
        HttpErrorKind::ConnectTimeout => ErrorCode::ConnectTimeout,
        HttpErrorKind::Tls => ErrorCode::Tls(reason()),
        HttpErrorKind::Timeout => ErrorCode::Timeout,
        HttpErrorKind::TooManyRedirects => ErrorCode::TooManyRedirects,
        HttpErrorKind::BodyTooLarge => match error {
            HttpError::BodyTooLarge { limit_bytes } => ErrorCode::BodyTooLarge(*limit_bytes as u64),
            _ => ErrorCode::Other(words()),
        },
        HttpErrorKind::Protocol => ErrorCode::Protocol(reason()),
        HttpErrorKind::Decode
        | HttpErrorKind::GeneratorLimit
        | HttpErrorKind::Interrupted
        | HttpErrorKind::IterationTimedOut
        | HttpErrorKind::CallTimedOut
        | HttpErrorKind::Other => ErrorCode::Other(words()),
    }
}

/// What the user can do about it goes along.
fn with_hint(error: &HttpError, words: String) -> String {
    match error.hint() {
        Some(hint) => format!("{words} (hint: {hint})"),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use outrider_capability::Refusal;

    use super::*;

    #[test]
    fn a_case_carries_what_it_does_not_say_itself() {
        let source = io::Error::other("failed to lookup address information");
        let dns = HttpError::Dns { host: "shop.test".into(), source };
        assert!(matches!(error_code(&dns), ErrorCode::Dns(host) if host == "shop.test"));
        let refusal = Refusal::NotGranted { url: "http://o.test/x".into(), allow: "o.test:80".into() };
        assert!(
            matches!(error_code(&refusal.into()), ErrorCode::NotGranted(refused) if refused == "o.test:80")
        );
        let address = "169.254.169.254:80".parse().unwrap();
        let metadata = HttpError::from(Refusal::Metadata { host: "o.test".into(), address });
        assert!(
            matches!(error_code(&metadata), ErrorCode::NotGranted(refused) if refused == "169.254.169.254:80")
        );
        let url = HttpError::UnusableUrl { url: "ftp://o/".into(), reason: "only http and https can" };
        assert!(matches!(error_code(&url), ErrorCode::InvalidUrl(why) if why == "only http and https can"));
    }

    #[test]
    fn what_the_user_can_do_goes_along() {
        // EMFILE.
        let source = io::Error::from_raw_os_error(24);
        let full = HttpError::Connect { authority: "o.test:80".into(), source };
        let ErrorCode::Other(words) = error_code(&full) else { panic!("{full:?}") };
        assert!(words.starts_with("cannot connect to o.test:80: ") && words.contains("(hint: "), "{words}");
    }
}
