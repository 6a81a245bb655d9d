use std::sync::mpsc;

use outrider_model::{RunClock, Sample};
use outrider_telemetry::{BatchBuilders, BatchOrigin, BatchSink, Tick};

use super::*;
use crate::jsonl::Tee;
use crate::test_run::{drops, identity, step};
use crate::{JsonlTarget, Stream};

/// Takes nothing until the other end is gone.
struct Stalled {
    entered: mpsc::Sender<()>,
    held: mpsc::Receiver<()>,
}

impl Write for Stalled {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        self.entered.send(()).ok();
        let gone = self.held.recv();
        Err(io::Error::other(format!("{gone:?}")))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Where rows go besides.
struct Nowhere;

impl BatchSink for Nowhere {
    fn write(&mut self, _: Table, _: RecordBatch) {}

    fn tick(&mut self, _: Tick) {}
}

fn batch(rows: usize) -> RecordBatch {
    let mut builders = BatchBuilders::new(BatchOrigin { run_id: identity().run_id, region: None });
    let row: Sample = step("pay", true);
    for _ in 0..rows {
        builders.append(&row);
    }
    builders.finish(Table::Steps).unwrap()
}

fn writer(stream: impl Write + Send + 'static, drops: &Arc<Drops>) -> JsonlWriter {
    let opened = Opened::new(&JsonlTarget::Stream(Stream::new(stream))).unwrap();
    JsonlWriter::start(opened, "a pipe".to_owned(), Arc::clone(drops)).unwrap()
}

/// The writer of a stalled stream with ten rows, and what stalls it.
fn stalled(drops: &Arc<Drops>) -> (JsonlWriter, mpsc::Sender<()>) {
    let (writer, hold, _) = stalled_and_told(drops);
    (writer, hold)
}

/// The same, with what tells that the stream is written to.
fn stalled_and_told(drops: &Arc<Drops>) -> (JsonlWriter, mpsc::Sender<()>, mpsc::Receiver<()>) {
    let (hold, held) = mpsc::channel();
    let (entered, has_entered) = mpsc::channel();
    let mut writer = writer(Stalled { entered, held }, drops);
    let mut tee = Tee::new(Nowhere, writer.rows());
    tee.write(Table::Steps, batch(3));
    tee.write(Table::Steps, batch(7));
    (writer, hold, has_entered)
}

#[tokio::test(start_paused = true)]
async fn whoever_takes_no_line_is_waited_for_in_bounds_and_rows_are_counted() {
    let (drops, clock) = (drops(), RunClock::start_now());
    let (writer, hold) = stalled(&drops);
    let said = writer.end(&drops, clock.instant() + FINAL_TIME, std::future::pending()).await.unwrap();
    let sentence = "10 rows were not written to a pipe: they were not taken within 10 s of the run's end; \
                    the dataset has them";
    assert_eq!((said.as_str(), drops.all_rows()), (sentence, 10));
    assert_eq!(clock.elapsed(), FINAL_TIME);
    drop(hold);
}

#[tokio::test(start_paused = true)]
async fn whoever_gives_up_does_not_wait() {
    let (drops, clock) = (drops(), RunClock::start_now());
    let (writer, hold) = stalled(&drops);
    let said = writer.end(&drops, clock.instant() + FINAL_TIME, std::future::ready(())).await.unwrap();
    assert_eq!(said, "10 rows were not written to a pipe: it was given up; the dataset has them");
    assert!(clock.elapsed() < FINAL_TIME);
    drop(hold);
}

/// The write that nobody took fails after all, when the rows have been counted.
#[tokio::test(start_paused = true)]
async fn rows_that_were_given_up_are_counted_once() {
    let (drops, clock) = (drops(), RunClock::start_now());
    let (writer, hold, has_entered) = stalled_and_told(&drops);
    has_entered.recv().unwrap();
    let thread_ended = Arc::clone(&writer.progress);
    writer.end(&drops, clock.instant() + FINAL_TIME, std::future::ready(())).await.unwrap();
    drop(hold);
    // The thread holds the other one.
    for _ in 0..60_000 {
        if Arc::strong_count(&thread_ended) == 1 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    assert_eq!((Arc::strong_count(&thread_ended), drops.all_rows()), (1, 10));
}

#[tokio::test]
async fn a_run_that_was_not_to_be_writes_nothing() {
    let (hold, held) = mpsc::channel();
    let writer = writer(Stalled { entered: mpsc::channel().0, held }, &drops());
    let until = RunClock::start_now().instant() + FINAL_TIME;
    assert_eq!(writer.end(&drops(), until, std::future::pending()).await, None);
    drop(hold);
}
