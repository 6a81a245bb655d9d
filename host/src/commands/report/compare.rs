//! `host report compare`.

mod choose;

use outrider_report::{CompareRules, Comparison, ComparisonVerdict};
use outrider_session::Exit;

use super::unreadable;
use crate::Env;
use crate::cli::{CompareArgs, CompareFormat, FailOn};
use crate::commands::recover;
use crate::failure::Failure;
use choose::Sides;

pub(super) async fn run(env: &mut Env, args: &CompareArgs) -> Result<Exit, Failure> {
    let Sides { baseline, candidate } = choose::sides(args).await?;
    for run in baseline.runs.iter().chain(&candidate.runs) {
        recover::unasked(env, &run.store, &run.run_id).await;
    }
    let sides = [&baseline, &candidate].map(|side| (side.asked.as_str(), side.runs.as_slice()));
    let comparison = Comparison::read(sides[0], sides[1], rules(args)).await;
    let comparison = comparison.map_err(unreadable)?;
    let rendered = match args.format {
        CompareFormat::Text => outrider_report::render_comparison_text(&comparison, super::text_style(env)),
        CompareFormat::Json => outrider_report::render_comparison_json(&comparison),
        CompareFormat::Html => outrider_report::render_comparison_html(&comparison),
        CompareFormat::Md => outrider_report::render_comparison_markdown(&comparison),
    };
    env.print(rendered.trim_end_matches('\n'));
    Ok(exit(args.fail_on, comparison.verdict))
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
