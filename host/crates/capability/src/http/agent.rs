//! The user agent of one virtual user: what a browser is to a person. It knows routes, cookies and
//! connections, follows redirects, and makes one sample for every exchange.

mod chain;
mod headers;
mod round_trip;
mod scripted;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use outrider_model::{Origin, VuId};
use rustls::ClientConfig;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::body::Boundaries;
use super::cookies::CookieJar;
use super::cut_off::CutOff;
use super::exchange::{Exchange, Subject, tell_answer};
use super::pool::OriginPool;
use super::request::Hop;
use super::response::Body;
use super::route::{self, Endpoint, Route};
use super::shared::HttpShared;
use super::trace::Tracer;
use super::{HttpError, HttpRequest, Response};
use crate::{DrawFor, Lifecycle};
use chain::Chain;
use round_trip::Received;

/// Routes of a VU that are kept: more than the pages of a journey, unless it writes ids into them.
const MAX_ROUTES: usize = 64;

/// Origins of a VU that connections are kept to; only wildcard grants allow that many.
const MAX_ORIGINS: usize = 64;

/// Who asks, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) origin: &'a Origin,
    pub(crate) asked: Instant,
    /// It waited in a batch since then.
    pub(crate) queued: bool,
    /// How much earlier the schedule wanted it.
    pub(crate) lateness: Duration,
}

/// A complete answer, and what comes of it.
struct Answered {
    received: Received,
    /// Where it leads, if that is to be followed.
    next: Option<Url>,
    /// Of each cookie that it sets, whether it is kept.
    cookies_kept: Vec<bool>,
}

/// The user agent of one virtual user.
#[derive(Debug)]
pub(crate) struct UserAgent {
    shared: Arc<HttpShared>,
    /// What it calls itself.
    name: HeaderValue,
    /// The user's TLS, made when it is first needed.
    tls: OnceLock<Arc<ClientConfig>>,
    routes: Mutex<HashMap<Box<str>, Arc<Route>>>,
    pools: Mutex<HashMap<Endpoint, Arc<OriginPool>>>,
    cookies: Mutex<CookieJar>,
    tracer: Mutex<Tracer>,
    boundaries: Mutex<Boundaries>,
    cut_off: CutOff,
}

impl UserAgent {
    pub(crate) fn new(shared: Arc<HttpShared>, vu: VuId) -> UserAgent {
        let at_first = DrawFor::Call { journey: "", call: Lifecycle::Instantiate, vu };
        UserAgent {
            name: shared.user_agents.of(vu),
            tracer: Mutex::new(Tracer::new(&shared.trace_ids)),
            boundaries: Mutex::new(Boundaries::new(shared.config.seed, at_first)),
            cut_off: CutOff::default(),
            shared,
            tls: OnceLock::new(),
            routes: Mutex::default(),
            pools: Mutex::default(),
            cookies: Mutex::new(CookieJar::new()),
        }
    }

    pub(crate) fn cookies(&self) -> MutexGuard<'_, CookieJar> {
        lock(&self.cookies)
    }

    pub(crate) fn cut_off(&self) -> &CutOff {
        &self.cut_off
    }

    pub(crate) fn tracer(&self) -> MutexGuard<'_, Tracer> {
        lock(&self.tracer)
    }

    /// An iteration, or a call outside of iterations, begins.
    pub(crate) fn begin(&mut self, draw_for: DrawFor<'_>) {
        self.tracer().begin(draw_for);
        *lock(&self.boundaries) = Boundaries::new(self.shared.config.seed, draw_for);
    }

    /// Closes all connections that are idle.
    pub(crate) fn close_connections(&self) {
        lock(&self.routes).clear();
        lock(&self.pools).clear();
    }

    /// Sends a request and follows its redirects.
    pub(crate) async fn send(&self, request: &HttpRequest, call: Call<'_>) -> Result<Response, HttpError> {
        let hop = Hop::first(request, || lock(&self.boundaries).draw());
        let mut chain = match hop {
            Ok(hop) => Chain::new(request, hop, &mut self.tracer(), &self.shared.config),
            Err(error) => return Err(self.reject(request, call, error.into())),
        };
        let started = if call.queued { self.shared.clock.instant() } else { call.asked };
        let deadline = started + chain.timeout;
        let mut call = call;
        let mut next: Option<Url> = None;
        loop {
            let url = next.as_ref().map_or(request.url.as_str(), Url::as_str);
            let (response, redirect) = self.hop(&mut chain, url, call, deadline).await?;
            if redirect.is_none() {
                return Ok(response);
            }
            next = redirect;
            // Due when the answer that leads there has come, and no earlier.
            let (asked, lateness) = (self.shared.clock.instant(), Duration::ZERO);
            call = Call { asked, queued: false, lateness, ..call };
        }
    }

    /// One exchange. However it ends, it leaves one sample. Returns the answer, and where it leads if
    /// that is to be followed.
    async fn hop(
        &self,
        chain: &mut Chain<'_>,
        url: &str,
        call: Call<'_>,
        deadline: Instant,
    ) -> Result<(Response, Option<Url>), HttpError> {
        let route = self.route(url);
        chain.begin_span(&mut self.tracer());
        let subject = chain.subject(url, &route, &self.shared.labels);
        let mut exchange = Exchange::new(&self.shared, &self.cut_off, subject, call);
        match self.answer(chain, route, &mut exchange, deadline).await {
            Ok(Answered { received, next, cookies_kept }) => {
                let response = self.response(chain, received, exchange);
                if let Some(debugger) = &self.shared.debugger {
                    tell_answer(debugger, call.origin.vu, &response, next.as_ref(), &cookies_kept);
                }
                Ok((response, next))
            }
            Err(error) => {
                exchange.fail(&error);
                Err(error)
            }
        }
    }

    async fn answer(
        &self,
        chain: &mut Chain<'_>,
        route: Result<Arc<Route>, HttpError>,
        exchange: &mut Exchange<'_>,
        deadline: Instant,
    ) -> Result<Answered, HttpError> {
        let route = route.inspect_err(|_| exchange.end_before_it_began())?;
        // In a box: a guest's stack is as large as its deepest host call made it, for the whole iteration, and this
        // future is the largest on it.
        let in_time = match &self.shared.answerer {
            None => timeout_at(deadline, Box::pin(self.round_trip(&route, chain, exchange))).await,
            Some(answerer) => {
                let scripted = self.scripted(&**answerer, &route, chain, exchange);
                timeout_at(deadline, Box::pin(scripted)).await
            }
        };
        let received = in_time.unwrap_or_else(|_| {
            Err(HttpError::Timeout { authority: route.pool.endpoint.authority(), limit: chain.timeout })
        })?;
        let cookies_kept = match received.headers.contains_key(http::header::SET_COOKIE) {
            true => self.cookies().store(&received.headers, &route.url),
            false => Vec::new(),
        };
        let next = chain.next(&route.url, received.status, &received.headers)?;
        Ok(Answered { received, next, cookies_kept })
    }

    fn response(&self, chain: &Chain<'_>, received: Received, exchange: Exchange<'_>) -> Response {
        Response {
            subject: exchange.subject().clone(),
            status: received.status,
            headers: received.headers,
            body_length: received.body_length,
            body: received.body.map_or(Body::Discarded, Body::Kept),
            exchange: exchange.number(),
            measured: exchange.succeed(),
            redirects: chain.redirects,
            max_decoded_bytes: self.shared.config.max_decoded_bytes,
        }
    }

    /// Records a request that cannot even be written.
    fn reject(&self, request: &HttpRequest, call: Call<'_>, error: HttpError) -> HttpError {
        let subject = subject_of(self, request);
        let mut exchange = Exchange::new(&self.shared, &self.cut_off, subject, call);
        exchange.end_before_it_began();
        exchange.fail(&error);
        error
    }

    /// The route of a URL: resolved, granted, and kept for the next time.
    fn route(&self, text: &str) -> Result<Arc<Route>, HttpError> {
        if let Some(route) = lock(&self.routes).get(text) {
            return Ok(Arc::clone(route));
        }
        let url = route::resolve(text, self.shared.config.base_url.as_ref())?;
        let endpoint = Endpoint::of(&url)?;
        self.shared.grants.check_url(&url)?;
        let route = Arc::new(Route::new(url, self.pool(endpoint), &self.shared.labels)?);
        let mut routes = lock(&self.routes);
        if routes.len() >= MAX_ROUTES {
            routes.clear();
        }
        routes.insert(text.into(), Arc::clone(&route));
        Ok(route)
    }

    fn pool(&self, endpoint: Endpoint) -> Arc<OriginPool> {
        let mut pools = lock(&self.pools);
        if pools.len() >= MAX_ORIGINS && !pools.contains_key(&endpoint) {
            // Exchanges under way hold on to their pool; the routes that do would keep it open.
            pools.clear();
            lock(&self.routes).clear();
        }
        let made = || Arc::new(OriginPool::new(endpoint.clone(), &self.shared.config));
        Arc::clone(pools.entry(endpoint.clone()).or_insert_with(made))
    }
}

/// What the first exchange of a request is called.
pub(crate) fn subject_of(agent: &UserAgent, request: &HttpRequest) -> Subject {
    chain::subject_of_request(request, &agent.route(&request.url), &agent.shared.labels)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
