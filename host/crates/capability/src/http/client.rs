//! What the engine calls for a virtual user.

mod witness;

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use outrider_model::{Origin, VuId};

use super::agent::{Call, UserAgent};
use super::shared::HttpShared;
use super::store::{ResponseId, ResponseStore};
use super::{Cookie, CutOff, HttpError, HttpRequest, Response, ResponseError, route};
use crate::DrawFor;

pub use witness::ExchangeName;

/// HTTP for one virtual user. It owns the user's connections, cookies and the answers of the iteration
/// under way; nothing of it is shared with other users.
///
/// ```no_run
/// # use outrider_capability::{DrawFor, HttpClient, HttpError, HttpRequest};
/// # use outrider_model::{IterationIndex, Origin};
/// # async fn iteration(mut client: HttpClient, origin: Origin) -> Result<(), Box<dyn std::error::Error>> {
/// client.begin(DrawFor::Iteration { scenario: "buy", index: IterationIndex(0) });
/// let id = client.send(&HttpRequest::get("/product/17"), &origin).await?;
/// let price = client.responses().json_path(id, "$.price")?;
/// client.end_iteration();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct HttpClient {
    shared: Arc<HttpShared>,
    agent: UserAgent,
    responses: ResponseStore,
    /// How late the iteration started, until its first request takes it.
    lateness: Duration,
}

impl HttpClient {
    /// The client of `vu`.
    pub fn new(shared: Arc<HttpShared>, vu: VuId) -> HttpClient {
        HttpClient {
            agent: UserAgent::new(Arc::clone(&shared), vu),
            responses: ResponseStore::new(shared.config.max_kept_bytes, Arc::clone(&shared.patterns)),
            shared,
            lateness: Duration::ZERO,
        }
    }

    /// Sends a request, follows its redirects and keeps the answer until the iteration ends. Records a
    /// sample for every exchange.
    ///
    /// # Errors
    ///
    /// If no complete answer arrived. An answer with an error status is no error.
    pub async fn send(&mut self, request: &HttpRequest, origin: &Origin) -> Result<ResponseId, HttpError> {
        let lateness = std::mem::take(&mut self.lateness);
        let call = Call { origin, asked: self.shared.clock.instant(), queued: false, lateness };
        let response = self.agent.send(request, call).await?;
        Ok(self.responses.insert(response))
    }

    /// Sends several requests at once, as far as the limits of connections and of the batch allow, and
    /// keeps the answers. The results are in the order of the requests.
    pub async fn batch(
        &mut self,
        requests: &[HttpRequest],
        origin: &Origin,
    ) -> Vec<Result<ResponseId, HttpError>> {
        let lateness = std::mem::take(&mut self.lateness);
        let HttpClient { shared, agent, responses, .. } = self;
        let asked = shared.clock.instant();
        let concurrency = shared.config.batch_concurrency.max(1);
        // In boxes: an idle connection remembers who waited for it last, and with it the memory of its future.
        let one = |index: usize, queued: bool| {
            Box::pin(send_numbered(agent, index, &requests[index], Call { origin, asked, queued, lateness }))
        };
        let mut running: FuturesUnordered<_> =
            (0..requests.len().min(concurrency)).map(|index| one(index, false)).collect();
        let mut waiting = running.len()..requests.len();
        let mut results: Vec<Option<Result<ResponseId, HttpError>>> = Vec::new();
        results.resize_with(requests.len(), || None);
        while let Some((index, result)) = running.next().await {
            results[index] = Some(result.map(|response| responses.insert(response)));
            running.extend(waiting.next().map(|index| one(index, true)));
        }
        results.into_iter().flatten().collect()
    }

    /// The answers of this iteration.
    pub fn responses(&self) -> &ResponseStore {
        &self.responses
    }

    /// An answer of this iteration.
    ///
    /// # Errors
    ///
    /// [`ResponseError::Unknown`].
    pub fn response(&self, id: ResponseId) -> Result<&Response, ResponseError> {
        self.responses.get(id)
    }

    /// An iteration, or a call outside of iterations, begins: what is written into requests at random, the
    /// boundaries of multipart forms, follows from it.
    pub fn begin(&mut self, draw_for: DrawFor<'_>) {
        self.agent.begin(draw_for);
    }

    /// Where the exchanges of this user are told why they are cut off.
    pub fn cut_off(&self) -> CutOff {
        self.agent.cut_off().clone()
    }

    /// The iteration started so much later than the schedule wanted. Its first request, or each one of its first
    /// batch, carries that: a user who had come in time would have sent it so much earlier. The later ones are due
    /// when what they follow has been answered.
    pub fn set_lateness(&mut self, lateness: Duration) {
        self.lateness = lateness;
    }

    /// The iteration is over: frees all answers. Cookies and connections stay.
    pub fn end_iteration(&mut self) {
        self.lateness = Duration::ZERO;
        self.responses.clear();
    }

    /// The guest waits for something else than an answer: what was made of bodies, which can be made again, is
    /// not worth its memory meanwhile.
    pub fn rest(&mut self) {
        self.responses.forget_recent();
    }

    /// Forgets all cookies.
    pub fn clear_cookies(&mut self) {
        self.agent.cookies().clear();
    }

    /// The cookies that a request to `url` would carry.
    ///
    /// # Errors
    ///
    /// If the URL is not valid.
    pub fn cookies(&self, url: &str) -> Result<Vec<Cookie>, HttpError> {
        let url = route::resolve(url, self.shared.config.base_url.as_ref())?;
        Ok(self.agent.cookies().for_url(&url))
    }

    /// Keeps a cookie in the syntax of a `set-cookie` header, as if `url` had set it. Returns whether it
    /// was kept: it is not if it is malformed, too large, or for another host.
    ///
    /// # Errors
    ///
    /// If the URL is not valid.
    pub fn set_cookie(&mut self, url: &str, cookie: &str) -> Result<bool, HttpError> {
        let url = route::resolve(url, self.shared.config.base_url.as_ref())?;
        Ok(self.agent.cookies().set(cookie, &url))
    }

    /// Closes the idle connections: the next request is a new visitor's.
    pub fn close_connections(&mut self) {
        self.agent.close_connections();
    }
}

/// A request of a batch; its number tells which one has an answer.
async fn send_numbered(
    agent: &UserAgent,
    index: usize,
    request: &HttpRequest,
    call: Call<'_>,
) -> (usize, Result<Response, HttpError>) {
    (index, agent.send(request, call).await)
}
