//! From slices to series.

use outrider_telemetry::{Sketch, WindowKind, WindowTotals};

use super::slice::{Machine, Slice};
use super::{SECOND_NS, Tally};
use crate::html::{Charts, CheckSeries, ErrorSeries, GeneratorSeries, LoadSeries, TimedSeries};
use crate::read::columns::ms;

/// The name of all requests together.
const ALL_NAME: &str = "(all)";

/// A hundredth: the third digit of a share, and of an average number of users, shows in no chart.
fn hundredth(value: f64) -> f64 {
    (value * 1e2).round() / 1e2
}

/// Three significant digits after the first: a chart shows no more, and the file is half as large.
fn four_digits(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    let scale = 10f64.powi(3 - value.abs().log10().floor() as i32);
    let rounded = (value * scale).round() / scale;
    // Of a division by a power of ten noise is left in the sixteenth digit.
    format!("{rounded:.6}").parse().unwrap_or(rounded)
}

impl Tally {
    pub(super) fn finish(mut self) -> Charts {
        let all = self.slices.all();
        let from = self.slices.from();
        let at = |index: usize| from.saturating_add(self.slices.width_ns().saturating_mul(index as i64));
        let covered = |index: usize| {
            let to = self.load_to.max(self.load_from).min(at(index + 1));
            hundredth(to.saturating_sub(self.load_from.max(at(index))).max(0) as f64 / SECOND_NS as f64)
        };
        let covered_s: Vec<f64> = (0..all.len()).map(covered).collect();
        Charts {
            from_ms: ms(from.saturating_sub(self.run_start) as f64),
            slice_ms: ms(self.slices.width_ns() as f64),
            load: load(all, &covered_s),
            covered_s,
            all_requests: timed(ALL_NAME, all, |slice| Some(&slice.all_requests)),
            requests: self.timed_of(WindowKind::Request),
            steps: self.timed_of(WindowKind::Step),
            checks: self.checks(),
            errors: self.errors(),
            generator: generator(all),
            slowest: std::mem::take(&mut self.slowest).finish(),
        }
    }

    fn timed_of(&self, kind: WindowKind) -> Vec<TimedSeries> {
        let charted = self.charted.iter().enumerate().filter(|(_, (of, _, _))| *of == kind);
        charted
            .map(|(index, (_, name, _))| timed(name, self.slices.all(), |slice| slice.series.get(&index)))
            .filter(|series| series.count.iter().any(|count| *count > 0))
            .collect()
    }

    fn checks(&self) -> Vec<CheckSeries> {
        let charted = self.charted.iter().enumerate().filter(|(_, (of, _, _))| *of == WindowKind::Check);
        let series = charted.map(|(index, (_, name, pack))| {
            let of = |part: fn(&WindowTotals) -> u64| {
                self.slices.all().iter().map(|slice| slice.series.get(&index).map_or(0, part)).collect()
            };
            let (count, failed) = (of(|totals| totals.count), of(|totals| totals.failed));
            CheckSeries { pack: pack.clone(), name: name.clone(), count, failed }
        });
        series.filter(|series| series.count.iter().any(|count| *count > 0)).collect()
    }

    fn errors(&self) -> Vec<ErrorSeries> {
        let of = |index: usize| {
            self.slices.all().iter().map(|slice| slice.errors.get(&index).copied().unwrap_or(0)).collect()
        };
        let kinds = self.kinds.iter().enumerate();
        let mut series: Vec<ErrorSeries> =
            kinds.map(|(index, kind)| ErrorSeries { kind: kind.clone(), count: of(index) }).collect();
        series.sort_by_key(|series| std::cmp::Reverse(series.count.iter().sum::<u64>()));
        series
    }
}

fn load(all: &[Slice], covered_s: &[f64]) -> LoadSeries {
    let of = |part: fn(&Slice) -> u64| all.iter().map(part).collect();
    let users = all.iter().zip(covered_s).map(|(slice, covered)| match covered {
        covered if *covered > 0.0 => hundredth(slice.busy_ns as f64 / (covered * SECOND_NS as f64)),
        _ => 0.0,
    });
    LoadSeries {
        scheduled: of(|slice| slice.scheduled),
        started: of(|slice| slice.started),
        completed: of(|slice| slice.completed),
        failed: of(|slice| slice.failed),
        dropped: of(|slice| slice.dropped),
        users: users.collect(),
    }
}

fn timed<'a>(
    name: &str,
    all: &'a [Slice],
    totals: impl Fn(&'a Slice) -> Option<&'a WindowTotals>,
) -> TimedSeries {
    let found: Vec<Option<&WindowTotals>> = all.iter().map(totals).collect();
    let of = |part: fn(&WindowTotals) -> u64| found.iter().map(|totals| totals.map_or(0, part)).collect();
    let at = |which: fn(&WindowTotals) -> Option<&Sketch>, q: f64| -> Vec<Option<f64>> {
        let value = |totals: &WindowTotals| Some(four_digits(ms(which(totals)?.quantile(q)?)));
        found.iter().map(|totals| totals.and_then(value)).collect()
    };
    let is_late = found.iter().flatten().any(|totals| totals.corrected.is_some());
    let corrected = |q| is_late.then(|| at(WindowTotals::corrected_sketch, q));
    TimedSeries {
        name: name.to_owned(),
        count: of(|totals| totals.count),
        failed: of(|totals| totals.failed),
        p50_ms: at(measured, 0.5),
        p95_ms: at(measured, 0.95),
        p99_ms: at(measured, 0.99),
        corrected_p95_ms: corrected(0.95),
        corrected_p99_ms: corrected(0.99),
    }
}

fn measured(totals: &WindowTotals) -> Option<&Sketch> {
    totals.sketch.as_ref()
}

fn generator(all: &[Slice]) -> GeneratorSeries {
    let of = |part: fn(&Machine) -> Option<f64>| {
        all.iter().map(|slice| part(&slice.machine).map(four_digits)).collect()
    };
    GeneratorSeries {
        machine_cpu: of(|machine| machine.machine_cpu),
        process_cpu: of(|machine| machine.process_cpu),
        others_cpu: of(|machine| machine.others_cpu),
        event_loop_lag_ms: of(|machine| machine.lag_ms),
        memory_bytes: of(|machine| machine.memory_bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_four_digits() {
        let values = [0.0, 0.12345678, 12.3456, 1234.56, 123456.7, f64::NAN].map(four_digits);
        assert_eq!(values, [0.0, 0.1235, 12.35, 1235.0, 123500.0, 0.0]);
    }
}
