//! The thread that writes lines.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::sync::Arc;
use std::thread;

use tokio::sync::oneshot;

use super::queue::{RowQueue, Rows};
use super::row;
use crate::exports::Drops;
use crate::{ExportError, JsonlTarget};

/// 256 KiB at a time: some 500 lines.
const BUFFER_BYTES: usize = 256 << 10;

/// Writes lines until there are no more rows.
#[derive(Debug)]
pub(crate) struct JsonlWriter {
    rows: Option<RowQueue>,
    target: String,
    ended: oneshot::Receiver<Result<(), io::Error>>,
}

impl JsonlWriter {
    /// Opens the target, and begins to wait for rows.
    pub(crate) fn start(target: &JsonlTarget, drops: Arc<Drops>) -> Result<JsonlWriter, ExportError> {
        let stream = open(target)?;
        let (queue, rows) = RowQueue::new(Arc::clone(&drops));
        let (tell, ended) = oneshot::channel();
        let lines = Lines { rows, out: BufWriter::with_capacity(BUFFER_BYTES, stream), drops };
        thread::Builder::new()
            .name("outrider-jsonl".to_owned())
            // Nobody may be left who wants to know.
            .spawn(move || drop(tell.send(lines.write())))
            .map_err(|source| ExportError::Thread { source })?;
        Ok(JsonlWriter { rows: Some(queue), target: target.to_string(), ended })
    }

    /// Where rows go in. There is one such place; when it is gone, the writer ends.
    pub(crate) fn rows(&mut self) -> Option<RowQueue> {
        self.rows.take()
    }

    /// Waits until all lines are written, or until that is given up. Says what went wrong.
    pub(crate) async fn end(mut self, drops: &Drops, give_up: impl Future<Output = ()>) -> Option<String> {
        drop(self.rows.take());
        let target = &self.target;
        let ended = tokio::select! {
            ended = &mut self.ended => ended.unwrap_or_else(|_| Err(io::Error::other("its thread broke"))),
            () = give_up => return Some(format!("not all rows were written to {target}: it was given up")),
        };
        let dropped = drops.all_rows();
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
}

fn open(target: &JsonlTarget) -> Result<Box<dyn Write + Send>, ExportError> {
    Ok(match target {
        JsonlTarget::Stream(stream) => stream.take(),
        JsonlTarget::File(path) => {
            let file = OpenOptions::new().write(true).create(true).truncate(true).open(path);
            Box::new(file.map_err(|source| ExportError::Jsonl { path: path.clone(), source })?)
        }
    })
}

struct Lines {
    rows: Rows,
    out: BufWriter<Box<dyn Write + Send>>,
    drops: Arc<Drops>,
}

impl Lines {
    /// After the first error the rest is only counted: a file with a hole in it would be taken for a whole one.
    fn write(mut self) -> io::Result<()> {
        let mut failed = None;
        while let Some(mut batch) = self.rows.next() {
            loop {
                let (table, rows) = batch;
                if failed.is_none()
                    && let Err(error) = row::write(table, &rows, &mut self.out)
                {
                    tracing::debug!(%error, "rows are no longer written as lines");
                    failed = Some(error);
                }
                if failed.is_some() {
                    self.drops.rows(rows.num_rows());
                }
                match self.rows.next_at_once() {
                    Some(next) => batch = next,
                    None => break,
                }
            }
            // Whoever follows the file sees what there is.
            if failed.is_none() {
                failed = self.out.flush().err();
            }
        }
        let flushed = self.out.flush();
        failed.map_or(flushed, Err)
    }
}
