//! Datasets with something missing: named exactly, the rest reported.

use outrider_model::{IterationStatus, MetricKind, Sample};
use outrider_report::{RunStatus, Summary, TextStyle, Verdict, render_json, render_text};
use outrider_storage::FinalAccount;
use outrider_telemetry::Table;

use crate::dataset::{Dataset, End};
use crate::json::assert_valid;
use crate::samples::*;

/// Iterations of one request each; the batcher makes a batch, and the roller a part, of 4,096 samples.
fn many(count: u64) -> Vec<Sample> {
    (0..count)
        .flat_map(|i| {
            let at = at_ms(i * 2);
            [ok_request("main page", at, 5 + i % 7), ended(at, 10, IterationStatus::Completed)]
        })
        .collect()
}

/// Exactly one thing is missing, and it says all of this.
fn assert_missing(summary: &Summary, words: &[&str]) {
    assert!(!summary.completeness.complete);
    let found =
        summary.completeness.missing.iter().filter(|text| words.iter().all(|word| text.contains(word)));
    assert_eq!(found.count(), 1, "{words:?} in {:#?}", summary.completeness.missing);
}

#[tokio::test]
async fn a_part_that_is_gone_is_named_with_its_rows_and_the_rest_is_reported() {
    let dataset = Dataset::finished(many(3_000)).await;
    let parts = dataset.parts(Table::Requests).await;
    let [(path, rows), _, ..] = &parts[..] else { panic!("several parts: {parts:?}") };
    std::fs::remove_file(path).unwrap();

    let summary = dataset.summary().await;
    let name = path.file_name().unwrap().to_str().unwrap();
    assert_missing(&summary, &[&format!("{rows} rows"), "data/requests/worker=0", name, "is missing"]);
    assert_eq!(summary.requests[0].count, 3_000 - rows);
    assert_eq!(summary.iterations.completed, 3_000);
    // The windows of the missing rows are there: the difference is said.
    assert_missing(&summary, &["stand on 3,000 rows of requests, of which ", " are there"]);
    assert_eq!(summary.verdict, Some(Verdict::Pass), "the verdict is the outcome's");
    let text = render_text(&summary, TextStyle::default());
    assert!(
        text.starts_with("PASS, but the data is incomplete\n") && text.contains("✗ INCOMPLETE:"),
        "{text}"
    );
    assert_valid(&render_json(&summary));
}

#[tokio::test]
async fn a_part_that_cannot_be_decoded_is_named_once() {
    let dataset = Dataset::finished(many(300)).await;
    let (path, _) = &dataset.parts(Table::Iterations).await[0];
    let size = std::fs::metadata(path).unwrap().len();
    std::fs::write(path, vec![7; size as usize]).unwrap();
    let summary = dataset.summary().await;
    assert_missing(&summary, &["data/iterations/worker=0/part-000000.parquet"]);
    assert_eq!(summary.requests[0].count, 300);
}

#[tokio::test]
async fn damage_behind_a_sound_footer_is_found_by_reading() {
    let dataset = Dataset::finished(many(3_000)).await;
    let parts = dataset.parts(Table::Requests).await;
    let (path, rows) = &parts[0];
    let mut bytes = std::fs::read(path).unwrap();
    // Past the magic number, within the pages of the first columns; the footer stays as it is.
    let end = bytes.len() / 4;
    bytes[4..end].fill(0xff);
    std::fs::write(path, bytes).unwrap();
    let summary = dataset.summary().await;
    assert_missing(&summary, &["has other bytes than", "data/requests/worker=0/part-000000.parquet"]);
    assert_eq!(summary.requests[0].count, 3_000 - rows, "the other parts are read");
}

#[tokio::test]
async fn a_single_bit_that_is_another_one_is_found_though_all_rows_can_be_decoded() {
    let dataset = Dataset::finished(many(3_000)).await;
    let parts = dataset.parts(Table::Requests).await;
    let (path, rows) = &parts[0];
    let whole = std::fs::read(path).unwrap();
    for place in (4..whole.len() - 8).step_by(whole.len() / 20) {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        std::fs::write(path, bytes).unwrap();
        let summary = dataset.summary().await;
        assert_missing(&summary, &["data/requests/worker=0/part-000000.parquet"]);
        assert_eq!(summary.requests[0].count, 3_000 - rows, "bit of byte {place}");
    }
}

#[tokio::test]
async fn a_bit_of_a_table_that_is_not_read_is_found_too() {
    let metrics = (0..100).map(|i| metric("basket", MetricKind::Trend, at_ms(i * 2), i as f64));
    let dataset = Dataset::finished(many(100).into_iter().chain(metrics).collect()).await;
    let (path, _) = &dataset.parts(Table::Metrics).await[0];
    let mut bytes = std::fs::read(path).unwrap();
    bytes[100] ^= 1;
    std::fs::write(path, bytes).unwrap();
    assert_missing(&dataset.summary().await, &["data/metrics/worker=0/part-000000.parquet"]);
}

#[tokio::test]
async fn missing_windows_leave_counts_exact_and_say_what_percentiles_stand_on() {
    let dataset = Dataset::finished(many(300)).await;
    for (path, _) in dataset.parts(Table::Windows).await {
        std::fs::remove_file(path).unwrap();
    }
    let summary = dataset.summary().await;
    assert_missing(&summary, &["stand on 0 of 300 rows of requests"]);
    assert_eq!((summary.requests[0].count, summary.requests[0].duration_ms), (300, None));
    assert!(render_text(&summary, TextStyle::default()).contains("main page"));
}

#[tokio::test]
async fn a_killed_run_is_reported_as_far_as_it_was_committed() {
    let dataset = Dataset::begin(1).await;
    dataset.worker(0, many(100), End::Killed).await;
    let summary = dataset.summary().await;
    assert_eq!((summary.run.status, summary.verdict), (RunStatus::Incomplete, Some(Verdict::Fail)));
    assert_eq!((summary.requests[0].count, summary.iterations.completed), (100, 100));
    assert_eq!(summary.run.duration_ms, 208.0, "until the end of the last row that was kept");
    assert_missing(&summary, &["no outcome"]);
    assert_missing(&summary, &["worker 0 did not finish"]);
    let text = render_text(&summary, TextStyle::default());
    assert!(text.starts_with("FAIL: the run is incomplete: it was killed, or goes on elsewhere\n"), "{text}");
    assert_valid(&render_json(&summary));
}

#[tokio::test]
async fn a_run_killed_before_its_first_commit_still_has_a_report() {
    let dataset = Dataset::begin(2).await;
    let summary = dataset.summary().await;
    assert_eq!((summary.run.status, summary.run.duration_ms), (RunStatus::Incomplete, 0.0));
    assert_missing(&summary, &["worker 0 has no manifest"]);
    assert_missing(&summary, &["worker 1 has no manifest"]);
    assert!(summary.requests.is_empty() && summary.all_requests.is_none());
    assert_valid(&render_json(&summary));
}

#[tokio::test]
async fn a_worker_that_never_reported_is_named_beside_the_others_rows() {
    let dataset = Dataset::begin(2).await;
    dataset.worker(0, many(10), End::Finished).await;
    dataset.finish().await;
    let summary = dataset.summary().await;
    assert_missing(&summary, &["worker 1 has no manifest"]);
    assert_eq!(summary.iterations.completed, 10);
}

#[tokio::test]
async fn an_account_that_differs_from_the_table_is_said() {
    let dataset = Dataset::begin(1).await;
    let change = |account: &mut FinalAccount| account.iterations.completed += 1;
    dataset.worker_with(0, many(10), 20, End::Finished, change).await;
    dataset.finish().await;
    let summary = dataset.summary().await;
    assert_missing(&summary, &["scheduled 10 iterations and started 10", "11 completed"]);
    assert_missing(&summary, &["counted 11 completed iterations, the table has 10"]);
}

#[tokio::test]
async fn lost_samples_are_counted_and_make_the_run_incomplete() {
    let dataset = Dataset::begin(1).await;
    dataset.worker_with(0, many(10), 16, End::Finished, |_| {}).await;
    dataset.finish().await;
    let summary = dataset.summary().await;
    assert_eq!(summary.generator.lost_samples, 4);
    assert_missing(&summary, &["lost 4 samples"]);
    let text = render_text(&summary, TextStyle::default());
    assert!(text.contains("✗ fell short of the plan") && text.contains("4 samples were lost"), "{text}");
}

#[tokio::test]
async fn a_run_that_failed_says_why() {
    let dataset = Dataset::begin(1).await;
    dataset.worker(0, Vec::new(), End::Finished).await;
    dataset
        .finish_with(|outcome| {
            outcome.status = RunStatus::Failed;
            outcome.verdict = Verdict::Fail;
            outcome.reason = Some("set-up failed: login was refused".to_owned());
        })
        .await;
    let summary = dataset.summary().await;
    assert_eq!((summary.run.status, summary.verdict), (RunStatus::Failed, Some(Verdict::Fail)));
    assert!(summary.completeness.complete, "{:?}", summary.completeness);
    let text = render_text(&summary, TextStyle::default());
    assert!(text.starts_with("FAIL: set-up failed: login was refused\n"), "{text}");
}
