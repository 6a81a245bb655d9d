//! Sends messages to a collector, and keeps at it where that has a point.
//!
//! What the protocol takes for passing (429, 502, 503, 504, and no answer at all) is tried again, each time after twice as
//! long, or after what the collector asks for; the rest is not. A collector that takes nothing is said once.
//!
//! When the run is over, whoever answered last has [`FINAL_TIME`] for the rest, anybody else one more try within
//! [`LAST_TRY`]: a run does not wait for who is not there.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use outrider_model::{RunClock, causes};
use prost::Message;
use reqwest::{Client, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::time::Instant;

use super::messages::{MetricsAnswer, MetricsRequest, TraceAnswer, TraceRequest};
use super::rejected::Rejected;
use super::{OtlpProtocol, Signal};
use crate::ExportError;
use crate::exports::{Drops, FINAL_TIME};

/// The first pause, and the longest: OpenTelemetry's exporters begin with as much.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A minute for one message while a run goes on: a collector that is started anew is back by then. Meanwhile others wait.
const LONGEST_TRY: Duration = Duration::from_secs(60);

/// Two seconds, once the run is over, for a collector that left the last message unanswered or was never asked: twenty times
/// what an answer takes from the other side of the world.
const LAST_TRY: Duration = Duration::from_secs(2);

/// 64 KiB of an answer: it holds a sentence at most.
const MAX_ANSWER_BYTES: usize = 64 << 10;

/// An hour: a collector that wants to be left alone for longer is left alone for the rest of most runs.
const MAX_RETRY_AFTER_S: u64 = 3_600;

/// What a collector that says nothing is said to have done.
const TOO_LATE: &str = "no answer in time";

/// A message, and what is answered to it.
pub(crate) trait Export: Message + Serialize {
    /// The answer.
    type Answer: Message + Default + DeserializeOwned;

    /// What a message consists of: one of it, as it is said.
    const PART: &'static str;

    /// How many parts of the message were rejected, and why.
    fn rejected(answer: Self::Answer) -> Option<(i64, String)>;

    /// Counts parts that were rejected.
    fn count(drops: &Drops, rejected: u64);
}

impl Export for MetricsRequest {
    type Answer = MetricsAnswer;

    const PART: &'static str = "data point";

    fn rejected(answer: Self::Answer) -> Option<(i64, String)> {
        answer.partial_success.map(|part| (part.rejected, part.error_message))
    }

    fn count(drops: &Drops, rejected: u64) {
        drops.rejected_points(rejected);
    }
}

impl Export for TraceRequest {
    type Answer = TraceAnswer;

    const PART: &'static str = "span";

    fn rejected(answer: Self::Answer) -> Option<(i64, String)> {
        answer.partial_success.map(|part| (part.rejected, part.error_message))
    }

    fn count(drops: &Drops, rejected: u64) {
        drops.rejected_spans(rejected);
    }
}

/// When the run was over.
#[derive(Clone, Debug)]
pub(crate) struct Ending(pub(crate) watch::Receiver<Option<Instant>>);

impl Ending {
    /// Waits, and says whether the run was over before.
    pub(crate) async fn within(&self, wait: Duration) -> bool {
        tokio::time::timeout(wait, self.begun()).await.is_ok()
    }

    /// Until the run is over, or nobody is there to say so. When it was.
    pub(crate) async fn begun(&self) -> Option<Instant> {
        self.0.clone().wait_for(Option::is_some).await.ok().and_then(|over_at| *over_at)
    }

    fn has_begun(&self) -> bool {
        self.0.borrow().is_some() || self.0.has_changed().is_err()
    }

    /// Until there is no time left, of which whoever answers has more.
    async fn over(&self, is_answered: &AtomicBool) {
        let Some(over_at) = self.begun().await else { return };
        tokio::time::sleep_until(over_at + LAST_TRY).await;
        if is_answered.load(Relaxed) {
            tokio::time::sleep_until(over_at + FINAL_TIME).await;
        }
    }
}

/// Why a message was not taken.
#[derive(Debug)]
struct Refused {
    why: String,
    /// Whether it may be taken later, and if the collector says so, after how long.
    again: bool,
    after: Option<Duration>,
}

/// Sends the messages of one kind.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    client: Client,
    signal: Signal,
    /// As it is said: the endpoint without user and password.
    place: String,
    has_complained: Arc<AtomicBool>,
    /// The last message was answered, whatever was said.
    is_answered: Arc<AtomicBool>,
    rejected: Arc<Rejected>,
    drops: Arc<Drops>,
    clock: RunClock,
}

impl Sender {
    /// `has_complained` is shared by all senders of a run.
    pub(crate) fn new(
        signal: Signal,
        has_complained: Arc<AtomicBool>,
        drops: Arc<Drops>,
        clock: RunClock,
    ) -> Result<Sender, ExportError> {
        let is_local = match signal.endpoint.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let builder = Client::builder().timeout(signal.timeout).redirect(reqwest::redirect::Policy::none());
        // A proxy could not reach what is on this machine.
        let builder = if is_local { builder.no_proxy() } else { builder };
        let client = builder.build().map_err(|source| ExportError::Client { source })?;
        let mut shown = signal.endpoint.clone();
        shown.set_username("").ok();
        shown.set_password(None).ok();
        Ok(Sender {
            client,
            signal,
            place: shown.to_string(),
            has_complained,
            is_answered: Arc::default(),
            rejected: Arc::default(),
            drops,
            clock,
        })
    }

    /// Where messages go.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// Sends a message once. How long the collector asks not to be asked again, if it was not taken and it does.
    pub(crate) async fn once<M: Export>(&self, message: &M) -> Option<Duration> {
        let refused = self.attempt::<M>(self.encode(message)).await.err()?;
        self.complain(&refused.why);
        refused.after
    }

    /// Sends a message until it is taken, or there is no point in it any more; why it was not taken, if so.
    pub(crate) async fn until_accepted<M: Export>(&self, message: &M, ending: &Ending) -> Option<String> {
        let body = self.encode(message);
        let last_word = Mutex::new(None);
        let attempts = async {
            let (mut pause, begun) = (FIRST_PAUSE, self.clock.instant());
            loop {
                let was_over = ending.has_begun();
                let refused = match self.attempt::<M>(body.clone()).await {
                    Ok(()) => return None,
                    Err(refused) => refused,
                };
                self.complain(&refused.why);
                let wait = refused.after.unwrap_or(pause);
                let is_nobody = was_over && !self.is_answered.load(Relaxed);
                if !refused.again || is_nobody || self.clock.instant() + wait > begun + LONGEST_TRY {
                    return Some(refused.why);
                }
                *lock(&last_word) = Some(refused.why);
                if was_over || refused.after.is_some() {
                    tokio::time::sleep(wait).await;
                } else {
                    // The end of the run is the last occasion.
                    ending.within(wait).await;
                }
                pause = (2 * pause).min(LONGEST_PAUSE);
            }
        };
        tokio::select! {
            ended = attempts => ended,
            () = ending.over(&self.is_answered) => {
                let why = lock(&last_word).take().unwrap_or_else(|| TOO_LATE.to_owned());
                self.complain(&why);
                Some(why)
            }
        }
    }

    /// What of all messages was rejected, in a sentence.
    pub(crate) fn rejected<M: Export>(&self) -> Option<String> {
        self.rejected.sentence(&self.place, M::PART)
    }

    /// Once: a run is not the place to hear it every ten seconds.
    fn complain(&self, why: &str) {
        if !self.has_complained.swap(true, Relaxed) {
            tracing::warn!("the collector at {} takes nothing: {why}; the run goes on", self.place);
        }
    }

    fn encode<M: Export>(&self, message: &M) -> bytes::Bytes {
        let plain = match self.signal.protocol {
            OtlpProtocol::Protobuf => message.encode_to_vec(),
            OtlpProtocol::Json => serde_json::to_vec(message).expect("its keys are texts"),
        };
        if !self.signal.gzip {
            return plain.into();
        }
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&plain).expect("memory takes what is written");
        packed.finish().expect("memory takes what is written").into()
    }

    async fn attempt<M: Export>(&self, body: bytes::Bytes) -> Result<(), Refused> {
        let kind = match self.signal.protocol {
            OtlpProtocol::Protobuf => "application/x-protobuf",
            OtlpProtocol::Json => "application/json",
        };
        let mut request = self
            .client
            .post(self.signal.endpoint.clone())
            .headers(self.signal.headers.clone())
            .header(CONTENT_TYPE, kind)
            .body(body);
        if self.signal.gzip {
            request = request.header(CONTENT_ENCODING, "gzip");
        }
        // Without the URL, which may hold a password and is said anyway.
        let response = request.send().await.map_err(|error| no_answer(&error.without_url()));
        self.is_answered.store(response.is_ok(), Relaxed);
        self.judge::<M>(response?).await
    }

    async fn judge<M: Export>(&self, response: Response) -> Result<(), Refused> {
        let status = response.status();
        if !status.is_success() {
            let again = [
                StatusCode::TOO_MANY_REQUESTS,
                StatusCode::BAD_GATEWAY,
                StatusCode::SERVICE_UNAVAILABLE,
                StatusCode::GATEWAY_TIMEOUT,
            ];
            let after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            let after = after
                .and_then(|text| text.parse().ok())
                .map(|seconds: u64| Duration::from_secs(seconds.min(MAX_RETRY_AFTER_S)));
            return Err(Refused { why: format!("status {status}"), again: again.contains(&status), after });
        }
        if let Some((count, why)) = rejected::<M>(response, self.signal.protocol).await {
            self.reject::<M>(u64::try_from(count).unwrap_or(0), &why);
        }
        Ok(())
    }

    /// Counts what a message that was taken lost of its parts, and says it the first time.
    fn reject<M: Export>(&self, count: u64, why: &str) {
        M::count(&self.drops, count);
        if let Some(words) = self.rejected.add(count, why, M::PART) {
            tracing::warn!("the collector at {} {words}; the run goes on", self.place);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn no_answer(error: &reqwest::Error) -> Refused {
    let why = match error.is_timeout() {
        true => TOO_LATE.to_owned(),
        false => causes(error).last().map_or_else(|| error.to_string(), ToString::to_string),
    };
    Refused { why, again: true, after: None }
}

async fn rejected<M: Export>(mut response: Response, protocol: OtlpProtocol) -> Option<(i64, String)> {
    let mut body = Vec::new();
    while let Some(more) = response.chunk().await.ok()? {
        body.extend_from_slice(&more);
        if body.len() > MAX_ANSWER_BYTES {
            return None;
        }
    }
    let answer = match protocol {
        OtlpProtocol::Protobuf => M::Answer::decode(body.as_slice()).ok()?,
        OtlpProtocol::Json => serde_json::from_slice(&body).ok()?,
    };
    M::rejected(answer)
}

#[cfg(test)]
mod tests;
