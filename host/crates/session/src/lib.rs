//! One run, assembled: plugin, plan, scheduler, samples, storage.
//!
//! [`Session::prepare`] takes a [`SessionConfig`], loads the plugin, checks the plan as a whole and claims a
//! run id; [`Session::run`] makes the load and writes what was measured; [`Watch`] shows it meanwhile;
//! [`SessionEnd`] says why it ended, and [`Exit`] with which code.
//!
//! This is the only crate that knows all the others below it. It renders nothing.
//!
//! ```
//! use outrider_session::Exit;
//! assert_eq!(Exit::ThresholdCrossed.code(), 99);
//! ```

mod breakdown;
mod config;
mod drive;
mod end;
mod error;
mod exit;
mod fault;
mod listener;
mod monitor;
mod packs;
mod parameters;
mod preview;
mod resolve;
mod session;
mod silence;
mod thresholds;
mod watch;

pub use breakdown::Breakdown;
pub use config::{Asked, LoadConfig, PackConfig, ScenarioConfig, SessionConfig};
pub use end::{EndReason, SessionEnd};
pub use error::SessionError;
pub use exit::Exit;
pub use fault::Fault;
pub use listener::LogListener;
pub use monitor::MONITOR_INTERVAL;
pub use outrider_engine::PackAccount;
pub use outrider_scheduler::{ScenarioPhase, StopHandle};
pub use outrider_telemetry::ThresholdState;
pub use preview::Preview;
pub use session::Session;
pub use thresholds::{ThresholdEnd, read_thresholds};
pub use watch::{Phase, ScenarioProgress, Watch};
