//! From datasets to a trend: the summary of each run, from its windows.

use std::collections::HashMap;

use futures::StreamExt;
use outrider_model::{Timestamp, with_causes};
use outrider_storage::RunHead;

use super::document::{TREND_VERSION, Trend, TrendPoint, TrendRow, TrendRowKind, TrendRun};
use crate::read::run_entry;
use crate::summary::{RunEntry, Summary, SummarySource};
use crate::{ReportError, RunPlace};

/// Four runs at a time: what waits for a far store is not the processor.
const RUNS_AT_ONCE: usize = 4;

impl Trend {
    /// Reads runs, in the order in which they started. `now` is how far those are that go on. One that cannot be read is
    /// said, and left out.
    pub async fn read(runs: &[RunPlace], now: Timestamp) -> Trend {
        let reads: Vec<_> = runs.iter().map(|run| summed_up(run, now)).collect();
        let reads: Vec<_> = futures::stream::iter(reads).buffered(RUNS_AT_ONCE).collect().await;
        let (mut read, mut left_out) = (Vec::new(), Vec::new());
        for (place, found) in runs.iter().zip(reads) {
            match found {
                Ok(run) => read.push(run),
                Err(error) => {
                    left_out.push(format!("the run {} is left out: {}", place.run_id, with_causes(&error)));
                }
            }
        }
        read.sort_by(|(a, _), (b, _)| (&a.run.started_at, &a.run.id).cmp(&(&b.run.started_at, &b.run.id)));
        let mut rows = Rows::default();
        let mut runs = Vec::with_capacity(read.len());
        for (index, (run, points)) in read.into_iter().enumerate() {
            points.into_iter().for_each(|(kind, name, point)| rows.put(index, kind, name, point));
            runs.push(run);
        }
        Trend { version: TREND_VERSION, rows: rows.finish(runs.len()), runs, left_out }
    }
}

/// What one run has of each row.
type Points = Vec<(TrendRowKind, String, TrendPoint)>;

/// What a trend needs of a run: its summary, which is larger, is not kept.
async fn summed_up(place: &RunPlace, now: Timestamp) -> Result<(TrendRun, Points), ReportError> {
    let head = RunHead::read(&place.store, &place.run_id).await?;
    let summary = Summary::read_from(SummarySource::Windows, &place.store, &place.run_id, now).await?;
    let run = run_entry(&place.run_id, head, now);
    Ok((trend_run(run, &summary), points(&summary)))
}

fn trend_run(run: RunEntry, summary: &Summary) -> TrendRun {
    TrendRun {
        run,
        headline: summary.headline.clone(),
        complete: summary.completeness.complete,
        iterations: summary.iterations.started,
        failed_iterations: summary.iterations.failed,
        failed_checks: summary.checks.iter().map(|check| check.failed).sum(),
    }
}

fn points(summary: &Summary) -> Points {
    let requests = summary.all_requests.iter().chain(&summary.requests);
    let requests = requests.map(|one| (TrendRowKind::Request, one.name.clone(), one.into()));
    let steps = summary.steps.iter().map(|one| (TrendRowKind::Step, one.name.clone(), one.into()));
    let pages = summary.pages.iter().map(|one| (TrendRowKind::Page, one.name.clone(), one.into()));
    requests.chain(steps).chain(pages).collect()
}

/// Rows as runs bring them.
#[derive(Default)]
struct Rows {
    rows: Vec<TrendRow>,
    known: HashMap<(TrendRowKind, String), usize>,
}

impl Rows {
    fn put(&mut self, run: usize, kind: TrendRowKind, name: String, point: TrendPoint) {
        let next = self.rows.len();
        let index = *self.known.entry((kind, name.clone())).or_insert(next);
        if index == next {
            self.rows.push(TrendRow { kind, name, points: Vec::new() });
        }
        let points = &mut self.rows[index].points;
        // A request that its journey calls `(all)` stands behind what has that name by right.
        if points.len() <= run {
            points.resize(run, None);
            points.push(Some(point));
        }
    }

    /// All rows, each with a point for each run.
    fn finish(mut self, runs: usize) -> Vec<TrendRow> {
        self.rows.iter_mut().for_each(|row| row.points.resize(runs, None));
        self.rows.sort_by_key(|row| row.kind);
        self.rows
    }
}
