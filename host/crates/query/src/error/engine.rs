//! The engine's errors in our words: what, where, and what was probably meant.

use std::fmt::Write as _;

use arrow::error::ArrowError;
use datafusion::common::utils::quote_identifier;
use datafusion::common::{Column, Diagnostic, SchemaError};
use datafusion::error::DataFusionError;
use outrider_model::nearest;

use super::{QueryError, QueryFault, QueryPlace};

/// Twelve names in a hint: what is more is looked up with `--tables`.
const MAX_NAMES_IN_HINT: usize = 12;

/// What the engine puts before the name of a table.
const HOME: &str = "datafusion.public.";

/// What the engine notes of a column that several tables have: one that may be meant, as the query names its table.
const CANDIDATE: &str = "possible column ";

/// What a query may name, to guess what was meant.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) tables: Vec<String>,
    pub(crate) functions: Vec<String>,
}

/// Why a query could not be planned: all that is wrong with it.
pub(crate) fn asking_failed(error: &DataFusionError, names: &Names) -> QueryError {
    QueryError::Query(error.iter().map(|error| fault(error, names)).collect())
}

/// Why rows stopped coming.
pub(crate) fn reading_failed(error: DataFusionError, memory_bytes: usize, names: &Names) -> QueryError {
    match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => {
            QueryError::Memory { limit_bytes: memory_bytes, source: Box::new(error) }
        }
        // A decoder that damaged bytes make panic takes its task down.
        DataFusionError::ParquetError(_)
        | DataFusionError::ObjectStore(_)
        | DataFusionError::External(_)
        | DataFusionError::ExecutionJoin(_) => {
            QueryError::Damaged { parts: Vec::new(), source: Box::new(error) }
        }
        DataFusionError::ArrowError(met, _) if is_of_a_file(met) => {
            QueryError::Damaged { parts: Vec::new(), source: Box::new(error) }
        }
        // Divisions by zero, casts of what is no number, and what the engine cannot do at all.
        DataFusionError::ArrowError(..)
        | DataFusionError::Plan(_)
        | DataFusionError::NotImplemented(_)
        | DataFusionError::Execution(_) => QueryError::Query(vec![fault(&error, names)]),
        _ => QueryError::Engine(Box::new(error)),
    }
}

/// What reading a part meets, as opposed to calculating with its rows.
fn is_of_a_file(error: &ArrowError) -> bool {
    matches!(error, ArrowError::ParquetError(_) | ArrowError::IoError(..) | ArrowError::ExternalError(_))
}

fn fault(error: &DataFusionError, names: &Names) -> QueryFault {
    let diagnostic = error.diagnostic();
    let place = diagnostic
        .and_then(|diagnostic| diagnostic.span)
        .map(|span| QueryPlace { line: span.start.line, column: span.start.column });
    let fault = match error.find_root() {
        DataFusionError::SQL(error, _) => syntax(&error.to_string()),
        DataFusionError::SchemaError(error, _) => schema(error, diagnostic),
        root => planning(&root.message(), names),
    };
    QueryFault { place: place.or(fault.place), ..fault }
}

/// `sql parser error: Expected: an expression, found: EOF at Line: 1, Column: 7`.
fn syntax(message: &str) -> QueryFault {
    let message = message.strip_prefix("sql parser error: ").unwrap_or(message);
    let (what, place) = match message.rsplit_once(" at Line: ") {
        Some((what, place)) => (what, place_of(place)),
        None => (message, None),
    };
    QueryFault { place, ..QueryFault::new(format!("this is no SQL: {}", lower(what))) }
}

fn place_of(text: &str) -> Option<QueryPlace> {
    let (line, column) = text.split_once(", Column: ")?;
    Some(QueryPlace { line: line.trim().parse().ok()?, column: column.trim().parse().ok()? })
}

fn schema(error: &SchemaError, diagnostic: Option<&Diagnostic>) -> QueryFault {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => no_column(field, valid_fields),
        // One is a table's, the other one is called so: no reference to either.
        SchemaError::AmbiguousReference { field } if field.relation.is_some() => {
            QueryFault::new(format!("two columns are called '{}'", field.name()))
                .hint(format!("give one of them another name: {} as …", field.quoted_flat_name()))
        }
        SchemaError::AmbiguousReference { field } => in_several_tables(field.name(), diagnostic),
        other => QueryFault::new(lower(&other.to_string())),
    }
}

/// A column's name that alone says too little.
fn in_several_tables(column: &str, diagnostic: Option<&Diagnostic>) -> QueryFault {
    let mut candidates: Vec<String> = diagnostic
        .into_iter()
        .flat_map(|diagnostic| &diagnostic.notes)
        .filter_map(|note| qualified(note.message.strip_prefix(CANDIDATE)?, column))
        .collect();
    candidates.dedup();
    let fault = QueryFault::new(format!("the column '{column}' is in several tables"));
    match candidates.split_last() {
        Some((only, [])) => fault.hint(format!("put the table before it: {only}")),
        Some((last, others)) => {
            fault.hint(format!("put the table before it: {} or {last}", others.join(", ")))
        }
        None => fault.hint("put the table before it, or what the query calls that"),
    }
}

/// `r.name` as it is to be written; `None` for the column of a part of the query that has no name.
fn qualified(candidate: &str, column: &str) -> Option<String> {
    let table = candidate.strip_suffix(column)?.strip_suffix('.')?;
    // Of a table in a schema each part would stand in quotes of its own.
    let table = if table.contains('.') { table.into() } else { quote_identifier(table) };
    Some(format!("{table}.{}", quote_identifier(column)))
}

fn no_column(field: &Column, known: &[Column]) -> QueryFault {
    let of_table: Vec<&str> = known
        .iter()
        .filter(|known| field.relation.is_none() || known.relation == field.relation)
        .map(Column::name)
        .collect();
    let fault = match &field.relation {
        Some(table) => QueryFault::new(format!("there is no column '{}' in '{table}'", field.name())),
        None => QueryFault::new(format!("there is no column '{}'", field.name())),
    };
    match nearest(field.name(), of_table.iter().copied()) {
        Some(near) => fault.hint(format!("did you mean '{near}'?")),
        None if of_table.is_empty() => {
            fault.hint("`host report sql --tables` lists the columns of all tables; text stands in '…'")
        }
        None => fault.hint(format!("there are: {}; text stands in '…'", listed(&of_table))),
    }
}

/// What the planner says in words: the two that are met most are told by their beginnings.
fn planning(message: &str, names: &Names) -> QueryFault {
    if let Some(table) = quoted(message, "table '", "' not found") {
        let table = table.strip_prefix(HOME).unwrap_or(table);
        let fault = QueryFault::new(format!("there is no table '{table}'"));
        let known = names.tables.iter().map(String::as_str);
        return fault.hint(match nearest(table, known.clone()) {
            Some(near) => format!("did you mean '{near}'?"),
            None => format!("there are: {}", known.collect::<Vec<_>>().join(", ")),
        });
    }
    if let Some(function) = quoted(message, "Invalid function '", "'") {
        let fault = QueryFault::new(format!("there is no function '{function}'"));
        return match nearest(function, names.functions.iter().map(String::as_str)) {
            Some(near) => fault.hint(format!("did you mean '{near}'?")),
            None => fault.hint("`host report sql --tables` lists the functions of this program"),
        };
    }
    let ungrouped = message.split_once("While expanding wildcard, ").map(|(_, rest)| rest);
    if let Some(column) =
        ungrouped.and_then(|rest| quoted(rest, "column \"", "\" must appear in the GROUP BY"))
    {
        let fault =
            QueryFault::new(format!("'{column}' is neither grouped by nor put together by a function"));
        return fault.hint(format!("add `group by {column}`, or take min({column}), count(*), p95(…) of it"));
    }
    QueryFault::new(lower(plainest(message).lines().next().unwrap_or_default().trim_end_matches('.')))
}

/// The sentence of a function of ours that refused its arguments, out of what the engine puts around it.
fn plainest(message: &str) -> &str {
    let Some((_, refusal)) = message.split_once("coercion failed with: Error during planning: ") else {
        return message;
    };
    refusal.split(". No function matches").next().unwrap_or(refusal)
}

/// What stands between these, of which a message begins with the first.
fn quoted<'a>(message: &'a str, before: &str, after: &str) -> Option<&'a str> {
    Some(message.strip_prefix(before)?.split_once(after)?.0)
}

fn listed(names: &[&str]) -> String {
    let mut text = names[..names.len().min(MAX_NAMES_IN_HINT)].join(", ");
    if names.len() > MAX_NAMES_IN_HINT {
        write!(text, " and {} more (`--tables` lists all)", names.len() - MAX_NAMES_IN_HINT)
            .expect("writing to a string cannot fail");
    }
    text
}

/// Our messages begin with a small letter; a name in capitals stays as it is.
fn lower(message: &str) -> String {
    let mut letters = message.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain([second]).chain(letters).collect()
        }
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_slip_in_the_grammar_is_taken_from_the_parser() {
        let fault = syntax("sql parser error: Expected: an expression, found: EOF at Line: 2, Column: 17");
        assert_eq!(fault.message, "this is no SQL: expected: an expression, found: EOF");
        assert_eq!(fault.place, Some(QueryPlace { line: 2, column: 17 }));
        assert_eq!(syntax("recursion limit exceeded").place, None);
    }

    #[test]
    fn tables_and_functions_that_are_not_there_lead_to_the_nearest() {
        let names = Names {
            tables: vec!["requests".into(), "steps".into()],
            functions: vec!["p95".into(), "bucket".into()],
        };
        let fault = planning("table 'datafusion.public.request' not found", &names);
        assert_eq!(fault.message, "there is no table 'request'");
        assert_eq!(fault.hint.as_deref(), Some("did you mean 'requests'?"));
        let fault = planning("table 'datafusion.public.people' not found", &names);
        assert_eq!(fault.hint.as_deref(), Some("there are: requests, steps"));
        let fault = planning("Invalid function 'bukcet'.\nDid you mean 'x'?", &names);
        assert_eq!(fault.hint.as_deref(), Some("did you mean 'bucket'?"));
    }

    #[test]
    fn what_the_engine_says_at_length_is_said_in_a_sentence() {
        let ungrouped = "Column in SELECT must be in GROUP BY or an aggregate function: While expanding wildcard, column \
                         \"requests.name\" must appear in the GROUP BY clause or must be part of an aggregate function";
        let fault = planning(ungrouped, &Names::default());
        assert_eq!(fault.message, "'requests.name' is neither grouped by nor put together by a function");
        assert!(fault.hint.unwrap().starts_with("add `group by requests.name`, or "));
        let refused = "Function 'p95' user-defined coercion failed with: Error during planning: p95 takes numbers, and \
                       not text. No function matches the given name and argument types 'p95(Utf8View)'.";
        assert_eq!(planning(refused, &Names::default()).message, "p95 takes numbers, and not text");
    }

    #[test]
    fn a_column_of_several_tables_is_hinted_by_what_the_query_calls_them() {
        let hint = |names: &[&str]| {
            let mut diagnostic = Diagnostic::new_error("column 'name' is ambiguous", None);
            names.iter().for_each(|name| diagnostic.add_note(format!("possible column {name}"), None));
            let error = SchemaError::AmbiguousReference { field: Box::new(Column::new_unqualified("name")) };
            schema(&error, Some(&diagnostic)).hint.unwrap()
        };
        assert_eq!(hint(&["r.name", "s.name"]), "put the table before it: r.name or s.name");
        assert_eq!(
            hint(&["a.name", "B.name", "c.name"]),
            "put the table before it: a.name, \"B\".name or c.name"
        );
        assert_eq!(hint(&["name", "s.name"]), "put the table before it: s.name");
        assert_eq!(hint(&[]), "put the table before it, or what the query calls that");
    }

    #[test]
    fn two_columns_of_one_name_are_no_question_of_tables() {
        let field = Box::new(Column::new(Some("requests"), "name"));
        let fault = schema(&SchemaError::AmbiguousReference { field }, None);
        assert_eq!(fault.message, "two columns are called 'name'");
        assert_eq!(fault.hint.as_deref(), Some("give one of them another name: requests.name as …"));
    }

    #[test]
    fn a_column_of_another_table_is_no_suggestion() {
        let known = [Column::new(Some("requests"), "name"), Column::new(Some("steps"), "nome")];
        let fault = no_column(&Column::new(Some("requests"), "nome"), &known);
        assert_eq!(fault.message, "there is no column 'nome' in 'requests'");
        assert_eq!(fault.hint.as_deref(), Some("did you mean 'name'?"));
    }
}
