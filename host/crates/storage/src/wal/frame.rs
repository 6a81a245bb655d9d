//! Frames: how what is logged becomes bytes, and how one sees that they are whole.

use std::io::{self, Read};

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use outrider_telemetry::Table;

/// Length, checksum, kind.
const HEAD_BYTES: usize = 9;

/// 1 GiB: a batch has at most some megabytes; a longer frame is a length that was damaged.
const MAX_BODY_BYTES: u32 = 1 << 30;

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FrameKind {
    Head = 0,
    Rows = 1,
    OpenSecond = 2,
    Mark = 3,
}

impl FrameKind {
    fn of(byte: u8) -> Option<FrameKind> {
        [FrameKind::Head, FrameKind::Rows, FrameKind::OpenSecond, FrameKind::Mark]
            .into_iter()
            .find(|kind| *kind as u8 == byte)
    }
}

/// A frame as bytes, in a buffer that is used again.
#[derive(Debug, Default)]
pub(super) struct FrameBuffer {
    bytes: Vec<u8>,
}

impl FrameBuffer {
    pub(super) fn json(&mut self, kind: FrameKind, document: &impl serde::Serialize) -> &[u8] {
        self.begin();
        serde_json::to_writer(&mut self.bytes, document).expect("our documents have text keys only");
        self.end(kind)
    }

    pub(super) fn rows(&mut self, table: Table, batch: &RecordBatch) -> Result<&[u8], ArrowError> {
        self.begin();
        self.bytes.extend_from_slice(table.as_str().as_bytes());
        self.bytes.push(0);
        self.stream(batch)?;
        Ok(self.end(FrameKind::Rows))
    }

    pub(super) fn open_second(&mut self, started_at: i64, batch: &RecordBatch) -> Result<&[u8], ArrowError> {
        self.begin();
        self.bytes.extend_from_slice(&started_at.to_le_bytes());
        self.stream(batch)?;
        Ok(self.end(FrameKind::OpenSecond))
    }

    fn begin(&mut self) {
        self.bytes.clear();
        self.bytes.resize(HEAD_BYTES, 0);
    }

    fn stream(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let mut writer = StreamWriter::try_new(&mut self.bytes, batch.schema_ref())?;
        writer.write(batch)?;
        writer.finish()
    }

    fn end(&mut self, kind: FrameKind) -> &[u8] {
        self.bytes[HEAD_BYTES - 1] = kind as u8;
        let length = u32::try_from(self.bytes.len() - HEAD_BYTES).expect("a batch is far below 4 GiB");
        let checksum = crc32fast::hash(&self.bytes[HEAD_BYTES - 1..]);
        self.bytes[..4].copy_from_slice(&length.to_le_bytes());
        self.bytes[4..8].copy_from_slice(&checksum.to_le_bytes());
        &self.bytes
    }
}

/// A frame that was read.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) kind: FrameKind,
    pub(super) body: Vec<u8>,
}

/// What came instead of a frame.
#[derive(Debug)]
pub(super) enum NoFrame {
    /// The segment ends, at a frame's end or within one: that is how a killed process leaves it.
    End,
    /// The bytes are not those that were written.
    Damaged,
    /// The file cannot be read.
    Unreadable(io::Error),
}

/// Reads the next frame of a segment, of which `left` bytes are not read yet.
pub(super) fn read_frame(segment: &mut impl Read, left: u64) -> Result<Frame, NoFrame> {
    if left < HEAD_BYTES as u64 {
        return Err(NoFrame::End);
    }
    let mut head = [0; HEAD_BYTES];
    segment.read_exact(&mut head).map_err(NoFrame::Unreadable)?;
    let number =
        |range: std::ops::Range<usize>| u32::from_le_bytes(head[range].try_into().expect("four bytes"));
    let (length, checksum) = (number(0..4), number(4..8));
    if length > MAX_BODY_BYTES {
        return Err(NoFrame::Damaged);
    }
    if u64::from(length) > left - HEAD_BYTES as u64 {
        return Err(NoFrame::End);
    }
    let mut body = vec![0; length as usize];
    segment.read_exact(&mut body).map_err(NoFrame::Unreadable)?;
    let mut found = crc32fast::Hasher::new();
    found.update(&head[HEAD_BYTES - 1..]);
    found.update(&body);
    match FrameKind::of(head[HEAD_BYTES - 1]) {
        Some(kind) if found.finalize() == checksum => Ok(Frame { kind, body }),
        _ => Err(NoFrame::Damaged),
    }
}

impl Frame {
    /// Its length in the file.
    pub(super) fn bytes(&self) -> u64 {
        (HEAD_BYTES + self.body.len()) as u64
    }

    /// The rows of a frame of rows. `None` if its checksum is right and yet it cannot be understood.
    pub(super) fn rows(&self) -> Option<(Table, RecordBatch)> {
        let end = self.body.iter().position(|byte| *byte == 0)?;
        let table = Table::from_name(std::str::from_utf8(&self.body[..end]).ok()?)?;
        Some((table, batch(&self.body[end + 1..])?))
    }

    /// The start and the windows of a frame of an open second.
    pub(super) fn open_second(&self) -> Option<(i64, RecordBatch)> {
        let (started_at, stream) = self.body.split_first_chunk::<8>()?;
        Some((i64::from_le_bytes(*started_at), batch(stream)?))
    }
}

fn batch(stream: &[u8]) -> Option<RecordBatch> {
    StreamReader::try_new(stream, None).ok()?.next()?.ok()
}
