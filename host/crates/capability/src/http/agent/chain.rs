//! A request and the redirects that it follows.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use outrider_model::Tags;
use url::Url;

use crate::Refusal;
use crate::http::exchange::{Expected, Subject};
use crate::http::label::{Labels, cut};
use crate::http::receive::Keep;
use crate::http::redirect;
use crate::http::request::Hop;
use crate::http::route::{Route, redacted};
use crate::http::trace::{self, TRACEPARENT, Tracer};
use crate::http::{HttpConfig, HttpError, HttpRequest};

/// The label of what has no route.
const NO_ROUTE: &str = "(invalid url)";

/// A request, and how far it has come.
#[derive(Debug)]
pub(super) struct Chain<'a> {
    name: Option<&'a Arc<str>>,
    pub(super) hop: Hop,
    pub(super) trace_id: Option<Arc<str>>,
    /// Of the exchange that is next, unless the journey says itself what it sends.
    pub(super) span_id: Option<u64>,
    /// Redirects that were followed.
    pub(super) redirects: u32,
    max_redirects: u32,
    pub(super) timeout: Duration,
    keep: Keep,
    tags: Option<Tags>,
    expected: Expected,
}

impl<'a> Chain<'a> {
    pub(super) fn new(
        request: &'a HttpRequest,
        hop: Hop,
        tracer: &mut Tracer,
        config: &HttpConfig,
    ) -> Chain<'a> {
        let trace_id = match hop.headers.get(TRACEPARENT) {
            Some(own) => trace::trace_id_of(own),
            None => tracer.trace_id(),
        };
        let discard = request.discard_body.unwrap_or(config.discard_bodies);
        let max_redirects = request.max_redirects.unwrap_or(config.max_redirects);
        Chain {
            tags: request.tags.clone(),
            expected: Expected { ranges: request.expected.as_slice().into(), redirects: max_redirects > 0 },
            name: request.name.as_ref(),
            hop,
            trace_id,
            span_id: None,
            redirects: 0,
            max_redirects,
            timeout: request.timeout.unwrap_or(config.timeout),
            keep: if discard { Keep::Nothing } else { Keep::UpTo(config.max_body_bytes) },
        }
    }

    /// Each exchange is a span of its own. Sent twice, because the connection was closed meanwhile, it is still one.
    pub(super) fn begin_span(&mut self, tracer: &mut Tracer) {
        let is_ours = self.trace_id.is_some() && !self.hop.headers.contains_key(TRACEPARENT);
        self.span_id = is_ours.then(|| tracer.span_id());
    }

    /// What the next exchange is called.
    pub(super) fn subject(
        &self,
        url: &str,
        route: &Result<Arc<Route>, HttpError>,
        labels: &Labels,
    ) -> Subject {
        // A redirect leads to a page of its own.
        let name = self.name.filter(|_| self.redirects == 0);
        let (label, url) = label_and_url(url, route, labels);
        Subject {
            name: name.map_or(label, bounded),
            method: self.hop.method.as_str().into(),
            url,
            trace_id: self.trace_id.clone(),
            span_id: self.span_id,
            tags: self.tags.clone(),
            expected: self.expected.clone(),
        }
    }

    /// What to do with the body of an answer: that of a redirect which is followed is of no use.
    pub(super) fn keep(&self, status: StatusCode, headers: &HeaderMap) -> Keep {
        let follows = self.max_redirects > 0 && redirect::location(status, headers).is_some();
        if follows { Keep::Nothing } else { self.keep }
    }

    /// Goes on to where an answer leads, if it is a redirect and redirects are followed at all.
    pub(super) fn next(
        &mut self,
        from: &Url,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Result<Option<Url>, HttpError> {
        let limit = self.max_redirects;
        let Some(location) = redirect::location(status, headers).filter(|_| limit > 0) else {
            return Ok(None);
        };
        if self.redirects >= limit {
            return Err(HttpError::TooManyRedirects { limit });
        }
        let to = redirect::resolve(from, location)?;
        redirect::follow(&mut self.hop, status, from, &to);
        self.redirects += 1;
        Ok(Some(to))
    }
}

/// What a request is called that was not sent, or of which no exchange is left to tell.
pub(super) fn subject_of_request(
    request: &HttpRequest,
    route: &Result<Arc<Route>, HttpError>,
    labels: &Labels,
) -> Subject {
    let (label, url) = label_and_url(&request.url, route, labels);
    let mut method = request.method.clone();
    cut(&mut method);
    Subject {
        name: request.name.as_ref().map_or(label, bounded),
        method: method.into(),
        url,
        trace_id: None,
        span_id: None,
        tags: request.tags.clone(),
        expected: Expected::default(),
    }
}

fn label_and_url(text: &str, route: &Result<Arc<Route>, HttpError>, labels: &Labels) -> (Arc<str>, Arc<str>) {
    let shown = match route {
        Ok(route) => return (Arc::clone(&route.label), Arc::clone(&route.shown)),
        Err(
            HttpError::NotGranted(Refusal::NotGranted { url, .. })
            | HttpError::InvalidUrl { url, .. }
            | HttpError::UnusableUrl { url, .. },
        ) => url.clone(),
        Err(_) => redacted(text),
    };
    let label = Url::parse(&shown).map_or_else(|_| NO_ROUTE.into(), |url| labels.of(&url).into());
    (label, shown.into())
}

fn bounded(name: &Arc<str>) -> Arc<str> {
    let mut text = name.to_string();
    cut(&mut text);
    if text.len() == name.len() { Arc::clone(name) } else { text.into() }
}
