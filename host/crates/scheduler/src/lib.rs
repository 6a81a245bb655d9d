//! Executors, pacing, the pool of VUs and graceful stop: when iterations start, and that each is
//! accounted for.
//!
//! * [`Scheduler`]: makes the VUs of a [`RunPlan`](outrider_model::RunPlan), then runs its scenarios.
//! * [`StopHandle`]: ends a run before its time, gracefully or at once.
//! * [`Gauges`]: what a run is doing, readable by others while it lasts.
//! * [`SchedulerOutcome`]: what it did.
//! * [`Schedule`]: the arrivals of the open model, as a pure function of the plan.
//!
//! It knows VUs only through [`Vu`](outrider_model::Vu) and
//! [`VuFactory`](outrider_model::VuFactory), and measurements through
//! [`SampleSink`](outrider_model::SampleSink): neither WebAssembly nor files nor the terminal.
//!
//! # How it works
//!
//! ```text
//! Scheduler::run ─► one task per scenario: executor ─► Crew ─► one task per VU: Seat::drive
//!                     constant_vus, …                            Pace ─► Scheduled ─► Started ─► sample
//! ```
//!
//! * An **executor** decides how many VUs work and until when. Its differences are values: a pace
//!   (closed or open model), a limit, a number of VUs.
//! * A **crew** is the set of VU tasks of a scenario, with the way to end them: *leave* (finish the
//!   iteration, then go) and *interrupt* (drop the iteration).
//! * A **seat** is the place of one VU. It outlives the VU, which is replaced when it broke.
//! * An **iteration** is a value that is consumed once. Dropping it wherever it is records how it
//!   ended, which is why each scheduled iteration ends as exactly one of completed, failed,
//!   interrupted and dropped, even if a task is cancelled.
//!
//! Between VU tasks nothing is shared but atomic counters; a VU is told to leave by its own signal.
//!
//! # Timers
//!
//! Tokio's timers tick in milliseconds and round up; the operating system may add another. Arrivals
//! that fall between two ticks start together at the second one: each with its own scheduled time, to
//! the nanosecond, and late by what is left of the tick, which its sample shows. See [`LATE_START`] for
//! what counts as late, and [`ARRIVAL_GRACE`] for what it means for drops.
//!
//! The time that an iteration waits because every VU is busy is the target's, or the plan's ceiling: it is
//! recorded apart (`waited`), and does not count as a late start of the generator's.
//!
//! # Not promised
//!
//! An iteration whose future blocks its thread cannot be interrupted: [`Vu::iterate`] must yield, as
//! the engine's guests do at each epoch.
//!
//! [`Vu::iterate`]: outrider_model::Vu::iterate

mod control;
mod crew;
mod error;
mod executor;
mod gauges;
mod iteration;
mod outcome;
mod prepare;
mod scenario;
mod schedule;
mod scheduler;
mod seat;
mod signal;
mod stats;

#[cfg(test)]
mod fake;

pub use control::{JourneyAbort, RunEnd, StopHandle, StopPhase};
pub use error::PrepareError;
pub use executor::{ARRIVAL_GRACE, MAX_WAITING};
pub use gauges::{Gauges, ScenarioPhase, ScenarioSnapshot};
pub use outcome::{FailureNote, IterationCounts, ScenarioOutcome, SchedulerOutcome};
pub use outrider_model::LATE_START;
pub use prepare::MAX_CONCURRENT_CREATIONS;
pub use schedule::Schedule;
pub use scheduler::Scheduler;
pub use seat::VU_STOP_TIMEOUT;
pub use stats::MAX_FAILURE_NOTES;
