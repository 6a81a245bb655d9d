//! Which runs are compared with which.

use outrider_model::{RunClock, RunId, RunTag, nearest};
use outrider_report::{RunEntry, RunList, RunPlace};
use outrider_session::Exit;
use outrider_storage::{DatasetStore, RunStatus};

use super::super::find::find;
use super::super::place::Place;
use super::super::unreadable;
use crate::cli::CompareArgs;
use crate::failure::{Failure, Fault};

/// What a name begins with that stands for the runs with a tag.
const TAG: &str = "tag:";

/// What is compared.
pub(super) struct Sides {
    pub(super) baseline: Chosen,
    pub(super) candidate: Chosen,
}

/// The runs of one side.
pub(super) struct Chosen {
    /// What was asked for.
    pub(super) asked: String,
    pub(super) runs: Vec<RunPlace>,
}

/// Finds the runs of both sides. What a tag stands for leaves out what the other side names.
pub(super) async fn sides(args: &CompareArgs) -> Result<Sides, Failure> {
    let (before, after) = asked(args)?;
    let (named_before, named_after) = (is_tag(&before), after.as_deref().is_some_and(is_tag));
    // What is named goes first: a tag stands for the others.
    let (baseline, candidate) = match (named_before, named_after) {
        (true, _) => {
            let candidate = chosen(args, after.as_deref(), &[]).await?;
            (chosen(args, Some(&before), &candidate.runs).await?, candidate)
        }
        _ => {
            let baseline = chosen(args, Some(&before), &[]).await?;
            let candidate = chosen(args, after.as_deref(), &baseline.runs).await?;
            (baseline, candidate)
        }
    };
    match baseline.runs.iter().find(|run| candidate.runs.contains(run)) {
        Some(run) => Err(Failure::invalid(
            Fault::new(format!("the run {} would be compared with itself", run.run_id))
                .hint("name two runs; `host runs` lists them"),
        )),
        None => Ok(Sides { baseline, candidate }),
    }
}

/// What the command line names as the two sides; the latest run in place of a second name.
fn asked(args: &CompareArgs) -> Result<(String, Option<String>), Failure> {
    let usage = |message: &str, hint: &str| Err(Failure::new(Exit::Usage, Fault::new(message).hint(hint)));
    match (&args.baseline, args.runs.as_slice()) {
        (Some(tag), []) => Ok((format!("{TAG}{tag}"), None)),
        (Some(tag), [run]) => Ok((format!("{TAG}{tag}"), Some(run.clone()))),
        (Some(_), _) => usage("--baseline stands for the first of two runs", "leave out one of the three"),
        (None, [before]) => Ok((before.clone(), None)),
        (None, [before, after]) => Ok((before.clone(), Some(after.clone()))),
        (None, _) => usage(
            "nothing to compare is named",
            "name a run, or --baseline TAG: `host report compare 20260131T12` compares the latest run with that one",
        ),
    }
}

fn is_tag(asked: &str) -> bool {
    asked.split(',').any(|name| name.starts_with(TAG))
}

/// The runs that a side names, the oldest first. A tag stands for none of the others.
async fn chosen(args: &CompareArgs, asked: Option<&str>, others: &[RunPlace]) -> Result<Chosen, Failure> {
    let Some(asked) = asked else {
        let found = find(&args.out, None).await?;
        let run = RunPlace { store: found.store, run_id: found.run_id };
        return Ok(Chosen { asked: "latest".to_owned(), runs: vec![run] });
    };
    let mut runs: Vec<RunPlace> = Vec::new();
    for name in asked.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let found = match name.strip_prefix(TAG) {
            Some(tag) => tagged(args, tag, others).await?,
            None => {
                let found = find(&args.out, Some(name)).await?;
                vec![RunPlace { store: found.store, run_id: found.run_id }]
            }
        };
        for run in found {
            if !runs.contains(&run) {
                runs.push(run);
            }
        }
    }
    runs.sort_by(|a, b| a.run_id.cmp(&b.run_id));
    match runs.is_empty() {
        true => Err(Failure::invalid(
            Fault::new(format!("'{asked}' names no run"))
                .hint("name one by the start of its id, a folder or tag:TAG; `host runs` lists the runs"),
        )),
        false => Ok(Chosen { asked: asked.to_owned(), runs }),
    }
}

/// The latest runs with a tag that finished and are none of the others.
async fn tagged(args: &CompareArgs, tag: &str, others: &[RunPlace]) -> Result<Vec<RunPlace>, Failure> {
    let tag: RunTag = tag.parse().map_err(|error| Failure::new(Exit::Usage, Fault::of(&error)))?;
    let place = Place::of_out(&args.out);
    let store = place.open()?;
    let list = RunList::read(&store, RunClock::start_now().now()).await;
    let list = list.map_err(unreadable)?;
    let is_other = |run: &RunEntry| others.iter().any(|other| other.run_id.as_str() == run.id);
    let is_usable = |run: &RunEntry| run.status == Some(RunStatus::Finished) && !is_other(run);
    let usable = list.runs.iter().filter(|run| run.has_tag(tag.as_str()) && is_usable(run));
    let ids: Vec<RunId> = usable.filter_map(|run| RunId::new(run.id.as_str())).collect();
    let most = usize::try_from(args.tagged_runs).unwrap_or(usize::MAX);
    let runs: Vec<RunPlace> =
        ids[ids.len().saturating_sub(most)..].iter().map(|id| run(&store, id)).collect();
    if runs.is_empty() {
        let is_option = args.baseline.as_ref() == Some(&tag);
        let before = if is_option { "--baseline " } else { TAG };
        return Err(Failure::invalid(no_run_with(&tag, before, &place, &list, is_usable)));
    }
    Ok(runs)
}

fn run(store: &DatasetStore, run_id: &RunId) -> RunPlace {
    RunPlace { store: store.clone(), run_id: run_id.clone() }
}

/// `before` is what stands before a tag where this one does.
fn no_run_with(
    tag: &RunTag,
    before: &str,
    place: &Place,
    list: &RunList,
    is_usable: impl Fn(&RunEntry) -> bool,
) -> Fault {
    let fault = Fault::new(format!("no other run in '{}' that finished has the tag '{tag}'", place.runs()));
    let known = || list.runs.iter().flat_map(|run| &run.tags).map(String::as_str);
    // The value alone of a tag with a key, as `main` of `branch=main`: that of the latest run.
    let is_value = |known: &&str| known.split_once('=').is_some_and(|(_, value)| value == tag.as_str());
    let mut usable = list.runs.iter().filter(|run| is_usable(run)).flat_map(|run| &run.tags);
    if let Some(whole) = usable.rfind(|tag| is_value(&tag.as_str())) {
        return fault.hint(format!("did you mean {before}{whole}?"));
    }
    if let Some(run) = list.runs.iter().rfind(|run| run.has_tag(tag.as_str())) {
        let why = match run.status {
            Some(RunStatus::Finished) => "is one of those that it would be compared with".to_owned(),
            Some(status) => format!("is {}", status.as_str()),
            None => "cannot be read".to_owned(),
        };
        return fault.hint(format!("{} has it, and {why}", run.id));
    }
    match nearest(tag.as_str(), known().filter(|known| *known != tag.as_str())) {
        Some(near) => fault.hint(format!("did you mean '{near}'?")),
        None => fault
            .hint(format!("`host run --tag {tag}` makes one; `host runs` lists the runs with their tags")),
    }
}
