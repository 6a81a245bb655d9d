//! What a guest prints: captured line by line, bounded, control characters removed.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use outrider_wit::wasmtime::Result as WasmResult;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

/// 64 KiB in one iteration, printed and logged together: a thousand lines, more than anyone reads of one
/// user, and few enough that a guest that prints for ever costs nothing.
pub const DEFAULT_OUTPUT_BYTES: usize = 64 << 10;

/// 4 KiB for one line; the rest of a longer one is cut.
pub const MAX_LINE_BYTES: usize = 4 << 10;

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

/// Both streams of one guest.
#[derive(Clone, Debug, Default)]
pub(crate) struct Output {
    shared: Arc<Mutex<Captured>>,
}

#[derive(Debug, Default)]
struct Captured {
    lines: VecDeque<Line>,
    open: [Vec<u8>; 2],
    kept_bytes: usize,
    lost_bytes: u64,
}

impl Output {
    /// The stream as WASI wants it.
    pub(crate) fn stream(&self, stream: Stream) -> CapturedStream {
        CapturedStream { output: self.clone(), stream }
    }

    /// Takes what was printed since the last call, unfinished lines too, and how many bytes beyond the
    /// limit were thrown away.
    pub(crate) fn take(&self) -> (Vec<Line>, u64) {
        let mut captured = self.lock();
        for stream in [Stream::Stdout, Stream::Stderr] {
            captured.finish_line(stream);
        }
        captured.kept_bytes = 0;
        (captured.lines.drain(..).collect(), std::mem::take(&mut captured.lost_bytes))
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
            let line = &mut self.open[stream as usize];
            let room = DEFAULT_OUTPUT_BYTES
                .saturating_sub(self.kept_bytes)
                .min(MAX_LINE_BYTES.saturating_sub(line.len()));
            let kept = text.len().min(room);
            line.extend_from_slice(&text[..kept]);
            self.kept_bytes += kept;
            self.lost_bytes += (text.len() - kept) as u64;
            if ends {
                self.finish_line(stream);
            }
        }
    }

    fn finish_line(&mut self, stream: Stream) {
        let bytes = std::mem::take(&mut self.open[stream as usize]);
        if !bytes.is_empty() {
            self.lines.push_back(Line { stream, text: printable(&String::from_utf8_lossy(&bytes)) });
        }
    }
}

/// The text without control characters, so that a guest cannot drive the reader's terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars().filter(|&c| !c.is_control() || c == '\t').collect()
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

    #[test]
    fn lines_are_joined_over_writes_and_cleaned() {
        let output = Output::default();
        output.lock().write(Stream::Stdout, b"one ");
        output.lock().write(Stream::Stderr, b"\x1b[31mred\n");
        output.lock().write(Stream::Stdout, b"line\ntwo");
        let (lines, lost) = output.take();
        let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["[31mred", "one line", "two"]);
        assert_eq!(lost, 0);
    }

    #[test]
    fn a_flood_is_bounded_and_counted_and_the_next_iteration_starts_anew() {
        let output = Output::default();
        for _ in 0..100 {
            output.lock().write(Stream::Stdout, &[b'x'; 1 << 16]);
            output.lock().write(Stream::Stdout, b"\n");
        }
        let (lines, lost) = output.take();
        let kept: usize = lines.iter().map(|line| line.text.len()).sum();
        assert_eq!(kept, DEFAULT_OUTPUT_BYTES);
        assert_eq!(kept as u64 + lost, 100 << 16);
        assert!(lines.iter().all(|line| line.text.len() <= MAX_LINE_BYTES));
        output.lock().write(Stream::Stdout, b"again");
        assert_eq!(output.take().0.len(), 1);
    }
}
