//! Comparisons of runs of which something is not here: said as what it is, not as a difference.

use std::path::Path;

use outrider_model::{IterationStatus, Sample};
use outrider_report::{
    CompareRules, Comparison, ComparisonVerdict, RemarkKind, ReportError, RowVerdict, RunPlace, TextStyle,
    comparison_json_schema, render_comparison_json, render_comparison_markdown, render_comparison_text,
};
use outrider_telemetry::Table;

use crate::dataset::{Dataset, End};
use crate::json::assert_fits;
use crate::samples::*;

/// The id of all runs here.
const ID: &str = "20260131T120000Z-4f2a9c";

/// So many seconds of load: ten iterations in each, with one request of each name.
fn load(seconds: u64, names: &[&str]) -> Vec<Sample> {
    let mut samples = Vec::new();
    for tenth in 0..seconds * 10 {
        let at = at_ms(tenth * 100);
        for name in names {
            samples.push(ok_request(name, at, 5 + tenth % 7));
        }
        samples.push(ended(at, 10, IterationStatus::Completed));
    }
    samples
}

fn without_the_first(seconds: f64) -> CompareRules {
    CompareRules { skipped_ms: seconds * 1e3, ..CompareRules::default() }
}

async fn compared(before: &Dataset, after: &Dataset, rules: CompareRules) -> Result<Comparison, ReportError> {
    let place = |dataset: &Dataset| {
        [RunPlace { store: dataset.store().clone(), run_id: dataset.record().plan.run_id.clone() }]
    };
    let (before, after) = (place(before), place(after));
    Comparison::read(("before", &before[..]), ("after", &after[..]), rules).await
}

#[tokio::test]
async fn a_short_run_among_others_is_left_out_and_said() {
    let (short, long) = (Dataset::finished(load(2, &["/"])).await, Dataset::finished(load(30, &["/"])).await);
    let place = |dataset: &Dataset| RunPlace {
        store: dataset.store().clone(),
        run_id: dataset.record().plan.run_id.clone(),
    };
    let (before, after) = ([place(&long), place(&short)], [place(&long)]);
    let rules = CompareRules::default();
    let comparison = Comparison::read(("before", &before[..]), ("after", &after[..]), rules).await.unwrap();
    assert_eq!((comparison.verdict, comparison.baseline.runs.len()), (ComparisonVerdict::Same, 1));
    let said = format!("{ID} is left out: it has 2 s of load to compare, and 6 s are needed");
    assert_eq!(comparison.remarks[0].message, said);
    assert!(comparison.comparable);
}

/// The message of a comparison that is refused.
async fn refused(before: &Dataset, after: &Dataset, rules: CompareRules) -> String {
    let error = compared(before, after, rules).await.unwrap_err();
    assert!(matches!(error, ReportError::NoValues { .. }), "{error:?}");
    error.to_string()
}

fn verdict_of(comparison: &Comparison, name: &str) -> RowVerdict {
    comparison.rows.iter().find(|row| row.name == name).unwrap().verdict
}

/// The words of a text, however its lines are broken.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_side_of_which_the_skip_leaves_nothing_is_not_compared() {
    let short = Dataset::finished(load(30, &["/"])).await;
    let long = Dataset::finished(load(40, &["/", "/new"])).await;
    let why =
        format!("has no values to compare: --skip leaves out the first 30 s, and {ID} has 30 s of load");
    let rules = || without_the_first(30.0);
    assert_eq!(refused(&short, &long, rules()).await, format!("the baseline {why}"));
    assert_eq!(refused(&long, &short, rules()).await, format!("the candidate {why}"));
    let error = compared(&short, &long, rules()).await.unwrap_err();
    assert_eq!(error.hint().as_deref(), Some("name a shorter --skip, or compare longer runs"));

    // A few seconds are something, and are said to be too few.
    let comparison = compared(&short, &long, without_the_first(27.0)).await.unwrap();
    assert_eq!(comparison.verdict, ComparisonVerdict::Undecided);
    assert_eq!(verdict_of(&comparison, "/new"), RowVerdict::Added);
    let text = words(&render_comparison_text(&comparison, TextStyle::default()));
    let too_short =
        " has 3 s of load to compare after the first 27 s, which --skip leaves out, and 6 s are needed";
    assert!(text.contains(too_short), "{text}");
    assert!(text.contains("without the first 27 s of each run's load"), "{text}");
    assert!(text.contains("Added 1 row in the candidate alone · /new"), "{text}");
    let markdown = render_comparison_markdown(&comparison);
    assert!(markdown.contains("\n\nAdded (in the candidate alone): `/new`\n"), "{markdown}");
}

#[tokio::test]
async fn a_side_whose_windows_are_gone_is_not_compared() {
    let whole = Dataset::finished(load(10, &["/"])).await;
    let broken = Dataset::finished(load(10, &["/"])).await;
    for (path, _) in broken.parts(Table::Windows).await {
        std::fs::remove_file(path).unwrap();
    }
    let message = refused(&whole, &broken, CompareRules::default()).await;
    let start = format!("the candidate has no values to compare: the data of {ID} is incomplete: ");
    assert!(message.starts_with(&start), "{message}");
    assert!(message.contains("data/windows/worker=0/part-000000.parquet is missing"), "{message}");
    let error = compared(&whole, &broken, CompareRules::default()).await.unwrap_err();
    assert_eq!(error.hint(), Some(format!("`host report {ID}` says all that is missing")));
}

#[tokio::test]
async fn a_side_that_measured_nothing_is_not_compared() {
    let whole = Dataset::finished(load(10, &["/"])).await;
    let idle = Dataset::finished(load(10, &[])).await;
    let empty = Dataset::finished(Vec::new()).await;
    assert_eq!(
        refused(&idle, &whole, CompareRules::default()).await,
        format!(
            "the baseline has no values to compare: no request, step or check of {ID} ended in 10 s of load"
        )
    );
    assert_eq!(
        refused(&whole, &empty, CompareRules::default()).await,
        format!("the candidate has no values to compare: {ID} has no load")
    );
}

/// Runs of two workers, each with a request of its own, with something done to the parts of the windows of the second one.
async fn damaged(damage: impl Fn(&Path)) -> Dataset {
    let dataset = Dataset::begin(2).await;
    dataset.worker(0, load(10, &["/"]), End::Finished).await;
    dataset.worker(1, load(10, &["/rare"]), End::Finished).await;
    dataset.finish().await;
    let parts = dataset.parts(Table::Windows).await;
    let of_second = parts.iter().filter(|(path, _)| path.to_string_lossy().contains("worker=1"));
    of_second.for_each(|(path, _)| damage(path));
    dataset
}

#[tokio::test]
async fn what_the_other_side_may_have_lost_is_neither_added_nor_removed() {
    let remove = |path: &Path| std::fs::remove_file(path).unwrap();
    // Past the magic number, within the pages of the first columns; the footer stays as it is.
    let overwrite = |path: &Path| {
        let mut bytes = std::fs::read(path).unwrap();
        let end = bytes.len() / 4;
        bytes[4..end].fill(0xff);
        std::fs::write(path, bytes).unwrap();
    };
    let removed = (damaged(remove).await, "data/windows/worker=1/part-000000.parquet is missing");
    let overwritten = (damaged(overwrite).await, "data/windows/worker=1/part-000000.parquet has other bytes");
    let whole = Dataset::finished(load(10, &["/", "/rare", "/new"])).await;
    for (broken, fault) in [removed, overwritten] {
        let comparison = compared(&broken, &whole, CompareRules::default()).await.unwrap();
        let not_added = ["/rare", "/new"].map(|name| verdict_of(&comparison, name));
        assert_eq!(not_added, [RowVerdict::NotEnoughData; 2]);
        assert_eq!((comparison.counts.added, comparison.verdict), (0, ComparisonVerdict::Undecided));
        let incomplete = comparison.remarks.iter().find(|remark| remark.kind == RemarkKind::Incomplete);
        let message = &incomplete.unwrap().message;
        assert!(message.contains(fault), "{message}");
        assert!(message.ends_with("; what only the other side has is called neither added nor removed"));
        assert!(!comparison.comparable);

        let text = words(&render_comparison_text(&comparison, TextStyle::default()));
        let unclear = "Unclear 2 rows in the candidate alone, as far as can be told · /new · /rare";
        assert!(text.contains(unclear), "{text}");
        let markdown = render_comparison_markdown(&comparison);
        let unclear = "Unclear (in the candidate alone, as far as can be told): `/new`, `/rare`";
        assert!(markdown.contains(unclear), "{markdown}");
        assert_fits(&render_comparison_json(&comparison), &comparison_json_schema());

        // The other way round; what the whole side lacks would be added.
        let comparison = compared(&whole, &broken, CompareRules::default()).await.unwrap();
        assert_eq!((comparison.counts.removed, comparison.verdict), (0, ComparisonVerdict::Undecided));
        let text = words(&render_comparison_text(&comparison, TextStyle::default()));
        assert!(text.contains("Unclear 2 rows in the baseline alone, as far as can be told"), "{text}");
    }
}

#[tokio::test]
async fn rows_of_a_table_that_is_not_compared_may_be_missing() {
    let before = Dataset::finished(load(10, &["/"])).await;
    let after = Dataset::finished(load(10, &["/", "/new"])).await;
    let parts = before.parts(Table::Requests).await;
    std::fs::remove_file(&parts[0].0).unwrap();
    let comparison = compared(&before, &after, CompareRules::default()).await.unwrap();
    assert_eq!(verdict_of(&comparison, "/new"), RowVerdict::Added, "its windows are all there");
    let incomplete = comparison.remarks.iter().find(|remark| remark.kind == RemarkKind::Incomplete);
    let message = &incomplete.unwrap().message;
    assert!(message.contains("data/requests/worker=0/part-000000.parquet is missing"), "{message}");
    assert!(!message.contains("neither added nor removed"), "{message}");
}

#[tokio::test]
async fn a_killed_run_may_have_had_more() {
    let killed = Dataset::begin(1).await;
    killed.worker(0, load(10, &["/"]), End::Killed).await;
    let whole = Dataset::finished(load(10, &["/", "/new"])).await;
    let comparison = compared(&killed, &whole, CompareRules::default()).await.unwrap();
    assert_eq!(verdict_of(&comparison, "/new"), RowVerdict::NotEnoughData);
    assert_eq!(comparison.verdict, ComparisonVerdict::Undecided);
}
