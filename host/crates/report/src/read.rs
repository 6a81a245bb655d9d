//! From a dataset to a summary: one pass over the parts that the manifests name.
//!
//! What is kept in memory is bounded by the number of names (1,000 of each kind and worker), VUs, groups of
//! errors, stretches of saturation and intervals (8,640 of each statistic), whatever the number of rows. A part that is missing or broken is
//! a finding, not an error: the rest is reported.

mod assemble;
mod bottlenecks;
mod buckets;
mod busy;
mod charts;
mod checks;
mod collected;
mod columns;
mod completeness;
mod cpu;
mod durations;
mod errors;
mod iterations;
mod messages;
mod names;
mod packs;
mod pages;
mod place;
mod requests;
mod run_details;
mod run_list;
mod series;
mod statistics;
mod steps;
mod system;
mod timed;
mod timeline;
mod windows;

use chrono::{DateTime, SecondsFormat, Utc};
use outrider_model::{JourneyPlan, PluginRef, RunId, Timestamp};
use outrider_storage::{
    Annotation, Check, DatasetStore, Outcome, RunLayout, RunReader, ThresholdOutcome, Totals, annotations_of,
};
use outrider_telemetry::Table;

use crate::ReportError;
use crate::summary::{
    AnnotationSummary, JourneySummary, PluginSummary, RunStatus, RunSummary, SUMMARY_VERSION, Summary,
    SummarySource, ThresholdResult, Verdict, VuTotals,
};
use assemble::Span;
use buckets::Axis;
use collected::{Collected, Wanted};
pub(crate) use columns::MAX_NAMES;
use columns::ms;
use completeness::Findings;
pub(crate) use run_list::entry as run_entry;

/// What a summary from windows lacks.
const FROM_WINDOWS: &str = "requests, steps and checks are those of the windows, second by second: errors, statuses and phases of \
                            requests, pages, and what failed checks said stand in the report without --quick";

impl Summary {
    /// Reads a run and sums it up. One that goes on, or that was killed, is summed up as far as its
    /// manifests reach; its status is `running` or `incomplete`. `now` is how far one is that goes on.
    ///
    /// # Errors
    ///
    /// If there is no such run, if one of its documents cannot be understood, or if the store cannot be
    /// reached. What is missing or broken besides is in [`Summary::completeness`].
    pub async fn read(store: &DatasetStore, run_id: &RunId, now: Timestamp) -> Result<Summary, ReportError> {
        Summary::read_from(SummarySource::Rows, store, run_id, now).await
    }

    /// The same, with the figures of requests, steps and checks from rows or from windows.
    ///
    /// # Errors
    ///
    /// Those of [`Summary::read`].
    pub async fn read_from(
        source: SummarySource,
        store: &DatasetStore,
        run_id: &RunId,
        now: Timestamp,
    ) -> Result<Summary, ReportError> {
        let run = RunReader::open(store, run_id).await?;
        let (unread, read): (Vec<Table>, Vec<Table>) =
            Table::ALL.into_iter().partition(|table| matches!(Wanted::of(*table, source), Wanted::Nothing));
        // What is read is compared on the way; of a far store, and where rows are spared, nothing is fetched only for that.
        let check = match source {
            SummarySource::Rows if !store.is_remote() => Check::Digests,
            SummarySource::Rows | SummarySource::Windows => Check::Footers,
        };
        let proven = run.completeness_of(&unread, check).await;
        let mut collected = Collected::new(Axis::read(&run).await, source);
        for table in unread {
            collected.count(table, proven.rows.get(&table).copied().unwrap_or(0));
        }
        let mut findings = Findings::new(proven);
        for table in read {
            read_table(&run, table, &mut collected, &mut findings).await?;
        }
        read_examples(&run, &mut collected).await?;
        findings.compare(&run, &collected);
        let mut summary = assemble(store, &run, now, collected, findings);
        // The rows that show it may be lost.
        summary.generator.saturated |=
            run.outcome().is_some_and(|outcome| outcome.generator_saturated == Some(true));
        summary.generator.promise = summary.generator.judge(&summary.iterations, &summary.vus);
        let annotations = annotations_of(store, run.record()).await?;
        // What was planned for later than the end did not come about in the run.
        let end = run.outcome().map(|outcome| outcome.ended_at);
        let met = annotations.all.into_iter().filter(|one| end.is_none_or(|end| one.at <= end));
        summary.annotate(&met.collect::<Vec<_>>(), run.record().started_at);
        summary.warnings = names::warnings(&summary);
        summary.warnings.extend(annotations.faults);
        if source == SummarySource::Windows {
            summary.warnings.push(FROM_WINDOWS.to_owned());
        }
        let unexported = run.outcome().map_or(&[][..], |outcome| &outcome.unexported);
        summary.warnings.extend(unexported.iter().map(|what| format!("not exported: {what}")));
        summary.headline = summary.compose_headline().to_string();
        Ok(summary)
    }
}

impl Summary {
    /// Adds what happened meanwhile.
    pub fn annotate(&mut self, annotations: &[Annotation], start: Timestamp) {
        self.annotations.extend(annotations.iter().map(|one| AnnotationSummary::new(one, start)));
        self.annotations.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
    }
}

/// Reads what a report needs of one table. Each of its parts is compared with the manifest on the way.
async fn read_table(
    run: &RunReader,
    table: Table,
    collected: &mut Collected,
    findings: &mut Findings,
) -> Result<(), ReportError> {
    let Wanted::Columns(columns) = Wanted::of(table, collected.source) else { return Ok(()) };
    let mut reader = run.table(table, Some(columns))?;
    loop {
        match reader.next_batch().await {
            Ok(Some(batch)) => {
                let Some(part) = reader.current_part() else { continue };
                match collected.add(part, &batch) {
                    Err(ReportError::Windows(error)) => {
                        findings.undecodable(part, batch.num_rows(), &error);
                    }
                    added => added?,
                }
            }
            Ok(None) => return Ok(()),
            Err(error) => findings.unreadable(&error),
        }
    }
}

/// Looks for what failed checks said, until each has an example.
async fn read_examples(run: &RunReader, collected: &mut Collected) -> Result<(), ReportError> {
    let parts = collected.parts_with_examples();
    let mut reader = run.table(Table::Checks, Some(checks::EXAMPLE_COLUMNS))?.only(&parts);
    loop {
        match reader.next_batch().await {
            Ok(Some(batch)) => collected.add_examples(&batch)?,
            Ok(None) => return Ok(()),
            // The first pass has named the part.
            Err(_) => {}
        }
    }
}

fn assemble(
    store: &DatasetStore,
    run: &RunReader,
    now: Timestamp,
    mut collected: Collected,
    findings: Findings,
) -> Summary {
    let outcome = run.outcome();
    let account = Totals::of(run.manifests());
    let span = collected.span(run.record().started_at, outcome.map(|outcome| outcome.ended_at));
    packs::add_faults(outcome.map_or(&[], |outcome| &outcome.packs), &mut collected.errors);
    let plan = &run.record().plan.scenarios;
    let iterations = collected.iteration_totals(span, account.iterations.unstarted, plan);
    let generator = collected.generator_health(span, lost_samples(run, &collected));
    let scenarios = plan.iter().map(|scenario| scenario.name.as_str());
    let measured = collected.span_of_windows(span);
    Summary {
        version: SUMMARY_VERSION,
        headline: String::new(),
        source: collected.source,
        warnings: Vec::new(),
        run: run_summary(store, run, now, span),
        verdict: verdict(run),
        thresholds: outcome.map_or(&[][..], |outcome| &outcome.thresholds).iter().map(threshold).collect(),
        vus: VuTotals { lost: account.vus.lost.total(), lost_by_cause: account.vus.lost },
        requests: collected.request_summaries(measured),
        all_requests: collected.all_requests(measured),
        steps: collected.step_summaries(measured),
        pages: Vec::new(),
        metrics: collected.metric_summaries(span),
        status_codes: collected.requests.status_codes(),
        network: collected.network(measured),
        statistics: collected.statistics.finish(span.load_ns, &iterations, generator.max_active_vus),
        completeness: findings.finish(&collected),
        checks: collected.checks.finish(),
        timeline: collected.timeline.finish(span, scenarios),
        iterations,
        generator,
        errors: collected.errors.finish(),
        annotations: Vec::new(),
    }
}

/// That of the outcome. A run without one has failed, unless it goes on.
fn verdict(run: &RunReader) -> Option<Verdict> {
    match run.outcome() {
        Some(outcome) => Some(outcome.verdict),
        None => (!run.is_running()).then_some(Verdict::Fail),
    }
}

pub(crate) fn status(run: &RunReader) -> RunStatus {
    run.status()
}

fn run_summary(store: &DatasetStore, run: &RunReader, now: Timestamp, span: Span) -> RunSummary {
    let record = run.record();
    RunSummary {
        id: record.plan.run_id.to_string(),
        name: record.plan.name.clone(),
        tags: record.tags.iter().map(ToString::to_string).collect(),
        status: status(run),
        reason: run.outcome().and_then(|outcome| outcome.reason.clone()),
        ended_early: run.outcome().is_some_and(Outcome::has_ended_early),
        broken_pack: run.outcome().and_then(|outcome| outcome.broken_pack.clone()),
        started_at: rfc3339(record.started_at),
        duration_ms: ms(span.end.saturating_sub(span.start) as f64),
        elapsed_ms: run.is_running().then(|| now.since(record.started_at).as_secs_f64() * 1e3),
        load_duration_ms: ms(span.load_ns as f64),
        workers: record.workers,
        journeys: record.plan.journeys.iter().map(journey).collect(),
        plugins: record.plugins.iter().map(plugin).collect(),
        packs: record.plan.packs.iter().map(|pack| pack.name.clone()).collect(),
        target: record.plan.target.clone(),
        scenarios: record.plan.scenarios.iter().map(Into::into).collect(),
        dataset: dataset(store.place(), &record.plan.run_id),
    }
}

fn journey(journey: &JourneyPlan) -> JourneySummary {
    JourneySummary { name: journey.name.clone(), path: journey.plugin.path.clone() }
}

fn plugin(plugin: &PluginRef) -> PluginSummary {
    let PluginRef { name, path, digest } = plugin.clone();
    PluginSummary { name, path, digest }
}

fn threshold(threshold: &ThresholdOutcome) -> ThresholdResult {
    let ThresholdOutcome { expr, value, passed, reason } = threshold.clone();
    ThresholdResult { expr, value, passed, reason }
}

/// Samples that were lost: by the manifest of a worker that finished, else by its last row of `system`.
fn lost_samples(run: &RunReader, collected: &Collected) -> u64 {
    run.manifests()
        .map(|manifest| manifest.samples.lost.max(collected.system.lost_samples(manifest.worker)))
        .sum()
}

pub(crate) fn rfc3339(at: Timestamp) -> String {
    DateTime::<Utc>::from_timestamp_nanos(at.0).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The run's folder as a person would write it.
fn dataset(place: &str, run_id: &RunId) -> String {
    let folder = RunLayout::new(run_id.clone()).folder();
    match place.trim_end_matches('/') {
        "" | "." => folder.to_string(),
        place => format!("{place}/{folder}"),
    }
}
