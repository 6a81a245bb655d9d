//! What a worker that was killed leaves in its write-ahead log, and what becomes of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use arrow::array::RecordBatch;
use outrider_model::Timestamp;
use outrider_storage::{
    Check, Completeness, FinalAccount, RecoveredWorker, RollPolicy, Roller, RollerConfig, StorageError,
    needs_recovery, recover_run, runs_to_recover,
};
use outrider_telemetry::{BatchSink, OpenSecond, Table, Tick};
use proptest::prelude::*;

use super::fixture::{Dataset, RUN, at, batches, clock, policy, request_batches, run_id};

/// A dataset in a folder of its own.
struct Killed {
    folder: tempfile::TempDir,
    dataset: Dataset,
}

impl Killed {
    /// A run in which nothing was written yet.
    fn new() -> Killed {
        let folder = tempfile::tempdir().unwrap();
        let dataset = Dataset::in_folder(folder.path());
        dataset.begin();
        Killed { folder, dataset }
    }

    /// A run that was killed after it had written these batches of 10 requests, with a mark after each.
    fn after_ticks(ticks: i64) -> Killed {
        let killed = Killed::new();
        let mut roller = killed.dataset.roller(policy());
        for (second, (table, batch)) in (0..).zip(request_batches(ticks, 10)) {
            roller.write(table, batch);
            roller.tick(Tick::at(at(second) + Duration::from_millis(500)));
        }
        kill(roller);
        killed
    }

    fn run(&self) -> PathBuf {
        self.folder.path().join("runs").join(RUN)
    }

    fn segment(&self, number: u32) -> PathBuf {
        self.run().join(format!("wal/worker-0000/segment-{number:04}.wal"))
    }

    fn try_recover(&self, is_known_to_be_killed: bool) -> Result<Vec<RecoveredWorker>, StorageError> {
        let run = run_id();
        let recovered = recover_run(&self.dataset.store, &run, is_known_to_be_killed, at(100));
        self.dataset.runtime.block_on(recovered).map(|recovered| recovered.workers)
    }

    fn recover(&self) -> Vec<RecoveredWorker> {
        self.try_recover(false).unwrap()
    }

    fn completeness(&self) -> Completeness {
        self.dataset.runtime.block_on(self.dataset.open().completeness(Check::Digests))
    }
}

/// As the system does it: nothing that is still in memory is written.
fn kill(roller: Roller) {
    std::mem::forget(roller);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn rows_of(recovered: &[RecoveredWorker], table: Table) -> u64 {
    recovered.iter().filter_map(|worker| worker.recovery.rows.get(&table)).sum()
}

#[test]
fn what_was_written_until_the_last_mark_comes_back_once() {
    let killed = Killed::after_ticks(3);
    assert_eq!(killed.dataset.rows(Table::Requests), 0, "no part is due yet");
    assert!(needs_recovery(&killed.dataset.store, &run_id()));

    let recovered = killed.recover();
    assert_eq!(rows_of(&recovered, Table::Requests), 30);
    assert_eq!(recovered[0].recovery.until, at(2) + Duration::from_millis(500));
    assert_eq!(recovered[0].recovery.damage, None);
    assert_eq!(killed.dataset.rows(Table::Requests), 30);
    let found = killed.completeness();
    assert_eq!(found.rows[&Table::Requests], 30);
    let until = "worker 0 did not finish: its rows after 2026-02-02T02:40:02.500000000Z are lost";
    assert_eq!(found.missing, ["the run has no outcome: it was killed, or goes on elsewhere", until]);

    assert!(!needs_recovery(&killed.dataset.store, &run_id()));
    assert_eq!(killed.recover(), []);
    assert_eq!(killed.dataset.rows(Table::Requests), 30);
    assert!(!killed.run().join("wal").exists());
}

#[test]
fn rows_after_the_last_mark_do_not_count() {
    let killed = Killed::new();
    let mut roller = killed.dataset.roller(policy());
    let mut lots = request_batches(2, 10).into_iter();
    let (table, batch) = lots.next().unwrap();
    roller.write(table, batch);
    roller.tick(Tick::at(at(1)));
    let (table, batch) = lots.next().unwrap();
    roller.write(table, batch);
    // Dropped and not forgotten: what was written since is in the file too.
    drop(roller);
    assert_eq!(rows_of(&killed.recover(), Table::Requests), 10);
}

/// A tick at which a second is open, with these windows if they are new.
fn tick(second: i64, changed: Option<&RecordBatch>) -> Tick {
    let open = OpenSecond { started_at: at(0), changed: changed.cloned() };
    Tick { open_seconds: vec![open], ..Tick::at(at(second)) }
}

fn windows() -> Vec<RecordBatch> {
    let of_windows = |(table, batch)| (table == Table::Windows).then_some(batch);
    batches(5).into_iter().filter_map(of_windows).collect()
}

#[test]
fn windows_that_were_open_come_back_as_they_were_at_the_last_mark() {
    let killed = Killed::new();
    let mut roller = killed.dataset.roller(policy());
    let windows = windows();
    roller.tick(tick(1, Some(&windows[0].slice(0, 1))));
    roller.tick(tick(2, Some(&windows[1])));
    // Nothing was counted since.
    roller.tick(tick(3, None));
    kill(roller);
    let recovered = killed.recover();
    assert_eq!(rows_of(&recovered, Table::Windows), windows[1].num_rows() as u64);
    assert_eq!(killed.completeness().missing.len(), 2, "{:?}", killed.completeness());
}

#[test]
fn windows_that_were_closed_come_back_as_rows_alone() {
    let killed = Killed::new();
    let mut roller = killed.dataset.roller(policy());
    let windows = windows().remove(0);
    roller.tick(tick(1, Some(&windows)));
    roller.write(Table::Windows, windows.clone());
    roller.tick(Tick::at(at(4)));
    kill(roller);
    assert_eq!(rows_of(&killed.recover(), Table::Windows), windows.num_rows() as u64);
    assert_eq!(killed.dataset.rows(Table::Windows), windows.num_rows());
}

#[test]
fn windows_that_are_open_when_parts_are_cut_are_in_the_next_segment() {
    let killed = Killed::new();
    let mut roller = killed.dataset.roller(RollPolicy { part_age: Duration::from_secs(5), ..policy() });
    let windows = windows().remove(0);
    let (table, batch) = request_batches(1, 10).remove(0);
    roller.write(table, batch);
    roller.tick(tick(1, Some(&windows)));
    roller.tick(tick(10, None));
    assert!(!killed.segment(0).exists() && killed.segment(1).exists());
    kill(roller);
    let recovered = killed.recover();
    assert_eq!(rows_of(&recovered, Table::Requests), 0, "they are in a part");
    assert_eq!(rows_of(&recovered, Table::Windows), windows.num_rows() as u64);
    assert_eq!(killed.dataset.rows(Table::Requests), 10);
}

#[test]
fn parts_that_no_manifest_names_yet_are_not_counted_twice() {
    let killed = Killed::after_ticks(2);
    let log = killed.folder.path().join("log");
    copy(&killed.run().join("wal"), &log);
    killed.recover();
    // As if it had been killed after its parts were put and before it committed; and within a put.
    copy(&log, &killed.run().join("wal"));
    fs::remove_dir_all(killed.run().join("manifest")).unwrap();
    let parts = killed.run().join("data/requests/worker=0");
    fs::write(parts.join("part-000001.parquet#1"), "half").unwrap();
    assert!(parts.join("part-000000.parquet").exists());

    assert_eq!(rows_of(&killed.recover(), Table::Requests), 20);
    assert_eq!(killed.dataset.rows(Table::Requests), 20);
    let files: Vec<_> = fs::read_dir(parts).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, ["part-000000.parquet"]);
}

#[test]
fn segments_whose_rows_are_in_parts_are_only_removed() {
    let killed = Killed::after_ticks(2);
    let log = killed.folder.path().join("log");
    copy(&killed.run().join("wal"), &log);
    killed.recover();
    // As if it had been killed after it committed and before it removed the log.
    copy(&log, &killed.run().join("wal"));
    let before = killed.dataset.open().manifests().next().unwrap().clone();
    assert_eq!(killed.recover(), []);
    assert_eq!(
        killed.dataset.open().manifests().next().unwrap(),
        &before,
        "what was recovered when stays true"
    );
    assert_eq!(killed.dataset.rows(Table::Requests), 20);
    assert!(!killed.run().join("wal").exists());
}

#[test]
fn a_run_that_finished_leaves_no_log_and_one_that_could_not_put_leaves_all_its_rows() {
    let killed = Killed::new();
    let mut roller = killed.dataset.roller(policy());
    let (table, batch) = request_batches(1, 10).remove(0);
    roller.write(table, batch);
    let windows = windows().remove(0);
    roller.tick(tick(1, Some(&windows)));
    roller.write(Table::Windows, windows.clone());
    // A folder where the part would be: the put fails, as on a disk that is full for a while.
    let parts = killed.run().join("data/requests");
    fs::create_dir_all(killed.run().join("data")).unwrap();
    fs::write(&parts, "in the way").unwrap();
    let end = roller.finish(FinalAccount::default());
    assert!(end.failure.is_some() && !end.manifest.finished);
    assert_eq!(end.manifest.missing_rows(), 10 + windows.num_rows() as u64);
    fs::remove_file(parts).unwrap();

    let recovered = killed.recover();
    assert_eq!(rows_of(&recovered, Table::Requests), 10);
    assert_eq!(rows_of(&recovered, Table::Windows), windows.num_rows() as u64);
    assert!(recovered[0].is_whole);
    let found = killed.completeness();
    let balance = "worker 0 made 10 rows of 0 samples";
    assert_eq!(found.missing, ["the run has no outcome: it was killed, or goes on elsewhere", balance]);
}

#[test]
fn whoever_cannot_see_that_the_run_was_killed_leaves_it_alone() {
    let killed = Killed::new();
    let config = RollerConfig { run_id: run_id(), worker: 0, policy: policy(), marked: false };
    let runtime = killed.dataset.runtime.handle().clone();
    let mut roller = Roller::new(killed.dataset.store.clone(), config, clock(), runtime).unwrap();
    let (table, batch) = request_batches(1, 10).remove(0);
    roller.write(table, batch);
    roller.tick(Tick::at(at(1)));
    kill(roller);
    let error = killed.try_recover(false).unwrap_err();
    assert!(matches!(error, StorageError::Unmarked { .. }), "{error}");
    assert_eq!(rows_of(&killed.try_recover(true).unwrap(), Table::Requests), 10);
}

#[test]
fn a_log_of_a_later_version_is_left_to_whoever_can_read_it() {
    let killed = Killed::after_ticks(1);
    let log = fs::read(killed.segment(0)).unwrap();
    // A head of the same length, with its checksum.
    let length = u32::from_le_bytes(log[..4].try_into().unwrap()) as usize;
    let body =
        String::from_utf8(log[9..9 + length].to_vec()).unwrap().replace("\"format\":1", "\"format\":2");
    let checked = [&[0], body.as_bytes()].concat();
    let mut later = log.clone();
    later[4..8].copy_from_slice(&crc32fast::hash(&checked).to_le_bytes());
    later[8..9 + length].copy_from_slice(&checked);
    fs::write(killed.segment(0), &later).unwrap();
    let error = killed.try_recover(false).unwrap_err();
    assert!(matches!(error, StorageError::NewerFormat { found: 2, .. }), "{error}");
    fs::write(killed.segment(0), log).unwrap();
    assert_eq!(rows_of(&killed.recover(), Table::Requests), 10);
}

#[test]
fn two_who_recover_the_same_run_count_its_rows_once() {
    let killed = Killed::after_ticks(2);
    let (store, run) = (&killed.dataset.store, run_id());
    let both = async {
        tokio::join!(recover_run(store, &run, false, at(100)), recover_run(store, &run, false, at(100)))
    };
    let (one, other) = killed.dataset.runtime.block_on(both);
    let rows =
        rows_of(&one.unwrap().workers, Table::Requests) + rows_of(&other.unwrap().workers, Table::Requests);
    assert_eq!((rows, killed.dataset.rows(Table::Requests)), (20, 20));
}

#[test]
fn a_second_worker_of_the_same_number_is_refused_at_its_first_row() {
    let killed = Killed::after_ticks(1);
    let mut second = killed.dataset.roller(policy());
    let failure = second.failure();
    let (table, batch) = request_batches(1, 7).remove(0);
    second.write(table, batch);
    let error = failure.borrow().clone().unwrap();
    assert!(matches!(*error, StorageError::Exists { .. }), "{error}");
    second.finish(FinalAccount::default());
    assert_eq!(rows_of(&killed.recover(), Table::Requests), 10);
    assert_eq!(killed.dataset.rows(Table::Requests), 10);
}

#[test]
fn a_run_that_was_moved_is_recovered_where_it_is() {
    let killed = Killed::after_ticks(2);
    let elsewhere = Dataset::in_folder(&killed.folder.path().join("elsewhere"));
    copy(&killed.run(), &killed.folder.path().join("elsewhere/runs").join(RUN));
    let runs = elsewhere.runtime.block_on(runs_to_recover(&elsewhere.store)).unwrap();
    assert_eq!(runs, [run_id()]);
    elsewhere.runtime.block_on(recover_run(&elsewhere.store, &run_id(), false, at(100))).unwrap();
    assert_eq!(elsewhere.rows(Table::Requests), 20);
}

#[test]
fn a_segment_that_was_not_copied_is_said() {
    let killed = Killed::new();
    let mut roller = killed.dataset.roller(policy());
    let (table, batch) = request_batches(1, 10).remove(0);
    roller.write(table, batch);
    roller.tick(Tick::at(at(1)));
    kill(roller);
    fs::rename(killed.segment(0), killed.segment(1)).unwrap();
    let recovered = killed.recover();
    assert_eq!(rows_of(&recovered, Table::Requests), 0);
    assert_eq!(recovered[0].recovery.damage.as_deref(), Some("segment-0000.wal is missing"));
    assert!(killed.run().join("wal/worker-0000/segment-0001.wal.damaged").exists(), "nothing is thrown away");
    assert!(!needs_recovery(&killed.dataset.store, &run_id()));
}

/// The ends of the ticks of [`Killed::after_ticks`] as the recovered rows tell them.
fn until(recovered: &[RecoveredWorker]) -> Option<Timestamp> {
    recovered.first().map(|worker| worker.recovery.until)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_log_that_was_cut_anywhere_gives_the_rows_of_whole_ticks(share in 0.0..1.0f64) {
        let killed = Killed::after_ticks(4);
        let log = fs::read(killed.segment(0)).unwrap();
        let kept = (log.len() as f64 * share) as usize;
        fs::write(killed.segment(0), &log[..kept]).unwrap();
        let recovered = killed.recover();
        let rows = rows_of(&recovered, Table::Requests);
        prop_assert_eq!(rows % 10, 0);
        prop_assert_eq!(killed.dataset.rows(Table::Requests) as u64, rows);
        if rows > 0 {
            let last = at(rows as i64 / 10 - 1) + Duration::from_millis(500);
            prop_assert_eq!(until(&recovered), Some(last));
        }
        prop_assert!(!killed.completeness().complete);
    }

    #[test]
    fn a_bit_that_flipped_anywhere_ends_the_log_there_and_is_said(share in 0.0..1.0f64, bit in 0u8..8) {
        let killed = Killed::after_ticks(4);
        let mut log = fs::read(killed.segment(0)).unwrap();
        let place = (log.len() as f64 * share) as usize;
        log[place] ^= 1 << bit;
        fs::write(killed.segment(0), &log).unwrap();
        let recovered = killed.recover();
        let rows = rows_of(&recovered, Table::Requests);
        prop_assert_eq!(rows % 10, 0);
        prop_assert!(rows < 40, "a mark behind the damage counts");
        prop_assert_eq!(killed.dataset.rows(Table::Requests) as u64, rows);
        let found = killed.completeness();
        prop_assert!(found.missing.iter().any(|line| line.contains("did not finish")), "{:?}", found);
    }
}
