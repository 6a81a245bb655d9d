use std::error::Error;

use outrider_model::RunId;
use outrider_storage::{
    Check, DatasetStore, Outcome, RunHead, RunLayout, RunReader, RunRecord, RunningMark, StorageError,
    Totals, latest_run, list_runs, remove_run, sweep_removed,
};

use super::fixture::{Dataset, at, plan, policy, request_batches, run_id};

fn record(id: &str) -> RunRecord {
    let mut plan = plan();
    plan.run_id = RunId::new(id).unwrap();
    RunRecord::new(plan, at(0), 1)
}

#[test]
fn a_run_record_is_read_as_it_was_written() {
    let dataset = Dataset::in_memory();
    let mut written = record(super::fixture::RUN);
    written.grants = vec!["net:127.0.0.1:8080".to_owned()];
    dataset.runtime.block_on(written.create(&dataset.store)).unwrap();
    assert_eq!(dataset.open().record(), &written);
}

#[test]
fn an_id_is_claimed_once() {
    let dataset = Dataset::in_memory();
    dataset.begin();
    let error = dataset.runtime.block_on(record(super::fixture::RUN).create(&dataset.store)).unwrap_err();
    assert_eq!(error.to_string(), "a run '20260202T024000Z-4f2a9c' exists already in 'memory'");
}

#[test]
fn a_path_and_a_file_url_name_the_same_dataset() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs of today");
    let by_path = Dataset::in_folder(&path);
    by_path.write_run(policy(), &request_batches(1, 10));
    let url = url::Url::from_file_path(&path).unwrap();
    let by_url = DatasetStore::open(url.as_str()).unwrap();
    assert_eq!(by_path.runtime.block_on(list_runs(&by_url)).unwrap(), [run_id()]);
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error_with_its_cause() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    for out in [file.clone(), file.join("below")] {
        let error = DatasetStore::create(out.to_str().unwrap()).unwrap_err();
        assert!(matches!(error, StorageError::NotWritable { .. }), "{error}");
        assert!(error.source().is_some() && error.hint().is_some());
    }
}

#[test]
fn a_run_folder_that_cannot_be_made_is_noticed_with_the_first_document() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = Dataset::in_folder(folder.path());
    // A file where the folder of all runs would be: permissions would not stop a test that runs as root.
    std::fs::write(folder.path().join("runs"), "").unwrap();
    let error = dataset.runtime.block_on(record("20260101T000000Z-a").create(&dataset.store)).unwrap_err();
    let path = folder.path().join("runs/20260101T000000Z-a/run.json");
    assert_eq!(error.to_string(), format!("cannot write '{}'", path.display()));
    assert!(error.hint().is_some());
}

#[test]
fn other_schemes_and_missing_folders_are_refused() {
    let error = DatasetStore::create("gs://bucket/runs").unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot use 'gs://bucket/runs' as a dataset: the scheme 'gs' is not supported"
    );
    let error = DatasetStore::open("/no/such/folder").unwrap_err();
    assert!(matches!(error, StorageError::NotReadable { .. }), "{error}");
}

#[test]
fn a_place_is_looked_at_without_being_touched() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    DatasetStore::check_place(&at("")).unwrap();
    DatasetStore::check_place(&at("not/made/yet")).unwrap();
    assert!(!folder.path().join("not").exists());
    std::fs::write(folder.path().join("file"), "in the way").unwrap();
    for taken in ["file", "file/runs"] {
        let error = DatasetStore::check_place(&at(taken)).unwrap_err();
        assert!(matches!(error, StorageError::NotWritable { .. }), "{error}");
    }
    let error = DatasetStore::check_place("gs://bucket/runs").unwrap_err();
    assert!(matches!(error, StorageError::UnsupportedScheme { .. }), "{error}");
}

#[test]
fn the_folder_of_a_run_is_no_place_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = Dataset::in_folder(folder.path());
    dataset.runtime.block_on(record("20260101T000000Z-a").create(&dataset.store)).unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    for run in ["runs/20260101T000000Z-a", "runs/20260101T000000Z-a/../20260101T000000Z-a/"] {
        let error = DatasetStore::check_place(&at(run)).unwrap_err();
        assert!(matches!(error, StorageError::InsideRun { .. }), "{error}");
        assert!(error.hint().is_some());
    }
    // A file of that name alone makes no run.
    std::fs::write(folder.path().join("run.json"), "{}").unwrap();
    for sound in ["", "runs", "runs/20260102T000000Z-b"] {
        DatasetStore::check_place(&at(sound)).unwrap();
    }
}

#[test]
fn runs_are_listed_by_age_and_the_latest_has_a_record() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = Dataset::in_folder(folder.path());
    let runtime = &dataset.runtime;
    assert!(runtime.block_on(list_runs(&dataset.store)).unwrap().is_empty());
    assert!(runtime.block_on(latest_run(&dataset.store)).unwrap().is_none());
    for id in ["20260102T000000Z-b", "20260101T000000Z-c", "20260103T000000Z-a"] {
        runtime.block_on(record(id).create(&dataset.store)).unwrap();
    }
    std::fs::create_dir_all(folder.path().join("runs/20260104T000000Z-d/data")).unwrap();
    std::fs::create_dir_all(folder.path().join("runs/not a run")).unwrap();
    let ids = runtime.block_on(list_runs(&dataset.store)).unwrap();
    let ids: Vec<_> = ids.iter().map(RunId::as_str).collect();
    assert_eq!(ids, ["20260101T000000Z-c", "20260102T000000Z-b", "20260103T000000Z-a", "20260104T000000Z-d"]);
    let latest = runtime.block_on(latest_run(&dataset.store)).unwrap().unwrap();
    assert_eq!(latest.as_str(), "20260103T000000Z-a");
}

#[test]
fn runs_of_the_same_second_are_told_apart_by_when_they_started() {
    let dataset = Dataset::in_memory();
    let runtime = &dataset.runtime;
    for (id, started_at) in [("20260101T000000Z-c", 1), ("20260101T000000Z-a", 3), ("20260101T000000Z-b", 2)]
    {
        let plan = record(id).plan;
        runtime.block_on(RunRecord::new(plan, at(started_at), 1).create(&dataset.store)).unwrap();
    }
    let ids = runtime.block_on(list_runs(&dataset.store)).unwrap();
    let ids: Vec<_> = ids.iter().map(RunId::as_str).collect();
    assert_eq!(ids, ["20260101T000000Z-c", "20260101T000000Z-b", "20260101T000000Z-a"]);
}

#[test]
fn a_run_that_is_not_there_and_one_of_a_later_version_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = Dataset::in_folder(folder.path());
    let open = || dataset.runtime.block_on(RunReader::open(&dataset.store, &run_id())).unwrap_err();
    assert!(matches!(open(), StorageError::NoSuchRun { .. }));

    let path = folder.path().join(RunLayout::new(run_id()).run_record().as_ref());
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, r#"{"format": 99, "anything": "else"}"#).unwrap();
    assert!(matches!(open(), StorageError::NewerFormat { found: 99, .. }));
    std::fs::write(&path, "{").unwrap();
    assert!(matches!(open(), StorageError::Json { .. }));
}

#[cfg(unix)]
#[test]
fn a_run_goes_on_while_its_mark_is_there_and_it_has_no_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = Dataset::in_folder(folder.path());
    let (runtime, store) = (&dataset.runtime, &dataset.store);
    dataset.begin();
    let head = || runtime.block_on(RunHead::read(store, &run_id())).unwrap();
    assert!(head().record.is_some() && !head().is_running, "nobody makes it");
    let mark = RunningMark::set(store, &run_id()).expect("this file system has locks");
    assert!(head().is_running && head().is_running, "readers do not see each other");
    let missing = runtime.block_on(dataset.open().completeness(Check::Footers)).missing;
    assert_eq!(missing, ["the run goes on: it has no outcome yet", "worker 0 has written no rows yet"]);
    let layout = RunLayout::new(run_id());
    let outcome = Outcome::finished(at(10), Totals::default());
    runtime.block_on(outcome.create(store, &layout)).unwrap();
    assert!(!head().is_running, "it has ended, though its process may still live");
    std::fs::remove_file(folder.path().join(layout.outcome().as_ref())).unwrap();
    drop(mark);
    assert!(!head().is_running, "it was killed");
}

#[test]
fn a_run_is_removed_whole_and_what_a_killed_removal_left_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = Dataset::in_folder(folder.path());
    dataset.write_run(policy(), &request_batches(1, 10));
    let (store, runs) = (&dataset.store, folder.path().join("runs"));
    let listed = || dataset.runtime.block_on(list_runs(store)).unwrap();

    let mark = RunningMark::set(store, &run_id());
    let error = dataset.runtime.block_on(remove_run(store, &run_id())).unwrap_err();
    assert!(matches!(error, StorageError::GoesOn { .. }) && listed().len() == 1, "{error}");
    drop(mark);

    // Ended between the rename and the removal of the files.
    let left = runs.join(".removed-20250101T000000Z-000000/data");
    std::fs::create_dir_all(&left).unwrap();
    assert_eq!(listed().len(), 1, "what is left of a run is none");

    let removed = dataset.runtime.block_on(remove_run(store, &run_id())).unwrap();
    assert!(removed.bytes > 1_000 && !removed.was_gone, "{removed:?}");
    assert!(listed().is_empty());
    let again = dataset.runtime.block_on(remove_run(store, &run_id())).unwrap_err();
    assert!(matches!(again, StorageError::NoSuchRun { .. }), "{again}");
    assert_eq!(dataset.runtime.block_on(sweep_removed(store)).unwrap(), 1);
    assert_eq!(std::fs::read_dir(&runs).unwrap().count(), 0);
}
