//! What a build gives.

use std::path::PathBuf;

use crate::{Place, World};

/// A plugin as a component.
#[derive(Clone, Debug)]
pub struct Built {
    /// The component. One in TypeScript imports all that its world has, so its section
    /// [`MAKES_REQUESTS_SECTION`](outrider_wit::MAKES_REQUESTS_SECTION) says whether it can make requests: whether any
    /// module of it takes `http` from the SDK. One in Go imports what it uses.
    pub component: Vec<u8>,
    /// Whether it was built before and came from the cache.
    pub cached: bool,
    /// The author's files that went into it, the entry first. A change to any of them makes another
    /// component.
    pub sources: Vec<PathBuf>,
    /// What the author should know although it was built.
    pub warnings: Vec<Warning>,
}

impl Built {
    /// The world that the component belongs to; none if it belongs to none of this version's.
    pub fn world(&self) -> Option<World> {
        World::of_component(&self.component)
    }
}

/// Something in a source that is probably not what its author wants.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// The top level asks for the time or for chance. It is evaluated once, when the plugin is built, so
    /// every user of every run gets the same.
    #[error("{place}: {what} at the top level is evaluated once, when the plugin is built: it is the same for every user\n{}", place.excerpt())]
    EvaluatedOnce {
        /// For example `Math.random()`.
        what: &'static str,
        /// Where.
        place: Place,
    },
    /// Something is used that browsers or Node have: it will be a `ReferenceError`.
    #[error("{place}: there is no {what} in plugins: {instead}\n{}", place.excerpt())]
    Absent {
        /// For example `setTimeout`.
        what: &'static str,
        /// What stands in its place.
        instead: &'static str,
        /// Where.
        place: Place,
    },
    /// The language's own compiler warns.
    #[error("{said}")]
    Compiler {
        /// Its words.
        said: String,
    },
    /// Another version of the SDK is asked for or installed than the one that is built in and that counts.
    #[error("{said}")]
    OtherSdk {
        /// Which, and which counts.
        said: String,
    },
    /// Something of the project's does not count here that counts for the language's own tools.
    #[error("{said}")]
    Unread {
        /// What, and what counts.
        said: String,
    },
    /// The journey exports `options`, which is how k6 is told the load.
    #[error("{place}: options is not used: give the load on the command line, e.g. -u 3 -d 5s")]
    UnusedOptions {
        /// Where.
        place: Place,
    },
}
