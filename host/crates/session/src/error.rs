//! What keeps a run from starting.

use outrider_storage::StorageError;

use crate::{Breakdown, Fault};

/// A run cannot start.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// What was asked for is not valid; everything that is wrong with it.
    #[error("the plan is not valid")]
    Invalid(Vec<Fault>),
    /// A journey could not say what it is, and nothing else is wrong.
    #[error("{} in describe", breakdown.who(journey))]
    Describe {
        /// The journey, as faults name it.
        journey: String,
        /// How.
        breakdown: Box<Breakdown>,
    },
    /// An assertion pack could not say what it is, and nothing else is wrong.
    #[error("{}", breakdown.fault_of_pack(name).message)]
    DescribePack {
        /// The pack, by its file.
        name: String,
        /// How.
        breakdown: Box<Breakdown>,
    },
    /// A plugin that makes no load broke before it had anything to do.
    #[error("{} in {call}", breakdown.who(who))]
    Broke {
        /// The plugin, as faults name it.
        who: String,
        /// The call.
        call: &'static str,
        /// How.
        breakdown: Box<Breakdown>,
    },
    /// The dataset cannot be written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// This machine gives no thread.
    #[error("cannot start a thread for the measurements")]
    Machine(#[source] std::io::Error),
}
