//! What the run was told, and what `setup` returned.

use serde::de::DeserializeOwned;

use crate::bindings::imports::vars;
use crate::{Error, Result};

/// The run's parameters (`--set KEY=VALUE`). The host checked them against the schema that `describe` gave,
/// and filled in its defaults. They do not change during a run, so `start` is the place to read them.
///
/// ```no_run
/// # use outrider_sdk::{Result, vars};
/// #[derive(serde::Deserialize)]
/// struct Parameters {
///     think_ms: u64,
/// }
///
/// # fn example() -> Result<()> {
/// let parameters: Parameters = vars::parameters()?;
/// # let _ = parameters.think_ms; Ok(()) }
/// ```
#[track_caller]
pub fn parameters<T: DeserializeOwned>() -> Result<T> {
    match serde_json::from_str(&vars::parameters()) {
        Ok(parameters) => Ok(parameters),
        Err(error) => {
            Err(Error::plugin(format_args!("the parameters do not fit the journey's type: {error}")))
        }
    }
}

/// What [`Journey::setup`](crate::Journey::setup) returned. Ask for an `Option` if it may return nothing.
#[track_caller]
pub fn setup_data<T: DeserializeOwned>() -> Result<T> {
    match serde_json::from_str(&vars::setup_data()) {
        Ok(data) => Ok(data),
        Err(error) => {
            Err(Error::plugin(format_args!("the set-up data do not fit the journey's type: {error}")))
        }
    }
}
