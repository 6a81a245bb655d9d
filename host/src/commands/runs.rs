//! `host runs`.

mod remove;
mod show;

use outrider_model::{RunClock, RunTag};
use outrider_report::{RunEntry, RunList};

use crate::Env;
use crate::cli::{ListArgs, RunsArgs, RunsCommand, RunsFormat};
use crate::failure::Failure;
use outrider_session::Exit;

use super::recover;
use super::report::{Place, unreadable};
pub(super) use remove::by_name;

pub(crate) async fn run(env: &mut Env, args: &RunsArgs) -> Result<Exit, Failure> {
    match &args.command {
        None => list(env, &args.list).await,
        Some(RunsCommand::Ls(args)) => list(env, args).await,
        Some(RunsCommand::Show(args)) => show::run(env, args).await,
        Some(RunsCommand::Rm(args)) => remove::run(env, args).await,
    }
}

/// Lists the runs of a folder, the latest one last.
async fn list(env: &mut Env, args: &ListArgs) -> Result<Exit, Failure> {
    let place = Place::of_out(&args.out);
    let store = place.open()?;
    recover::all_unasked(env, &store).await;
    let list = RunList::read(&store, RunClock::start_now().now()).await;
    let mut list = list.map_err(unreadable)?;
    let is_asked = |run: &RunEntry| args.tags.iter().all(|tag| run.has_tag(tag.as_str()));
    list.runs.retain(is_asked);
    if list.runs.is_empty() && args.format != RunsFormat::Json {
        let tags: Vec<&str> = args.tags.iter().map(RunTag::as_str).collect();
        let tagged =
            if tags.is_empty() { String::new() } else { format!(" with tag {}", tags.join(" and ")) };
        env.say(&format!("there is no run{tagged} in '{}'", place.runs()));
        return Ok(Exit::Ok);
    }
    let text = match args.format {
        RunsFormat::Text => outrider_report::render_run_list(&list, env.out_is_colored(), env.width()),
        RunsFormat::Json => outrider_report::render_run_list_json(&list),
        RunsFormat::Ids => ids(&list),
    };
    env.print(text.trim_end());
    Ok(Exit::Ok)
}

fn ids(list: &RunList) -> String {
    list.runs.iter().map(|run| run.id.as_str()).collect::<Vec<_>>().join("\n")
}
