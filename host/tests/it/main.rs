//! The real program against real servers on the loopback interface.
//!
//! Guests are components that `cargo xtask setup` built into target/plugins.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod bad_guests;
mod bad_input;
mod bad_targets;
mod harness;
mod runs;
mod signals;
