//! What can fail before a run.

use std::sync::Arc;

use outrider_model::VuError;

use crate::JourneyAbort;

/// VUs could not be made ready.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PrepareError {
    /// At least one VU could not be made. The others were stopped.
    #[error("cannot prepare {planned} VUs")]
    Vus {
        /// How many were to be made on this worker.
        planned: usize,
        /// The scenario of the first failure.
        scenario: Arc<str>,
        /// The first failure.
        #[source]
        first: Box<VuError>,
        /// Further failures that were known by then, few.
        more: Vec<VuError>,
    },
    /// A journey asked for the run to end when it was started.
    #[error("ended by the journey: {}", .0.reason)]
    AbortedByJourney(JourneyAbort),
    /// The run was stopped meanwhile.
    #[error("stopped while VUs were being prepared")]
    Stopped,
}
