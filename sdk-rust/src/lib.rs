//! Write journeys, assertion packs, transforms and alert channels for Outrider in Rust.
//!
//! A journey is what one user does. It is a type that implements [`Journey`], exported with [`journey!`],
//! in a crate of type `cdylib` that is built for `wasm32-wasip2`:
//!
//! ```no_run
//! use outrider_sdk::{Description, Iteration, Journey, Result, User, check, http, step};
//!
//! pub struct Visit;
//!
//! impl Journey for Visit {
//!     fn describe() -> Description {
//!         Description::new("visit", "Looks at the home page.")
//!     }
//!
//!     fn start(_user: &User) -> Result<Self> {
//!         Ok(Visit)
//!     }
//!
//!     fn iterate(&mut self, _iteration: &Iteration) -> Result<()> {
//!         step("home page", || {
//!             let page = http::get("/").send()?;
//!             check::that("status is 200").actual(page.status()).equals(200);
//!             Ok(())
//!         })
//!     }
//! }
//!
//! outrider_sdk::journey!(Visit);
//! ```
//!
//! The host makes one instance of the component for each virtual user, and calls it one call at a time:
//! a journey needs no locks, and what it keeps in `self` is that user's alone. Requests are sent and
//! measured by the host; an answer's body stays there until the journey asks for a part of it.
//!
//! An assertion pack says what must hold about the answers that any journey gets: see [`AssertionPack`]. A
//! [`Transform`] makes rows of raw records, an [`AlertChannel`] tells people that a monitor fails.
//!
//! Every call of the host is an import of the component, so outside of WebAssembly it panics: what a
//! guest computes can be unit-tested with `cargo test`, what it asks of the host cannot.
#![warn(missing_docs)]

pub mod alerts;
pub mod assertions;
mod bindings;
pub mod check;
pub mod clock;
pub mod data;
mod error;
pub mod expectation;
pub mod http;
pub mod journey;
pub mod log;
pub mod metric;
mod panic;
pub mod random;
pub mod step;
mod tag;
pub mod think;
pub mod transforms;
pub mod vars;
mod verdict;

pub use alerts::AlertChannel;
pub use assertions::AssertionPack;
#[doc(inline)]
pub use check::check;
pub use error::{Error, ErrorKind, Result};
pub use journey::{Description, Iteration, Journey, Scenario, User};
pub use serde_json;
pub use serde_json::json;
#[doc(inline)]
pub use step::step;
pub use tag::tag;
#[doc(inline)]
pub use think::think;
pub use transforms::Transform;
pub use verdict::Verdict;

/// For the macros of this crate alone; it may change at any time.
#[doc(hidden)]
pub mod __private {
    pub use crate::alerts::export as channel_export;
    pub use crate::assertions::export as pack_export;
    pub use crate::bindings::{alert_channel, assertion_pack, journey, transform};
    pub use crate::journey::export as journey_export;
    pub use crate::transforms::export as transform_export;
}

/// The guide's code compiles.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guides/journey-rust.md")]
struct Guide;

/// As does that of the guide to packs.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guides/assertion-packs.md")]
struct PackGuide;

/// And that of the guide to plugins that make no load.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guides/transforms-and-alert-channels.md")]
struct WithoutLoadGuide;
