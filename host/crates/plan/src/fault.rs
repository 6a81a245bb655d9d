//! What is wrong with a plan, and where.

use std::fmt;

use crate::Place;

/// One thing that is wrong with a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFault {
    /// Where it stands.
    pub at: Place,
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub hint: Option<String>,
}

impl PlanFault {
    pub(crate) fn new(at: Place, message: impl Into<String>) -> PlanFault {
        PlanFault { at, message: message.into(), hint: None }
    }

    #[must_use]
    pub(crate) fn hint(self, hint: impl Into<String>) -> PlanFault {
        PlanFault { hint: Some(hint.into()), ..self }
    }

    #[must_use]
    pub(crate) fn maybe_hint(self, hint: Option<String>) -> PlanFault {
        PlanFault { hint, ..self }
    }
}

impl fmt::Display for PlanFault {
    /// `12:3: …`, line and column.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.at.line, self.at.column, self.message)
    }
}
