//! The log while it is written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use outrider_model::{RunId, Timestamp};
use outrider_telemetry::{SCHEMA_VERSION, Table, Tick};

use super::frame::{FrameBuffer, FrameKind};
use super::{Mark, SYNC_EVERY, SegmentHead, WAL_VERSION, segment_name};
use crate::StorageError;
use crate::store::sync_folder;

/// Writes one worker's log.
#[derive(Debug)]
pub(crate) struct WalWriter {
    folder: PathBuf,
    run_id: RunId,
    worker: u32,
    marked: bool,
    /// The number of the segment that is open, or of the next one.
    segment: u32,
    open: Option<Segment>,
    buffer: FrameBuffer,
    synced_at: Option<Timestamp>,
    /// Whether something could not be written: then nothing is written any more, and what there is counts.
    is_broken: bool,
}

#[derive(Debug)]
struct Segment {
    path: PathBuf,
    file: BufWriter<File>,
}

impl WalWriter {
    /// A log that has no segment yet.
    pub(crate) fn new(folder: PathBuf, run_id: RunId, worker: u32, marked: bool) -> WalWriter {
        let buffer = FrameBuffer::default();
        WalWriter {
            folder,
            run_id,
            worker,
            marked,
            segment: 0,
            open: None,
            buffer,
            synced_at: None,
            is_broken: false,
        }
    }

    /// Appends rows. They count with the next mark.
    pub(crate) fn append(
        &mut self,
        table: Table,
        batch: &RecordBatch,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        if self.is_broken {
            return Ok(());
        }
        self.open(now)?;
        let frame = self.buffer.rows(table, batch);
        write(&mut self.open, frame)
    }

    /// Sets a mark: what was appended until now counts, whatever becomes of this process.
    pub(crate) fn mark(&mut self, tick: &Tick, rows: Vec<(Table, u64)>) -> Result<(), StorageError> {
        // A worker that does nothing needs no log.
        if self.is_broken || self.open.is_none() && tick.open_windows.is_none() {
            return Ok(());
        }
        self.open(tick.now)?;
        if let Some(windows) = &tick.open_windows {
            let frame = self.buffer.open_windows(windows);
            write(&mut self.open, frame)?;
        }
        let mark = Mark { at: tick.now, samples_lost: tick.samples_lost, rows };
        write(&mut self.open, Ok(self.buffer.json(FrameKind::Mark, &mark)))?;
        self.flush(tick.now)
    }

    /// The same log, to which nothing is written any more.
    pub(crate) fn broken(self) -> WalWriter {
        WalWriter { is_broken: true, ..self }
    }

    /// Ends the segment, and says which one is next.
    pub(crate) fn cut(&mut self) -> u32 {
        if self.open.take().is_some() {
            self.segment += 1;
        }
        self.segment
    }

    /// Removes the segments before the one that is next. Those that stay are removed by a later call or by recovery.
    pub(crate) fn remove_cut(&mut self) {
        for number in (0..self.segment).rev() {
            if fs::remove_file(self.folder.join(segment_name(number))).is_err() {
                break;
            }
        }
    }

    /// Removes the log: everything is in parts, and the manifest says so.
    pub(crate) fn remove(mut self) {
        self.cut();
        self.remove_cut();
        // Fails where another worker still has its log, or this one never had any.
        let removed = fs::remove_dir(&self.folder)
            .and_then(|()| fs::remove_dir(self.folder.parent().unwrap_or(&self.folder)));
        if let Err(error) = removed {
            tracing::debug!(%error, "the folder of the write-ahead log stays");
        }
    }

    fn open(&mut self, now: Timestamp) -> Result<(), StorageError> {
        if self.open.is_some() {
            return Ok(());
        }
        let path = self.folder.join(segment_name(self.segment));
        let file = create(&self.folder, &path).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => StorageError::Exists { path: path.display().to_string() },
            _ => StorageError::Log { path: path.display().to_string(), source },
        })?;
        let head = SegmentHead {
            format: WAL_VERSION,
            run_id: self.run_id.clone(),
            worker: self.worker,
            segment: self.segment,
            schema_version: SCHEMA_VERSION,
            marked: self.marked,
            began_at: now,
        };
        self.open = Some(Segment { path, file: BufWriter::new(file) });
        self.synced_at.get_or_insert(now);
        write(&mut self.open, Ok(self.buffer.json(FrameKind::Head, &head)))
    }

    fn flush(&mut self, now: Timestamp) -> Result<(), StorageError> {
        let Some(Segment { path, file }) = &mut self.open else { return Ok(()) };
        let is_due = self.synced_at.is_none_or(|synced_at| now.since(synced_at) >= SYNC_EVERY);
        let flushed =
            file.flush().and_then(|()| if is_due { sync(file.get_ref(), &self.folder) } else { Ok(()) });
        if is_due {
            self.synced_at = Some(now);
        }
        flushed.map_err(|source| StorageError::Log { path: path.display().to_string(), source })
    }
}

fn write(
    open: &mut Option<Segment>,
    frame: Result<&[u8], arrow::error::ArrowError>,
) -> Result<(), StorageError> {
    let Some(Segment { path, file }) = open else { return Ok(()) };
    let written = frame.map_err(io::Error::other).and_then(|frame| file.write_all(frame));
    written.map_err(|source| StorageError::Log { path: path.display().to_string(), source })
}

fn create(folder: &Path, path: &Path) -> io::Result<File> {
    fs::create_dir_all(folder)?;
    OpenOptions::new().write(true).create_new(true).open(path)
}

fn sync(file: &File, folder: &Path) -> io::Result<()> {
    file.sync_data()?;
    sync_folder(folder)
}
