//! What is exported of one run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use futures::FutureExt;
use outrider_model::{RunClock, Sample};
use outrider_telemetry::SampleTap;

use crate::jsonl::{JsonlWriter, Opened};
use crate::metrics::{RegistryTap, SharedRegistry};
use crate::network::{Network, Parts};
use crate::otlp::{TraceQueue, TraceTap};
use crate::prometheus::Bound;
use crate::{ExportConfig, ExportError, LastScrape, RunIdentity, Tee};

/// Ten seconds for what is still to be sent and written when a run is over: as long as one attempt to send may take, and more
/// than a disk needs for the 64 MiB of rows that wait at most.
pub(crate) const FINAL_TIME: Duration = Duration::from_secs(10);

/// What could not be exported, and what a collector took and rejected.
#[derive(Debug, Default)]
pub(crate) struct Drops {
    rows: AtomicU64,
    spans: AtomicU64,
    rejected_points: AtomicU64,
    rejected_spans: AtomicU64,
}

impl Drops {
    pub(crate) fn rows(&self, count: usize) {
        self.rows.fetch_add(count as u64, Relaxed);
    }

    pub(crate) fn spans(&self, count: usize) {
        self.spans.fetch_add(count as u64, Relaxed);
    }

    pub(crate) fn rejected_points(&self, count: u64) {
        self.rejected_points.fetch_add(count, Relaxed);
    }

    pub(crate) fn rejected_spans(&self, count: u64) {
        self.rejected_spans.fetch_add(count, Relaxed);
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

    /// The same of what was rejected.
    pub(crate) fn all_rejected(&self) -> [(&'static str, u64); 2] {
        let [points, spans] = [&self.rejected_points, &self.rejected_spans].map(|count| count.load(Relaxed));
        [("metrics", points), ("traces", spans)]
    }
}

/// What was opened before anything else is done: a port that another program has, or a file that cannot be written, is found
/// then. Nothing was changed yet.
#[derive(Debug, Default)]
pub struct Opening {
    bound: Option<Bound>,
    lines: Option<Opened>,
}

impl Opening {
    /// Takes the port that metrics are to be asked for at, and the file for rows. What cannot be had is left out, and said.
    pub fn new(config: &ExportConfig) -> (Opening, Vec<ExportError>) {
        let mut faults = Vec::new();
        let bound = config.prometheus.as_ref().map(Bound::new).transpose();
        let bound = bound.unwrap_or_else(|fault| {
            faults.push(fault);
            None
        });
        // What is seen without opening it is said already.
        let target = config.jsonl.as_ref().filter(|target| target.fault().is_none());
        let lines = target.map(Opened::new).transpose().unwrap_or_else(|fault| {
            faults.push(fault);
            None
        });
        (Opening { bound, lines }, faults)
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
    clock: RunClock,
}

impl Exports {
    /// Makes ready to export. A file for rows is as it was until [`tee`](Exports::tee).
    ///
    /// # Errors
    ///
    /// If there is no thread or no client to be had.
    pub fn start(
        config: &ExportConfig,
        opening: Opening,
        run: &RunIdentity,
        clock: RunClock,
    ) -> Result<Exports, ExportError> {
        let drops: Arc<Drops> = Arc::default();
        let target = config.jsonl.as_ref().map(ToString::to_string).unwrap_or_default();
        let jsonl = opening.lines.map(|opened| JsonlWriter::start(opened, target, Arc::clone(&drops)));
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
        Ok(Exports { drops, registry, traces, jsonl, network, words, clock })
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

    /// Puts itself before what takes the run's rows. Once, when the run is claimed: what a file held is gone then.
    pub fn tee<S>(&mut self, inner: S) -> Tee<S> {
        Tee::new(inner, self.jsonl.as_mut().and_then(JsonlWriter::rows))
    }

    /// Whoever asked for metrics during the run, and may once more after it.
    pub fn last_scrape(&self) -> Option<LastScrape> {
        self.network.as_ref()?.last_scrape.clone()
    }

    /// Sends and writes what is left, once there are no more samples and rows, that is when tap and tee are gone; within
    /// ten seconds. What did not get where it should, a sentence each. `give_up` ends the waiting.
    pub async fn finish(self, give_up: impl Future<Output = ()>) -> Vec<String> {
        let Exports { drops, jsonl, network, traces, clock, .. } = self;
        drop(traces);
        let over_at = clock.instant();
        if let Some(network) = &network {
            network.run_is_over(over_at);
        }
        // Whoever gives up does not wait for the rest either.
        let give_up = give_up.shared();
        let mut remarks = Vec::new();
        if let Some(jsonl) = jsonl {
            remarks.extend(jsonl.end(&drops, over_at + FINAL_TIME, give_up.clone()).await);
        }
        if let Some(network) = network {
            remarks.extend(network.end(give_up).await);
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
