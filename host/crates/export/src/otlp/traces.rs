//! From the samples of an iteration to its trace, and off to the collector.

use std::sync::Arc;
use std::time::Duration;

use hashbrown::HashMap;
use outrider_model::{IterationIndex, IterationSample, IterationStatus, IterationTraces, RunClock, Sample};
use outrider_telemetry::SampleTap;
use tokio::sync::mpsc::{Receiver, Sender as Queue, channel};

use super::attributes::{resource, scope};
use super::messages::{ResourceSpans, ScopeSpans, Span, TraceRequest};
use super::sender::{Ending, Sender};
use super::{OtlpConfig, spans};
use crate::RunIdentity;
use crate::exports::Drops;

/// 16,384 samples that wait, some 8 MB: they are of the few iterations that are sampled.
const MAX_QUEUED: usize = 16_384;

/// A thousand samples of one iteration; OpenTelemetry's libraries bound what they keep of a trace alike.
const MAX_OF_ITERATION: usize = 1_000;

/// 65,536 samples of iterations that are under way, some 30 MB.
const MAX_UNDER_WAY: usize = 65_536;

/// Spans of a message, and how long they wait for others: the defaults of OpenTelemetry's batch processor.
const SPANS_OF_MESSAGE: usize = 512;
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Hands on the samples of iterations that are sampled.
#[derive(Debug)]
pub(crate) struct TraceTap {
    traces: IterationTraces,
    queue: Queue<Sample>,
    drops: Arc<Drops>,
}

/// The far end of the queue.
pub(crate) type TraceQueue = Receiver<Sample>;

impl TraceTap {
    pub(crate) fn new(traces: IterationTraces, drops: Arc<Drops>) -> (TraceTap, TraceQueue) {
        let (queue, samples) = channel(MAX_QUEUED);
        (TraceTap { traces, queue, drops }, samples)
    }
}

impl SampleTap for TraceTap {
    fn see(&mut self, sample: &Sample) {
        let Some((scenario, iteration)) = iteration_of(sample) else { return };
        if self.traces.of(scenario, iteration).is_sampled && self.queue.try_send(sample.clone()).is_err() {
            self.drops.spans(1);
        }
    }
}

/// The iteration that a sample is a part of; `None` for what is of none, and for what makes no trace.
fn iteration_of(sample: &Sample) -> Option<(&Arc<str>, IterationIndex)> {
    let origin = match sample {
        Sample::Iteration(IterationSample { status: IterationStatus::Dropped, .. }) => return None,
        Sample::Iteration(row) => return Some((&row.scenario, row.iteration)),
        Sample::Step(row) => &row.origin,
        Sample::Request(row) => &row.origin,
        Sample::Check(row) => &row.origin,
        Sample::Log(row) => row.origin.as_ref()?,
        Sample::Metric(_) | Sample::System(_) => return None,
    };
    // Outside of iterations the scenario has no name.
    (!origin.scenario.is_empty()).then_some((&origin.scenario, origin.iteration))
}

/// Samples of iterations that are under way.
#[derive(Debug, Default)]
struct UnderWay {
    iterations: HashMap<(Arc<str>, IterationIndex), Vec<Sample>>,
    samples: usize,
}

impl UnderWay {
    /// Takes a sample; all of its iteration, if that has ended. The number of samples that found no room is added to
    /// `dropped`.
    fn add(&mut self, sample: Sample, dropped: &mut usize) -> Option<(IterationSample, Vec<Sample>)> {
        let (scenario, iteration) = iteration_of(&sample)?;
        let key = (Arc::clone(scenario), iteration);
        if let Sample::Iteration(row) = sample {
            let samples = self.iterations.remove(&key).unwrap_or_default();
            self.samples -= samples.len();
            return Some((row, samples));
        }
        if self.samples >= MAX_UNDER_WAY {
            // Their ends were dropped before, or they are too many: none of them is worth more than those to come.
            *dropped += self.samples;
            self.iterations.clear();
            self.samples = 0;
        }
        let samples = self.iterations.entry(key).or_default();
        if samples.len() < MAX_OF_ITERATION {
            samples.push(sample);
            self.samples += 1;
        } else {
            *dropped += 1;
        }
        None
    }
}

/// Makes spans, and sends them, until there are no more samples. What did not get there and what was rejected, a sentence each.
pub(crate) async fn push_traces(
    config: Arc<OtlpConfig>,
    mut samples: TraceQueue,
    run: RunIdentity,
    sender: Sender,
    ending: Ending,
    drops: Arc<Drops>,
    clock: RunClock,
) -> Vec<String> {
    let pusher = Pusher { config, run, sender, ending, drops, clock, why: None };
    pusher.push(&mut samples).await
}

struct Pusher {
    config: Arc<OtlpConfig>,
    run: RunIdentity,
    sender: Sender,
    ending: Ending,
    drops: Arc<Drops>,
    clock: RunClock,
    /// Why spans were not taken, the first time.
    why: Option<String>,
}

impl Pusher {
    async fn push(mut self, samples: &mut TraceQueue) -> Vec<String> {
        let (mut under_way, mut spans) = (UnderWay::default(), Vec::new());
        let mut send_at = self.clock.instant();
        loop {
            let next = match spans.is_empty() {
                true => samples.recv().await,
                false => match tokio::time::timeout_at(send_at, samples.recv()).await {
                    Ok(next) => next,
                    Err(_) => {
                        self.send(std::mem::take(&mut spans)).await;
                        continue;
                    }
                },
            };
            let Some(sample) = next else { break };
            let mut dropped = 0;
            if let Some((iteration, parts)) = under_way.add(sample, &mut dropped) {
                if spans.is_empty() {
                    send_at = self.clock.instant() + LONGEST_WAIT;
                }
                spans.extend(spans::of(&self.run.traces, &iteration, &parts));
            }
            self.drops.spans(dropped);
            if spans.len() >= SPANS_OF_MESSAGE {
                self.send(std::mem::take(&mut spans)).await;
            }
        }
        if !spans.is_empty() {
            self.send(spans).await;
        }
        self.drops.spans(under_way.samples);
        self.remark().into_iter().chain(self.sender.rejected::<TraceRequest>()).collect()
    }

    async fn send(&mut self, spans: Vec<Span>) {
        let count = spans.len();
        let scope_spans = vec![ScopeSpans { scope: Some(scope(&self.run)), spans }];
        let resource = Some(resource(&self.run, &self.config.attributes));
        let message = TraceRequest { resource_spans: vec![ResourceSpans { resource, scope_spans }] };
        if let Some(why) = self.sender.until_accepted(&message, &self.ending).await {
            self.drops.spans(count);
            self.why.get_or_insert(why);
        }
    }

    fn remark(&self) -> Option<String> {
        let (dropped, place) = (self.drops.all_spans(), self.sender.place());
        match (&self.why, dropped) {
            (_, 0) => None,
            (Some(why), _) => Some(format!("{dropped} spans did not get to {place}: {why}")),
            (None, _) => {
                Some(format!("{dropped} spans did not get to {place}, which was slower than they came"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::test_run::{drops, iteration, request, step};

    #[test]
    fn the_samples_of_an_iteration_wait_for_its_end() {
        let (mut under_way, mut dropped) = (UnderWay::default(), 0);
        assert!(under_way.add(request("/", Some(200), Duration::ZERO), &mut dropped).is_none());
        assert!(under_way.add(step("pay", true), &mut dropped).is_none());
        let (_, parts) = under_way.add(iteration(IterationStatus::Completed), &mut dropped).unwrap();
        assert_eq!((parts.len(), under_way.samples, dropped), (2, 0, 0));
    }

    #[test]
    fn what_finds_no_room_is_dropped_and_counted() {
        let (mut under_way, mut dropped) = (UnderWay::default(), 0);
        for _ in 0..=MAX_OF_ITERATION {
            under_way.add(step("pay", true), &mut dropped);
        }
        assert_eq!((under_way.samples, dropped), (MAX_OF_ITERATION, 1));

        let drops = drops();
        let (mut tap, queue) = TraceTap::new(IterationTraces::new(7, 1.0), Arc::clone(&drops));
        for _ in 0..MAX_QUEUED + 3 {
            tap.see(&step("pay", true));
        }
        assert_eq!((drops.all_spans(), queue.len()), (3, MAX_QUEUED));
    }

    #[test]
    fn a_dropped_iteration_has_no_trace_and_neither_has_one_that_is_not_sampled() {
        let (mut tap, queue) = TraceTap::new(IterationTraces::new(7, 1.0), drops());
        tap.see(&iteration(IterationStatus::Dropped));
        let (mut none, empty) = TraceTap::new(IterationTraces::new(7, 0.0), drops());
        none.see(&iteration(IterationStatus::Completed));
        assert_eq!((queue.len(), empty.len()), (0, 0));
    }
}
