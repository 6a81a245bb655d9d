//! `--watch`: a command again, whenever what it is made of changes.

use std::path::PathBuf;

use outrider_session::Exit;

use crate::Env;
use crate::changes::Changes;
use crate::cli::RunArgs;
use crate::failure::Failure;
use crate::signals::Signals;

/// What a command waits for that does its work again and again: changes, and to be asked to end.
#[derive(Debug)]
pub(crate) struct Watching {
    changes: Changes,
    signals: Signals,
    /// Somebody has asked.
    is_ending: bool,
}

impl Watching {
    /// Watches what a command line names. From now on a signal does not end the program by itself.
    pub(crate) fn of(args: &RunArgs) -> Result<Watching, Failure> {
        let signals = Signals::listen().map_err(|error| Failure::unexpected(&error))?;
        let changes = Changes::new().map_err(Failure::invalid)?;
        let mut watching = Watching { changes, signals, is_ending: false };
        watching.also(std::slice::from_ref(&args.plugin))?;
        watching.also(&args.packs)?;
        Ok(watching)
    }

    /// Watches these too.
    pub(crate) fn also(&mut self, paths: &[PathBuf]) -> Result<(), Failure> {
        paths.iter().try_for_each(|path| self.changes.watch(path)).map_err(Failure::invalid)
    }

    /// Waits for a change, however long; what is asked from outside is left for later.
    pub(crate) async fn change(&mut self) {
        self.changes.next().await;
    }

    /// Whether somebody has asked for the program to end, also while something else was done.
    pub(crate) async fn is_to_end(&mut self) -> bool {
        self.is_ending |= self.signals.has_come().await;
        self.is_ending
    }

    /// Waits for a change; `false` if the program is asked to end.
    pub(crate) async fn wait(&mut self, env: &Env) -> bool {
        if self.is_to_end().await {
            return false;
        }
        env.say("waiting for a change; Ctrl-C ends");
        tokio::select! {
            _ = self.signals.next() => false,
            () = self.changes.next() => true,
        }
    }
}

/// Does something now, and again after each change, until the program is asked to end. Its exit is that of the last
/// time. A failure is said, and mended by the next change.
pub(crate) async fn again(
    env: &mut Env,
    args: &RunArgs,
    mut once: impl AsyncFnMut(&mut Env, &mut Watching) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let mut watching = Watching::of(args)?;
    loop {
        let done = once(env, &mut watching).await;
        if let Err(failure) = &done
            && failure.exit == Exit::Usage
        {
            // No change of a file mends a command line.
            return done;
        }
        let exit = said(env, done);
        if !watching.wait(env).await {
            return Ok(exit);
        }
    }
}

/// The exit of something that was done. A failure is said.
pub(crate) fn said(env: &Env, done: Result<Exit, Failure>) -> Exit {
    done.unwrap_or_else(|failure| {
        failure.print(env);
        failure.exit
    })
}
