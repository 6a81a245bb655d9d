//! Why a shop cannot start or did not end well.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::FaultProblem;

/// A failure of the shop itself; what a client does wrong is an answer, not an error.
#[derive(Debug, thiserror::Error)]
pub enum ShopError {
    /// The address is taken or not this machine's.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The access log could not be created.
    #[error("cannot create the access log '{}'", path.display())]
    CreateLog {
        /// The log's path.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The access log could not be written to its end; lines are missing.
    #[error("cannot write the access log '{}', lines are missing", path.display())]
    WriteLog {
        /// The log's path.
        path: PathBuf,
        /// The first failure.
        #[source]
        source: io::Error,
    },
    /// The settings contradict themselves or name what does not exist; all problems at once.
    #[error("invalid faults: {}", join(.0))]
    Faults(Vec<FaultProblem>),
}

impl ShopError {
    /// What to do about it, where that is not plain.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            ShopError::Listen { .. } => Some(
                "--listen with another port, or 127.0.0.1:0 for any that is free; another shop may be running",
            ),
            _ => None,
        }
    }
}

fn join(problems: &[FaultProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
