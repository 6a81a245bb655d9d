//! When things are to happen, as pure functions of the plan: no clock, no tasks, no state shared.
//!
//! * [`Schedule`]: the arrivals of the open model, iteration by iteration.
//! * [`VuSteps`]: the moments at which `ramping-vus` changes its number of VUs.
//!
//! Both know the worker's [`Segment`](outrider_model::Segment): what all workers do together is
//! exactly what one worker would do alone.

mod arrivals;
mod curve;
mod vu_steps;

pub use arrivals::Schedule;
pub(crate) use vu_steps::VuSteps;
