//! `host check` of a plugin that makes no load.

use outrider_engine::World;
use outrider_session::{Exit, Fault, SessionConfig, TrialEnd};

use super::input::{self, Input};
use super::{channel, transform, unread};
use crate::Env;
use crate::cli::{CheckArgs, RunFormat};
use crate::commands::run::Document;
use crate::env::Style;
use crate::failure::Failure;
use crate::signals::Signals;

/// What came of a check.
pub(super) struct Conclusion {
    pub(super) end: TrialEnd,
    pub(super) faults: Vec<Fault>,
    /// The document.
    pub(super) json: String,
    /// The page.
    pub(super) text: Box<dyn FnOnce(Style) -> String>,
}

/// The world of the only plugin that is asked for, if it is known.
pub(super) fn world(config: &SessionConfig) -> Option<World> {
    match &config.journeys[..] {
        [only] => only.plugin.as_ref().ok().map(|plugin| plugin.inspection().world),
        _ => None,
    }
}

/// The plugin's path, as the user wrote it.
pub(super) fn path(config: &SessionConfig) -> String {
    let plugin = config.journeys.first().and_then(|journey| journey.plugin.as_ref().ok());
    plugin.map(|plugin| plugin.reference().path).unwrap_or_default()
}

/// Says what of `--input` nobody would read, or could read.
pub(super) fn refuse_input(args: &CheckArgs, config: &SessionConfig) -> Result<(), Failure> {
    let Some(path) = &args.input else { return Ok(()) };
    let refused = |words: String| Err(Failure::new(Exit::Usage, Fault::new(words)));
    match world(config) {
        Some(World::Transform | World::AlertChannel) if args.run.watch && input::is_standard(path) => {
            refused(
                "--watch reads the input again after each change: it takes a file, not standard input".into(),
            )
        }
        Some(World::Transform | World::AlertChannel) => Ok(()),
        Some(world) => {
            refused(format!("--input is for transforms and alert channels, and this is {}", world.noun()))
        }
        None if config.journeys.len() > 1 => {
            let words = "--input is for one transform or alert channel, and the plan names several plugins";
            Err(Failure::new(Exit::Usage, Fault::new(words).hint("--scenario NAME says which is meant")))
        }
        // What is wrong with the plugin is said.
        None => Ok(()),
    }
}

/// Tries a plugin of `world`.
pub(super) async fn run(
    env: &mut Env,
    args: &CheckArgs,
    config: SessionConfig,
    document: Option<&Document>,
    world: World,
) -> Result<Exit, Failure> {
    unread::refuse(&args.run, document, world, &config.faults)?;
    // Before signals are waited for: until then Ctrl-C ends the program, whatever it waits for.
    let input = args.input.as_deref().map(|path| Input::read(env, path)).transpose();
    let input = input.map_err(Failure::invalid)?;
    let mut signals = Signals::listen().map_err(|error| Failure::unexpected(&error))?;
    let checked = async {
        match world {
            World::Transform => Box::pin(transform::check(config, input)).await,
            _ => Box::pin(channel::check(config, input)).await,
        }
    };
    let Conclusion { end, faults, json, text } = tokio::select! {
        checked = checked => checked?,
        _ = signals.next() => {
            return Err(Failure::new(Exit::Interrupted, Fault::new("the check was stopped from outside")));
        }
    };
    let page = if args.run.format == RunFormat::Text { text(env.style_out()) } else { json };
    env.print(&page);
    Failure::all(end.exit(), faults).print(env);
    Ok(end.exit())
}
