//! Between the component's exports and the trait. Called by the code that `journey!` writes.

use std::cell::RefCell;

use super::{Iteration, Journey, User};
use crate::bindings::imports::types::Failure;
use crate::{Error, Result, panic};

pub use crate::bindings::journey::exports::outrider::plugin::user_journey::Guest;

/// The contract's types, under one name.
pub mod wit {
    pub use crate::bindings::imports::journey_types::{Description, Iteration, User};
    pub use crate::bindings::imports::types::Failure;
}

/// Holds the one user of an instance.
#[derive(Debug)]
pub struct UserCell<J>(RefCell<Option<J>>);

impl<J: Journey> UserCell<J> {
    /// No user yet.
    #[expect(clippy::new_without_default, reason = "a thread-local needs a constant")]
    pub const fn new() -> Self {
        Self(RefCell::new(None))
    }

    /// Makes the user.
    pub fn start(&self, user: wit::User) -> Result<(), Failure> {
        panic::install_hook();
        let journey = J::start(&User { vu: user.vu }).map_err(Error::into_wit)?;
        self.0.replace(Some(journey));
        Ok(())
    }

    /// Runs one iteration of the user.
    pub fn iterate(&self, iteration: wit::Iteration) -> Result<(), Failure> {
        let wit::Iteration { scenario, index, user_iteration } = iteration;
        let iteration = Iteration { scenario, index, user_iteration };
        self.with_user(|user| user.iterate(&iteration))
    }

    /// Lets the user finish.
    pub fn stop(&self) -> Result<(), Failure> {
        self.with_user(Journey::stop)
    }

    fn with_user(&self, body: impl FnOnce(&mut J) -> Result<()>) -> Result<(), Failure> {
        match self.0.borrow_mut().as_mut() {
            Some(user) => body(user),
            None => Err(Error::plugin("this user was not started")),
        }
        .map_err(Error::into_wit)
    }
}

/// The journey's description.
pub fn describe<J: Journey>() -> wit::Description {
    panic::install_hook();
    J::describe().into_wit()
}

/// Runs the journey's set-up.
pub fn setup<J: Journey>() -> Result<Option<String>, Failure> {
    panic::install_hook();
    set_up::<J>().map_err(Error::into_wit)
}

fn set_up<J: Journey>() -> Result<Option<String>> {
    let json = serde_json::to_string(&J::setup()?)?;
    Ok(Some(json).filter(|json| json != "null"))
}

/// Runs the journey's tear-down.
pub fn teardown<J: Journey>() -> Result<(), Failure> {
    panic::install_hook();
    J::teardown().map_err(Error::into_wit)
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;
    use crate::Description;

    struct Counts(u64);

    impl Journey for Counts {
        fn describe() -> Description {
            Description::new("counts", "Counts.")
        }

        fn setup() -> Result<impl Serialize> {
            Ok(vec![1, 2])
        }

        fn start(user: &User) -> Result<Self> {
            Ok(Counts(u64::from(user.vu)))
        }

        fn iterate(&mut self, iteration: &Iteration) -> Result<()> {
            self.0 += iteration.index;
            crate::ensure!(self.0 < 10, "counted to {}", self.0);
            Ok(())
        }
    }

    fn iteration(index: u64) -> wit::Iteration {
        wit::Iteration { scenario: "default".into(), index, user_iteration: 0 }
    }

    #[test]
    fn a_user_keeps_its_state_over_its_iterations() {
        let cell = UserCell::<Counts>::new();
        cell.start(wit::User { vu: 3 }).unwrap();
        cell.iterate(iteration(4)).unwrap();
        assert_eq!(cell.iterate(iteration(5)).unwrap_err().message, "counted to 12");
    }

    #[test]
    fn an_iteration_before_the_start_is_the_plugins_failure() {
        let failure = UserCell::<Counts>::new().iterate(iteration(0)).unwrap_err();
        assert_eq!(failure.message, "this user was not started");
    }

    #[test]
    fn set_up_data_become_json_and_nothing_becomes_none() {
        struct Nothing;
        impl Journey for Nothing {
            fn describe() -> Description {
                Description::new("nothing", "Nothing.")
            }
            fn start(_user: &User) -> Result<Self> {
                Ok(Nothing)
            }
            fn iterate(&mut self, _iteration: &Iteration) -> Result<()> {
                Ok(())
            }
        }
        assert_eq!(setup::<Counts>().unwrap().as_deref(), Some("[1,2]"));
        assert_eq!(setup::<Nothing>().unwrap(), None);
    }
}
