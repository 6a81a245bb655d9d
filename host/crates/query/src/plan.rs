//! From a text to a plan that only reads.

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::{DdlStatement, LogicalPlan, Statement as Setting};
use datafusion::sql::parser::{DFParserBuilder, Statement};

use crate::error::{Names, asking_failed};
use crate::{QueryError, QueryFault};

/// The statement of a query, which has one.
pub(crate) fn only_statement(query: &str, names: &Names) -> Result<Statement, QueryError> {
    let failed = |error| asking_failed(&error, names);
    let mut parser = DFParserBuilder::new(query).build().map_err(failed)?;
    let mut statements = parser.parse_statements().map_err(failed)?;
    let found = statements.len();
    match (statements.pop_front(), found) {
        (Some(statement), 1) => Ok(statement),
        (None, _) => Err(refused(QueryFault::new("the query is empty").hint(
            "for example: host report sql \"select * from slowest_requests order by p95_ms desc limit 10\"",
        ))),
        (Some(_), _) => Err(refused(
            QueryFault::new(format!("the query has {found} statements; one is answered at a time"))
                .hint("leave one of those that ';' separates"),
        )),
    }
}

/// Lets a plan pass that reads, and no other: nothing is made, written or set, and no file is named.
pub(crate) fn refuse_changes(plan: &LogicalPlan) -> Result<(), QueryError> {
    let mut found = None;
    plan.apply_with_subqueries(|node| {
        found = change(node);
        Ok(if found.is_some() { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    })
    .expect("looking at a plan cannot fail");
    match found {
        None => Ok(()),
        Some(what) => Err(refused(
            QueryFault::new(format!("{what} is not possible here: queries read runs and change nothing"))
                .hint("SELECT, WITH, VALUES, EXPLAIN and DESCRIBE are; --output keeps an answer as a file"),
        )),
    }
}

/// Whether a plan reads rows of these tables. To explain one reads none.
pub(crate) fn reads_rows(plan: &LogicalPlan, tables: &[String]) -> bool {
    if matches!(plan, LogicalPlan::Explain(_)) {
        return false;
    }
    let mut reads = false;
    plan.apply_with_subqueries(|node| {
        reads |= matches!(node, LogicalPlan::TableScan(scan)
            if scan.table_name.schema() != Some("information_schema")
                && tables.iter().any(|table| table == scan.table_name.table()));
        Ok(if reads { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    })
    .expect("looking at a plan cannot fail");
    reads
}

/// What a step of a plan would change.
fn change(plan: &LogicalPlan) -> Option<&'static str> {
    match plan {
        LogicalPlan::Dml(_) => Some("changing rows"),
        LogicalPlan::Copy(_) => Some("COPY"),
        LogicalPlan::Ddl(DdlStatement::CreateExternalTable(_)) => Some("CREATE EXTERNAL TABLE"),
        LogicalPlan::Ddl(_) => Some("making or dropping tables, views and functions"),
        LogicalPlan::Statement(Setting::SetVariable(_) | Setting::ResetVariable(_)) => Some("SET"),
        LogicalPlan::Statement(_) => Some("a transaction or a prepared statement"),
        _ => None,
    }
}

fn refused(fault: QueryFault) -> QueryError {
    QueryError::Query(vec![fault])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(query: &str) -> String {
        only_statement(query, &Names::default()).map_or_else(|error| error.to_string(), |_| "fine".to_owned())
    }

    #[test]
    fn a_query_is_one_statement() {
        assert_eq!(message("select 1;"), "fine");
        assert_eq!(message("-- nothing"), "the query is empty");
        assert_eq!(message("select 1; select 2"), "the query has 2 statements; one is answered at a time");
        assert!(message("select from").starts_with("this is no SQL: "), "{}", message("select from"));
    }
}
