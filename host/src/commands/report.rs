//! `host report`.

mod compare;
mod find;
mod open;
mod place;
mod sql;
mod trend;
mod with_tags;

use outrider_model::RunClock;
use outrider_report::{Charts, ReportError, Summary, SummarySource, TextStyle};
use outrider_storage::StorageError;

use super::annotate::{self, RunTime};
use super::recover;
use crate::Env;
use crate::cli::{ReportArgs, ReportCommand, ReportFormat};
use crate::failure::{Failure, Fault};
use find::find;
use outrider_session::Exit;

pub(super) use find::{Found, latest_of_all, named, nameless};
pub(super) use place::Place;

pub(crate) async fn run(env: &mut Env, args: &ReportArgs) -> Result<Exit, Failure> {
    match &args.command {
        Some(ReportCommand::Compare(args)) => return compare::run(env, args).await,
        Some(ReportCommand::Sql(args)) => return sql::run(env, args).await,
        Some(ReportCommand::Trend(args)) => return trend::run(env, args).await,
        None => {}
    }
    let format = open::format_of(args)?;
    let found = find(&args.out, args.run.as_deref()).await?;
    recover::unasked(env, &found.store, &found.run_id).await;
    let source = if args.quick { SummarySource::Windows } else { SummarySource::Rows };
    let mut summary = sum_up(&found, source).await?;
    if let Some(file) = &args.annotations {
        let time = RunTime::of(&found).await?;
        summary.annotate(&annotate::read(env, file, &time)?, time.start);
    }
    if let Some(newer) = &found.newer {
        let note = env.style_err().cyan("note:");
        // Its folder and not its id: that is looked for under --out, and this one may stand elsewhere.
        let (shown, place) = (&found.run_id, found.store.place().trim_end_matches('/'));
        env.say(&format!(
            "{note} this is {shown}, the latest run that has ended; {newer} goes on: `host report {place}/runs/{newer}` shows it so far"
        ));
    }
    if args.open {
        return open::run(env, &found, &summary).await;
    }
    let rendered = match format {
        ReportFormat::Text => text(env, &summary),
        ReportFormat::Json => outrider_report::render_json(&summary),
        ReportFormat::Md => outrider_report::render_markdown(&summary),
        ReportFormat::Junit => outrider_report::render_junit(&summary),
        ReportFormat::Csv => outrider_report::render_csv(&summary),
        ReportFormat::Html => html(&found, &summary).await?,
    };
    env.print(rendered.strip_suffix('\n').unwrap_or(&rendered));
    Ok(Exit::Ok)
}

/// Reads a run's summary from its dataset; the latest run's where none is named.
pub(crate) async fn read(out: &str, run: Option<&str>) -> Result<Summary, Failure> {
    sum_up(&find(out, run).await?, SummarySource::Rows).await
}

async fn sum_up(found: &Found, source: SummarySource) -> Result<Summary, Failure> {
    let now = RunClock::start_now().now();
    let summary = Summary::read_from(source, &found.store, &found.run_id, now).await;
    summary.map_err(unreadable)
}

/// A run, or the list of them, that cannot be read.
pub(crate) fn unreadable(error: ReportError) -> Failure {
    match error {
        ReportError::Storage(error) if error.is_of_far_store() => storage_failure(error),
        error => Failure::invalid(Fault::of(&error).maybe_hint(error.hint())),
    }
}

/// The summary with what its charts need, as one HTML file.
async fn html(found: &Found, summary: &Summary) -> Result<String, Failure> {
    let charts = Charts::read(&found.store, &found.run_id, summary).await.map_err(unreadable)?;
    Ok(outrider_report::render_html(summary, &charts))
}

/// What is wrong with a dataset is wrong with what was asked for; that a bucket cannot be reached now is not.
pub(crate) fn storage_failure(error: StorageError) -> Failure {
    let exit = if error.is_passing() { Exit::Unexpected } else { Exit::Invalid };
    Failure::new(exit, error.into())
}

pub(crate) fn text(env: &Env, summary: &Summary) -> String {
    outrider_report::render_text(summary, text_style(env))
}

/// Of what a person reads on standard output.
fn text_style(env: &Env) -> TextStyle {
    TextStyle {
        color: env.out_is_colored(),
        width: env.width().unwrap_or(outrider_report::DEFAULT_TEXT_WIDTH),
    }
}
