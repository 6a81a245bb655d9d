//! Runs that go on: no verdict, and what is shown is said. And lists of runs.
#![cfg(unix)]

use std::time::Duration;

use outrider_model::{IterationStatus, Sample};
use outrider_report::*;
use outrider_storage::RunLayout;

use crate::dataset::{Dataset, End};
use crate::json::{assert_fits, assert_valid};
use crate::samples::*;

const WIDE: TextStyle = TextStyle { color: false, width: 200 };

/// Five seconds of a run of which more is to come.
fn first_rows() -> Vec<Sample> {
    (0..5)
        .flat_map(|second| {
            let at = at_ms(second * 1_000);
            let load = system(second + 1, 0.2, Duration::ZERO);
            [ok_request("main page", at, 5), ended(at, 10, IterationStatus::Completed), load]
        })
        .collect()
}

#[tokio::test]
async fn a_run_that_goes_on_has_no_verdict_and_says_what_is_shown() {
    let dataset = Dataset::begin(1).await;
    dataset.worker(0, first_rows(), End::Killed).await;
    let mark = dataset.goes_on();
    let summary = dataset.summary_at(12_345).await;
    assert_eq!((summary.run.status, summary.verdict), (RunStatus::Running, None));
    assert_eq!((summary.run.elapsed_ms, summary.run.duration_ms), (Some(12_345.0), 5_000.0));
    assert_valid(&render_json(&summary));
    let text = render_text(&summary, WIDE);
    let headline = "RUNNING, no verdict yet: 12 s in; what follows are its first 5 s\n";
    assert!(text.starts_with(headline), "{text}");
    assert!(text.contains(", running for 12 s, started"), "{text}");
    assert!(text.contains("so far: ") && text.contains("· the run goes on: it has no outcome yet"), "{text}");
    assert!(!text.contains("INCOMPLETE") && !text.contains("FAIL"), "{text}");

    drop(mark);
    let killed = dataset.summary_at(12_345).await;
    assert_eq!((killed.run.status, killed.verdict), (RunStatus::Incomplete, Some(Verdict::Fail)));
    assert_eq!(killed.run.elapsed_ms, None);
}

#[tokio::test]
async fn a_run_that_has_written_nothing_yet_promises_nothing() {
    let dataset = Dataset::begin(1).await;
    let _mark = dataset.goes_on();
    let summary = dataset.summary_at(3_999).await;
    let text = render_text(&summary, WIDE);
    let headline =
        "RUNNING, no verdict yet: 3 s in, and nothing of it is written yet (that comes every 10 s)\n";
    assert!(text.starts_with(headline), "{text}");
    for counted in ["Iterations", "Generator", "kept its promise", "duckdb"] {
        assert!(!text.contains(counted), "{text}");
    }
    assert!(text.contains("Data        so far: 0 rows"), "{text}");
}

async fn list(dataset: &Dataset) -> RunList {
    let list = RunList::read(dataset.store(), at_ms(65_000)).await.unwrap();
    assert_fits(&render_run_list_json(&list), &run_list_json_schema());
    list
}

#[tokio::test]
async fn a_list_says_how_each_run_stands() {
    let dataset = Dataset::begin(1).await;
    let running = {
        let _mark = dataset.goes_on();
        list(&dataset).await.runs.remove(0)
    };
    assert_eq!((running.verdict, running.duration_ms), (RunVerdict::Running, Some(65_000.0)));
    let incomplete = list(&dataset).await.runs.remove(0);
    assert_eq!((incomplete.verdict, incomplete.duration_ms), (RunVerdict::Incomplete, None));
    dataset.finish_with(|outcome| outcome.reason = Some("so it is".to_owned())).await;
    let finished = list(&dataset).await.runs.remove(0);
    assert_eq!((finished.verdict, finished.duration_ms), (RunVerdict::Pass, Some(10_000.0)));
    assert_eq!(finished.journey.as_deref(), Some("checkout"));
    assert_eq!(finished.reason.as_deref(), Some("so it is"));
    assert_eq!((finished.status, finished.standing().as_str()), (Some(RunStatus::Finished), "pass"));
    let saturated = RunEntry { generator_saturated: Some(true), ..finished.clone() };
    assert_eq!(saturated.standing(), "pass, saturated");
    let stands = |verdict, status| RunEntry { verdict, status: Some(status), ..finished.clone() }.standing();
    assert_eq!(stands(RunVerdict::Fail, RunStatus::Interrupted), "interrupted");
    assert_eq!(stands(RunVerdict::Fail, RunStatus::Aborted), "aborted");
    assert_eq!(stands(RunVerdict::Fail, RunStatus::Finished), "fail");
}

#[tokio::test]
async fn a_list_is_a_table_that_keeps_to_its_width_and_shows_what_cannot_be_read() {
    let dataset = Dataset::finished(Vec::new()).await;
    let broken = RunLayout::new(outrider_model::RunId::new("20260201T000000Z-aaaaaa").unwrap());
    let folder = std::path::PathBuf::from(dataset.store().place()).join(broken.folder().as_ref());
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("run.json"), "{").unwrap();
    std::fs::create_dir_all(folder.with_file_name("20260202T000000Z-bbbbbb")).unwrap();
    let list = list(&dataset).await;
    insta::assert_snapshot!(render_run_list(&list, false, None), @r"
    run                      journey   target                 load            verdict     started (UTC)        duration
    20260131T120000Z-4f2a9c  checkout  http://127.0.0.1:8080  7 VUs for 10 s  pass        2026-01-31 12:00:00  10 s
    20260201T000000Z-aaaaaa  -         -                      -               unreadable  -                    -
    20260202T000000Z-bbbbbb  -         -                      -               incomplete  -                    -
    ");
    for width in [80, 100, 110] {
        let cut = render_run_list(&list, false, Some(width));
        assert!(cut.lines().all(|line| line.chars().count() <= width), "{cut}");
    }
    assert_eq!(render_run_list(&RunList { version: 1, runs: Vec::new() }, false, None), "");
}
