//! How a run ended.

use outrider_engine::LifecycleError;
use outrider_model::{FailureCause, RunId};
use outrider_scheduler::{FailureNote, IterationCounts, PrepareError, RunEnd};
use outrider_storage::RunStatus;

use crate::Exit;

/// Why a run ended. The first reason wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// All scenarios came to their end.
    Finished,
    /// It was stopped from outside, gracefully.
    Stopped,
    /// It was aborted from outside.
    Aborted,
    /// The journey asked for it.
    AbortedByPlugin {
        /// What it said.
        reason: String,
    },
    /// The journey's `setup` failed.
    SetupFailed {
        /// What happened.
        message: String,
        /// Where, in the author's source.
        stack: Option<String>,
        /// Whether the target is to blame.
        target: bool,
    },
    /// Users could not be made.
    VusFailed {
        /// What happened.
        message: String,
        /// Where, in the author's source.
        stack: Option<String>,
        /// Whether this machine is to blame.
        generator: bool,
    },
    /// Rows could not be written.
    StorageFailed {
        /// What happened.
        message: String,
    },
}

impl EndReason {
    pub(crate) fn of_setup(error: LifecycleError) -> EndReason {
        match error {
            LifecycleError::Failure { abort: true, message, .. } => {
                EndReason::AbortedByPlugin { reason: message }
            }
            LifecycleError::Failure { target, message, stack, .. } => {
                EndReason::SetupFailed { message, stack, target }
            }
            LifecycleError::Fault(fault) => {
                EndReason::SetupFailed { message: fault.message, stack: fault.stack, target: false }
            }
        }
    }

    pub(crate) fn of_prepare(error: PrepareError) -> EndReason {
        match error {
            PrepareError::Stopped => EndReason::Stopped,
            PrepareError::Vus { first, .. } => EndReason::VusFailed {
                message: first.to_string(),
                generator: first.cause == FailureCause::Generator,
                stack: first.stack.clone(),
            },
        }
    }

    pub(crate) fn of_run(end: RunEnd) -> EndReason {
        match end {
            RunEnd::Finished => EndReason::Finished,
            RunEnd::Stopped => EndReason::Stopped,
            RunEnd::Aborted => EndReason::Aborted,
            RunEnd::AbortedByJourney(abort) => EndReason::AbortedByPlugin { reason: abort.reason },
        }
    }

    /// The status that `outcome.json` keeps.
    pub(crate) fn status(&self) -> RunStatus {
        match self {
            EndReason::Finished => RunStatus::Finished,
            EndReason::Stopped | EndReason::Aborted => RunStatus::Interrupted,
            EndReason::AbortedByPlugin { .. } => RunStatus::Aborted,
            EndReason::SetupFailed { .. } | EndReason::VusFailed { .. } | EndReason::StorageFailed { .. } => {
                RunStatus::Failed
            }
        }
    }

    /// The reason in a sentence, unless the run simply finished.
    pub(crate) fn sentence(&self) -> Option<String> {
        Some(match self {
            EndReason::Finished => return None,
            EndReason::Stopped => "stopped from outside".into(),
            EndReason::Aborted => "aborted from outside".into(),
            EndReason::AbortedByPlugin { reason } => format!("ended by the journey: {reason}"),
            EndReason::SetupFailed { message, .. } => format!("setup failed: {message}"),
            EndReason::VusFailed { message, .. } => message.clone(),
            EndReason::StorageFailed { message } => format!("rows could not be kept: {message}"),
        })
    }
}

/// A run's end.
#[derive(Clone, Debug)]
pub struct SessionEnd {
    /// The run.
    pub run_id: RunId,
    /// Why it ended.
    pub reason: EndReason,
    /// Iterations of all scenarios.
    pub iterations: IterationCounts,
    /// Iterations that the plan counts but that never came due.
    pub unstarted: u64,
    /// The first distinct failures.
    pub failures: Vec<FailureNote>,
    /// What `teardown` said, if it failed. It decides nothing.
    pub teardown: Option<String>,
}

impl SessionEnd {
    /// The exit code of a program that did nothing but this run.
    pub fn exit(&self) -> Exit {
        match &self.reason {
            EndReason::Finished if self.plugin_broke_always() => Exit::PluginBroken,
            EndReason::Finished => Exit::Ok,
            EndReason::Stopped | EndReason::Aborted => Exit::Interrupted,
            EndReason::AbortedByPlugin { .. } => Exit::AbortedByPlugin,
            EndReason::VusFailed { generator: true, .. } | EndReason::StorageFailed { .. } => {
                Exit::Unexpected
            }
            EndReason::SetupFailed { .. } | EndReason::VusFailed { .. } => Exit::PluginBroken,
        }
    }

    /// Whether every iteration that started ended with a fault of the plugin.
    pub fn plugin_broke_always(&self) -> bool {
        self.iterations.started > 0 && self.iterations.failed.plugin == self.iterations.started
    }
}
