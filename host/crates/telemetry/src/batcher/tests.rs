use std::collections::BTreeMap;

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use outrider_model::{IterationStatus, SampleSink};

use super::*;
use crate::test_samples::{self, iteration, origin_of_run, request_at, second};
use crate::{OTHER_NAME, QueueStats, SampleQueue, WindowKind, windows_from_batch};

#[derive(Debug, Default)]
struct Kept {
    batches: BTreeMap<Table, Vec<RecordBatch>>,
    ticks: usize,
    open_seconds: Vec<OpenSecond>,
}

impl Kept {
    fn rows(&self, table: Table) -> usize {
        self.batches.get(&table).into_iter().flatten().map(RecordBatch::num_rows).sum()
    }
}

impl BatchSink for Kept {
    fn write(&mut self, table: Table, batch: RecordBatch) {
        assert_eq!(batch.schema(), table.schema());
        assert!(batch.num_rows() > 0);
        self.batches.entry(table).or_default().push(batch);
    }

    fn tick(&mut self, tick: Tick) {
        self.ticks += 1;
        self.open_seconds = tick.open_seconds;
    }
}

fn recorder() -> Recorder {
    Recorder::new(origin_of_run(), DEFAULT_NAME_LIMIT)
}

#[test]
fn every_accepted_sample_becomes_exactly_one_row() {
    let (queue, receiver) = SampleQueue::new(1 << 16);
    let batcher = Batcher::new(
        BatcherConfig::new(origin_of_run()),
        receiver,
        Kept::default(),
        RunClock::starting_at(second(0)),
    );
    let thread = batcher.spawn().unwrap();
    let recorders: Vec<_> = (0..4)
        .map(|_| {
            let queue = queue.clone();
            thread::spawn(move || {
                for _ in 0..2_500 {
                    test_samples::one_of_each().into_iter().for_each(|sample| queue.record(sample));
                }
            })
        })
        .collect();
    recorders.into_iter().for_each(|recorder| recorder.join().unwrap());
    queue.close();

    let end = thread.join().unwrap();
    let QueueStats { accepted, lost, queued } = queue.stats();
    assert_eq!((accepted + lost, queued), (4 * 2_500 * 7, 0));
    let sampled: u64 =
        Table::ALL.into_iter().filter(|table| table.is_sampled()).map(|t| end.stats.rows[t as usize]).sum();
    assert_eq!(sampled, accepted);
    for table in Table::ALL {
        assert_eq!(end.sink.rows(table) as u64, end.stats.rows[table as usize], "{table}");
    }
}

#[test]
fn full_batches_are_handed_over_at_once_and_the_rest_at_the_tick() {
    let (mut recorder, mut sink) = (recorder(), Kept::default());
    for _ in 0..crate::DEFAULT_BATCH_ROWS + 1 {
        recorder.record(request_at("/", second(0), Duration::from_millis(1)), &mut sink);
    }
    assert_eq!(sink.rows(Table::Requests), crate::DEFAULT_BATCH_ROWS);
    recorder.tick(second(1), 0, &mut sink);
    assert_eq!(sink.rows(Table::Requests), crate::DEFAULT_BATCH_ROWS + 1);
    assert_eq!((sink.ticks, recorder.stats().rows[Table::Requests as usize]), (1, 8_193));
}

#[test]
fn long_texts_end_a_batch_before_its_number_of_rows_does() {
    let (mut recorder, mut sink) = (recorder(), Kept::default());
    for _ in 0..5 {
        recorder.record(test_samples::log(&"x".repeat(1 << 20)), &mut sink);
    }
    assert_eq!(sink.rows(Table::Logs), 4);
}

#[test]
fn a_window_is_written_once_its_second_had_its_grace() {
    let (mut recorder, mut sink) = (recorder(), Kept::default());
    recorder.record(request_at("/", second(0), Duration::from_millis(1)), &mut sink);
    recorder.tick(second(2), 0, &mut sink);
    assert_eq!(sink.rows(Table::Windows), 0);
    recorder.tick(second(3), 0, &mut sink);
    assert_eq!(sink.rows(Table::Windows), 1);
    recorder.record(request_at("/", second(0), Duration::from_millis(1)), &mut sink);
    recorder.flush_all(second(3), &mut sink);
    assert_eq!(sink.rows(Table::Windows), 2, "a late sample is a second row of its second");
}

#[test]
fn a_tick_shows_the_windows_that_are_not_written_yet_and_leaves_them_open() {
    let (mut recorder, mut sink) = (recorder(), Kept::default());
    recorder.record(request_at("/a", second(0), Duration::from_millis(1)), &mut sink);
    recorder.record(request_at("/b", second(2), Duration::from_millis(1)), &mut sink);
    let open = |sink: &Kept| -> Vec<String> {
        let seconds = sink.open_seconds.iter().map(|second| match &second.changed {
            None => "as before".to_owned(),
            Some(rows) => {
                let windows = windows_from_batch(rows).unwrap();
                assert!(windows.iter().all(|window| window.started_at == second.started_at));
                let words =
                    windows.iter().map(|window| format!("{} {}", window.key.name, window.totals.count));
                words.collect::<Vec<_>>().join(", ")
            }
        });
        seconds.collect()
    };
    recorder.tick(second(2), 0, &mut sink);
    assert_eq!((open(&sink), sink.rows(Table::Windows)), (vec!["/a 1".to_owned(), "/b 1".to_owned()], 0));
    recorder.record(request_at("/b", second(2), Duration::from_millis(1)), &mut sink);
    recorder.tick(second(3), 0, &mut sink);
    assert_eq!((open(&sink), sink.rows(Table::Windows)), (vec!["/b 2".to_owned()], 1));
    recorder.tick(second(4), 0, &mut sink);
    assert_eq!((open(&sink), sink.rows(Table::Windows)), (vec!["as before".to_owned()], 1));
    recorder.tick(second(9), 0, &mut sink);
    assert_eq!((open(&sink), sink.rows(Table::Windows)), (vec![], 2));
}

#[test]
fn names_past_the_limit_are_other_in_rows_and_in_windows() {
    let (mut recorder, mut sink) = (Recorder::new(origin_of_run(), 1), Kept::default());
    for name in ["/a", "/b", "/c"] {
        recorder.record(request_at(name, second(0), Duration::from_millis(1)), &mut sink);
    }
    recorder.flush_all(second(1), &mut sink);
    let rows = &sink.batches[&Table::Requests][0];
    let names = rows.column_by_name("name").unwrap();
    let names = names.as_dictionary::<arrow::datatypes::Int32Type>();
    let names: Vec<_> =
        names.downcast_dict::<arrow::array::StringArray>().unwrap().into_iter().flatten().collect();
    assert_eq!(names, ["/a", OTHER_NAME, OTHER_NAME]);
    let windows = windows_from_batch(&sink.batches[&Table::Windows][0]).unwrap();
    let counts: Vec<_> = windows.iter().map(|w| (&*w.key.name, w.totals.count)).collect();
    assert_eq!(counts, [(OTHER_NAME, 2), ("/a", 1)]);
    assert_eq!(recorder.stats().replaced_names, [(crate::NameKind::Request, 2)]);
}

#[test]
fn iterations_are_tallied_and_a_dropped_one_has_no_duration() {
    let (mut recorder, mut sink) = (recorder(), Kept::default());
    for status in IterationStatus::ALL {
        recorder.record(iteration(status, 1), &mut sink);
    }
    recorder.flush_all(second(1), &mut sink);
    let tally = IterationTally { completed: 1, failed: 1, interrupted: 1, dropped: 1 };
    assert_eq!(recorder.stats().iterations, tally);
    let rows = &sink.batches[&Table::Iterations][0];
    let durations = rows.column_by_name("duration_ns").unwrap().as_primitive::<Int64Type>();
    assert_eq!(durations.iter().filter(Option::is_none).count(), 1);
    let windows = windows_from_batch(&sink.batches[&Table::Windows][0]).unwrap();
    let iterations = windows.iter().filter(|window| window.key.kind == WindowKind::Iteration);
    let mut totals = crate::WindowTotals::default();
    iterations.for_each(|window| totals.merge(&window.totals));
    assert_eq!((totals.count, totals.failed, totals.interrupted, totals.dropped), (2, 1, 1, 1));
    assert_eq!(totals.sketch.unwrap().count(), 2);
}

#[derive(Debug)]
struct Seen(std::sync::mpsc::Sender<String>);

impl SampleTap for Seen {
    fn see(&mut self, sample: &outrider_model::Sample) {
        let outrider_model::Sample::Request(row) = sample else { return };
        self.0.send(row.name.to_string()).unwrap();
    }
}

#[test]
fn a_tap_sees_the_names_that_rows_have() {
    let (seen, names) = std::sync::mpsc::channel();
    let mut recorder = Recorder::new(origin_of_run(), 1);
    recorder.tap(Some(Box::new(Seen(seen))));
    for name in ["/a", "/b", "/a"] {
        recorder.record(test_samples::request(name, 1), &mut Kept::default());
    }
    drop(recorder);
    assert_eq!(names.iter().collect::<Vec<_>>(), ["/a", OTHER_NAME, "/a"]);
}
