//! The log while it is read.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use outrider_model::RunId;
use outrider_telemetry::Table;

use super::frame::{Frame, FrameKind, NoFrame, read_frame};
use super::{Mark, SegmentHead, WAL_VERSION, segment_name, segment_number};
use crate::StorageError;

/// One worker's log, as far as it counts.
#[derive(Debug)]
pub(crate) struct Log {
    folder: PathBuf,
    /// The segments there are, in order.
    pub(crate) segments: Vec<u32>,
    /// The head of the first segment that was read.
    pub(crate) head: Option<SegmentHead>,
    /// The last mark.
    pub(crate) mark: Option<Mark>,
    /// Up to which byte of which segment it counts.
    end: Option<(u32, u64)>,
    /// Why it ends before its time, in words.
    pub(crate) damage: Option<String>,
}

/// Something that counts.
#[derive(Debug)]
pub(crate) enum Logged {
    /// Rows of a table.
    Rows(Table, RecordBatch),
    /// All windows of a second, by its start; they replace those that came before.
    OpenSecond(i64, RecordBatch),
    /// The starts of the seconds that are still open: what came of others is in rows by now.
    StillOpen(Vec<i64>),
}

impl Log {
    /// Looks through a worker's log from this segment on, for the last mark. `None` if there is no segment at all.
    pub(crate) fn scan(
        folder: &Path,
        run_id: &RunId,
        worker: u32,
        first: u32,
    ) -> Result<Option<Log>, StorageError> {
        let segments = segments_in(folder).map_err(|source| fault(folder, source))?;
        if segments.is_empty() {
            return Ok(None);
        }
        let mut log = Log { segments, ..Log::empty(folder) };
        let counting: Vec<u32> = log.segments.iter().copied().filter(|number| *number >= first).collect();
        for (expected, number) in (first..).zip(counting) {
            if expected != number {
                log.damage = Some(format!("{} is missing", segment_name(expected)));
                break;
            }
            if !log.scan_segment(number, run_id, worker)? {
                break;
            }
        }
        Ok(Some(log))
    }

    /// A log in which nothing is.
    pub(crate) fn empty(folder: &Path) -> Log {
        let folder = folder.to_owned();
        Log { folder, segments: Vec::new(), head: None, mark: None, end: None, damage: None }
    }

    /// Whether the next segment counts too.
    fn scan_segment(&mut self, number: u32, run_id: &RunId, worker: u32) -> Result<bool, StorageError> {
        let mut segment = Segment::open(&self.folder, number)?;
        loop {
            let frame = match segment.next()? {
                Ok(frame) => frame,
                Err(NoFrame::Damaged) => {
                    self.damage =
                        Some(format!("{} is damaged from byte {} on", segment_name(number), segment.read));
                    return Ok(false);
                }
                Err(_) => return Ok(true),
            };
            if frame.kind == FrameKind::Head {
                refuse_newer(&frame, &segment.path)?;
            }
            let understood = match frame.kind {
                FrameKind::Head => self.take_head(&frame, run_id, worker, number),
                FrameKind::Mark => self.take_mark(&frame, (number, segment.read)),
                FrameKind::Rows | FrameKind::OpenSecond => Ok(()),
            };
            if let Err(damage) = understood {
                self.damage = Some(format!("{} {damage}", segment_name(number)));
                return Ok(false);
            }
        }
    }

    fn take_head(&mut self, frame: &Frame, run_id: &RunId, worker: u32, number: u32) -> Result<(), String> {
        let head: SegmentHead =
            serde_json::from_slice(&frame.body).map_err(|error| format!("has no head: {error}"))?;
        if head.format > WAL_VERSION {
            return Err(format!(
                "has format {}, this version reads formats up to {WAL_VERSION}",
                head.format
            ));
        }
        if (&head.run_id, head.worker, head.segment) != (run_id, worker, number) {
            return Err(format!("is of worker {} of the run '{}'", head.worker, head.run_id));
        }
        self.head.get_or_insert(head);
        Ok(())
    }

    fn take_mark(&mut self, frame: &Frame, end: (u32, u64)) -> Result<(), String> {
        let mark = serde_json::from_slice(&frame.body).map_err(|error| format!("has no mark: {error}"))?;
        (self.mark, self.end) = (Some(mark), Some(end));
        Ok(())
    }

    /// Whether nothing in it counts: all its rows are in parts.
    pub(crate) fn is_done(&self, first: u32) -> bool {
        self.segments.iter().all(|number| *number < first)
    }

    /// How long its newest file has not grown.
    pub(crate) fn idle(&self) -> Option<std::time::Duration> {
        let newest = self.folder.join(segment_name(*self.segments.last()?));
        // A time in the future is that of another machine's clock.
        Some(newest.metadata().ok()?.modified().ok()?.elapsed().unwrap_or_default())
    }

    /// Hands over what counts (INV-13), in the order in which it was logged.
    pub(crate) fn replay(
        &self,
        first: u32,
        mut take: impl FnMut(Logged) -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        let Some((last, end)) = self.end else { return Ok(()) };
        for number in self.segments.iter().copied().filter(|number| (first..=last).contains(number)) {
            let mut segment = Segment::open(&self.folder, number)?;
            while number < last || segment.read < end {
                let Ok(frame) = segment.next()? else { break };
                let logged = match frame.kind {
                    FrameKind::Rows => frame.rows().map(|(table, rows)| Logged::Rows(table, rows)),
                    FrameKind::OpenSecond => {
                        frame.open_second().map(|(started_at, rows)| Logged::OpenSecond(started_at, rows))
                    }
                    FrameKind::Mark => still_open(&frame),
                    FrameKind::Head => continue,
                };
                let unknown = || fault(&segment.path, io::Error::other("rows that cannot be understood"));
                take(logged.ok_or_else(unknown)?)?;
            }
        }
        Ok(())
    }

    /// Removes the segments. What was damaged is kept under another name, for whoever wants to look.
    pub(crate) fn remove(&self) -> Result<(), StorageError> {
        for number in &self.segments {
            let path = self.folder.join(segment_name(*number));
            let gone = match self.damage {
                Some(_) => fs::rename(&path, path.with_extension("wal.damaged")),
                None => fs::remove_file(&path),
            };
            gone.map_err(|source| fault(&path, source))?;
        }
        if self.damage.is_none() {
            // Not empty if something else lies there: that is nobody's loss.
            if let Err(error) = fs::remove_dir(&self.folder) {
                tracing::debug!(%error, "the folder of a worker's write-ahead log stays");
            }
        }
        Ok(())
    }
}

/// A log of a later version is not damaged: it is left to whoever can read it.
fn refuse_newer(head: &Frame, path: &Path) -> Result<(), StorageError> {
    #[derive(serde::Deserialize)]
    struct Format {
        format: u32,
    }
    match serde_json::from_slice(&head.body) {
        Ok(Format { format }) if format > WAL_VERSION => Err(StorageError::NewerFormat {
            path: path.display().to_string(),
            found: format,
            supported: WAL_VERSION,
        }),
        _ => Ok(()),
    }
}

fn still_open(frame: &Frame) -> Option<Logged> {
    let mark: Mark = serde_json::from_slice(&frame.body).ok()?;
    Some(Logged::StillOpen(mark.open_seconds))
}

struct Segment {
    path: PathBuf,
    file: BufReader<File>,
    length: u64,
    read: u64,
}

impl Segment {
    fn open(folder: &Path, number: u32) -> Result<Segment, StorageError> {
        let path = folder.join(segment_name(number));
        let opened = File::open(&path).and_then(|file| Ok((file.metadata()?.len(), BufReader::new(file))));
        let (length, file) = opened.map_err(|source| fault(&path, source))?;
        Ok(Segment { path, file, length, read: 0 })
    }

    fn next(&mut self) -> Result<Result<Frame, NoFrame>, StorageError> {
        match read_frame(&mut self.file, self.length - self.read) {
            Ok(frame) => {
                self.read += frame.bytes();
                Ok(Ok(frame))
            }
            Err(NoFrame::Unreadable(source)) => Err(fault(&self.path, source)),
            Err(end) => Ok(Err(end)),
        }
    }
}

fn segments_in(folder: &Path) -> io::Result<Vec<u32>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut numbers = Vec::new();
    for entry in entries {
        numbers.extend(entry?.file_name().to_str().and_then(segment_number));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn fault(path: &Path, source: io::Error) -> StorageError {
    StorageError::Log { path: path.display().to_string(), source }
}
