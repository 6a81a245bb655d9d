//! The log while it is written.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use outrider_model::{RunId, Timestamp};
use outrider_telemetry::{OpenSecond, SCHEMA_VERSION, Table, Tick};

use super::frame::{FrameBuffer, FrameKind};
use super::{Mark, SYNC_EVERY, SegmentHead, WAL_VERSION, segment_name, this_machine};
use crate::StorageError;
use crate::store::{create_folders, sync_folders};

/// Writes one worker's log.
#[derive(Debug)]
pub(crate) struct WalWriter {
    folder: PathBuf,
    run_id: RunId,
    worker: u32,
    marked: bool,
    /// The number of the segment that is open, or of the next one.
    segment: u32,
    /// The number of the oldest segment that may be there.
    oldest: u32,
    open: Option<Segment>,
    buffer: FrameBuffer,
    /// By their starts.
    open_seconds: BTreeMap<i64, LoggedSecond>,
    synced_at: Option<Timestamp>,
    /// Whether something could not be written: then nothing is written any more, and what there is counts.
    is_broken: bool,
}

/// The windows of a second that is open.
#[derive(Debug)]
struct LoggedSecond {
    windows: RecordBatch,
    /// Whether they are in this segment as they are.
    is_logged: bool,
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
            oldest: 0,
            open: None,
            buffer,
            open_seconds: BTreeMap::new(),
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
        self.take_open(tick);
        // A worker that does nothing needs no log.
        if self.is_broken || self.open.is_none() && self.open_seconds.is_empty() {
            return Ok(());
        }
        self.open(tick.now)?;
        for (started_at, second) in &mut self.open_seconds {
            if !second.is_logged {
                let frame = self.buffer.open_second(*started_at, &second.windows);
                write(&mut self.open, frame)?;
                second.is_logged = true;
            }
        }
        let open_seconds = self.open_seconds.keys().copied().collect();
        let mark = Mark { at: tick.now, samples_lost: tick.samples_lost, rows, open_seconds };
        write(&mut self.open, Ok(self.buffer.json(FrameKind::Mark, &mark)))?;
        self.flush(tick.now)
    }

    /// Keeps the windows of the seconds that are open: a new segment needs all of them.
    fn take_open(&mut self, tick: &Tick) {
        for OpenSecond { started_at, changed } in &tick.open_seconds {
            if let Some(windows) = changed {
                let second = LoggedSecond { windows: windows.clone(), is_logged: false };
                self.open_seconds.insert(started_at.0, second);
            }
        }
        let is_open = |start: &i64| tick.open_seconds.iter().any(|second| second.started_at.0 == *start);
        self.open_seconds.retain(|start, _| is_open(start));
    }

    /// The same log, to which nothing is written any more.
    pub(crate) fn broken(self) -> WalWriter {
        WalWriter { is_broken: true, ..self }
    }

    /// Ends the segment, and says which one is next.
    pub(crate) fn cut(&mut self) -> u32 {
        if self.open.take().is_some() {
            self.segment += 1;
            self.open_seconds.values_mut().for_each(|second| second.is_logged = false);
        }
        self.segment
    }

    /// Removes the segments before this one. Those that stay are removed by a later call or by recovery.
    pub(crate) fn remove_before(&mut self, segment: u32) {
        for number in self.oldest..segment.min(self.segment) {
            if let Err(error) = fs::remove_file(self.folder.join(segment_name(number))) {
                tracing::debug!(%error, number, "a segment of the write-ahead log stays");
            }
            self.oldest = number + 1;
        }
    }

    /// Removes the log: everything is in parts, and the manifest says so.
    pub(crate) fn remove(mut self) {
        let end = self.cut();
        self.remove_before(end);
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
            machine: this_machine().to_owned(),
            began_at: now,
        };
        self.open = Some(Segment { path, file: BufWriter::new(file) });
        self.synced_at.get_or_insert(now);
        write(&mut self.open, Ok(self.buffer.json(FrameKind::Head, &head)))
    }

    fn flush(&mut self, now: Timestamp) -> Result<(), StorageError> {
        let Some(Segment { path, file }) = &mut self.open else { return Ok(()) };
        let is_due = self.synced_at.is_none_or(|synced_at| now.since(synced_at) >= SYNC_EVERY);
        let flushed = file.flush().and_then(|()| if is_due { file.get_ref().sync_data() } else { Ok(()) });
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

/// Its name survives a loss of power, and those of the folders that are made for it.
fn create(folder: &Path, path: &Path) -> io::Result<File> {
    let outermost = create_folders(folder)?;
    let file = OpenOptions::new().write(true).create_new(true).open(path)?;
    sync_folders(folder, &outermost)?;
    Ok(file)
}
