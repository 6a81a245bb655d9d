//! The shop over its socket: every route, the faults, the log, the program.
#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

mod client;
mod faults;
mod log;
mod program;
mod purchase;
mod routes;
