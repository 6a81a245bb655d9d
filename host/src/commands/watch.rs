//! `--watch`: a command again, whenever what it is made of changes.

use std::path::PathBuf;

use outrider_session::Exit;

use crate::Env;
use crate::changes::Changes;
use crate::cli::RunArgs;
use crate::failure::Failure;
use crate::signals::Signals;

/// Does something now, and again after each change, until the program is asked to end. Its exit is that of the last
/// time. A failure is said, and mended by the next change.
pub(crate) async fn again(
    env: &mut Env,
    args: &RunArgs,
    mut once: impl AsyncFnMut(&mut Env, &mut Changes) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let mut signals = Signals::listen().map_err(|error| Failure::unexpected(&error))?;
    let mut changes = of(args)?;
    loop {
        let done = once(env, &mut changes).await;
        if let Err(failure) = &done
            && failure.exit == Exit::Usage
        {
            // No change of a file mends a command line.
            return done;
        }
        let exit = said(env, done);
        if !wait(env, &mut changes, &mut signals).await {
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

/// Waits for a change; `false` if the program is asked to end.
pub(crate) async fn wait(env: &Env, changes: &mut Changes, signals: &mut Signals) -> bool {
    if signals.has_come().await {
        return false;
    }
    env.say("waiting for a change; Ctrl-C ends");
    tokio::select! {
        _ = signals.next() => false,
        () = changes.next() => true,
    }
}

/// Changes of what a command line names.
pub(crate) fn of(args: &RunArgs) -> Result<Changes, Failure> {
    let mut changes = Changes::new().map_err(Failure::invalid)?;
    also(&mut changes, std::slice::from_ref(&args.plugin))?;
    also(&mut changes, &args.packs)?;
    Ok(changes)
}

/// Watches these too.
pub(crate) fn also(changes: &mut Changes, paths: &[PathBuf]) -> Result<(), Failure> {
    paths.iter().try_for_each(|path| changes.watch(path)).map_err(Failure::invalid)
}
