//! Ctrl-C and SIGTERM: the first one ends a run gracefully, each further one what is still being done.

use std::io;
use std::time::Duration;

use outrider_session::{Phase, StopHandle, Watch};

use crate::terminal::Talk;

/// The signals that ask the program to end. From [`Signals::listen`] on they do not end it by themselves,
/// and each is waited for by the same listeners: what comes while one is being heeded is heard too.
#[derive(Debug)]
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    ctrl_c: tokio::signal::windows::CtrlC,
}

impl Signals {
    #[cfg(unix)]
    pub(crate) fn listen() -> io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    #[cfg(windows)]
    pub(crate) fn listen() -> io::Result<Signals> {
        Ok(Signals { ctrl_c: tokio::signal::windows::ctrl_c()? })
    }

    /// Whether one has come since the last time.
    pub(crate) async fn has_come(&mut self) -> bool {
        tokio::time::timeout(Duration::ZERO, self.next()).await.is_ok()
    }

    /// Waits for the next one; `None` if there will be none.
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) -> Option<()> {
        tokio::select! {
            signal = self.interrupt.recv() => signal,
            signal = self.terminate.recv() => signal,
        }
    }

    #[cfg(windows)]
    pub(crate) async fn next(&mut self) -> Option<()> {
        self.ctrl_c.recv().await
    }

    /// Heeds them for as long as a check lasts.
    pub(crate) async fn end_check(mut self, stop: StopHandle, talk: Talk) {
        let mut is_first = true;
        while self.next().await.is_some() {
            talk.say(words_of_check(is_first));
            if std::mem::take(&mut is_first) { stop.stop() } else { stop.abort() }
        }
    }

    /// Heeds them for as long as a run lasts.
    pub(crate) async fn end(mut self, stop: StopHandle, run: Watch, talk: Talk) {
        let mut is_first = true;
        while self.next().await.is_some() {
            talk.say(words(is_first, run.phase()));
            if std::mem::take(&mut is_first) { stop.stop() } else { stop.abort() }
        }
    }
}

/// What a signal does to a check, said when it comes.
fn words_of_check(is_first: bool) -> &'static str {
    match is_first {
        true => "stopping: only teardown is still run; once more to give it up",
        false => "aborting: teardown is given up",
    }
}

/// What a signal does, said when it comes.
fn words(is_first: bool, phase: Phase) -> &'static str {
    match (is_first, phase) {
        (true, Phase::SettingUp) => "stopping: only teardown is still run; once more to leave it out",
        (true, Phase::PreparingVus) => "stopping: no iteration starts; once more to abort",
        (true, Phase::Running) => "stopping: iterations under way may finish; once more to abort",
        (true, Phase::Finishing) => "stopping: teardown may finish; once more to give it up",
        (true, Phase::Writing) => "stopping: the last rows are being written",
        (true, Phase::Uploading) => {
            "stopping: the last rows go into the bucket; once more to leave them here"
        }
        (false, Phase::Finishing) => "aborting: teardown is given up",
        (false, Phase::Writing) => "aborting: only the last rows are still written",
        (false, Phase::Uploading) => "aborting: the bucket is not waited for",
        (false, _) => "aborting: only teardown is still run; once more to give it up",
    }
}
