//! What who debugs a journey is told of an exchange. Nothing of this is done in other runs.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use outrider_model::VuId;
use url::Url;

use super::{Exchange, Measured};
use crate::debug::{CookieEvent, Debugger, Happening, PhasesEvent, ShownBody, milliseconds};
use crate::http::{HttpError, Response};

/// What stands for the user and the password of the target, which belong in no record.
const OF_THE_TARGET: &str = "Basic [user and password of the URL]";

impl Exchange<'_> {
    /// The request is written to a connection now. `hidden` is the `authorization` that is not to be shown.
    pub(crate) fn tell_request(
        &self,
        headers: &HeaderMap,
        body: &Bytes,
        redirects: u32,
        hidden: Option<&HeaderValue>,
    ) {
        let Some((debugger, exchange)) = self.debugger() else { return };
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let mut fields = shown_fields(debugger, headers);
        if hidden.is_some() && headers.get(header::AUTHORIZATION) == hidden {
            let authorization = fields.iter_mut().filter(|(name, _)| name == "authorization");
            authorization.for_each(|(_, value)| OF_THE_TARGET.clone_into(value));
        }
        debugger.tell(
            self.origin.vu,
            Happening::Request {
                exchange,
                name: debugger.text(&self.subject.name),
                method: debugger.text(&self.subject.method),
                url: debugger.text(&self.subject.url),
                protocol: self.protocol.unwrap_or_default().to_owned(),
                redirects,
                headers: fields,
                body: (!body.is_empty()).then(|| debugger.body(body, content_type)),
            },
        );
    }

    /// There is no answer.
    pub(super) fn tell_error(&self, error: &HttpError, measured: &Measured) {
        let Some((debugger, exchange)) = self.debugger() else { return };
        debugger.tell(
            self.origin.vu,
            Happening::NoAnswer {
                exchange,
                name: debugger.text(&self.subject.name),
                method: debugger.text(&self.subject.method),
                url: debugger.text(&self.subject.url),
                duration_ms: milliseconds(measured.duration),
                kind: error.kind().as_str().to_owned(),
                error: debugger.text(&error.message()),
                hint: error.hint().map(|hint| debugger.text(&hint)),
            },
        );
    }

    fn debugger(&self) -> Option<(&Debugger, u64)> {
        self.shared.debugger.as_ref().zip(self.number)
    }
}

/// The answer is whole. `kept` says of each cookie that it sets whether it is kept.
pub(crate) fn tell_answer(
    debugger: &Debugger,
    vu: VuId,
    response: &Response,
    follows: Option<&Url>,
    kept: &[bool],
) {
    let set = response.header_values(header::SET_COOKIE.as_str());
    let cookies = set.zip(kept).map(|(cookie, kept)| {
        let name = cookie.split([';', '=']).next().unwrap_or_default();
        CookieEvent { name: debugger.text(name.trim()), kept: *kept }
    });
    debugger.tell(
        vu,
        Happening::Answer {
            exchange: response.exchange.unwrap_or_default(),
            status: response.status(),
            ok: response.is_ok(),
            protocol: response.protocol().to_owned(),
            duration_ms: milliseconds(response.duration()),
            phases_ms: PhasesEvent::from(response.phases()),
            bytes_received: response.bytes_received(),
            connection_reused: response.connection_reused(),
            remote_address: response.remote_address().map(|address| address.to_string()),
            headers: shown_fields(debugger, &response.headers),
            cookies: cookies.collect(),
            redirect_to: follows.map(|url| debugger.text(&crate::grants::without_secrets(url))),
            body: follows.is_none().then(|| shown_body(debugger, response)),
        },
    );
}

fn shown_body(debugger: &Debugger, response: &Response) -> ShownBody {
    match response.bytes() {
        Ok(bytes) => debugger.body(&bytes, response.header("content-type").as_deref()),
        Err(error) => ShownBody {
            bytes: response.body_size(),
            missing: Some(debugger.text(&error.to_string())),
            ..ShownBody::default()
        },
    }
}

fn shown_fields(debugger: &Debugger, headers: &HeaderMap) -> Vec<(String, String)> {
    let value = |value: &HeaderValue| debugger.text(&String::from_utf8_lossy(value.as_bytes()));
    headers.iter().map(|(name, field)| (debugger.text(name.as_str()), value(field))).collect()
}
