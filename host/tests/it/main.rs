//! The real program against real servers on the loopback interface.
//!
//! Guests are components that `cargo xtask setup` built into target/plugins.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod annotations;
mod bad_guests;
mod bad_input;
mod bad_targets;
mod bottlenecks;
mod bounds;
mod bucket;
mod cardinality;
mod check;
mod compare;
mod cut_off;
mod data;
mod debug;
mod exchanges;
mod executors;
mod exports;
mod extraction;
mod faults;
mod first_steps;
mod frozen;
mod go;
mod go_faults;
mod go_worlds;
mod harness;
mod hostile;
mod html_report;
mod http_bodies;
mod http_faults;
mod http_grants;
mod killed;
mod lateness;
mod listing;
mod live_line;
mod output;
mod over_time;
mod packs;
mod places;
mod plans;
mod plugin_checks;
mod plugin_tests;
mod projects;
mod repeats;
mod runs;
mod secrets;
mod shortfalls;
mod signals;
mod sources;
mod sql;
mod tables;
mod thresholds;
mod tour;
mod truth;
mod watch;
