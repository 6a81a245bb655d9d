//! One module for each command.

mod annotate;
mod build;
pub(crate) mod check;
mod debug;
mod inputs;
pub(crate) mod inspect;
mod new;
mod packs;
mod plugin;
mod recover;
mod reference;
mod report;
mod run;
mod runs;
pub(crate) mod test;
mod watch;
mod whole_file;

use crate::Env;
use crate::cli::Command;
use crate::failure::Failure;
use outrider_session::Exit;

/// Runs a command.
pub(crate) fn run(env: &mut Env, command: Command, verbose: bool) -> Result<Exit, Failure> {
    match command {
        Command::Run(args) => on_runtime(run::run(env, &args, verbose)),
        Command::Check(args) => on_runtime(check::run(env, &args)),
        Command::Test(args) => test::run(env, &args),
        Command::Report(args) => on_runtime(report::run(env, &args)),
        Command::Runs(args) => on_runtime(runs::run(env, &args)),
        Command::Annotate(args) => on_runtime(annotate::run(env, &args)),
        Command::Recover(args) => on_runtime(recover::run(env, &args)),
        Command::Inspect(args) => on_runtime(inspect::run(env, &args)),
        Command::New(args) => new::run(env, &args),
        Command::Build(args) => on_runtime(build::run(env, &args)),
        Command::Reference { folder } => reference::run(&folder),
    }
}

/// Runs a command's future on a runtime with a worker for each core.
fn on_runtime<T>(command: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::unexpected(&error))?;
    let result = runtime.block_on(command);
    // A name that is being resolved may hold a thread for long; nothing waits for it.
    runtime.shutdown_background();
    result
}
