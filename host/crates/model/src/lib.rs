//! The words of a run: ids, plans, executors, samples, and the traits through which the floors meet.
//!
//! * [`RunPlan`], [`ScenarioPlan`], [`ExecutorPlan`]: what is to happen, resolved and valid.
//! * [`LoadCurve`]: how much load that is over time.
//! * [`Vu`] and [`VuFactory`]: who does it. The engine implements them with WebAssembly guests, the
//!   scheduler's tests with a fake.
//! * [`Sample`] and [`SampleSink`]: what was measured, and where it goes.
//! * [`threshold`]: limits that decide over a run's verdict, as an expression language.
//! * [`Bottleneck`]: what kept the generator from its work in a second.
//! * [`Alert`]: what people are told when a monitor fails.
//! * [`units`]: durations, rates, stages and sizes as users write them.
//! * [`IterationTraces`]: the trace ids of iterations.
//! * [`RunClock`]: the one clock of a run.
//! * [`Exit`]: with which code a command ends.
//! * [`with_causes`]: an error in one line.
//!
//! This crate does no I/O and knows neither WebAssembly nor Arrow.
//!
//! ```
//! use std::time::Duration;
//! use outrider_model::{Arrivals, ExecutorPlan, Rate, WhenBusy};
//!
//! let executor = ExecutorPlan::ConstantArrivalRate {
//!     rate: Rate::per_second(100.0),
//!     duration: Duration::from_secs(60),
//!     pre_allocated_vus: 20,
//!     max_vus: 100,
//!     arrivals: Arrivals::Even,
//!     when_busy: WhenBusy::Drop,
//! };
//! assert_eq!(executor.max_vus(), 100);
//! assert_eq!(executor.planned_duration(), Some(Duration::from_secs(60)));
//! ```
#![warn(missing_docs)]

mod alert;
mod annotation;
mod bottleneck;
mod causes;
mod clock;
mod draw;
mod executor;
mod exit;
mod ids;
mod load_curve;
mod magnitude;
mod outcome;
mod plan;
mod sample;
mod spelling;
mod tag;
mod terminal;
pub mod threshold;
mod trace;
pub mod units;
mod vu;

pub use alert::{Alert, AlertKind, FailedCheck, Location};
pub use annotation::{AnnotationError, AnnotationText, PlannedAnnotation};
pub use bottleneck::{
    BUSY_CPU, BUSY_QUEUE, Bottleneck, HELD_UP_EVENT_LOOP, LATE_START, MANY_LATE_SHARE, MANY_LATE_STARTS,
    NEAR_LIMIT, SCARCE_MEMORY, SystemInterval, too_many_late,
};
pub use causes::{causes, joined, with_causes};
pub use clock::{RunClock, Timestamp};
pub use draw::{MixShare, hash_of, mix64};
pub use executor::{
    Arrivals, DEFAULT_GRACEFUL_RAMP_DOWN, DEFAULT_MAX_DURATION, ExecutorKind, ExecutorPlan, Rate, Stage,
    WhenBusy, phases,
};
pub use exit::Exit;
pub use ids::{IterationIndex, RunId, Segment, VuId};
pub use load_curve::{LoadCurve, LoadUnit};
pub use magnitude::{BYTE_UNITS, TIME_UNITS, in_unit};
pub use outcome::{FailureCause, FailureCounts, IterationFailure, IterationOutcome, IterationStatus};
pub use plan::{DEFAULT_GRACEFUL_STOP, JourneyPlan, PackPlan, PluginRef, RunPlan, ScenarioPlan};
pub use sample::{
    CheckSample, IterationSample, LogLevel, LogSample, MetricKind, MetricSample, Origin, Phases,
    RequestSample, Sample, SampleSink, StepSample, SystemSample, Tags,
};
pub use spelling::nearest;
pub use tag::{RunTag, TagError};
pub use terminal::drives_a_terminal;
pub use trace::{IterationTrace, IterationTraces};
pub use vu::{Admission, BoxFuture, IterationCtx, Vu, VuError, VuFactory};
