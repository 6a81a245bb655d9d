//! The load over time, from the rows of `iterations` and `requests` as they come.

use arrow::datatypes::{Int64Type, TimestampNanosecondType};
use outrider_model::{IterationStatus, LATE_START};
use outrider_telemetry::{OTHER_NAME, Sketch, Window};

use super::assemble::Span;
use super::buckets::{Axis, Buckets, Join};
use super::columns::{Rows, Slots, ms, whole};
use super::durations::Durations;
use super::iterations::Iteration;
use crate::ReportError;
use crate::summary::{ScenarioTimeline, Shortfall, Timeline, TimelineBucket};

/// Sixty buckets: a minute by seconds, an hour by minutes, and as many as a terminal has columns for.
const WANTED_BUCKETS: i64 = 60;

/// Sixty-four: the last iterations end after the time that the load was planned for, which must not halve the buckets.
const MOST_BUCKETS: usize = 64;

/// Fifty scenarios: more than a plan has that somebody wrote, and with a sketch for each bucket some megabytes.
const MOST_SCENARIOS: usize = 50;

/// One percent: less is nothing that a plan would be changed for.
const NOTABLE_SHARE: f64 = 0.01;

const SECOND_NS: i64 = 1_000_000_000;

/// One microsecond: scheduled times are a rate's fractions, rounded. One that falls on the edge of two buckets belongs
/// to the second, whichever way it was rounded.
const ROUNDING_NS: i64 = 1_000;

/// Lengths of buckets that people count in, in seconds. Longer ones are whole days.
const ROUND_SECONDS: [i64; 18] =
    [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400];

/// The shortest round length of which no more than `most` make up the load.
pub(super) fn round_width_ns(axis: Axis, most: i64) -> i64 {
    let seconds = axis.to.saturating_sub(axis.from) / SECOND_NS + 1;
    let wanted = seconds.div_euclid(most) + i64::from(seconds % most > 0);
    let round = ROUND_SECONDS.into_iter().find(|round| *round >= wanted);
    round.unwrap_or(wanted.div_euclid(86_400).saturating_add(1).saturating_mul(86_400)) * SECOND_NS
}

/// What is known of one stretch of time.
#[derive(Clone, Debug, Default)]
struct Stretch {
    scheduled: u64,
    started: u64,
    completed: u64,
    dropped: u64,
    /// Scheduled in it, and started late.
    late: u64,
    /// The time that VUs ran iterations in it, in nanoseconds, over all VUs.
    busy_ns: u64,
    requests: u64,
    durations: Option<Durations>,
}

impl Join for Stretch {
    fn join(&mut self, next: Stretch) {
        self.scheduled += next.scheduled;
        self.started += next.started;
        self.completed += next.completed;
        self.dropped += next.dropped;
        self.late += next.late;
        self.busy_ns += next.busy_ns;
        self.requests += next.requests;
        match (&mut self.durations, next.durations) {
            (Some(own), Some(next)) => own.merge(&next),
            (own @ None, next) => *own = next,
            (Some(_), None) => {}
        }
    }
}

impl Stretch {
    fn p95_ms(&self, which: fn(&Durations) -> &Sketch) -> Option<f64> {
        self.durations.as_ref().and_then(|durations| which(durations).quantile(0.95)).map(ms)
    }
}

/// The stretches of one scenario; there are none before the first row.
#[derive(Debug, Default)]
struct Line(Option<Buckets<Stretch>>);

/// All scenarios over time.
#[derive(Debug, Default)]
pub(super) struct TimelineTally {
    axis: Axis,
    scenarios: Slots<Line>,
}

impl TimelineTally {
    pub(super) fn new(axis: Axis) -> TimelineTally {
        TimelineTally { axis, scenarios: Slots::default() }
    }

    /// The stretches of a slot's scenario.
    fn line(&mut self, slot: usize) -> &mut Buckets<Stretch> {
        let axis = self.axis;
        let make = || Buckets::new(axis.from, round_width_ns(axis, WANTED_BUCKETS), MOST_BUCKETS);
        self.scenarios.slots[slot].1.0.get_or_insert_with(make)
    }

    /// Where a scenario is counted.
    fn slot(&mut self, scenario: &str) -> usize {
        let known = self.scenarios.slots.iter().any(|(name, _)| &**name == scenario);
        let name = if known || self.scenarios.slots.len() < MOST_SCENARIOS { scenario } else { OTHER_NAME };
        self.scenarios.slot(name)
    }

    /// Counts a batch of rows, which say these iterations.
    pub(super) fn add_iterations(
        &mut self,
        rows: Rows<'_>,
        iterations: &[Iteration],
    ) -> Result<(), ReportError> {
        let slots = rows.words("scenario")?.resolve(|scenario| self.slot(scenario));
        for (row, iteration) in iterations.iter().enumerate() {
            if let Some(slot) = slots.get(row) {
                self.add_iteration(slot, iteration);
            }
        }
        Ok(())
    }

    fn add_iteration(&mut self, slot: usize, iteration: &Iteration) {
        let Iteration { status, started_at, lateness_ns, .. } = *iteration;
        let line = self.line(slot);
        let scheduled = line.at(started_at.saturating_sub_unsigned(lateness_ns).saturating_add(ROUNDING_NS));
        scheduled.scheduled += 1;
        if status == IterationStatus::Dropped {
            scheduled.dropped += 1;
            return;
        }
        scheduled.late += u64::from(u128::from(lateness_ns) > LATE_START.as_nanos());
        line.at(started_at).started += 1;
        let ended_at = iteration.ended_at();
        line.spread(started_at, ended_at, |stretch, inside_ns| stretch.busy_ns += inside_ns);
        line.at(ended_at).completed += u64::from(status == IterationStatus::Completed);
    }

    pub(super) fn add_requests(&mut self, rows: Rows<'_>) -> Result<(), ReportError> {
        let slots = rows.words("scenario")?.resolve(|scenario| self.slot(scenario));
        let started_at = rows.numbers::<TimestampNanosecondType>("started_at")?;
        let durations = rows.numbers::<Int64Type>("duration_ns")?;
        let lateness = rows.numbers_if_any::<Int64Type>("lateness_ns")?;
        let interrupted = rows.interrupted()?;
        for row in (0..rows.len()).filter(|row| !interrupted(*row)) {
            let Some(slot) = slots.get(row) else { continue };
            let duration = whole(durations.value(row));
            let late = lateness.map_or(0, |lateness| whole(lateness.value(row)));
            let stretch = self.line(slot).at(started_at.value(row).saturating_add_unsigned(duration));
            stretch.requests += 1;
            stretch.durations.get_or_insert_default().add(duration, late);
        }
        Ok(())
    }

    /// Counts the requests of one second.
    pub(super) fn add_window(&mut self, window: &Window) {
        // Nobody's of set-up, and none of which all were interrupted.
        if window.key.scenario.is_empty() || window.totals.count == 0 {
            return;
        }
        let slot = self.slot(&window.key.scenario);
        let stretch = self.line(slot).at(last_moment(window));
        stretch.requests += window.totals.count;
        stretch.durations.get_or_insert_default().add_window(&window.totals);
    }

    /// The load over time. `planned` are the scenarios in their order.
    pub(super) fn finish<'a>(mut self, span: Span, planned: impl Iterator<Item = &'a str>) -> Timeline {
        let order: Vec<&str> = planned.collect();
        let place = |name: &str| order.iter().position(|planned| *planned == name).unwrap_or(usize::MAX);
        let mut lines: Vec<(String, Buckets<Stretch>)> = std::mem::take(&mut self.scenarios.slots)
            .into_iter()
            .filter_map(|(name, line)| Some((name.to_string(), line.0?)))
            .collect();
        lines.sort_by_key(|(name, _)| place(name));
        let width_ns = lines
            .iter()
            .map(|(_, line)| line.width_ns())
            .max()
            .unwrap_or_else(|| round_width_ns(self.axis, WANTED_BUCKETS));
        lines.iter_mut().for_each(|(_, line)| line.widen_to(width_ns));
        let scale = Scale { from: self.axis.from, width_ns, span };
        let all = together(lines.iter().map(|(_, line)| line.all()));
        let scenario = |(name, line): (String, Buckets<Stretch>)| {
            let stretches = padded(line.all(), all.len());
            let (buckets, shortfall) = (scale.buckets(&stretches), scale.shortfall(&stretches));
            ScenarioTimeline { name, buckets, shortfall }
        };
        Timeline {
            bucket_s: width_ns.unsigned_abs() / SECOND_NS.unsigned_abs(),
            buckets: scale.buckets(&all),
            shortfall: scale.shortfall(&all),
            dropped: all.iter().map(|stretch| stretch.dropped).sum(),
            late: all.iter().map(|stretch| stretch.late).sum(),
            scenarios: lines.into_iter().map(scenario).collect(),
        }
    }
}

/// A second's place among buckets is that of its end: the load begins within one, and that one and the next would fall
/// into the first bucket else.
pub(super) fn last_moment(window: &Window) -> i64 {
    window.started_at.0.saturating_add(SECOND_NS - 1)
}

/// The stretches of all scenarios, each time's as one.
fn together<'a>(lines: impl Iterator<Item = &'a [Stretch]>) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = Vec::new();
    for line in lines {
        all.resize_with(all.len().max(line.len()), Stretch::default);
        all.iter_mut().zip(line).for_each(|(sum, stretch)| sum.join(stretch.clone()));
    }
    all
}

/// As many stretches, the last ones empty.
fn padded(line: &[Stretch], count: usize) -> Vec<Stretch> {
    let mut line = line.to_vec();
    line.resize_with(count.max(line.len()), Stretch::default);
    line
}

/// How stretches become buckets of the report.
struct Scale {
    from: i64,
    width_ns: i64,
    span: Span,
}

impl Scale {
    fn buckets(&self, stretches: &[Stretch]) -> Vec<TimelineBucket> {
        stretches.iter().enumerate().map(|(index, stretch)| self.bucket(index, stretch)).collect()
    }

    fn bucket(&self, index: usize, stretch: &Stretch) -> TimelineBucket {
        let width_ns = self.width_ns as f64;
        let per_s = |count: u64| count as f64 * SECOND_NS as f64 / width_ns;
        TimelineBucket {
            from_ms: self.ms(index),
            scheduled_per_s: per_s(stretch.scheduled),
            started_per_s: per_s(stretch.started),
            completed_per_s: per_s(stretch.completed),
            dropped_per_s: per_s(stretch.dropped),
            // To a thousandth: the fourth digit of an average number of users says nothing.
            vus: (stretch.busy_ns as f64 / width_ns * 1e3).round() / 1e3,
            requests_per_s: per_s(stretch.requests),
            p95_ms: stretch.p95_ms(Durations::measured),
            corrected_p95_ms: stretch.p95_ms(Durations::corrected),
        }
    }

    /// When a bucket begins, in milliseconds after the start of the run.
    fn ms(&self, index: usize) -> f64 {
        let after = self.width_ns.saturating_mul(index as i64);
        self.span.ms_after_start(self.from.saturating_add(after))
    }

    fn shortfall(&self, stretches: &[Stretch]) -> Option<Shortfall> {
        let short: Vec<usize> = (0..stretches.len()).filter(|index| is_short(&stretches[*index])).collect();
        let sum = |part: fn(&Stretch) -> u64| short.iter().map(|index| part(&stretches[*index])).sum::<u64>();
        Some(Shortfall {
            from_ms: self.ms(*short.first()?),
            to_ms: self.ms(short.last()? + 1),
            scheduled: sum(|stretch| stretch.scheduled),
            dropped: sum(|stretch| stretch.dropped),
            late: sum(|stretch| stretch.late),
        })
    }
}

/// Whether more iterations than chance were dropped or late.
fn is_short(stretch: &Stretch) -> bool {
    let missing = stretch.dropped + stretch.late;
    missing > 1 && missing as f64 > stretch.scheduled as f64 * NOTABLE_SHARE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn width_s(seconds: i64) -> i64 {
        round_width_ns(Axis { from: 7, to: 7 + seconds * SECOND_NS - 1 }, WANTED_BUCKETS) / SECOND_NS
    }

    #[test]
    fn buckets_are_of_a_round_length_and_few() {
        let widths = [1, 60, 61, 300, 301, 3_600, 36_000, 86_400, 60 * 86_400, 61 * 86_400].map(width_s);
        assert_eq!(widths, [1, 1, 2, 5, 10, 60, 600, 1_800, 86_400, 2 * 86_400]);
    }
}
