//! Grouping by words: by the number that each word is given, where the engine would hash and compare its text in every row.
//!
//! `group by name` becomes `group by word_id(name)`, and the words come back above it. Words are few: names are bounded, and
//! the others follow from the plan, the journeys and the target. Their numbers are in memory as long as the question is
//! answered, outside the bound for operators.

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

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        match plan {
            LogicalPlan::Aggregate(aggregate) if groups_by_words(&aggregate) => {
                by_number(aggregate, config).map(Transformed::yes)
            }
            plan => Ok(Transformed::no(plan)),
        }
    }
}

fn groups_by_words(aggregate: &Aggregate) -> bool {
    let is_set = |by: &Expr| matches!(by, Expr::GroupingSet(_));
    !aggregate.group_expr.iter().any(is_set)
        && aggregate.group_expr.iter().any(|by| is_of_words(by, &aggregate.input))
}

fn by_number(aggregate: Aggregate, config: &dyn OptimizerConfig) -> Result<LogicalPlan> {
    let Aggregate { input, group_expr, aggr_expr, schema, .. } = aggregate;
    let mut below: Vec<Expr> = input.schema().columns().into_iter().map(Expr::Column).collect();
    let mut above: Vec<Expr> = schema.columns().into_iter().map(Expr::Column).collect();
    let mut groups = Vec::new();
    for (place, by) in group_expr.into_iter().enumerate() {
        if !is_of_words(&by, &input) {
            groups.push(by);
            continue;
        }
        let numbered = Numbered::default();
        let id = unused_name(&input, config);
        below.push(numbered.id_of(by.unalias_nested().data).alias(&id));
        let id = Expr::Column(Column::new_unqualified(id));
        let (qualifier, field) = schema.qualified_field(place);
        above[place] = numbered.word_of(id.clone(), field).alias_qualified(qualifier.cloned(), field.name());
        groups.push(id);
    }
    let below = LogicalPlan::Projection(Projection::try_new(below, input)?);
    let grouped = LogicalPlan::Aggregate(Aggregate::try_new(Arc::new(below), groups, aggr_expr)?);
    Ok(LogicalPlan::Projection(Projection::try_new(above, Arc::new(grouped))?))
}

/// A name that none of its columns has, whatever a query calls them.
fn unused_name(input: &LogicalPlan, config: &dyn OptimizerConfig) -> String {
    let mut names = std::iter::repeat_with(|| config.alias_generator().next("__word_id"));
    let is_unused = |name: &String| input.schema().fields().iter().all(|field| field.name() != name);
    names.find(is_unused).expect("a column cannot have all names")
}

fn is_of_words(by: &Expr, input: &LogicalPlan) -> bool {
    match by {
        Expr::Column(column) => comes_from_words(column, input),
        Expr::Alias(alias) => is_of_words(&alias.expr, input),
        _ => false,
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
