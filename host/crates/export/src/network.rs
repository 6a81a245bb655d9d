//! The thread that speaks with others: it answers scrapes and sends to collectors. Users' tasks are on other threads.

use std::convert::Infallible;
use std::sync::Arc;
use std::thread;

use outrider_model::RunClock;
use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use crate::exports::Drops;
use crate::metrics::SharedRegistry;
use crate::otlp::{Ending, Sender, TraceQueue, push_metrics, push_traces};
use crate::prometheus::{Bound, Page, Scrapes, serve};
use crate::{ExportConfig, ExportError, LastScrape, OtlpConfig, RunIdentity};

/// What the thread needs.
pub(crate) struct Parts<'a> {
    pub(crate) config: &'a ExportConfig,
    pub(crate) bound: Option<Bound>,
    pub(crate) registry: Option<SharedRegistry>,
    pub(crate) samples: Option<TraceQueue>,
    pub(crate) run: &'a RunIdentity,
    pub(crate) clock: RunClock,
}

/// The thread, seen from the run.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) last_scrape: Option<LastScrape>,
    ending: watch::Sender<Option<Instant>>,
    ended: oneshot::Receiver<Vec<String>>,
}

impl Network {
    /// Starts the thread, if there is anything for it to do.
    pub(crate) fn start(parts: Parts<'_>, drops: &Arc<Drops>) -> Result<Option<Network>, ExportError> {
        let Parts { config, bound, registry, samples, run, clock } = parts;
        if bound.is_none() && config.otlp.is_none() {
            return Ok(None);
        }
        let (ending, ended) = watch::channel(None);
        let (tell, told) = oneshot::channel();
        let (keeper, kept) = mpsc::channel(1);
        let scrapes = Arc::new(Scrapes::new(clock));
        let last_scrape = config.prometheus.as_ref().zip(bound.as_ref()).map(|(asked, bound)| LastScrape {
            scrapes: Arc::clone(&scrapes),
            linger: asked.linger,
            url: bound.url.clone(),
            _keeper: keeper,
        });
        let endpoint = bound.zip(registry.clone());
        let endpoint = endpoint.map(|(bound, registry)| (bound, Page { registry, scrapes }));
        let exporter = match &config.otlp {
            None => None,
            Some(otlp) => {
                let ending = Ending(ended);
                Some(Exporter::new(otlp, registry, samples, run, ending, Arc::clone(drops), clock)?)
            }
        };
        // Here, since there may be none to be had there.
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|source| ExportError::Thread { source })?;
        let work = async move {
            let exports = async {
                let remarks = match exporter {
                    Some(exporter) => exporter.run().await,
                    None => Vec::new(),
                };
                // Nobody may be left who wants to know.
                drop(tell.send(remarks));
            };
            tokio::join!(exports, answer(endpoint, kept));
        };
        let thread = thread::Builder::new().name("outrider-export".to_owned());
        thread.spawn(move || runtime.block_on(work)).map_err(|source| ExportError::Thread { source })?;
        Ok(Some(Network { last_scrape, ending, ended: told }))
    }

    /// There are no more samples: the values that are asked for from now on are the final ones, and collectors get the rest.
    pub(crate) fn run_is_over(&self, at: Instant) {
        if let Some(last_scrape) = &self.last_scrape {
            last_scrape.scrapes.are_final();
        }
        self.ending.send_replace(Some(at));
    }

    /// Waits until collectors have what they take in their time. The endpoint stays as long as somebody holds on to it.
    pub(crate) async fn end(self, give_up: impl Future<Output = ()>) -> Vec<String> {
        tokio::select! {
            biased;
            // Its thread is gone: it broke, and has said nothing.
            remarks = self.ended => remarks.unwrap_or_else(|_| vec!["exporting broke off; see the log".to_owned()]),
            () = give_up => vec!["the last metrics and traces were not sent: it was given up".to_owned()],
        }
    }
}

async fn answer(endpoint: Option<(Bound, Page)>, mut kept: mpsc::Receiver<Infallible>) {
    let Some((bound, page)) = endpoint else { return };
    // Nothing is ever sent: it ends when nobody holds the other end.
    let end = async move { while kept.recv().await.is_some() {} };
    match tokio::net::TcpListener::from_std(bound.listener) {
        Ok(listener) => serve(listener, page, end).await,
        Err(error) => tracing::warn!(%error, "nobody can ask for metrics"),
    }
}

/// What goes to a collector.
struct Exporter {
    config: Arc<OtlpConfig>,
    metrics: Option<(SharedRegistry, Sender)>,
    traces: Option<(TraceQueue, Sender)>,
    run: RunIdentity,
    ending: Ending,
    drops: Arc<Drops>,
    clock: RunClock,
}

impl Exporter {
    fn new(
        config: &OtlpConfig,
        registry: Option<SharedRegistry>,
        samples: Option<TraceQueue>,
        run: &RunIdentity,
        ending: Ending,
        drops: Arc<Drops>,
        clock: RunClock,
    ) -> Result<Exporter, ExportError> {
        let has_complained = Arc::default();
        let sender = |signal: &Option<_>| {
            let signal = signal.clone();
            let of = |signal| Sender::new(signal, Arc::clone(&has_complained), Arc::clone(&drops), clock);
            signal.map(of).transpose()
        };
        Ok(Exporter {
            metrics: registry.zip(sender(&config.metrics)?),
            traces: samples.zip(sender(&config.traces)?),
            config: Arc::new(config.clone()),
            run: run.clone(),
            ending,
            drops,
            clock,
        })
    }

    async fn run(self) -> Vec<String> {
        let Exporter { config, metrics, traces, run, ending, drops, clock } = self;
        let metrics = async {
            let Some((registry, sender)) = metrics else { return Vec::new() };
            push_metrics(Arc::clone(&config), registry, run.clone(), sender, ending.clone(), clock).await
        };
        let traces = async {
            let Some((samples, sender)) = traces else { return Vec::new() };
            let (config, run) = (Arc::clone(&config), run.clone());
            push_traces(config, samples, run, sender, ending.clone(), Arc::clone(&drops), clock).await
        };
        let (metrics, traces) = tokio::join!(metrics, traces);
        [metrics, traces].concat()
    }
}
