//! `host report compare`.

mod choose;

use outrider_model::units::duration_text;
use outrider_report::{CompareRules, Comparison, ComparisonVerdict, RemarkKind};
use outrider_session::Exit;
use outrider_storage::DatasetStore;

use super::unreadable;
use crate::Env;
use crate::cli::{CompareArgs, CompareFormat, FailOn};
use crate::commands::recover;
use crate::failure::{Failure, Fault};
use choose::{Chosen, Sides};

pub(super) async fn run(env: &mut Env, args: &CompareArgs) -> Result<Exit, Failure> {
    let Sides { baseline, candidate } = choose::sides(args).await?;
    for run in baseline.runs.iter().chain(&candidate.runs) {
        recover::unasked(env, &run.store, &run.run_id).await;
    }
    let sides = [&baseline, &candidate].map(|side| (side.asked.as_str(), side.runs.as_slice()));
    let comparison = Comparison::read(sides[0], sides[1], rules(args)).await;
    let comparison = comparison.map_err(|error| unreadable(error, store_of_all(&baseline, &candidate)))?;
    if let Some(fault) = skipped_too_much(args, &comparison) {
        let (label, hint) = (env.style_err().cyan("note:"), env.style_err().cyan("hint:"));
        env.say(&format!("{label} {}\n{hint} {}", fault.message, fault.hint.unwrap_or_default()));
    }
    let rendered = match args.format {
        CompareFormat::Text => outrider_report::render_comparison_text(&comparison, super::text_style(env)),
        CompareFormat::Json => outrider_report::render_comparison_json(&comparison),
        CompareFormat::Html => outrider_report::render_comparison_html(&comparison),
        CompareFormat::Md => outrider_report::render_comparison_markdown(&comparison),
    };
    env.print(rendered.trim_end_matches('\n'));
    Ok(exit(args.fail_on, comparison.verdict))
}

/// The one store in which all runs are.
fn store_of_all<'a>(baseline: &'a Chosen, candidate: &'a Chosen) -> Option<&'a DatasetStore> {
    let first = &baseline.runs.first()?.store;
    let mut all = baseline.runs.iter().chain(&candidate.runs);
    all.all(|run| run.store.place() == first.place()).then_some(first)
}

/// Six seconds of load are compared at least (docs/guides/comparing-runs.md); a run that was shorter was so before --skip.
const LEAST_SECONDS: u64 = 6;

/// Why there is nothing to compare, if that is what --skip left.
fn skipped_too_much(args: &CompareArgs, comparison: &Comparison) -> Option<Fault> {
    let is_short = comparison.remarks.iter().any(|remark| remark.kind == RemarkKind::TooShort);
    if args.skip.is_zero() || !is_short {
        return None;
    }
    let runs = comparison.baseline.runs.iter().chain(&comparison.candidate.runs);
    let shortest = runs.min_by_key(|run| run.compared_seconds)?;
    let left = match shortest.compared_seconds {
        0 => "nothing".to_owned(),
        seconds => format!("{seconds} s"),
    };
    let is_of_skip = shortest.compared_seconds + args.skip.as_secs() >= LEAST_SECONDS;
    let (skip, id) = (duration_text(args.skip), &shortest.id);
    let fault =
        Fault::new(format!("--skip {skip} leaves {left} of the load of {id}: that is too little to compare"));
    is_of_skip
        .then(|| fault.hint(format!("name a shorter one; `host runs show {id}` says how long it lasted")))
}

fn rules(args: &CompareArgs) -> CompareRules {
    CompareRules {
        relative_limit: args.relative_limit,
        absolute_limit_ms: args.absolute_limit.as_secs_f64() * 1e3,
        failure_limit: args.failure_limit,
        confidence: args.confidence,
        skipped_ms: args.skip.as_secs_f64() * 1e3,
    }
}

fn exit(fail_on: Option<FailOn>, verdict: ComparisonVerdict) -> Exit {
    match (fail_on, verdict) {
        (Some(_), ComparisonVerdict::Worse) => Exit::ThresholdCrossed,
        (Some(FailOn::Undecided), ComparisonVerdict::Undecided) => Exit::ThresholdCrossed,
        _ => Exit::Ok,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_what_was_asked_for() {
        let of = |fail_on| {
            [ComparisonVerdict::Worse, ComparisonVerdict::Undecided, ComparisonVerdict::Better]
                .map(|verdict| exit(fail_on, verdict).code())
        };
        assert_eq!(of(None), [0, 0, 0]);
        assert_eq!(of(Some(FailOn::Worse)), [99, 0, 0]);
        assert_eq!(of(Some(FailOn::Undecided)), [99, 99, 0]);
    }
}
