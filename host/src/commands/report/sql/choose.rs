//! Which runs are asked.

use outrider_model::{RunId, with_causes};
use outrider_storage::{DatasetStore, RunReader};

use super::super::find::find;
use super::super::storage_failure;
use super::super::with_tags::{TaggedRuns, none_with, with_tags};
use super::note;
use crate::Env;
use crate::cli::SqlArgs;
use crate::commands::recover;
use crate::failure::Failure;

/// The runs, opened, the oldest first.
pub(super) async fn runs(env: &Env, args: &SqlArgs) -> Result<Vec<RunReader>, Failure> {
    if args.all || !args.tags.is_empty() {
        return several(env, args).await;
    }
    let mut chosen: Vec<(DatasetStore, RunId)> = Vec::new();
    for name in asked(args) {
        let found = find(&args.out, name).await?;
        if let Some(newer) = &found.newer {
            let ended = &found.run_id;
            note(
                env,
                &format!(
                    "this is {ended}, the latest run that has ended; {newer} goes on: --run {newer} asks it"
                ),
            );
        }
        let is_same = |(store, run_id): &(DatasetStore, RunId)| {
            *run_id == found.run_id && store.place() == found.store.place()
        };
        if !chosen.iter().any(is_same) {
            chosen.push((found.store, found.run_id));
        }
    }
    chosen.sort_by(|(_, a), (_, b)| a.cmp(b));
    let mut opened = Vec::new();
    for (store, run_id) in chosen {
        recover::unasked(env, &store, &run_id).await;
        opened.push(RunReader::open(&store, &run_id).await.map_err(storage_failure)?);
    }
    Ok(opened)
}

/// The names of runs; the latest has none.
fn asked(args: &SqlArgs) -> Vec<Option<&str>> {
    match args.runs.as_slice() {
        [] => vec![None],
        named => named.iter().map(|name| Some(name.as_str())).collect(),
    }
}

/// All runs of the folder, or those with tags. One that cannot be read is said, and left out.
async fn several(env: &Env, args: &SqlArgs) -> Result<Vec<RunReader>, Failure> {
    let TaggedRuns { store, runs } = with_tags(env, &args.out, &args.tags).await?;
    let mut opened = Vec::new();
    for run_id in runs.iter().filter_map(|run| RunId::new(run.id.as_str())) {
        match RunReader::open(&store, &run_id).await {
            Ok(run) => opened.push(run),
            Err(error) => note(env, &format!("the run '{run_id}' is left out: {}", with_causes(&error))),
        }
    }
    match opened.is_empty() {
        true => Err(Failure::invalid(none_with("there is no run", &args.out, &args.tags))),
        false => Ok(opened),
    }
}
