//! What keeps a run from starting.

use outrider_engine::{EngineError, PluginFault};
use outrider_storage::StorageError;

/// A run cannot start.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The plugin cannot be loaded.
    #[error(transparent)]
    Plugin(#[from] EngineError),
    /// The plugin broke when it was asked what it is.
    #[error("the plugin broke in describe")]
    Describe(#[source] PluginFault),
    /// The plan is not valid; everything that is wrong with it.
    #[error("the plan is not valid")]
    Invalid(Vec<PlanFault>),
    /// The dataset cannot be written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// This machine gives no thread.
    #[error("cannot start a thread for the measurements")]
    Machine(#[source] std::io::Error),
}

/// One thing that is wrong with a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFault {
    /// What is wrong, and where.
    pub message: String,
    /// Why.
    pub causes: Vec<String>,
    /// What to do.
    pub hint: Option<String>,
}

impl PlanFault {
    pub(crate) fn new(message: impl Into<String>, hint: Option<String>) -> PlanFault {
        PlanFault { message: message.into(), causes: Vec::new(), hint }
    }

    /// An error with its sources.
    pub(crate) fn of(error: &dyn std::error::Error, hint: Option<String>) -> PlanFault {
        let mut fault = PlanFault::new(error.to_string(), hint);
        let mut source = error.source();
        while let Some(cause) = source {
            fault.causes.push(cause.to_string());
            source = cause.source();
        }
        fault
    }
}
