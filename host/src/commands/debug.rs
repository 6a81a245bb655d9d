//! `host run --debug`: what makes a run one that is debugged.

use outrider_report::Summary;
use outrider_session::{Asked, DebugConfig, LoadConfig};

use crate::Env;
use crate::cli::{RunArgs, RunFormat};
use crate::failure::{Failure, Fault};
use crate::load;
use crate::terminal::Walk;

/// The walk that is asked for, if one is. Until it has ended, standard output is its own.
pub(crate) fn walk(env: &mut Env, args: &RunArgs) -> Result<Option<Walk>, Failure> {
    if !args.debug.debug {
        return Ok(None);
    }
    let (json, style) = (args.format != RunFormat::Text, env.style_out());
    Walk::start(env.lend_output(), json, style).map(Some).map_err(|error| Failure::unexpected(&error))
}

/// What the session is told of it.
pub(crate) fn config(args: &RunArgs, walk: &Walk) -> DebugConfig {
    DebugConfig {
        listener: walk.listener(),
        body_bytes: args.debug.debug_body,
        skips_waits: args.debug.no_think,
    }
}

/// The load: one user and one iteration where the run is debugged, else what the flags ask for.
pub(crate) fn load(args: &RunArgs) -> Asked<LoadConfig> {
    let flags = args.load.flags();
    let mut faults = Vec::new();
    let given = flags.given();
    if args.debug.debug && !given.is_empty() {
        faults.push(
            Fault::new(format!(
                "--debug walks one user through one iteration: it takes no {}",
                given.join(", ")
            ))
            .hint("leave out the load to debug the journey, or --debug to make the load"),
        );
    }
    if !args.debug.debug && args.format == RunFormat::Jsonl {
        faults.push(
            Fault::new("--format jsonl says what is debugged, and nothing is")
                .hint("add --debug, or take --format json for the report"),
        );
    }
    match (load::load(&flags), args.debug.debug) {
        (Ok(load), _) if faults.is_empty() => Ok(load),
        (Err(more), false) => Err(faults.into_iter().chain(more).collect()),
        (_, _) => Err(faults),
    }
}

/// A run that is debugged is kept as any other; the walk has said all that its report would.
pub(crate) fn say_where(env: &Env, summary: &Summary) {
    env.say(&format!("{}\nthe run is kept: host report {} shows it", summary.headline, summary.run.id));
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use outrider_capability::DEFAULT_DEBUG_BODY_BYTES;

    use super::*;
    use crate::cli::{Cli, Command};

    fn args(flags: &[&str]) -> RunArgs {
        let Command::Run(args) =
            Cli::try_parse_from(["host", "run", "x.ts"].iter().chain(flags)).unwrap().command
        else {
            panic!("another command")
        };
        *args
    }

    #[test]
    fn as_much_of_a_body_is_shown_as_is_documented() {
        assert_eq!(args(&[]).debug.debug_body, DEFAULT_DEBUG_BODY_BYTES);
    }

    #[test]
    fn a_walk_is_one_iteration_of_one_user() {
        let walk = load(&args(&["--debug"])).unwrap();
        assert_eq!((walk.executor.max_vus(), walk.executor.counted_iterations()), (1, Some(1)));
        assert_eq!(load(&args(&["--debug", "-u", "1"])).unwrap_err().len(), 1);
        assert_eq!(load(&args(&["--format", "jsonl", "-u", "0"])).unwrap_err().len(), 2);
    }
}
