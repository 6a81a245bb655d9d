//! Everything that is counted of a run.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hashbrown::HashMap;
use outrider_model::{
    CheckSample, FailureCause, IterationSample, IterationStatus, MetricKind, MetricSample, RequestSample,
    Sample, StepSample,
};
use outrider_telemetry::SampleTap;

use super::distribution::Distribution;
use super::family::{Data, Family, Labels};
use super::keys::{CheckKey, Ending, IterationKey, NamedKey, RequestKey};
use super::label::{self, Label};
use super::series::{MAX_SERIES, Series};
use super::system::System;
use crate::RunIdentity;
use crate::exports::Drops;

/// How many exchanges there were, and how long those took that were not interrupted.
#[derive(Debug, Default)]
struct Exchanges {
    count: u64,
    durations: Distribution,
}

/// Bytes of a scenario's exchanges.
#[derive(Debug, Default)]
struct Traffic {
    sent: u64,
    received: u64,
}

/// The sum of values and their number.
#[derive(Debug, Default)]
struct Values {
    sum: f64,
    count: u64,
}

#[derive(Debug)]
pub(crate) struct Registry {
    run: RunIdentity,
    drops: Arc<Drops>,
    hosts: HashMap<Box<str>, (Arc<str>, u16)>,
    requests: Series<RequestKey, Exchanges>,
    traffic: Series<Arc<str>, Traffic>,
    iterations: Series<IterationKey, u64>,
    dropped: Series<Arc<str>, u64>,
    iteration_durations: Series<Arc<str>, Distribution>,
    steps: Series<NamedKey, u64>,
    step_durations: Series<NamedKey, Distribution>,
    checks: Series<CheckKey, u64>,
    counters: Series<NamedKey, f64>,
    gauges: Series<NamedKey, f64>,
    rates: Series<NamedKey, u64>,
    trends: Series<NamedKey, Values>,
    logs: Series<&'static str, u64>,
    system: System,
}

/// The registry, as the batcher writes it and others read it.
#[derive(Clone, Debug)]
pub(crate) struct SharedRegistry(Arc<Mutex<Registry>>);

impl SharedRegistry {
    pub(crate) fn new(run: RunIdentity, drops: Arc<Drops>) -> SharedRegistry {
        SharedRegistry(Arc::new(Mutex::new(Registry::new(run, drops))))
    }

    pub(crate) fn add(&self, sample: &Sample) {
        self.lock().add(sample);
    }

    /// All metrics as they are now.
    pub(crate) fn families(&self) -> Vec<Family> {
        self.lock().families()
    }

    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts what passes.
#[derive(Debug)]
pub(crate) struct RegistryTap(pub(crate) SharedRegistry);

impl SampleTap for RegistryTap {
    fn see(&mut self, sample: &Sample) {
        self.0.add(sample);
    }
}

impl Registry {
    fn new(run: RunIdentity, drops: Arc<Drops>) -> Registry {
        Registry {
            run,
            drops,
            hosts: HashMap::new(),
            requests: Series::default(),
            traffic: Series::default(),
            iterations: Series::default(),
            dropped: Series::default(),
            iteration_durations: Series::default(),
            steps: Series::default(),
            step_durations: Series::default(),
            checks: Series::default(),
            counters: Series::default(),
            gauges: Series::default(),
            rates: Series::default(),
            trends: Series::default(),
            logs: Series::default(),
            system: System::default(),
        }
    }

    fn add(&mut self, sample: &Sample) {
        match sample {
            Sample::Iteration(row) => self.add_iteration(row),
            Sample::Step(row) => self.add_step(row),
            Sample::Request(row) => self.add_request(row),
            Sample::Check(row) => self.add_check(row),
            Sample::Metric(row) => self.add_metric(row),
            Sample::Log(row) => *self.logs.of(row.level.as_str()) += 1,
            Sample::System(row) => self.system.add(row),
        }
    }

    fn add_iteration(&mut self, row: &IterationSample) {
        if row.status == IterationStatus::Dropped {
            // It never started: a rate of iterations is without it.
            *self.dropped.of(Arc::clone(&row.scenario)) += 1;
            return;
        }
        *self.iterations.of(IterationKey {
            scenario: Arc::clone(&row.scenario),
            outcome: row.status.as_str(),
            cause: row.cause.map_or("", FailureCause::as_str),
        }) += 1;
        if row.status != IterationStatus::Interrupted {
            self.iteration_durations.of(Arc::clone(&row.scenario)).add(row.duration);
        }
    }

    fn add_step(&mut self, row: &StepSample) {
        let ending = Ending::of(row.ok, row.interrupted);
        let key =
            NamedKey { scenario: Arc::clone(&row.origin.scenario), name: Arc::clone(&row.name), ending };
        *self.steps.of(key.clone()) += 1;
        if !row.interrupted {
            self.step_durations.of(NamedKey { ending: Ending::Ok, ..key }).add(row.duration);
        }
    }

    fn add_request(&mut self, row: &RequestSample) {
        let (host, port) = self.host(&row.url);
        let scenario = &row.origin.scenario;
        let exchanges = self.requests.of(RequestKey {
            scenario: Arc::clone(scenario),
            name: Arc::clone(&row.name),
            method: Arc::clone(&row.method),
            status: row.status,
            error: row.error_kind.clone(),
            ending: Ending::of(row.ok, row.interrupted),
            host,
            port,
        });
        exchanges.count += 1;
        if !row.interrupted {
            exchanges.durations.add(row.duration);
        }
        let traffic = self.traffic.of(Arc::clone(scenario));
        traffic.sent += row.bytes_sent;
        traffic.received += row.bytes_received;
    }

    /// The host of a URL and its port.
    fn host(&mut self, url: &str) -> (Arc<str>, u16) {
        let after_scheme = url.find("://").map_or(0, |at| at + 3);
        let rest = &url[after_scheme..];
        let end = after_scheme + rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let origin = &url[..end];
        if let Some(known) = self.hosts.get(origin) {
            return known.clone();
        }
        let parsed = url::Url::parse(origin).ok();
        let host = parsed.as_ref().and_then(url::Url::host_str).unwrap_or_default();
        let port = parsed.as_ref().and_then(url::Url::port_or_known_default).unwrap_or(0);
        let found: (Arc<str>, u16) = (host.into(), port);
        if self.hosts.len() < MAX_SERIES {
            self.hosts.insert(origin.into(), found.clone());
        }
        found
    }

    fn add_check(&mut self, row: &CheckSample) {
        *self.checks.of(CheckKey {
            scenario: Arc::clone(&row.origin.scenario),
            pack: Arc::clone(&row.pack),
            name: Arc::clone(&row.name),
            passed: row.passed,
        }) += 1;
    }

    fn add_metric(&mut self, row: &MetricSample) {
        let key = NamedKey {
            scenario: Arc::clone(&row.origin.scenario),
            name: Arc::clone(&row.name),
            ending: Ending::Ok,
        };
        // One that is no number would be all that is ever seen of the series.
        if !row.value.is_finite() {
            return;
        }
        match row.kind {
            // A total does not fall: to whoever scrapes it, that is another run.
            MetricKind::Counter if row.value < 0.0 => {}
            MetricKind::Counter => *self.counters.of(key) += row.value,
            MetricKind::Gauge => *self.gauges.of(key) = row.value,
            MetricKind::Rate => {
                let ending = if row.value == 0.0 { Ending::Failed } else { Ending::Ok };
                *self.rates.of(NamedKey { ending, ..key }) += 1;
            }
            MetricKind::Trend => {
                let values = self.trends.of(key);
                values.sum += row.value;
                values.count += 1;
            }
        }
    }

    fn families(&self) -> Vec<Family> {
        let mut families = vec![self.info()];
        families.extend(self.of_requests());
        families.extend(self.of_iterations());
        families.extend(self.of_checks());
        families.extend(self.of_metrics());
        families.extend(self.system.families());
        families.extend([self.dropped(), self.rejected()]);
        families.retain(|family| !family.is_empty());
        families
    }

    fn info(&self) -> Family {
        let tags: Vec<&str> = self.run.tags.iter().map(outrider_model::RunTag::as_str).collect();
        let labels = Labels(vec![
            (&label::RUN, self.run.run_id.as_str().into()),
            (&label::RUN_NAME, self.run.name.as_deref().unwrap_or_default().into()),
            (&label::TAGS, tags.join(",").into()),
            (&label::VERSION, self.run.version.into()),
        ]);
        Family {
            name: "outrider_run_info",
            otlp: "outrider.run.info",
            unit: "1",
            help: "The run, in its labels.",
            data: Data::Gauge(vec![(labels, 1.0)]),
        }
    }

    fn of_requests(&self) -> Vec<Family> {
        let counts = self.requests.iter().map(|(key, all)| (key.with_ending(), all.count as f64));
        let took = self.requests.iter().filter(|(_, all)| all.durations.count() > 0);
        let took = took.map(|(key, all)| (key.labels(), all.durations.clone()));
        let traffic = self.traffic.iter().flat_map(|(scenario, bytes)| {
            [("transmit", bytes.sent), ("receive", bytes.received)].map(|(direction, bytes)| {
                let scenario = (&label::SCENARIO, Arc::clone(scenario));
                (Labels(vec![scenario, (&label::DIRECTION, direction.into())]), bytes as f64)
            })
        });
        vec![
            Family {
                name: "outrider_requests",
                otlp: "outrider.requests",
                unit: "{request}",
                help: "HTTP exchanges; a redirect that was followed is one of its own.",
                data: Data::Counter(counts.collect()),
            },
            Family {
                name: "outrider_request_duration_seconds",
                otlp: "http.client.request.duration",
                unit: "s",
                help: "Durations of HTTP exchanges that were not interrupted.",
                data: Data::Histogram(took.collect()),
            },
            Family {
                name: "outrider_network_bytes",
                otlp: "outrider.network.io",
                unit: "By",
                help: "Bytes of HTTP exchanges, before TLS and decompression.",
                data: Data::Counter(traffic.collect()),
            },
        ]
    }

    fn of_iterations(&self) -> Vec<Family> {
        let counts = self.iterations.iter().map(|(key, count)| (key.labels(), *count as f64));
        let of_scenario = |scenario: &Arc<str>| Labels(vec![(&label::SCENARIO, Arc::clone(scenario))]);
        let dropped = self.dropped.iter().map(|(scenario, count)| (of_scenario(scenario), *count as f64));
        let took =
            self.iteration_durations.iter().map(|(scenario, all)| (of_scenario(scenario), all.clone()));
        let steps = self.steps.iter().map(|(key, count)| (key.with_ending(&label::STEP), *count as f64));
        let steps_took = self.step_durations.iter().map(|(key, all)| (key.labels(&label::STEP), all.clone()));
        vec![
            Family {
                name: "outrider_iterations",
                otlp: "outrider.iterations",
                unit: "{iteration}",
                help: "Iterations that started and have ended.",
                data: Data::Counter(counts.collect()),
            },
            Family {
                name: "outrider_iterations_dropped",
                otlp: "outrider.iterations.dropped",
                unit: "{iteration}",
                help: "Iterations that never started.",
                data: Data::Counter(dropped.collect()),
            },
            Family {
                name: "outrider_iteration_duration_seconds",
                otlp: "outrider.iteration.duration",
                unit: "s",
                help: "Durations of iterations that were not interrupted.",
                data: Data::Histogram(took.collect()),
            },
            Family {
                name: "outrider_steps",
                otlp: "outrider.steps",
                unit: "{step}",
                help: "Steps.",
                data: Data::Counter(steps.collect()),
            },
            Family {
                name: "outrider_step_duration_seconds",
                otlp: "outrider.step.duration",
                unit: "s",
                help: "Durations of steps that were not interrupted, think time included.",
                data: Data::Histogram(steps_took.collect()),
            },
        ]
    }

    fn of_checks(&self) -> Vec<Family> {
        let checks = self.checks.iter().map(|(key, count)| (key.labels(), *count as f64));
        let logs = self.logs.iter();
        let logs = logs.map(|(level, count)| (Labels(vec![(&label::LEVEL, (*level).into())]), *count as f64));
        vec![
            Family {
                name: "outrider_checks",
                otlp: "outrider.checks",
                unit: "{check}",
                help: "Verdicts of journeys (without a pack) and of assertion packs.",
                data: Data::Counter(checks.collect()),
            },
            Family {
                name: "outrider_logs",
                otlp: "outrider.logs",
                unit: "{line}",
                help: "Lines that journeys logged or printed.",
                data: Data::Counter(logs.collect()),
            },
        ]
    }

    fn of_metrics(&self) -> Vec<Family> {
        let name: &'static Label = &label::METRIC;
        let counters = self.counters.iter().map(|(key, value)| (key.labels(name), *value));
        let gauges = self.gauges.iter().map(|(key, value)| (key.labels(name), *value));
        let rates = self.rates.iter().map(|(key, count)| (key.with_value(), *count as f64));
        let trends = self.trends.iter().map(|(key, all)| (key.labels(name), all.sum, all.count));
        vec![
            Family {
                name: "outrider_custom_counter",
                otlp: "outrider.custom.counter",
                unit: "1",
                help: "Counters of journeys.",
                data: Data::Counter(counters.collect()),
            },
            Family {
                name: "outrider_custom_gauge",
                otlp: "outrider.custom.gauge",
                unit: "1",
                help: "Gauges of journeys: the last value.",
                data: Data::Gauge(gauges.collect()),
            },
            Family {
                name: "outrider_custom_rate",
                otlp: "outrider.custom.rate",
                unit: "1",
                help: "Values of rates of journeys, by what they were.",
                data: Data::Counter(rates.collect()),
            },
            Family {
                name: "outrider_custom_trend",
                otlp: "outrider.custom.trend",
                unit: "1",
                help: "Values of trends of journeys, in their own units.",
                data: Data::Summary(trends.collect()),
            },
        ]
    }

    fn dropped(&self) -> Family {
        let dropped = self
            .drops
            .all()
            .map(|(exporter, count)| (Labels(vec![(&label::EXPORTER, exporter.into())]), count as f64));
        Family {
            name: "outrider_export_dropped",
            otlp: "outrider.export.dropped",
            unit: "1",
            help: "Rows (jsonl) and spans (traces) that could not be exported; the dataset has them.",
            data: Data::Counter(dropped.into()),
        }
    }

    fn rejected(&self) -> Family {
        let rejected = self
            .drops
            .all_rejected()
            .map(|(exporter, count)| (Labels(vec![(&label::EXPORTER, exporter.into())]), count as f64));
        Family {
            name: "outrider_export_rejected",
            otlp: "outrider.export.rejected",
            unit: "1",
            help: "Data points (metrics) and spans (traces) that the collector took and rejected.",
            data: Data::Counter(rejected.into()),
        }
    }
}

#[cfg(test)]
mod tests;
