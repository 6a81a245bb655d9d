//! `host report`.

use outrider_model::RunId;
use outrider_report::{Summary, TextStyle};
use outrider_storage::{DatasetStore, StorageError, list_runs};

use crate::Env;
use crate::cli::{Format, ReportArgs};
use crate::failure::{Failure, Fault};
use outrider_session::Exit;

pub(crate) async fn run(env: &mut Env, args: &ReportArgs) -> Result<Exit, Failure> {
    let summary = read(&args.out, args.run.as_deref()).await?;
    let rendered = match args.format {
        Format::Text => text(env, &summary),
        Format::Json => outrider_report::render_json(&summary),
    };
    env.print(&rendered);
    Ok(Exit::Ok)
}

/// Reads a run's summary from its dataset; the latest run's where none is named.
pub(crate) async fn read(out: &str, run: Option<&str>) -> Result<Summary, Failure> {
    let store = DatasetStore::open(out).map_err(storage_failure)?;
    let run_id = find(&store, run).await?;
    Summary::read(&store, &run_id).await.map_err(|error| {
        let hint = error.hint();
        Failure::invalid(Fault::of(&error).maybe_hint(hint))
    })
}

/// The run that is named, by its id or the start of it; the latest where none is.
async fn find(store: &DatasetStore, run: Option<&str>) -> Result<RunId, Failure> {
    let runs = list_runs(store).await.map_err(storage_failure)?;
    let named = run.unwrap_or_default();
    let mut found: Vec<RunId> = runs.into_iter().filter(|id| id.as_str().starts_with(named)).collect();
    match (found.pop(), run) {
        (Some(latest), None) => Ok(latest),
        (Some(only), Some(named)) if found.is_empty() || only.as_str() == named => Ok(only),
        (Some(last), Some(named)) => {
            found.push(last);
            let ids: Vec<&str> = found.iter().map(RunId::as_str).collect();
            Err(Failure::invalid(
                Fault::new(format!("'{named}' is the start of several runs")).hint(ids.join(", ")),
            ))
        }
        (None, Some(named)) => Err(Failure::invalid(
            Fault::new(format!("there is no run '{named}' in '{}'", store.place()))
                .hint("`host runs` lists them"),
        )),
        (None, None) => Err(Failure::invalid(
            Fault::new(format!("there is no run in '{}'", store.place()))
                .hint("`host run` makes one; --out names the folder whose folder `runs` keeps them"),
        )),
    }
}

pub(crate) fn storage_failure(error: StorageError) -> Failure {
    Failure::invalid(error.into())
}

pub(crate) fn text(env: &Env, summary: &Summary) -> String {
    let style = TextStyle {
        color: env.out_is_colored(),
        width: env.width().unwrap_or(outrider_report::DEFAULT_TEXT_WIDTH),
    };
    outrider_report::render_text(summary, style)
}
