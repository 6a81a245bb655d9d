use std::fs;
use std::path::{Path, PathBuf};

use outrider_storage::{Check, Completeness, FinalAccount, RunLayout, SampleAccount};
use outrider_telemetry::{BatchSink, Table, Tick};

use super::fixture::{Dataset, account, batches, policy, request_batches, run_id};

fn check(dataset: &Dataset, check: Check) -> Completeness {
    dataset.runtime.block_on(dataset.open().completeness(check))
}

fn part(folder: &Path) -> PathBuf {
    folder.join(RunLayout::new(run_id()).part(Table::Requests, 0, 0).as_ref())
}

fn written() -> (tempfile::TempDir, Dataset) {
    let folder = tempfile::tempdir().unwrap();
    let dataset = Dataset::in_folder(folder.path());
    dataset.write_run(policy(), &batches(50));
    (folder, dataset)
}

#[test]
fn a_part_that_was_deleted_is_named_with_its_rows() {
    let (folder, dataset) = written();
    fs::remove_file(part(folder.path())).unwrap();
    let found = check(&dataset, Check::Footers);
    assert!(!found.complete);
    assert_eq!(found.missing, ["100 rows: data/requests/worker=0/part-000000.parquet is missing"]);
    assert_eq!(found.rows.get(&Table::Requests), None);
    assert_eq!(found.rows[&Table::Steps], 100);
    assert_eq!(check(&dataset, Check::Sizes), found, "a listing tells it too");
}

#[test]
fn a_part_that_was_cut_short_is_named() {
    let (folder, dataset) = written();
    let bytes = fs::read(part(folder.path())).unwrap();
    fs::write(part(folder.path()), &bytes[..bytes.len() / 2]).unwrap();
    let found = check(&dataset, Check::Footers);
    assert_eq!(found.missing.len(), 1);
    assert!(found.missing[0].contains(&format!("has {} bytes instead of", bytes.len() / 2)), "{found:?}");
    assert_eq!(check(&dataset, Check::Sizes), found, "a listing tells it too");
}

#[test]
fn a_part_whose_footer_is_damaged_is_named() {
    let (folder, dataset) = written();
    let mut bytes = fs::read(part(folder.path())).unwrap();
    let end = bytes.len();
    bytes[end - 8..].fill(0);
    fs::write(part(folder.path()), &bytes).unwrap();
    let found = check(&dataset, Check::Footers);
    assert!(found.missing[0].contains("cannot be decoded"), "{found:?}");
}

#[test]
fn a_part_that_was_changed_in_place_is_found_by_its_digest() {
    let (folder, dataset) = written();
    let mut bytes = fs::read(part(folder.path())).unwrap();
    bytes[100] ^= 1;
    fs::write(part(folder.path()), &bytes).unwrap();
    assert!(check(&dataset, Check::Footers).complete, "as is documented");
    let found = check(&dataset, Check::Digests);
    assert!(found.missing[0].contains("has other bytes than were written"), "{found:?}");
}

#[test]
fn a_worker_without_a_manifest_and_a_run_without_an_outcome_are_named() {
    let dataset = Dataset::in_memory();
    dataset.begin();
    let found = check(&dataset, Check::Footers);
    assert_eq!(found.missing.len(), 2, "{found:?}");
    assert!(found.missing[0].contains("no outcome") && found.missing[1].contains("worker 0 has no manifest"));
}

#[test]
fn a_worker_that_was_killed_did_not_finish() {
    let dataset = Dataset::in_memory();
    dataset.begin();
    let mut roller = dataset.roller(policy());
    let (table, batch) = request_batches(1, 10).remove(0);
    roller.write(table, batch);
    roller.tick(Tick::at(super::fixture::at(1_000)));
    drop(roller);
    let found = check(&dataset, Check::Footers);
    assert!(found.missing.iter().any(|line| line.contains("worker 0 did not finish")), "{found:?}");
    assert_eq!(found.rows[&Table::Requests], 10, "what was committed counts");
}

#[test]
fn lost_samples_and_accounts_that_do_not_add_up_are_named() {
    let dataset = Dataset::in_memory();
    dataset.begin();
    let rows = batches(10);
    let mut roller = dataset.roller(policy());
    rows.iter().for_each(|(table, batch)| roller.write(*table, batch.clone()));
    let mut account: FinalAccount = account(&rows);
    account.samples = SampleAccount { accepted: account.samples.accepted + 1, lost: 3 };
    let end = roller.finish(account);
    dataset.end(&end);
    let found = check(&dataset, Check::Footers);
    assert_eq!(
        found.missing,
        ["worker 0 lost 3 samples because its queue was full", "worker 0 made 140 rows of 141 samples"]
    );
}

#[test]
fn iterations_that_ended_without_a_row_are_named() {
    let dataset = Dataset::in_memory();
    dataset.begin();
    let mut account = FinalAccount::default();
    account.iterations.completed = 2;
    let end = dataset.roller(policy()).finish(account);
    dataset.end(&end);
    let found = check(&dataset, Check::Footers);
    assert_eq!(found.missing, ["worker 0 ended 2 iterations and has rows of 0"]);
}
