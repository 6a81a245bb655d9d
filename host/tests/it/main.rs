//! The real program against real servers on the loopback interface.
//!
//! Guests are components that `cargo xtask setup` built into target/plugins.

mod bad_guests;
mod bad_input;
mod bad_targets;
mod harness;
mod runs;
mod signals;
