//! From modules to a component, and what failures on the way mean to an author.

mod snapshot;

use std::error::Error;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use outrider_wit::MAKES_REQUESTS_SECTION;
use serde::Deserialize;

use crate::cache::Cache;
use crate::modules::Modules;
use crate::section::with_section;
use crate::{ToolchainError, World};
use snapshot::Evaluation;

/// What links and evaluates. Part of the cache's key; a test compares it with Cargo.lock.
pub(crate) const COMPONENTIZER: &str = "componentize-qjs 0.4.5";

/// What the SDK's runtime puts before its report.
const REPORT: &str = "outrider-build-report:";

/// Deeply nested sources are parsed and the top level is evaluated on it; only what is used is taken.
const STACK_BYTES: usize = 64 << 20;

/// How an attempt ended.
#[derive(Debug)]
pub(crate) enum Attempt {
    Component(Vec<u8>),
    /// The plugin belongs to another world, this one.
    OtherWorld(World),
}

/// Why the SDK's runtime did not bind the plugin.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Report {
    World { world: World },
    Definition { world: Option<World>, faults: Vec<String> },
    Exception { message: String, stack: Option<String> },
}

/// Runs a function on a thread with a stack that suits it.
pub(crate) fn on_large_stack<T: Send + 'static>(
    run: impl FnOnce() -> Result<T, ToolchainError> + Send + 'static,
) -> Result<T, ToolchainError> {
    let spawned = thread::Builder::new().name("outrider-build".to_owned()).stack_size(STACK_BYTES).spawn(run);
    let joined = spawned.map_err(ToolchainError::Thread)?.join();
    joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Links, evaluates and takes the snapshot. `file` is the entry, for messages. An evaluation that takes longer than the
/// limit is ended; what comes before it ends by itself, however slow the machine.
pub(crate) fn attempt(
    modules: Modules,
    world: World,
    file: &str,
    cache: Option<&Cache>,
    limit: Duration,
) -> Result<Attempt, ToolchainError> {
    let evaluation = Evaluation::new(modules, cache).map_err(ToolchainError::Link)?;
    let stop = evaluation.stop();
    let (sender, receiver) = mpsc::sync_channel(1);
    let (preparing, prepared) = mpsc::channel();
    let spawned = thread::Builder::new().name("outrider-evaluate".to_owned()).stack_size(STACK_BYTES).spawn(
        move || {
            // Nobody listens any more past the limit.
            drop(sender.send(evaluation.component(world, preparing)));
        },
    );
    spawned.map_err(ToolchainError::Thread)?;
    // Nothing is sent: it is over when the other end is dropped.
    prepared.iter().for_each(|()| {});
    match receiver.recv_timeout(limit) {
        Ok(outcome) => {
            outcome.map_or_else(|source| explain(source, file), |bytes| Ok(Attempt::Component(bytes)))
        }
        Err(mpsc::RecvTimeoutError::Timeout) => {
            stop();
            Err(ToolchainError::NeverEnds { file: file.to_owned(), limit })
        }
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(ToolchainError::Link("the linker panicked".into())),
    }
}

/// The component with a section that says whether it can make requests.
pub(crate) fn said_to_make_requests(component: Vec<u8>, makes_requests: bool) -> Vec<u8> {
    with_section(component, MAKES_REQUESTS_SECTION, &[u8::from(makes_requests)])
}

fn explain(source: Box<dyn Error + Send + Sync>, file: &str) -> Result<Attempt, ToolchainError> {
    let text = source.to_string();
    let file = file.to_owned();
    match report_in(&text) {
        Some(Report::World { world }) => Ok(Attempt::OtherWorld(world)),
        Some(Report::Definition { world, faults }) => Err(ToolchainError::Definition { file, world, faults }),
        Some(Report::Exception { message, stack }) => Err(ToolchainError::Exception { message, stack }),
        None if text.contains("resulted in a dead lock") => Err(ToolchainError::NeverKept { file }),
        None if text.contains("call stack exhausted") => Err(ToolchainError::TooDeep { file }),
        None => Err(ToolchainError::Link(source)),
    }
}

fn report_in(text: &str) -> Option<Report> {
    let (_, report) = text.split_once(REPORT)?;
    serde_json::from_str(report.lines().next()?).ok()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_cache_key_names_the_componentizer_that_is_linked() {
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../Cargo.lock");
        let (name, version) = COMPONENTIZER.split_once(' ').unwrap();
        let expected = format!("name = \"{name}\"\nversion = \"{version}\"");
        assert!(
            fs::read_to_string(lock).unwrap().contains(&expected),
            "Cargo.lock has another version than {COMPONENTIZER}"
        );
    }

    #[test]
    fn a_report_is_found_in_the_linkers_message() {
        let text = "Failed to evaluate: Error: outrider-build-report:{\"kind\":\"exception\",\"message\":\"Error: x\",\"stack\":null}\n    at report";
        assert!(
            matches!(report_in(text), Some(Report::Exception { message, stack: None }) if message == "Error: x")
        );
        assert!(report_in("something else").is_none());
    }

    #[test]
    fn what_the_runtime_says_is_put_in_the_authors_terms() {
        let explained = |text: &str| explain(text.into(), "a.ts").unwrap_err().to_string();
        assert_eq!(
            explained("Error blocking on a promise resulted in a dead lock"),
            "the top level of a.ts awaits a promise that is never kept"
        );
        assert_eq!(
            explained("wasm trap: call stack exhausted"),
            "the top level of a.ts calls itself without end"
        );
        assert_eq!(explained("something else"), "cannot put the component together");
    }
}
