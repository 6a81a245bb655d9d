//! Who runs iterations.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::{IterationIndex, IterationOutcome, Timestamp, VuId};

/// A boxed future that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What an iteration is told.
#[derive(Clone, Debug)]
pub struct IterationCtx {
    /// The scenario of the run.
    pub scenario: Arc<str>,
    /// The scenario of the plugin.
    pub plugin_scenario: Arc<str>,
    /// Its index in the scenario, over all workers.
    pub iteration: IterationIndex,
    /// How many iterations this VU has run before.
    pub vu_iteration: u64,
    /// When it should have started.
    pub scheduled_at: Timestamp,
    /// How much later it starts; zero in the closed model.
    pub lateness: Duration,
}

/// A virtual user that was set up and waits.
pub trait Vu: Send {
    /// The user's number.
    fn id(&self) -> VuId;

    /// Runs one iteration. Called one at a time. It ends by itself: limits of time and memory are the
    /// implementation's, and every fault comes back as an outcome. If the future is dropped before it
    /// is ready (graceful stop over), the VU is not used again; samples taken until then are kept.
    fn iterate(&mut self, ctx: IterationCtx) -> BoxFuture<'_, IterationOutcome>;

    /// Whether the VU can run another iteration. Asked after each; on `false` the scheduler replaces
    /// the VU by a new one with the same id before its next iteration.
    fn is_reusable(&self) -> bool {
        true
    }

    /// Time of the last iteration that is no part of its duration: what was done beside the journey and not
    /// by it, as judging what it did. Asked after each iteration that was not interrupted.
    fn unmeasured(&self) -> Duration {
        Duration::ZERO
    }

    /// Lets the user finish: called once, after its last iteration, never after a dropped `iterate`.
    fn stop(&mut self) -> BoxFuture<'_, ()>;
}

/// Whether an iteration may start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Start,
    /// It cannot do its work, and is recorded as dropped.
    Drop {
        /// A short, stable name of the cause, for grouping: `data exhausted`.
        kind: &'static str,
        /// What is missing, in one sentence.
        reason: String,
    },
    /// Neither it nor any after it can do its work: the run ends, those under way may finish.
    StopRun {
        /// What is missing, in one sentence.
        reason: String,
    },
}

/// Makes virtual users.
pub trait VuFactory: Send + Sync {
    /// Whether an iteration may start. Asked once for each iteration, before a VU begins it, from the
    /// tasks that start iterations; it must not block. By default all may.
    fn admit(&self, scenario: &str, plugin_scenario: &str, iteration: IterationIndex) -> Admission {
        let _ = (scenario, plugin_scenario, iteration);
        Admission::Start
    }

    /// Makes the user `id`: slow (instance, the guest's `start`), so it is called before the user is
    /// needed where that is possible. Called concurrently.
    fn create(&self, id: VuId) -> BoxFuture<'_, Result<Box<dyn Vu>, VuError>>;
}

/// A virtual user could not be made.
#[derive(Clone, Debug, thiserror::Error)]
#[error("cannot start VU {vu}: {message}")]
pub struct VuError {
    /// The user.
    pub vu: VuId,
    /// Whose fault: the plugin's (its `start` failed) or the generator's (no memory, no slot).
    pub cause: crate::FailureCause,
    /// Whether the journey asked for the whole run to end, for the reason that `message` gives.
    pub aborts_run: bool,
    /// What happened.
    pub message: String,
    /// The stack in the author's source, where there is one.
    pub stack: Option<String>,
    /// The last lines that the journey printed or logged in its `start`.
    pub said: Vec<String>,
    /// The assertion pack beside the user that could not be started; `None` if it was the user itself.
    pub pack: Option<std::sync::Arc<str>>,
}
