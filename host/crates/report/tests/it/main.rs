//! Integration tests of the report: rendering of a hand-built summary, reading of real datasets.
#![expect(clippy::unwrap_used, reason = "helpers of tests: their panic is the test's failure")]

mod bounds;
mod compare;
mod dataset;
mod example;
mod formats;
mod html;
mod json;
mod quick;
mod read;
mod read_broken;
mod read_health;
mod running;
mod samples;
mod statistics;
mod text;
mod trend;
