//! `host check` of a plugin that makes no load.

use std::path::Path;

use outrider_engine::World;
use outrider_session::{Exit, Fault, SessionConfig, TrialEnd};

use super::{channel, transform};
use crate::Env;
use crate::cli::{CheckArgs, RunFormat};
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

/// Tries a plugin of `world`.
pub(super) async fn run(
    env: &mut Env,
    args: &CheckArgs,
    config: SessionConfig,
    world: World,
) -> Result<Exit, Failure> {
    refuse_load(args, &config, world)?;
    let input = args.input.as_deref().map(Path::new);
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

/// What only a load has use for is refused, not ignored.
fn refuse_load(args: &CheckArgs, config: &SessionConfig, world: World) -> Result<(), Failure> {
    let run = &args.run;
    let mut given = run.load.given();
    let others = [
        ("--scenario", run.scenario.is_some()),
        ("--data", !run.data.is_empty()),
        ("--assert", !run.packs.is_empty()),
        ("--assert-set", !run.pack_settings.is_empty()),
        ("--threshold", !run.thresholds.is_empty()),
    ];
    given.extend(others.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag));
    if !given.is_empty() {
        let what = world.noun();
        return Err(Failure::new(
            Exit::Usage,
            Fault::new(format!("{what} makes no load: nothing would read {}", given.join(", "))),
        ));
    }
    let faults: Vec<Fault> = config.faults.clone();
    if faults.is_empty() { Ok(()) } else { Err(Failure::all(Exit::Invalid, faults)) }
}
