//! Between the component's exports and the trait. Called by the code that `transform!` writes.

use std::cell::RefCell;

use super::{RawRecord, Rejection, Row, Transform};
use crate::{Error, panic};

pub use crate::bindings::transform::exports::outrider::plugin::transforms::Guest;

/// The contract's types, under one name.
pub mod wit {
    pub use crate::bindings::imports::types::Failure;
    pub use crate::bindings::transform::exports::outrider::plugin::transforms::{
        Description, Field, Outcome, RawRecord, Value,
    };
}

/// Holds the one transform of an instance.
#[derive(Debug)]
pub struct TransformCell<T>(RefCell<Option<T>>);

impl<T: Transform> TransformCell<T> {
    /// No transform yet.
    #[expect(clippy::new_without_default, reason = "a thread-local needs a constant")]
    pub const fn new() -> Self {
        Self(RefCell::new(None))
    }

    /// Makes the transform.
    pub fn start(&self) -> Result<(), wit::Failure> {
        panic::install_hook();
        let transform = T::start().map_err(Error::into_wit)?;
        self.0.replace(Some(transform));
        Ok(())
    }

    /// What becomes of each record.
    pub fn transform(&self, records: Vec<wit::RawRecord>) -> Result<Vec<wit::Outcome>, wit::Failure> {
        let mut transform = self.0.borrow_mut();
        let transform = transform.as_mut().expect("the host starts a transform before it gives it records");
        let records = records.into_iter().map(RawRecord::from_wit);
        Ok(records.map(|record| outcome(transform.transform(&record))).collect())
    }
}

fn outcome(outcome: Result<Vec<Row>, Rejection>) -> wit::Outcome {
    match outcome {
        Ok(rows) if rows.is_empty() => wit::Outcome::Skipped,
        Ok(rows) => {
            let rows: Result<Vec<_>, String> = rows.into_iter().map(Row::into_wit).collect();
            rows.map_or_else(wit::Outcome::Rejected, wit::Outcome::Rows)
        }
        Err(rejection) => wit::Outcome::Rejected(rejection.to_string()),
    }
}

/// The transform's description.
pub fn describe<T: Transform>() -> wit::Description {
    panic::install_hook();
    T::describe().into_wit()
}
