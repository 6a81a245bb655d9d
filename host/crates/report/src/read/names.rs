//! Names past the limit: what became `(other)` is said in words.

use outrider_telemetry::{DEFAULT_NAME_LIMIT, OTHER_NAME};

use crate::summary::Summary;
use crate::words::thousands;

/// A sentence for each kind of name of which there were too many.
pub(super) fn warnings(summary: &Summary) -> Vec<String> {
    let requests = summary.requests.iter().map(|request| (request.name.as_str(), request.count));
    let steps = summary.steps.iter().map(|step| (step.name.as_str(), step.count));
    let checks = summary.checks.iter().map(|check| (check.name.as_str(), check.passed + check.failed));
    let metrics = summary.metrics.iter().map(|metric| (metric.name.as_str(), metric.count));
    let kinds = [
        warning(requests, ["requests", "requests"]),
        warning(steps, ["steps", "steps"]),
        warning(checks, ["verdicts", "checks"]),
        warning(metrics, ["values", "metrics"]),
    ];
    kinds.into_iter().flatten().collect()
}

/// `of` is what is counted, and what is named.
fn warning<'a>(counts: impl Iterator<Item = (&'a str, u64)>, of: [&str; 2]) -> Option<String> {
    let (mut all, mut other) = (0, 0);
    for (name, count) in counts {
        all += count;
        other += if name == OTHER_NAME { count } else { 0 };
    }
    let [counted, named] = of;
    let limit = thousands(DEFAULT_NAME_LIMIT as u64);
    (other > 0).then(|| {
        format!(
            "{} of {} {counted} are counted as {OTHER_NAME}, for there are more than {limit} names of {named}: \
             leave ids out of names",
            thousands(other),
            thousands(all),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_folded_is_said_with_its_share_and_what_to_do() {
        let counts = [("a", 8), (OTHER_NAME, 10_992)];
        let said = warning(counts.into_iter(), ["verdicts", "checks"]).unwrap();
        let words = "10,992 of 11,000 verdicts are counted as (other), for there are more than 1,000 names of \
                     checks: leave ids out of names";
        assert_eq!(said, words);
        assert_eq!(warning([("a", 8)].into_iter(), ["steps", "steps"]), None);
    }
}
