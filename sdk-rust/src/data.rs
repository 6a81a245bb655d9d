//! Test data from the files that the run was given (`--data NAME=FILE:POLICY`).

use serde::de::DeserializeOwned;

use crate::bindings::imports::data;

/// Why there is no row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The run has no data of that name.
    #[error("the run has no data '{name}'{} (hint: --data {name}=FILE)", others(known))]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// Every row has been used.
    #[error("every row of '{name}' has been used: there are {rows}")]
    Exhausted {
        /// The data's name.
        name: String,
        /// How many rows there are.
        rows: u64,
    },
    /// The row has other fields than the type asked for.
    #[error("the row of '{name}' does not fit: {reason}")]
    Shape {
        /// The data's name.
        name: String,
        /// What does not fit.
        reason: String,
    },
    /// Anything else, in the host's words.
    #[error("cannot read '{name}': {reason}")]
    Other {
        /// The data's name.
        name: String,
        /// The host's words.
        reason: String,
    },
}

impl Error {
    fn from_wit(name: &str, error: data::DataError) -> Self {
        let name = name.to_owned();
        match error {
            data::DataError::Unknown(known) => Self::Unknown { name, known },
            data::DataError::Exhausted(rows) => Self::Exhausted { name, rows },
            data::DataError::Other(reason) => Self::Other { name, reason },
        }
    }
}

/// This iteration's row. Which one it is, the data's policy says: `unique`, `circular`, `random` or
/// `shuffled`. It follows from the iteration's number over all workers, and is the same however often it is
/// asked for within an iteration. In [`start`](crate::Journey::start) and [`stop`](crate::Journey::stop) it
/// is the user's own row.
///
/// ```no_run
/// # use outrider_sdk::{Result, data};
/// #[derive(serde::Deserialize)]
/// struct Customer {
///     email: String,
///     password: String,
/// }
///
/// # fn example() -> Result<()> {
/// let customer: Customer = data::row("customers")?;
/// # let _ = (customer.email, customer.password); Ok(()) }
/// ```
pub fn row<T: DeserializeOwned>(name: &str) -> Result<T, Error> {
    let json = data::row(name).map_err(|error| Error::from_wit(name, error))?;
    parse(name, &json)
}

/// How many rows there are.
pub fn count(name: &str) -> Result<u64, Error> {
    data::count(name).map_err(|error| Error::from_wit(name, error))
}

/// The names that there are, if there are any.
fn others(known: &[String]) -> String {
    if known.is_empty() { String::new() } else { format!(", only {}", known.join(", ")) }
}

fn parse<T: DeserializeOwned>(name: &str, json: &str) -> Result<T, Error> {
    serde_json::from_str(json)
        .map_err(|error| Error::Shape { name: name.to_owned(), reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_does_not_fit_says_why() {
        let error = parse::<u32>("users", "\"x\"").unwrap_err();
        let words = error.to_string();
        assert!(words.starts_with("the row of 'users' does not fit: invalid type"), "{words}");
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let error =
            Error::from_wit("users", data::DataError::Unknown(vec!["products".into(), "orders".into()]));
        let words = "the run has no data 'users', only products, orders (hint: --data users=FILE)";
        assert_eq!(error.to_string(), words);
        let error = Error::from_wit("users", data::DataError::Unknown(Vec::new()));
        assert_eq!(error.to_string(), "the run has no data 'users' (hint: --data users=FILE)");
    }
}
