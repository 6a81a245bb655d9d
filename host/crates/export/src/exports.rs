//! What is exported of one run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use outrider_model::{RunClock, Sample};
use outrider_telemetry::SampleTap;

use crate::jsonl::JsonlWriter;
use crate::metrics::{RegistryTap, SharedRegistry};
use crate::network::{Network, Parts};
use crate::otlp::{TraceQueue, TraceTap};
use crate::prometheus::Bound;
use crate::{ExportConfig, ExportError, LastScrape, RunIdentity, Tee};

/// Ten seconds for what is still to be sent when a run is over: as long as one attempt may take.
const FINAL_TIME: Duration = Duration::from_secs(10);

/// What could not be exported.
#[derive(Debug, Default)]
pub(crate) struct Drops {
    rows: AtomicU64,
    spans: AtomicU64,
}

impl Drops {
    pub(crate) fn rows(&self, count: usize) {
        self.rows.fetch_add(count as u64, Relaxed);
    }

    pub(crate) fn spans(&self, count: usize) {
        self.spans.fetch_add(count as u64, Relaxed);
    }

    pub(crate) fn all_rows(&self) -> u64 {
        self.rows.load(Relaxed)
    }

    pub(crate) fn all_spans(&self) -> u64 {
        self.spans.load(Relaxed)
    }

    /// By what it would have been exported.
    pub(crate) fn all(&self) -> [(&'static str, u64); 2] {
        [("jsonl", self.all_rows()), ("traces", self.all_spans())]
    }
}

/// What was opened before anything else is done: a port that another program has is found then.
#[derive(Debug, Default)]
pub struct Opening {
    bound: Option<Bound>,
}

impl Opening {
    /// Takes the port that metrics are to be asked for at.
    ///
    /// # Errors
    ///
    /// If it cannot be had.
    pub fn new(config: &ExportConfig) -> Result<Opening, ExportError> {
        let bound = config.prometheus.as_ref().map(Bound::new).transpose()?;
        Ok(Opening { bound })
    }
}

/// What is exported of one run. Dropped, it all ends.
#[derive(Debug)]
pub struct Exports {
    drops: Arc<Drops>,
    registry: Option<SharedRegistry>,
    traces: Option<TraceTap>,
    jsonl: Option<JsonlWriter>,
    network: Option<Network>,
    words: Vec<String>,
}

impl Exports {
    /// Begins to export.
    ///
    /// # Errors
    ///
    /// If a file cannot be opened, or there is no thread to be had.
    pub fn start(
        config: &ExportConfig,
        opening: Opening,
        run: &RunIdentity,
        clock: RunClock,
    ) -> Result<Exports, ExportError> {
        let drops: Arc<Drops> = Arc::default();
        let jsonl = config.jsonl.as_ref().map(|target| JsonlWriter::start(target, Arc::clone(&drops)));
        let has_metrics = config.otlp.as_ref().is_some_and(|otlp| otlp.has_metrics());
        let registry = (opening.bound.is_some() || has_metrics)
            .then(|| SharedRegistry::new(run.clone(), Arc::clone(&drops)));
        let has_traces = config.otlp.as_ref().is_some_and(|otlp| otlp.trace_share() > 0.0);
        let traces = has_traces.then(|| TraceTap::new(run.traces, Arc::clone(&drops)));
        let (traces, samples): (Option<TraceTap>, Option<TraceQueue>) = traces.unzip();
        let jsonl = jsonl.transpose()?;
        let words = words(config, opening.bound.as_ref());
        let parts = Parts { config, bound: opening.bound, registry: registry.clone(), samples, run, clock };
        let network = Network::start(parts, &drops)?;
        Ok(Exports { drops, registry, traces, jsonl, network, words })
    }

    /// What is exported where, a sentence each.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// What is to see the run's samples, if anything is. Taken once.
    pub fn tap(&mut self) -> Option<Box<dyn SampleTap>> {
        let registry = self.registry.clone().map(RegistryTap);
        let traces = self.traces.take();
        match registry.is_some() || traces.is_some() {
            true => Some(Box::new(Taps { registry, traces })),
            false => None,
        }
    }

    /// Puts itself before what takes the run's rows. Once.
    pub fn tee<S>(&mut self, inner: S) -> Tee<S> {
        Tee::new(inner, self.jsonl.as_mut().and_then(JsonlWriter::rows))
    }

    /// Whoever asked for metrics during the run, and may once more after it.
    pub fn last_scrape(&self) -> Option<LastScrape> {
        self.network.as_ref()?.last_scrape.clone()
    }

    /// Sends and writes what is left, once there are no more samples and rows, that is when tap and tee are gone. What did
    /// not get where it should, a sentence each. `give_up` ends the waiting.
    pub async fn finish(self, give_up: impl Future<Output = ()>) -> Vec<String> {
        let Exports { drops, jsonl, network, traces, .. } = self;
        drop(traces);
        let mut give_up = std::pin::pin!(give_up);
        let mut remarks = Vec::new();
        if let Some(jsonl) = jsonl {
            remarks.extend(jsonl.end(&drops, give_up.as_mut()).await);
        }
        if let Some(network) = network {
            remarks.extend(network.end(FINAL_TIME, give_up).await);
        }
        remarks
    }
}

fn words(config: &ExportConfig, bound: Option<&Bound>) -> Vec<String> {
    let mut words = Vec::new();
    words.extend(bound.map(|bound| format!("metrics at {}", bound.url)));
    if let Some(otlp) = &config.otlp {
        let traces = match otlp.trace_share() {
            share if share <= 0.0 => None,
            share if share >= 1.0 => Some("traces of all iterations".to_owned()),
            share => Some(format!("traces of {} % of the iterations", percent(share))),
        };
        let metrics = otlp.has_metrics().then(|| "metrics".to_owned());
        let all: Vec<String> = metrics.into_iter().chain(traces).collect();
        if !all.is_empty() {
            words.push(format!("{} to {}", all.join(" and "), otlp.url()));
        }
    }
    words.extend(config.jsonl.as_ref().map(|target| format!("rows as lines to {target}")));
    words
}

/// Without the digits that a number of the machine has beyond what was meant.
fn percent(share: f64) -> f64 {
    (share * 1e8).round() / 1e6
}

/// All that look at samples.
#[derive(Debug)]
struct Taps {
    registry: Option<RegistryTap>,
    traces: Option<TraceTap>,
}

impl SampleTap for Taps {
    fn see(&mut self, sample: &Sample) {
        if let Some(registry) = &mut self.registry {
            registry.see(sample);
        }
        if let Some(traces) = &mut self.traces {
            traces.see(sample);
        }
    }
}
