//! A journey that is debugged: what its user does, on standard output as it happens.
//!
//! Events are written by a thread of their own, so that a terminal's time does not become the target's. When it is far
//! behind, the user waits.

mod text;

use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::thread::JoinHandle;

use outrider_capability::{DebugEvent, DebugListener, Happening};

use crate::env::{Output, Style};
use text::Text;

/// 1,024 events may be under way: what a busy iteration does in some milliseconds.
const MAX_WAITING: usize = 1024;

/// 16 MiB of a walk are written: more than anybody reads, and little enough for a log of a CI service.
const MAX_WRITTEN_BYTES: usize = 16 << 20;

/// What the thread is told: an event, or that there is no more.
type Message = Option<DebugEvent>;

/// A walk under way.
#[derive(Debug)]
pub(crate) struct Walk {
    sender: SyncSender<Message>,
    thread: JoinHandle<Output>,
}

impl Walk {
    /// Begins to write events to `output`, as JSON lines or as text.
    pub(crate) fn start(output: Output, json: bool, style: Style) -> std::io::Result<Walk> {
        let (sender, receiver) = mpsc::sync_channel(MAX_WAITING);
        let writer =
            Writer { output, text: (!json).then(|| Text::new(style)), written_bytes: 0, left_out: 0 };
        let thread =
            std::thread::Builder::new().name("walk".into()).spawn(move || writer.write(&receiver))?;
        Ok(Walk { sender, thread })
    }

    /// Whoever hears of events for it.
    pub(crate) fn listener(&self) -> DebugListener {
        let sender = self.sender.clone();
        // What still happens when the walk is over is of no interest.
        DebugListener::new(move |event| {
            if let Err(TrySendError::Full(event)) = sender.try_send(Some(event)) {
                // The user waits for the terminal; what ends the walk must not.
                tokio::task::block_in_place(|| drop(sender.send(event)));
            }
        })
    }

    /// Ends it: all events are written when it returns.
    pub(crate) fn end(self) -> Output {
        // The thread is there until it is told so.
        drop(self.sender.send(None));
        self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

struct Writer {
    output: Output,
    /// None writes JSON.
    text: Option<Text>,
    written_bytes: usize,
    left_out: u64,
}

impl Writer {
    fn write(mut self, receiver: &Receiver<Message>) -> Output {
        let mut last = None;
        while let Ok(Some(event)) = receiver.recv() {
            last = Some((event.at_ms, event.vu));
            match self.written_bytes < MAX_WRITTEN_BYTES || is_an_end(&event.what) {
                true => self.event(&event),
                false => self.left_out += 1,
            }
        }
        let (at_ms, vu) = last.unwrap_or_default();
        if self.left_out > 0 {
            self.event(&DebugEvent { at_ms, vu, what: Happening::LeftOut { events: self.left_out } });
        }
        if let Some(rest) = self.text.as_mut().and_then(Text::finish) {
            self.line(&rest);
        }
        self.output
    }

    fn event(&mut self, event: &DebugEvent) {
        let line = match &mut self.text {
            Some(text) => text.of(event),
            None => Some(event.to_json()),
        };
        if let Some(line) = line {
            self.line(&line);
        }
    }

    fn line(&mut self, line: &str) {
        self.written_bytes += line.len() + 1;
        self.output.line(line);
    }
}

/// Without its end nobody knows what became of a walk.
fn is_an_end(what: &Happening) -> bool {
    matches!(what, Happening::IterationEnd { .. } | Happening::CallEnd { .. })
}
