//! Builds journeys and runs them on the host's wasmtime.

mod builds;
mod caching;
mod faults;
mod guest;
mod plain;
mod promises;
mod zbench;
