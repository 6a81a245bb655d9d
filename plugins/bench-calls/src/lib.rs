//! Three calls of the host for each iteration and no request: what a guest in Rust costs.

use outrider_sdk::{Description, Iteration, Journey, Result, User, metric, step};

/// A user who opens a step, records a value, and ends the step.
#[derive(Debug)]
pub struct Calls;

impl Journey for Calls {
    fn describe() -> Description {
        Description::new("bench-calls", "Calls the host three times.")
    }

    fn start(_user: &User) -> Result<Self> {
        Ok(Self)
    }

    fn iterate(&mut self, _iteration: &Iteration) -> Result<()> {
        step("work", || {
            metric::counter("work.done").add(1.0);
            Ok(())
        })
    }
}

outrider_sdk::journey!(Calls);
