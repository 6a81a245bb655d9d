//! `host report trend`.

use outrider_model::{RunClock, RunId, RunTag};
use outrider_report::{RunEntry, RunList, RunPlace, RunVerdict, TextStyle, Trend};
use outrider_session::Exit;

use super::find::find;
use super::place::Place;
use super::unreadable;
use crate::Env;
use crate::cli::{TrendArgs, TrendFormat};
use crate::commands::recover;
use crate::failure::{Failure, Fault};

pub(super) async fn run(env: &mut Env, args: &TrendArgs) -> Result<Exit, Failure> {
    let runs = chosen(env, args).await?;
    let trend = Trend::read(&runs, RunClock::start_now().now()).await;
    if trend.runs.is_empty() {
        let faults = trend.left_out.iter().map(Fault::new).collect();
        return Err(Failure::all(Exit::Invalid, faults));
    }
    // The other forms say it themselves.
    if args.format == TrendFormat::Csv {
        for sentence in &trend.left_out {
            env.say(&format!("{} {sentence}", env.style_err().cyan("note:")));
        }
    }
    let measure = args.by.meant();
    let rendered = match args.format {
        TrendFormat::Text => outrider_report::render_trend_text(&trend, measure, style(env)),
        TrendFormat::Json => outrider_report::render_trend_json(&trend),
        TrendFormat::Md => outrider_report::render_trend_markdown(&trend, measure),
        TrendFormat::Csv => outrider_report::render_trend_csv(&trend),
        TrendFormat::Html => outrider_report::render_trend_html(&trend, measure),
    };
    env.print(rendered.trim_end_matches('\n'));
    Ok(Exit::Ok)
}

fn style(env: &Env) -> TextStyle {
    TextStyle {
        color: env.out_is_colored(),
        width: env.width().unwrap_or(outrider_report::DEFAULT_TEXT_WIDTH),
    }
}

/// The runs that are named, or the latest.
async fn chosen(env: &Env, args: &TrendArgs) -> Result<Vec<RunPlace>, Failure> {
    if args.runs.is_empty() {
        return latest(env, args).await;
    }
    let mut runs: Vec<RunPlace> = Vec::new();
    for name in &args.runs {
        let found = find(&args.out, Some(name)).await?;
        let run = RunPlace { store: found.store, run_id: found.run_id };
        if !runs.contains(&run) {
            recover::unasked(env, &run.store, &run.run_id).await;
            runs.push(run);
        }
    }
    Ok(runs)
}

/// The latest runs of the folder that have ended, of those with tags where they are asked for.
async fn latest(env: &Env, args: &TrendArgs) -> Result<Vec<RunPlace>, Failure> {
    let place = Place::of_out(&args.out);
    let store = place.open()?;
    recover::all_unasked(env, &store).await;
    let list = RunList::read(&store, RunClock::start_now().now()).await;
    let list = list.map_err(unreadable)?;
    let is_asked = |run: &&RunEntry| {
        let has_started = run.started_at.is_some() || run.verdict == RunVerdict::Unreadable;
        has_started
            && run.verdict != RunVerdict::Running
            && args.tags.iter().all(|tag| run.has_tag(tag.as_str()))
    };
    let ids: Vec<RunId> =
        list.runs.iter().filter(is_asked).filter_map(|run| RunId::new(run.id.as_str())).collect();
    let most = usize::try_from(args.last).unwrap_or(usize::MAX);
    let ids = &ids[ids.len().saturating_sub(most)..];
    match ids.is_empty() {
        true => Err(Failure::invalid(none(args, &place))),
        false => Ok(ids.iter().map(|id| RunPlace { store: store.clone(), run_id: id.clone() }).collect()),
    }
}

fn none(args: &TrendArgs, place: &Place) -> Fault {
    let tags: Vec<&str> = args.tags.iter().map(RunTag::as_str).collect();
    let tagged = match tags.is_empty() {
        true => String::new(),
        false => format!(" with the tag {}", tags.join(" and ")),
    };
    Fault::new(format!("no run{tagged} in '{}' has ended", place.runs())).hint(
        "`host runs` lists the runs with their tags; --out names the folder whose folder `runs` keeps them",
    )
}
