//! A journey for the host's tests. Its parameter `behaviour` chooses what it does, `when` in which of its
//! functions, and `every` and `vu` how often and for whom. One file of `behaviour/` is one behaviour.

mod behaviour;
mod parameters;

use outrider_sdk::{Description, Iteration, Journey, Result, Scenario, User, json, vars};
use serde::Serialize;

use parameters::{Parameters, When};

/// A user that misbehaves.
#[derive(Debug)]
pub struct TestGuest {
    vu: u32,
    parameters: Parameters,
}

impl Journey for TestGuest {
    fn describe() -> Description {
        Description::new("test-guest", "Does what its parameters say.")
            .scenario(Scenario::new("main", "Does it.").weight(3))
            .scenario(Scenario::new("rest", "Does nothing.").weight(1))
            .scenario(Scenario::new("hidden", "Runs only where it is named.").weight(0))
            .parameters(parameters::schema())
    }

    fn setup() -> Result<impl Serialize> {
        let parameters: Parameters = vars::parameters()?;
        behave_if_now(&parameters, When::Setup)?;
        Ok(json!({ "prepared": true, "mark": parameters.mark }))
    }

    fn start(user: &User) -> Result<Self> {
        let guest = Self { vu: user.vu, parameters: vars::parameters()? };
        guest.behave(When::Start)?;
        Ok(guest)
    }

    fn iterate(&mut self, iteration: &Iteration) -> Result<()> {
        if iteration.scenario == "rest" || !iteration.index.is_multiple_of(self.parameters.every) {
            return Ok(());
        }
        self.behave(When::Iterate)
    }

    fn stop(&mut self) -> Result<()> {
        self.behave(When::Stop)
    }

    fn teardown() -> Result<()> {
        behave_if_now(&vars::parameters()?, When::Teardown)
    }
}

impl TestGuest {
    fn behave(&self, now: When) -> Result<()> {
        if self.parameters.vu != 0 && self.parameters.vu != self.vu {
            return Ok(());
        }
        behave_if_now(&self.parameters, now)
    }
}

fn behave_if_now(parameters: &Parameters, now: When) -> Result<()> {
    if parameters.when == now { behaviour::behave(parameters) } else { Ok(()) }
}

outrider_sdk::journey!(TestGuest);
