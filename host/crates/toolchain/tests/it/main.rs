//! Builds journeys and runs them on the host's wasmtime.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod builds;
mod caching;
mod faults;
mod go;
mod guest;
mod plain;
mod promises;
