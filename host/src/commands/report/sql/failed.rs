//! Why there is no answer, as the user sees it.

use outrider_model::causes;
use outrider_query::{QueryError, QueryFault};
use outrider_session::Exit;

use super::source::Question;
use crate::failure::{Failure, Fault};

pub(super) fn failure(error: QueryError, question: &Question) -> Failure {
    let hint = error.hint();
    let exit = match &error {
        QueryError::Query(_) => Exit::Usage,
        QueryError::Storage(_) => Exit::Invalid,
        _ => Exit::Unexpected,
    };
    match error {
        QueryError::Query(faults) => {
            Failure::all(exit, faults.into_iter().map(|fault| of_query(fault, question)).collect())
        }
        QueryError::Damaged { ref parts, .. } if !parts.is_empty() => {
            let fault = Fault { causes: parts.clone(), ..Fault::new(error.to_string()) };
            Failure::new(exit, fault.maybe_hint(hint))
        }
        other => {
            // The engine's words may go on with a trace of itself.
            let first_line = |cause: String| cause.lines().next().unwrap_or_default().to_owned();
            let causes = causes(&other).map(|cause| first_line(cause.to_string())).collect();
            Failure::new(exit, Fault { causes, ..Fault::new(other.to_string()) }.maybe_hint(hint))
        }
    }
}

/// `query:1:8: there is no column 'nome'`.
fn of_query(fault: QueryFault, question: &Question) -> Fault {
    let place = match fault.place {
        Some(place) => format!("{}:{}:{}", question.name, place.line, place.column),
        None => question.name.clone(),
    };
    Fault::new(fault.message).at(Some(&place)).maybe_hint(fault.hint)
}
