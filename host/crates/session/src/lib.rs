//! One run, assembled: plugins, plan, scheduler, samples, storage.
//!
//! [`Session::prepare`] takes a [`SessionConfig`], loads its journeys and packs, checks the plan as a whole and
//! claims a run id; [`Session::dry_run`] does the same and stops before anything is written; [`Session::test`] and
//! [`Session::test_pack`] test a plugin by a fixed clock, without a network; [`Session::run`] makes the load and writes what was measured; [`Watch`] shows it meanwhile;
//! [`SessionEnd`] says why it ended, and [`Exit`] with which code.
//!
//! This is the only crate that knows all the others below it. It renders nothing.
//!
//! ```
//! use outrider_session::Exit;
//! assert_eq!(Exit::ThresholdCrossed.code(), 99);
//! ```

mod breakdown;
mod closing;
mod config;
mod drive;
mod dry_run;
mod end;
mod error;
mod exports;
mod fault;
mod journey;
mod listener;
mod monitor;
mod packs;
mod parameters;
mod places;
mod plugin_test;
mod preview;
mod resolve;
mod session;
mod silence;
mod thresholds;
mod trial;
mod watch;

pub use breakdown::Breakdown;
pub use config::{
    Asked, DebugConfig, JourneyConfig, LoadConfig, PackConfig, ParameterValue, ScenarioConfig, SessionConfig,
};
pub use dry_run::{DataNeed, DryRun, RoomNeed};
pub use end::{EndReason, JourneyEnd, SessionEnd};
pub use error::SessionError;
pub use fault::Fault;
pub use listener::LogListener;
pub use monitor::MONITOR_INTERVAL;
pub use outrider_engine::PackAccount;
pub use outrider_export::{
    DEFAULT_LINGER, DEFAULT_OTLP_URL, DEFAULT_PROMETHEUS_ADDRESS, DEFAULT_TRACE_SHARE, ExportConfig,
    ExportError, JsonlTarget, LastScrape, OtlpAsked, OtlpConfig, PrometheusConfig, Stream, jsonl_schema,
};
pub use outrider_model::Exit;
pub use outrider_scheduler::{ScenarioPhase, StopHandle};
pub use outrider_telemetry::{ThresholdStanding, ThresholdState};
pub use places::Places;
pub use plugin_test::{JourneyTest, PackTest, StagedEnd, StagedStep, TestedJourney, TestedPack};
pub use preview::Preview;
pub use session::Session;
pub use thresholds::{ThresholdEnd, read_thresholds};
pub use trial::{
    CallEnd, CallTrial, Certainty, ChannelTrial, DataTrial, Estimate, IterationEnd, IterationTrial,
    JourneyTrial, MAX_SEEN, MetricSeen, ScenarioEstimate, Seen, TransformTrial, Trial, TrialEnd,
    UnseenThreshold, UserCall, UserTrial,
};
pub use watch::{Phase, ScenarioProgress, Watch};
