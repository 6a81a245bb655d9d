//! `host run --debug`: what makes a run one that is debugged.

use outrider_model::{DEFAULT_MAX_DURATION, ExecutorPlan};
use outrider_report::Summary;
use outrider_session::{DebugConfig, LoadConfig};

use crate::Env;
use crate::cli::{RunArgs, RunFormat};
use crate::failure::{Failure, Fault};
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

/// What of the command line does not go with `--debug`, or only with it.
pub(crate) fn faults(args: &RunArgs) -> Vec<Fault> {
    let given = args.load.given();
    let mut faults = Vec::new();
    if args.debug.debug && !given.is_empty() {
        let given = given.join(", ");
        faults.push(
            Fault::new(format!("--debug walks one user through one iteration: it takes no {given}"))
                .hint("leave out the load to debug the journey, or --debug to make the load"),
        );
    }
    if args.format == RunFormat::Jsonl {
        faults.extend(not_in_lines(args));
    }
    faults
}

/// Only a walk is said line by line.
fn not_in_lines(args: &RunArgs) -> Option<Fault> {
    match (args.dry_run, args.debug.debug) {
        (true, _) => {
            let fault = Fault::new("--format jsonl says what is debugged, and a dry run is one document");
            Some(fault.hint("take --format json"))
        }
        (false, false) => {
            let fault = Fault::new("--format jsonl says what is debugged, and nothing is");
            Some(fault.hint("add --debug, or take --format json for the report"))
        }
        (false, true) => None,
    }
}

/// The load of the walk: one user and one iteration.
pub(crate) fn load() -> LoadConfig {
    LoadConfig::exactly(ExecutorPlan::SharedIterations {
        vus: 1,
        iterations: 1,
        max_duration: DEFAULT_MAX_DURATION,
    })
}

/// Thresholds were read and checked, and that is all.
pub(crate) fn say_unjudged(env: &Env) {
    env.say(&format!("{:>10}  not judged: one iteration is no measurement", "thresholds"));
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
        let walk = load();
        assert_eq!((walk.executor.max_vus(), walk.executor.counted_iterations()), (1, Some(1)));
        assert!(faults(&args(&["--debug"])).is_empty() && faults(&args(&["-u", "1"])).is_empty());
        assert_eq!(faults(&args(&["--debug", "-u", "1"])).len(), 1);
        assert_eq!(faults(&args(&["--format", "jsonl", "-u", "0"])).len(), 1);
        assert_eq!(faults(&args(&["--format", "jsonl", "--debug"])).len(), 0);
        assert_eq!(faults(&args(&["--format", "jsonl", "--debug", "--dry-run"])).len(), 1);
    }
}
