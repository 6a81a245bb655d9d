//! What one user does: the trait [`Journey`] and the macro [`journey!`](crate::journey!).

mod description;
#[doc(hidden)]
pub mod export;

use serde::Serialize;

use crate::Result;

pub use description::{DEFAULT_SCENARIO, Description, Scenario};

/// The user that is being started.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct User {
    /// Its number, from 1, unique in the run.
    pub vu: u32,
}

/// The iteration that is to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Iteration {
    /// The scenario, by the name that [`Journey::describe`] gave.
    pub scenario: String,
    /// Its number in the scenario of the run, from 0, unique over all workers.
    pub index: u64,
    /// How many iterations this user has run before.
    pub user_iteration: u64,
}

/// What one user does. A value of the type is one user, between its start and its stop.
pub trait Journey: Sized + 'static {
    /// Says what the plugin is. Called before the run, and wherever the plugin is inspected; there is no
    /// network.
    fn describe() -> Description;

    /// Prepares the run: called before any user starts, once for each journey of it. Scenarios with the same plugin
    /// and the same parameters are one journey. What it returns, every user of the journey on every worker reads by
    /// [`vars::setup_data`](crate::vars::setup_data). An error ends the run before it starts. By default nothing is
    /// done and nothing returned.
    ///
    /// ```no_run
    /// # use outrider_sdk::{Description, Iteration, Journey, Result, User, http, json};
    /// # struct Visit;
    /// # impl Journey for Visit {
    /// # fn describe() -> Description { Description::new("", "") }
    /// # fn start(_: &User) -> Result<Self> { Ok(Visit) }
    /// # fn iterate(&mut self, _: &Iteration) -> Result<()> { Ok(()) }
    /// fn setup() -> Result<impl serde::Serialize> {
    ///     let campaign: String = http::post("/api/campaigns").send()?.json_path("$.id")?;
    ///     Ok(json!({ "campaign": campaign }))
    /// }
    /// # }
    /// ```
    fn setup() -> Result<impl Serialize> {
        Ok(())
    }

    /// Makes a user: called once for each, before its first iteration, and again after a panic or a timeout, for
    /// the user that takes the place. The place to read parameters and to log in. An error ends the run if it has
    /// not started yet; later, the run goes on without this user, unless the error is one that
    /// [ends the run](crate::Error::abort).
    fn start(user: &User) -> Result<Self>;

    /// Runs one iteration.
    fn iterate(&mut self, iteration: &Iteration) -> Result<()>;

    /// Lets the user finish: called once for each, after its last iteration; not if that was interrupted, panicked
    /// or timed out. All users of a scenario have five seconds for it together. By default nothing is done.
    fn stop(&mut self) -> Result<()> {
        Ok(())
    }

    /// Cleans up: called at the end of a run, also when it failed, once for each journey. By default nothing is done.
    fn teardown() -> Result<()> {
        Ok(())
    }
}

/// Makes a [`Journey`](trait@crate::Journey) the component's. Once in a crate, in the crate's root.
#[macro_export]
macro_rules! journey {
    ($journey:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use $crate::__private::journey_export::{self as export, Guest, wit};

            struct Component;

            ::std::thread_local! {
                // The instance is one user's, so its state may live in the instance.
                static USER: export::UserCell<$journey> = const { export::UserCell::new() };
            }

            impl Guest for Component {
                fn describe() -> wit::Description {
                    export::describe::<$journey>()
                }

                fn setup() -> ::std::result::Result<::std::option::Option<::std::string::String>, wit::Failure> {
                    export::setup::<$journey>()
                }

                fn start(user: wit::User) -> ::std::result::Result<(), wit::Failure> {
                    USER.with(|cell| cell.start(user))
                }

                fn iterate(iteration: wit::Iteration) -> ::std::result::Result<(), wit::Failure> {
                    USER.with(|cell| cell.iterate(iteration))
                }

                fn stop() -> ::std::result::Result<(), wit::Failure> {
                    USER.with(|cell| cell.stop())
                }

                fn teardown() -> ::std::result::Result<(), wit::Failure> {
                    export::teardown::<$journey>()
                }
            }

            $crate::__private::journey::export_journey!(Component with_types_in $crate::__private::journey);
        };

        // Elsewhere (unit tests, an editor's check) there is nothing to export, and the type is checked.
        #[cfg(not(target_arch = "wasm32"))]
        const _: fn() -> $crate::Description = <$journey as $crate::Journey>::describe;
    };
}
