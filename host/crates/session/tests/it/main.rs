//! Runs of real components, through the session alone.
//!
//! Guests are components that `cargo xtask setup` built into target/plugins.
#![expect(clippy::unwrap_used, reason = "clippy knows test functions, but not what they call")]

mod dry_run;
mod harness;
mod journeys;
mod refused;
