//! Which runs are asked.

use outrider_model::{RunClock, RunId, RunTag, with_causes};
use outrider_report::{RunEntry, RunList};
use outrider_storage::{DatasetStore, RunReader};

use super::super::find::find;
use super::super::place::Place;
use super::super::{storage_failure, unreadable};
use super::note;
use crate::Env;
use crate::cli::SqlArgs;
use crate::commands::recover;
use crate::failure::{Failure, Fault};

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
    let place = Place::of_out(&args.out);
    let store = place.open()?;
    recover::all_unasked(env, &store).await;
    let list = RunList::read(&store, RunClock::start_now().now()).await;
    let list = list.map_err(unreadable)?;
    let is_asked = |run: &&RunEntry| args.tags.iter().all(|tag| run.has_tag(tag.as_str()));
    let mut opened = Vec::new();
    for run_id in list.runs.iter().filter(is_asked).filter_map(|run| RunId::new(run.id.as_str())) {
        match RunReader::open(&store, &run_id).await {
            Ok(run) => opened.push(run),
            Err(error) => note(env, &format!("the run '{run_id}' is left out: {}", with_causes(&error))),
        }
    }
    if opened.is_empty() { Err(Failure::invalid(none(args, &place))) } else { Ok(opened) }
}

fn none(args: &SqlArgs, place: &Place) -> Fault {
    let tags: Vec<&str> = args.tags.iter().map(RunTag::as_str).collect();
    let tagged =
        if tags.is_empty() { String::new() } else { format!(" with the tag {}", tags.join(" and ")) };
    Fault::new(format!("there is no run{tagged} in '{}'", place.runs())).hint(
        "`host runs` lists the runs with their tags; --out names the folder whose folder `runs` keeps them",
    )
}
