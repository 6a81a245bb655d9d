//! What a guest prints: captured line by line, bounded, control characters removed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use outrider_model::drives_a_terminal;
use outrider_wit::wasmtime::Result as WasmResult;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

/// 64 KiB in one iteration, printed and logged together: a thousand lines, more than anyone reads of one
/// user, and few enough that a guest that prints for ever costs nothing.
pub const DEFAULT_OUTPUT_BYTES: usize = 64 << 10;

/// 4 KiB for one line; the rest of a longer one is cut.
pub const MAX_LINE_BYTES: usize = 4 << 10;

/// 64 bytes: what a line takes of the output besides its text, since each is a row with a dozen columns. So
/// there are at most a thousand lines, however short.
pub const LINE_COST_BYTES: usize = 64;

/// One captured line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) stream: Stream,
    pub(crate) text: String,
}

/// Where a line was printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

/// What one guest says: both streams, and the budget that they share with its log lines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Output {
    shared: Arc<Mutex<Captured>>,
}

/// What a guest said since the last time.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// What it printed, unfinished lines too.
    pub(crate) lines: Vec<Line>,
    /// Printed bytes beyond the limits.
    pub(crate) lost_bytes: u64,
    /// Log lines beyond the limit.
    pub(crate) lost_log_lines: u64,
}

#[derive(Debug, Default)]
struct Captured {
    lines: Vec<Line>,
    open: [Vec<u8>; 2],
    used_bytes: usize,
    lost_bytes: u64,
    lost_log_lines: u64,
}

impl Taken {
    /// What was printed to standard error.
    pub(crate) fn stderr(&self) -> Vec<String> {
        let lines = self.lines.iter().filter(|line| line.stream == Stream::Stderr);
        lines.map(|line| line.text.clone()).collect()
    }

    /// Without the lines of standard error from this one on.
    pub(crate) fn without_stderr_from(mut self, first: usize) -> Taken {
        let mut seen = 0;
        self.lines.retain(|line| {
            let is_kept = line.stream == Stream::Stdout || seen < first;
            seen += usize::from(line.stream == Stream::Stderr);
            is_kept
        });
        self
    }
}

impl Output {
    /// The stream as WASI wants it.
    pub(crate) fn stream(&self, stream: Stream) -> CapturedStream {
        CapturedStream { output: self.clone(), stream }
    }

    /// Whether a log line of so many bytes is kept. If it is not, it is counted.
    pub(crate) fn admits_log_line(&self, bytes: usize) -> bool {
        let mut captured = self.lock();
        let cost = bytes + LINE_COST_BYTES;
        let fits = cost <= captured.left();
        if fits {
            captured.used_bytes += cost;
        } else {
            captured.lost_log_lines += 1;
        }
        fits
    }

    /// Takes what was said since the last call; the budget begins anew.
    pub(crate) fn take(&self) -> Taken {
        let mut captured = self.lock();
        for stream in [Stream::Stdout, Stream::Stderr] {
            captured.finish_line(stream);
        }
        let Captured { lines, lost_bytes, lost_log_lines, .. } = std::mem::take(&mut *captured);
        Taken { lines, lost_bytes, lost_log_lines }
    }

    fn lock(&self) -> MutexGuard<'_, Captured> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Captured {
    fn write(&mut self, stream: Stream, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            let (text, ends) = match piece.split_last() {
                Some((b'\n', text)) => (text, true),
                _ => (piece, false),
            };
            let kept = self.keep(stream, text);
            self.lost_bytes += (text.len() - kept) as u64;
            if ends {
                self.finish_line(stream);
            }
        }
    }

    /// Adds to the open line what there is room for, and says how much that was.
    fn keep(&mut self, stream: Stream, text: &[u8]) -> usize {
        let left = self.left();
        let line = &mut self.open[stream as usize];
        let cost = if line.is_empty() { LINE_COST_BYTES } else { 0 };
        let room = left.saturating_sub(cost).min(MAX_LINE_BYTES - line.len());
        let kept = text.len().min(room);
        if kept > 0 {
            line.extend_from_slice(&text[..kept]);
            self.used_bytes += cost + kept;
        }
        kept
    }

    fn left(&self) -> usize {
        DEFAULT_OUTPUT_BYTES.saturating_sub(self.used_bytes)
    }

    fn finish_line(&mut self, stream: Stream) {
        let bytes = std::mem::take(&mut self.open[stream as usize]);
        if !bytes.is_empty() {
            self.lines.push(Line { stream, text: printable(&String::from_utf8_lossy(&bytes)) });
        }
    }
}

/// The text without control characters and without those that turn the direction of writing, so that a guest
/// cannot drive the reader's terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars().filter(|&c| c == '\t' || !drives_a_terminal(c)).collect()
}

/// One of the two streams. All handles of a guest write to the same place and never block.
#[derive(Clone, Debug)]
pub(crate) struct CapturedStream {
    output: Output,
    stream: Stream,
}

impl IsTerminal for CapturedStream {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for CapturedStream {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for CapturedStream {
    async fn ready(&mut self) {}
}

impl OutputStream for CapturedStream {
    fn write(&mut self, bytes: bytes::Bytes) -> StreamResult<()> {
        self.output.lock().write(self.stream, &bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(MAX_LINE_BYTES)
    }
}

/// Links the whole of WASI 0.2, locked: see `state::locked_wasi`.
pub(crate) fn link_wasi<T: wasmtime_wasi::WasiView>(
    linker: &mut outrider_wit::wasmtime::component::Linker<T>,
) -> WasmResult<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(taken: &Taken) -> Vec<&str> {
        taken.lines.iter().map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn lines_are_joined_over_writes_and_cleaned() {
        let output = Output::default();
        output.lock().write(Stream::Stdout, b"one ");
        output.lock().write(Stream::Stderr, b"\x1b[31mred\n");
        output.lock().write(Stream::Stdout, "line\ntw\u{202e}o".as_bytes());
        let taken = output.take();
        assert_eq!(texts(&taken), ["[31mred", "one line", "two"]);
        assert_eq!(taken.lost_bytes, 0);
    }

    #[test]
    fn a_flood_is_bounded_and_counted_and_the_next_iteration_starts_anew() {
        let output = Output::default();
        for _ in 0..100 {
            output.lock().write(Stream::Stdout, &[b'x'; 1 << 16]);
            output.lock().write(Stream::Stdout, b"\n");
        }
        let taken = output.take();
        let kept: usize = taken.lines.iter().map(|line| line.text.len()).sum();
        assert_eq!(kept + taken.lines.len() * LINE_COST_BYTES, DEFAULT_OUTPUT_BYTES);
        assert_eq!(kept as u64 + taken.lost_bytes, 100 << 16);
        assert!(taken.lines.iter().all(|line| line.text.len() <= MAX_LINE_BYTES));
        output.lock().write(Stream::Stdout, b"again");
        assert_eq!(texts(&output.take()), ["again"]);
    }

    #[test]
    fn short_lines_are_bounded_in_number() {
        let output = Output::default();
        output.lock().write(Stream::Stdout, &b"x\n".repeat(1_000_000));
        let taken = output.take();
        assert_eq!(taken.lines.len(), DEFAULT_OUTPUT_BYTES / (LINE_COST_BYTES + 1));
        assert_eq!(taken.lines.len() as u64 + taken.lost_bytes, 1_000_000);
    }

    #[test]
    fn printed_and_logged_lines_share_one_budget() {
        let output = Output::default();
        let printed = vec![b'x'; MAX_LINE_BYTES];
        let mut logged = 0;
        for _ in 0..100 {
            output.lock().write(Stream::Stdout, &printed);
            output.lock().write(Stream::Stdout, b"\n");
            logged += u64::from(output.admits_log_line(MAX_LINE_BYTES));
        }
        let taken = output.take();
        let full_lines = (DEFAULT_OUTPUT_BYTES / (MAX_LINE_BYTES + LINE_COST_BYTES)) as u64;
        assert_eq!(taken.lines.len() as u64 + logged, full_lines + 1, "and the beginning of another");
        assert_eq!(taken.lost_log_lines, 100 - logged);
        assert!(output.admits_log_line(0), "the next iteration starts anew");
    }
}
