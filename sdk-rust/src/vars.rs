//! What the run was told, and what `setup` returned.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::bindings::imports::vars;
use crate::{Error, Result};

/// Why there is no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The run has no secret of that name.
    #[error("the run has no secret '{name}', only {known:?}")]
    NotGranted {
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// Anything else, in the host's words.
    #[error("cannot read the secret '{name}': {reason}")]
    Other {
        /// The secret's name.
        name: String,
        /// The host's words.
        reason: String,
    },
}

impl SecretError {
    fn from_wit(name: &str, error: vars::SecretError) -> Self {
        let name = name.to_owned();
        match error {
            vars::SecretError::NotGranted(known) => Self::NotGranted { name, known },
            vars::SecretError::Other(reason) => Self::Other { name, reason },
        }
    }
}

/// The value of a secret that the run was given (`--secret NAME`). The host keeps it out of every row, log
/// and message.
///
/// ```no_run
/// # use outrider_sdk::{Result, http, vars};
/// # fn example() -> Result<()> {
/// let password = vars::secret("shop-password")?;
/// http::post("/login").form([("user", "ada"), ("password", password.as_str())]).send()?;
/// # Ok(()) }
/// ```
pub fn secret(name: &str) -> Result<String, SecretError> {
    vars::secret(name).map_err(|error| SecretError::from_wit(name, error))
}

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

/// Parameters as the host hands them over: what is given, and for the rest the defaults of the schema's properties.
/// For unit tests of what reads parameters.
///
/// ```
/// use outrider_sdk::{json, vars};
///
/// let schema = json!({"type": "object", "properties": {"think_ms": {"type": "integer", "default": 200}}});
/// assert_eq!(vars::with_defaults(&schema, &json!({})), json!({"think_ms": 200}));
/// ```
pub fn with_defaults(schema: &Value, given: &Value) -> Value {
    let properties = schema["properties"].as_object().into_iter().flatten();
    let defaults =
        properties.filter_map(|(name, property)| Some((name.clone(), property.get("default")?.clone())));
    let given = given.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone()));
    Value::Object(defaults.chain(given).collect())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_secret_is_answered_with_the_known_ones() {
        let error = SecretError::from_wit("token", vars::SecretError::NotGranted(vec!["key".into()]));
        assert_eq!(error.to_string(), "the run has no secret 'token', only [\"key\"]");
    }
}
