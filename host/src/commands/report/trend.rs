//! `host report trend`.

use outrider_model::{RunClock, RunId};
use outrider_report::{RunEntry, RunPlace, RunVerdict, Trend};
use outrider_session::Exit;

use super::find::find;
use super::with_tags::{TaggedRuns, none_with, with_tags};
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
    let measure = args.by;
    let rendered = match args.format {
        TrendFormat::Text => outrider_report::render_trend_text(&trend, measure, super::text_style(env)),
        TrendFormat::Json => outrider_report::render_trend_json(&trend),
        TrendFormat::Md => outrider_report::render_trend_markdown(&trend, measure),
        TrendFormat::Csv => outrider_report::render_trend_csv(&trend),
        TrendFormat::Html => outrider_report::render_trend_html(&trend, measure),
    };
    env.print(rendered.trim_end_matches('\n'));
    Ok(Exit::Ok)
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
    let TaggedRuns { store, runs } = with_tags(env, &args.out, &args.tags).await?;
    let has_ended = |run: &&RunEntry| match run.verdict {
        RunVerdict::Running => false,
        RunVerdict::Unreadable => true,
        // Killed before it wrote anything: there is nothing to show of it.
        _ => run.started_at.is_some(),
    };
    let ids: Vec<RunId> =
        runs.iter().filter(has_ended).filter_map(|run| RunId::new(run.id.as_str())).collect();
    let most = usize::try_from(args.last).unwrap_or(usize::MAX);
    let ids = &ids[ids.len().saturating_sub(most)..];
    match ids.is_empty() {
        true => Err(Failure::invalid(none_with("there is no run that has ended", &args.out, &args.tags))),
        false => Ok(ids.iter().map(|id| RunPlace { store: store.clone(), run_id: id.clone() }).collect()),
    }
}
