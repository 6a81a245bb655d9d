//! The thread that writes lines.

use std::io::{self, BufWriter, ErrorKind, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use arrow::array::RecordBatch;
use outrider_telemetry::Table;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::open::Opened;
use super::queue::{Progress, RowQueue, Rows};
use super::row;
use crate::ExportError;
use crate::exports::{Drops, FINAL_TIME};

/// 256 KiB at a time: some 500 lines.
const BUFFER_BYTES: usize = 256 << 10;

/// Writes lines until there are no more rows.
#[derive(Debug)]
pub(crate) struct JsonlWriter {
    /// Given away once.
    begin: Option<Begin>,
    target: String,
    progress: Arc<Progress>,
    ended: oneshot::Receiver<io::Result<()>>,
}

/// Where rows go in, what they are to be written to, and who waits for that.
#[derive(Debug)]
struct Begin {
    queue: RowQueue,
    opened: Opened,
    hand_over: SyncSender<Opened>,
}

impl JsonlWriter {
    /// Begins to wait for rows. What is opened is as it was until there may be any.
    pub(crate) fn start(
        opened: Opened,
        target: String,
        drops: Arc<Drops>,
    ) -> Result<JsonlWriter, ExportError> {
        let progress: Arc<Progress> = Arc::default();
        let (queue, rows) = RowQueue::new(Arc::clone(&drops), Arc::clone(&progress));
        let (hand_over, handed_over) = sync_channel(1);
        let (tell, ended) = oneshot::channel();
        let lines = Lines { rows, progress: Arc::clone(&progress), drops };
        thread::Builder::new()
            .name("outrider-jsonl".to_owned())
            // Nobody may be left who wants to know.
            .spawn(move || drop(tell.send(lines.begin(&handed_over))))
            .map_err(|source| ExportError::Thread { source })?;
        let begin = Some(Begin { queue, opened, hand_over });
        Ok(JsonlWriter { begin, target, progress, ended })
    }

    /// Where rows go in. There is one such place; when it is gone, the writer ends.
    pub(crate) fn rows(&mut self) -> Option<RowQueue> {
        let Begin { queue, opened, hand_over } = self.begin.take()?;
        // There is room for the one, and the thread waits for it.
        hand_over.send(opened).ok()?;
        Some(queue)
    }

    /// Waits until all lines are written: `until` then at most, or until that is given up. Says what went wrong.
    pub(crate) async fn end(
        mut self,
        drops: &Drops,
        until: Instant,
        give_up: impl Future<Output = ()>,
    ) -> Option<String> {
        drop(self.begin.take());
        let ended = tokio::select! {
            biased;
            ended = &mut self.ended => ended.unwrap_or_else(|_| Err(io::Error::other("its thread broke"))),
            () = tokio::time::sleep_until(until) => {
                let seconds = FINAL_TIME.as_secs();
                return Some(self.abandon(drops, &format!("they were not taken within {seconds} s of the run's end")));
            }
            () = give_up => return Some(self.abandon(drops, "it was given up")),
        };
        let (dropped, target) = (drops.all_rows(), &self.target);
        match ended {
            // Whoever read has what it wanted.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => None,
            Err(error) => Some(format!("{dropped} rows could not be written to {target}: {error}")),
            Ok(()) if dropped > 0 => Some(format!(
                "{dropped} rows were not written to {target}, which was slower than they came; the dataset has them"
            )),
            Ok(()) => None,
        }
    }

    /// Leaves the thread to itself: nothing ends a write that nobody takes. What is left is dropped.
    fn abandon(&self, drops: &Drops, why: &str) -> String {
        drops.rows(self.progress.abandon());
        let (dropped, target) = (drops.all_rows(), &self.target);
        format!("{dropped} rows were not written to {target}: {why}; the dataset has them")
    }
}

struct Lines {
    rows: Rows,
    progress: Arc<Progress>,
    drops: Arc<Drops>,
}

impl Lines {
    /// Waits for what is to be written to. A run that was not to be leaves it as it is.
    fn begin(self, opened: &Receiver<Opened>) -> io::Result<()> {
        let Ok(opened) = opened.recv() else { return Ok(()) };
        match opened.begin() {
            Ok(stream) => self.write(BufWriter::with_capacity(BUFFER_BYTES, stream)),
            Err(error) => {
                while let Some((_, rows)) = self.rows.next() {
                    self.lose(rows.num_rows());
                }
                Err(error)
            }
        }
    }

    /// After the first error the rest is only counted: a file with a hole in it would be taken for a whole one.
    fn write(&self, mut out: impl Write) -> io::Result<()> {
        let mut failed = None;
        while let Some(first) = self.rows.next() {
            if let Some(error) = self.write_all_of(first, &mut out, failed.is_some()).err() {
                tracing::debug!(%error, "rows are no longer written as lines");
                failed.get_or_insert(error);
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Writes a batch and those that wait behind it, and lets whoever follows the file see them.
    fn write_all_of(
        &self,
        first: (Table, RecordBatch),
        out: &mut impl Write,
        has_failed: bool,
    ) -> io::Result<()> {
        let (mut next, mut written, mut result) = (Some(first), 0, Ok(()));
        while let Some((table, rows)) = next {
            if self.progress.is_abandoned() {
                return result;
            }
            if !has_failed && result.is_ok() {
                result = row::write(table, &rows, out);
            }
            match has_failed || result.is_err() {
                true => self.lose(rows.num_rows()),
                false => written += rows.num_rows(),
            }
            next = self.rows.next_at_once();
        }
        if !has_failed && result.is_ok() {
            result = out.flush();
        }
        match &result {
            // Given up just now: they were counted then, and arrived all the same.
            Ok(()) => _ = self.progress.done(written),
            Err(_) => self.lose(written),
        }
        result
    }

    fn lose(&self, rows: usize) {
        if self.progress.done(rows) {
            self.drops.rows(rows);
        }
    }
}

#[cfg(test)]
mod tests;
