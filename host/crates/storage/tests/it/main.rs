//! The storage of a run from the outside: what is written is what is read, and what is missing is said.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod completeness;
mod data_file;
mod failures;
mod far;
mod fixture;
mod parts;
mod places;
mod reading;
mod recovery;
mod round_trip;
mod uploads;
