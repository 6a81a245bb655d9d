//! The load over time as rows of blocks: what was scheduled above what came of it.

use super::annotations::MARK;
use super::page::{Page, Span, plain, span};
use super::style::{Paint, clean, columns, cut_middle};
use super::table::{pad_left, pad_right};
use crate::summary::{
    AnnotationSummary, DurationStats, RequestSummary, ScenarioTimeline, Shortfall, Summary, Timeline,
    TimelineBucket,
};
use crate::words::{counted, duration_ms, percent, significant, stopwatch, thousands};

/// Four: fewer buckets show no course.
const MIN_BUCKETS: usize = 4;

/// Six scenarios are shown one by one; the JSON document has all of them.
const MAX_SCENARIOS: usize = 6;

/// Columns of what a row shows: `  scheduled/s`.
const LABEL_COLUMNS: usize = 13;

/// Columns of a number, with the space before it: `    1,234`.
const NUMBER_COLUMNS: usize = 9;

/// Spaces before the blocks.
const GAP: usize = 2;

/// What stands before the blocks.
const NUMBERS_COLUMNS: usize = LABEL_COLUMNS + 2 * NUMBER_COLUMNS + GAP;

/// Eighths of a line's height, the lowest first.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A value of a bucket; none where there was nothing to measure.
type Pick = fn(&TimelineBucket) -> Option<f64>;

const SCHEDULED: Pick = |bucket| Some(bucket.scheduled_per_s);
const STARTED: Pick = |bucket| Some(bucket.started_per_s);
const COMPLETED: Pick = |bucket| Some(bucket.completed_per_s);

pub(super) fn render(page: &mut Page, summary: &Summary) {
    let timeline = &summary.timeline;
    if timeline.buckets.len() < MIN_BUCKETS || !summary.run.has_rates() {
        return;
    }
    let chart = Chart::new(page, summary);
    page.gap();
    head(page, timeline, &chart);
    chart.annotations(page, summary);
    let is_open = summary.run.scenarios.iter().any(|scenario| scenario.executor.is_open());
    chart.iterations(page, &timeline.buckets, timeline.shortfall.is_some(), is_open);
    chart.row(page, "VUs", &timeline.buckets, |bucket| Some(bucket.vus));
    if let Some(all) = &summary.all_requests {
        chart.row(page, "requests/s", &timeline.buckets, |bucket| Some(bucket.requests_per_s));
        percentiles(page, &chart, &timeline.buckets, all);
    }
    match &timeline.shortfall {
        Some(shortfall) => short(page, shortfall),
        None if is_open => kept(page, summary),
        None => {}
    }
    if timeline.scenarios.len() > 1 {
        scenarios(page, summary, &chart);
    }
}

/// The measured percentile, and below it the corrected one where that visibly differs, both to one scale.
fn percentiles(page: &mut Page, chart: &Chart, buckets: &[TimelineBucket], all: &RequestSummary) {
    let measured = Percentiles { label: "p95 ms", whole: all.duration_ms, pick: |bucket| bucket.p95_ms };
    let corrected =
        Percentiles {
            label: "└ corrected", whole: all.corrected_ms, pick: |bucket| bucket.corrected_p95_ms
        };
    match measured.whole.zip(corrected.whole) {
        Some((times, corrected_times)) if corrected_times.visibly_corrects(&times) => {
            chart.percentiles(page, buckets, &[measured, corrected]);
        }
        _ => chart.percentiles(page, buckets, &[measured]),
    }
}

fn head(page: &mut Page, timeline: &Timeline, chart: &Chart) {
    let column = duration_ms((timeline.bucket_s * chart.joined as u64) as f64 * 1e3);
    let first = timeline.buckets.first().map_or(0.0, |bucket| bucket.from_ms);
    let last = timeline.buckets.last().map_or(0.0, |bucket| bucket.from_ms);
    let end = last + timeline.bucket_s as f64 * 1e3;
    let (from, to) = (stopwatch(first), stopwatch(end));
    let room = page.style().width.saturating_sub(NUMBERS_COLUMNS);
    let notes = [format!("from {from} to {to}, a column is {column}"), format!("a column is {column}")];
    let note = notes.into_iter().find(|note| columns(note) <= room).unwrap_or_default();
    page.line(&[
        span(Paint::Bold, pad_right("Over time", LABEL_COLUMNS)),
        span(Paint::Dim, pad_left("overall", NUMBER_COLUMNS)),
        span(Paint::Dim, pad_left("highest", NUMBER_COLUMNS)),
        span(Paint::Dim, format!("{}{note}", " ".repeat(GAP))),
    ]);
}

/// A row of percentiles.
struct Percentiles {
    label: &'static str,
    /// Over all buckets.
    whole: Option<DurationStats>,
    pick: Pick,
}

/// How buckets become columns.
struct Chart {
    /// Buckets of a column.
    joined: usize,
    /// How many buckets the load fills: what the whole of it is divided by.
    filled: f64,
}

impl Chart {
    fn new(page: &Page, summary: &Summary) -> Chart {
        let room = page.style().width.saturating_sub(NUMBERS_COLUMNS).max(1);
        let Timeline { bucket_s, buckets, .. } = &summary.timeline;
        Chart {
            joined: buckets.len().div_ceil(room),
            filled: summary.run.load_duration_ms / (*bucket_s as f64 * 1e3),
        }
    }

    /// Scheduled above started and completed, all three to one scale.
    fn iterations(&self, page: &mut Page, buckets: &[TimelineBucket], is_short: bool, is_open: bool) {
        let started = if is_short { Paint::Warn } else { Paint::Plain };
        let rows = [
            ("scheduled/s", SCHEDULED, Paint::Plain),
            ("started/s", STARTED, started),
            ("completed/s", COMPLETED, Paint::Plain),
        ];
        let scale =
            rows.map(|(_, pick, _)| top(&self.columns(buckets, pick))).into_iter().fold(0.0, f64::max);
        for (label, pick, paint) in rows.into_iter().skip(usize::from(!is_open)) {
            let numbers = [self.overall(buckets, pick), highest(buckets.iter().filter_map(pick))];
            let blocks = blocks(&self.columns(buckets, pick), scale);
            self.line(page, label, numbers, span(paint, blocks));
        }
    }

    /// A row to a scale of its own.
    fn row(&self, page: &mut Page, label: &str, buckets: &[TimelineBucket], pick: Pick) {
        let columns = self.columns(buckets, pick);
        let numbers = [self.overall(buckets, pick), highest(buckets.iter().filter_map(pick))];
        self.line(page, label, numbers, plain(blocks(&columns, top(&columns))));
    }

    /// The percentile of each bucket, of several the highest: that of all of them together is not their mean.
    fn percentiles(&self, page: &mut Page, buckets: &[TimelineBucket], rows: &[Percentiles]) {
        let of = |buckets: &[TimelineBucket], pick: Pick| highest(buckets.iter().filter_map(pick));
        let columns = |row: &Percentiles| -> Vec<Option<f64>> {
            buckets.chunks(self.joined).map(|buckets| of(buckets, row.pick)).collect()
        };
        let scale = rows.iter().map(|row| top(&columns(row))).fold(0.0, f64::max);
        for row in rows {
            let numbers = [row.whole.map(|times| times.p95), of(buckets, row.pick)];
            self.line(page, row.label, numbers, plain(blocks(&columns(row), scale)));
        }
    }

    /// A mark above each column in which something happened, or went on.
    fn annotations(&self, page: &mut Page, summary: &Summary) {
        let buckets = &summary.timeline.buckets;
        let bucket_ms = summary.timeline.bucket_s as f64 * 1e3;
        let happened = |from: f64, to: f64| {
            let within =
                |one: &AnnotationSummary| one.at_ms < to && one.until_ms.unwrap_or(one.at_ms) >= from;
            summary.annotations.iter().any(within)
        };
        let marks: String = buckets
            .chunks(self.joined)
            .map(|column| (column[0].from_ms, column[column.len() - 1].from_ms + bucket_ms))
            .map(|(from, to)| if happened(from, to) { MARK } else { ' ' })
            .collect();
        if marks.contains(MARK) {
            page.line(&[plain(" ".repeat(NUMBERS_COLUMNS)), span(Paint::Warn, marks)]);
        }
    }

    fn line(&self, page: &mut Page, label: &str, numbers: [Option<f64>; 2], blocks: Span) {
        let mut spans = vec![plain(pad_right(&format!("  {label}"), LABEL_COLUMNS))];
        spans.extend(numbers.map(|number| {
            plain(pad_left(&number.map_or_else(|| "-".to_owned(), significant), NUMBER_COLUMNS))
        }));
        spans.push(plain(" ".repeat(GAP)));
        spans.push(blocks);
        page.line(&spans);
    }

    /// The mean of each column's buckets.
    fn columns(&self, buckets: &[TimelineBucket], pick: Pick) -> Vec<Option<f64>> {
        let mean = |buckets: &[TimelineBucket]| {
            let values: Vec<f64> = buckets.iter().filter_map(pick).collect();
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
        };
        buckets.chunks(self.joined).map(mean).collect()
    }

    /// The mean over the load.
    fn overall(&self, buckets: &[TimelineBucket], pick: Pick) -> Option<f64> {
        Some(buckets.iter().filter_map(pick).sum::<f64>() / self.filled)
    }
}

fn highest(values: impl Iterator<Item = f64>) -> Option<f64> {
    values.reduce(f64::max)
}

/// What the highest block stands for.
fn top(columns: &[Option<f64>]) -> f64 {
    highest(columns.iter().flatten().copied()).unwrap_or(0.0)
}

/// A block for each column; nothing is a space, and the least that is more than nothing a low block.
pub(super) fn blocks(columns: &[Option<f64>], top: f64) -> String {
    let block = |column: &Option<f64>| match column {
        Some(value) if *value > 0.0 => {
            let eighths = (value / top * BLOCKS.len() as f64).round() as usize;
            BLOCKS[eighths.clamp(1, BLOCKS.len()) - 1]
        }
        _ => ' ',
    };
    columns.iter().map(block).collect()
}

fn short(page: &mut Page, shortfall: &Shortfall) {
    page.item(span(Paint::Bad, "! "), &[span(Paint::Warn, shortfall_words(shortfall))]);
}

/// That iterations started as scheduled, all of them or but for a few in each bucket.
fn kept(page: &mut Page, summary: &Summary) {
    const KEPT: &str = "iterations started when they were scheduled";
    let Timeline { dropped, late, .. } = summary.timeline;
    let scheduled = summary.iterations.scheduled;
    match dropped + late {
        0 => page.item(span(Paint::Good, "✓ "), &[plain(KEPT)]),
        missing => {
            let (share, parts) = (percent(missing, scheduled), parts(dropped, late));
            let (missing, scheduled) = (thousands(missing), thousands(scheduled));
            let but = format!("{KEPT}, but for {missing} of {scheduled} ({share}%): {parts}");
            page.item(span(Paint::Warn, "~ "), &[plain(but)]);
        }
    }
}

/// `0:20 to 0:45: 120 of 1,250 iterations (9.6%) not as scheduled: 100 dropped, 20 late`.
fn shortfall_words(shortfall: &Shortfall) -> String {
    let Shortfall { from_ms, to_ms, scheduled, dropped, late } = *shortfall;
    let missing = dropped + late;
    format!(
        "{} to {}: {} of {} ({}%) not as scheduled: {}",
        stopwatch(from_ms),
        stopwatch(to_ms),
        thousands(missing),
        counted(scheduled, "iteration", "iterations"),
        percent(missing, scheduled),
        parts(dropped, late)
    )
}

/// `100 dropped, 20 late`.
fn parts(dropped: u64, late: u64) -> String {
    let parts = [(dropped, "dropped"), (late, "late")].into_iter().filter(|(count, _)| *count > 0);
    parts.map(|(count, word)| format!("{} {word}", thousands(count))).collect::<Vec<_>>().join(", ")
}

fn scenarios(page: &mut Page, summary: &Summary, chart: &Chart) {
    let timelines = &summary.timeline.scenarios;
    for ScenarioTimeline { name, buckets, shortfall } in timelines.iter().take(MAX_SCENARIOS) {
        let room = page.style().width.saturating_sub(GAP);
        page.line(&[span(Paint::Bold, format!("  {}", cut_middle(&clean(name), room)))]);
        let planned = summary.run.scenarios.iter().find(|planned| planned.name == *name);
        let is_open = planned.is_some_and(|planned| planned.executor.is_open());
        chart.iterations(page, buckets, shortfall.is_some(), is_open);
        shortfall.iter().for_each(|shortfall| short(page, shortfall));
    }
    if timelines.len() > MAX_SCENARIOS {
        let more = timelines.len() - MAX_SCENARIOS;
        page.line(&[span(Paint::Dim, format!("  … and {more} more scenarios in the JSON report"))]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_eighths_of_the_highest_and_nothing_is_none() {
        let columns = [Some(0.0), Some(0.001), Some(4.0), None, Some(8.0)];
        assert_eq!(blocks(&columns, 8.0), " ▁▄ █");
        assert_eq!(blocks(&[Some(0.0)], 0.0), " ");
    }

    #[test]
    fn a_shortfall_says_when_how_many_and_why() {
        let shortfall =
            Shortfall { from_ms: 20_000.0, to_ms: 45_000.0, scheduled: 1_250, dropped: 100, late: 20 };
        let words = "0:20 to 0:45: 120 of 1,250 iterations (9.6%) not as scheduled: 100 dropped, 20 late";
        assert_eq!(shortfall_words(&shortfall), words);
    }
}
