//! The units of an answer's columns, by where they come from: what is taken as it is keeps its unit under any name, and what
//! is calculated has none.

use datafusion::logical_expr::{Distinct, Expr, Join, JoinType, LogicalPlan, SubqueryAlias};

use crate::catalogue::{Catalogue, CatalogueTable, TableKind};

/// The unit of each column that a plan gives, in order.
pub(crate) fn units_of(plan: &LogicalPlan) -> Vec<Option<String>> {
    let known = Catalogue::new();
    (0..plan.schema().fields().len()).map(|place| unit_at(&known, plan, place).map(str::to_owned)).collect()
}

/// The unit of the column at a place of what a plan gives.
fn unit_at<'a>(known: &'a Catalogue, plan: &LogicalPlan, place: usize) -> Option<&'a str> {
    if place >= plan.schema().fields().len() {
        return None;
    }
    match plan {
        LogicalPlan::TableScan(scan) => {
            let table = named(known, TableKind::Table, scan.table_name.table())?;
            let name = scan.projected_schema.field(place).name();
            table.columns.iter().find(|column| column.name == *name)?.unit.as_deref()
        }
        LogicalPlan::SubqueryAlias(alias) => match view(known, alias) {
            Some(view) => view.columns.get(place)?.unit.as_deref(),
            None => unit_at(known, &alias.input, place),
        },
        LogicalPlan::Projection(projection) => {
            unit_of_value(known, projection.expr.get(place)?, &projection.input)
        }
        LogicalPlan::Distinct(Distinct::On(distinct)) => {
            unit_of_value(known, distinct.select_expr.get(place)?, &distinct.input)
        }
        // Behind what it groups by stands what it calculates.
        LogicalPlan::Aggregate(aggregate) => {
            unit_of_value(known, aggregate.group_expr.get(place)?, &aggregate.input)
        }
        // Behind its input's columns stand those that it calculates, which are at no place of its input.
        LogicalPlan::Window(window) => unit_at(known, &window.input, place),
        LogicalPlan::Filter(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::Subquery(_)
        | LogicalPlan::Distinct(Distinct::All(_)) => unit_at(known, plan.inputs().first()?, place),
        LogicalPlan::Join(join) => unit_of_joined(known, join, place),
        LogicalPlan::Union(union) => {
            let mut units = union.inputs.iter().map(|input| unit_at(known, input, place));
            let first = units.next()??;
            units.all(|other| other == Some(first)).then_some(first)
        }
        _ => None,
    }
}

fn unit_of_value<'a>(known: &'a Catalogue, value: &Expr, input: &LogicalPlan) -> Option<&'a str> {
    match value {
        Expr::Column(column) => unit_at(known, input, input.schema().maybe_index_of_column(column)?),
        Expr::Alias(alias) => unit_of_value(known, &alias.expr, input),
        _ => None,
    }
}

/// A join has the columns of its left side before those of its right, or of one side alone.
fn unit_of_joined<'a>(known: &'a Catalogue, join: &Join, place: usize) -> Option<&'a str> {
    let of_left = join.left.schema().fields().len();
    match join.join_type {
        JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark => unit_at(known, &join.right, place),
        _ if place < of_left => unit_at(known, &join.left, place),
        JoinType::LeftMark => None,
        _ => unit_at(known, &join.right, place - of_left),
    }
}

/// The view that this is. What WITH gives the name of a view has other columns.
fn view<'a>(known: &'a Catalogue, alias: &SubqueryAlias) -> Option<&'a CatalogueTable> {
    let view = named(known, TableKind::View, alias.alias.table())?;
    let names = alias.schema.fields().iter().map(|field| field.name());
    names.eq(view.columns.iter().map(|column| &column.name)).then_some(view)
}

fn named<'a>(known: &'a Catalogue, kind: TableKind, name: &str) -> Option<&'a CatalogueTable> {
    known.tables.iter().find(|table| table.kind == kind && table.name == name)
}
