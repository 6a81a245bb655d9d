//! The runs of a folder with tags, or all of them.

use outrider_model::{RunClock, RunTag};
use outrider_report::{RunEntry, RunList};
use outrider_storage::DatasetStore;

use super::place::Place;
use super::unreadable;
use crate::Env;
use crate::commands::recover;
use crate::failure::{Failure, Fault};

/// Runs of one dataset.
pub(super) struct TaggedRuns {
    pub(super) store: DatasetStore,
    /// The oldest first.
    pub(super) runs: Vec<RunEntry>,
}

/// The runs of a dataset that have all of these tags. Those that were killed are recovered first.
pub(super) async fn with_tags(env: &Env, out: &str, tags: &[RunTag]) -> Result<TaggedRuns, Failure> {
    let store = Place::of_out(out).open()?;
    recover::all_unasked(env, &store).await;
    let list = RunList::read(&store, RunClock::start_now().now()).await;
    let mut runs = list.map_err(unreadable)?.runs;
    runs.retain(|run| tags.iter().all(|tag| run.has_tag(tag.as_str())));
    Ok(TaggedRuns { store, runs })
}

/// That there is none, `what` being said of it: `there is no run`.
pub(super) fn none_with(what: &str, out: &str, tags: &[RunTag]) -> Fault {
    let place = Place::of_out(out).runs();
    let tags: Vec<&str> = tags.iter().map(RunTag::as_str).collect();
    let tagged = match tags.is_empty() {
        true => String::new(),
        false => format!(" with the tag {}", tags.join(" and ")),
    };
    Fault::new(format!("{what}{tagged} in '{place}'")).hint(
        "`host runs` lists the runs with their tags; --out names the folder whose folder `runs` keeps them",
    )
}
