//! The generator's own health, as of its last second.

use std::time::Duration;

use outrider_model::SystemSample;

use super::family::{Data, Family, Labels};
use super::label;

#[derive(Debug, Default)]
pub(super) struct System {
    last: Option<SystemSample>,
    late_starts: u64,
    started: u64,
    /// Seconds in which something held the generator up, by what it was.
    bottlenecks: super::series::Series<&'static str, u64>,
}

impl System {
    pub(super) fn add(&mut self, sample: &SystemSample) {
        self.late_starts += sample.late_starts;
        self.started += sample.started_iterations;
        if let Some(bottleneck) = sample.bottleneck {
            *self.bottlenecks.of(bottleneck.as_str()) += 1;
        }
        self.last = Some(sample.clone());
    }

    pub(super) fn families(&self) -> Vec<Family> {
        let Some(last) = &self.last else { return Vec::new() };
        let gauge = |name, otlp, unit, help, value: f64| Family {
            name,
            otlp,
            unit,
            help,
            data: Data::Gauge(vec![(Labels::default(), value)]),
        };
        let counter = |name, otlp, unit, help, value: u64| Family {
            name,
            otlp,
            unit,
            help,
            data: Data::Counter(vec![(Labels::default(), value as f64)]),
        };
        let seconds = |duration: Duration| duration.as_secs_f64();
        let mut bottlenecks: Vec<_> = self.bottlenecks.iter().collect();
        bottlenecks.sort_unstable();
        let bottlenecks = bottlenecks
            .into_iter()
            .map(|(cause, count)| (Labels(vec![(&label::CAUSE, (*cause).into())]), *count as f64));
        vec![
            gauge(
                "outrider_vus",
                "outrider.vus",
                "{vu}",
                "Virtual users that run an iteration.",
                last.active_vus.into(),
            ),
            gauge(
                "outrider_vus_initialized",
                "outrider.vus.initialized",
                "{vu}",
                "Virtual users that exist.",
                last.initialized_vus.into(),
            ),
            gauge(
                "outrider_generator_process_cpu_ratio",
                "outrider.generator.process.cpu",
                "1",
                "CPU time of this process in the last second, as a share of all cores that it may use.",
                last.process_cpu,
            ),
            gauge(
                "outrider_generator_machine_cpu_ratio",
                "outrider.generator.machine.cpu",
                "1",
                "CPU time of the whole machine that was not idle in the last second, as a share of all cores.",
                last.machine_cpu,
            ),
            gauge(
                "outrider_generator_memory_bytes",
                "outrider.generator.memory",
                "By",
                "Resident memory of this process.",
                last.memory_bytes as f64,
            ),
            gauge(
                "outrider_generator_event_loop_lag_seconds",
                "outrider.generator.event_loop.lag",
                "s",
                "How late a timer fired, at worst in the last second.",
                seconds(last.event_loop_lag),
            ),
            gauge(
                "outrider_generator_open_files",
                "outrider.generator.open_files",
                "{file}",
                "Open file descriptors of this process.",
                last.open_files as f64,
            ),
            gauge(
                "outrider_generator_queued_samples",
                "outrider.generator.queued_samples",
                "{sample}",
                "Samples that wait to be written.",
                last.queued_samples as f64,
            ),
            counter(
                "outrider_generator_lost_samples",
                "outrider.generator.lost_samples",
                "{sample}",
                "Samples that found the queue full: the run is incomplete.",
                last.lost_samples,
            ),
            counter(
                "outrider_generator_started_iterations",
                "outrider.generator.started_iterations",
                "{iteration}",
                "Iterations that started.",
                self.started,
            ),
            counter(
                "outrider_generator_late_starts",
                "outrider.generator.late_starts",
                "{iteration}",
                "Iterations that started late by the generator's own fault.",
                self.late_starts,
            ),
            Family {
                name: "outrider_generator_held_up_seconds",
                otlp: "outrider.generator.held_up",
                unit: "s",
                help: "Seconds in which something held the generator up.",
                data: Data::Counter(bottlenecks.collect()),
            },
        ]
    }
}
