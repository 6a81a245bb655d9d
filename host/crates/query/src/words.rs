//! Grouping by words: by the number that each word is given, where the engine would hash and compare its text in every row.
//!
//! `group by name` becomes `group by word_id(name)`, and the words come back above it. Words are few: of a run at most
//! some thousands, as names are bounded.

mod numbered;
mod view_ids;

use std::sync::Arc;

use datafusion::common::tree_node::Transformed;
use datafusion::common::{Column, Result};
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan, Projection, TableScan};
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};
use outrider_telemetry::ColumnKind;

use crate::table::{RunTable, columns_of};
use numbered::Numbered;

/// Replaces words by numbers where rows are grouped by them.
#[derive(Debug)]
pub(crate) struct GroupWordsByNumber;

impl OptimizerRule for GroupWordsByNumber {
    fn name(&self) -> &'static str {
        "group_words_by_number"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn rewrite(&self, plan: LogicalPlan, _: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        match plan {
            LogicalPlan::Aggregate(aggregate) if groups_by_words(&aggregate) => {
                by_number(aggregate).map(Transformed::yes)
            }
            plan => Ok(Transformed::no(plan)),
        }
    }
}

fn groups_by_words(aggregate: &Aggregate) -> bool {
    let is_set = |by: &Expr| matches!(by, Expr::GroupingSet(_));
    !aggregate.group_expr.iter().any(is_set)
        && aggregate.group_expr.iter().any(|by| word_of(by, &aggregate.input).is_some())
}

fn by_number(aggregate: Aggregate) -> Result<LogicalPlan> {
    let Aggregate { input, group_expr, aggr_expr, schema, .. } = aggregate;
    let mut below: Vec<Expr> = input.schema().columns().into_iter().map(Expr::Column).collect();
    let mut above: Vec<Expr> = schema.columns().into_iter().map(Expr::Column).collect();
    let mut groups = Vec::new();
    for (place, by) in group_expr.into_iter().enumerate() {
        let Some(word) = word_of(&by, &input) else {
            groups.push(by);
            continue;
        };
        let numbered = Numbered::default();
        let id = Expr::Column(Column::new_unqualified(format!("id of {}", word.flat_name())));
        below.push(numbered.id_of(by.clone()).alias(id.schema_name().to_string()));
        let (qualifier, field) = schema.qualified_field(place);
        above[place] = numbered.word_of(id.clone(), field).alias_qualified(qualifier.cloned(), field.name());
        groups.push(id);
    }
    let below = LogicalPlan::Projection(Projection::try_new(below, input)?);
    let grouped = LogicalPlan::Aggregate(Aggregate::try_new(Arc::new(below), groups, aggr_expr)?);
    Ok(LogicalPlan::Projection(Projection::try_new(above, Arc::new(grouped))?))
}

/// The column by which rows are grouped, if it has words of a table.
fn word_of<'a>(by: &'a Expr, input: &LogicalPlan) -> Option<&'a Column> {
    match by {
        Expr::Column(column) if comes_from_words(column, input) => Some(column),
        _ => None,
    }
}

/// Whether what this plan gives in the column are the words of a table, as they are.
fn comes_from_words(column: &Column, plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::TableScan(scan) => is_word(column, scan),
        LogicalPlan::Filter(filter) => comes_from_words(column, &filter.input),
        LogicalPlan::Sort(sort) => comes_from_words(column, &sort.input),
        LogicalPlan::Limit(limit) => comes_from_words(column, &limit.input),
        LogicalPlan::SubqueryAlias(alias) => {
            let place = alias.schema.maybe_index_of_column(column);
            place.is_some_and(|place| comes_from_words(&alias.input.schema().columns()[place], &alias.input))
        }
        LogicalPlan::Projection(projection) => {
            let place = projection.schema.maybe_index_of_column(column);
            place.is_some_and(|place| match projection.expr[place].clone().unalias() {
                Expr::Column(inner) => comes_from_words(&inner, &projection.input),
                _ => false,
            })
        }
        _ => false,
    }
}

fn is_word(column: &Column, scan: &TableScan) -> bool {
    let provider = source_as_provider(&scan.source).ok();
    let table = provider.as_ref().and_then(|provider| provider.downcast_ref::<RunTable>());
    let mut columns = table.into_iter().flat_map(|table| columns_of(table.table()));
    columns.any(|known| known.name == column.name && known.kind == ColumnKind::Word)
}
