//! An answer for people: columns side by side, or, where they do not fit, each row as a block. Plans, which EXPLAIN
//! answers, keep their lines.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, FieldRef, SchemaRef};
use unicode_width::UnicodeWidthStr;

use super::cells::{is_number, shown_lines, shown_texts};
use super::json::{ends_with_unit, unit_of};
use super::layout::{Column, GAP, fitted, widths};
use super::{AnswerStyle, AnswerWriter};
use crate::QueryError;

/// A thousand rows: nobody reads more, and all that are shown must be known before the first is.
pub const MAX_SHOWN_ROWS: usize = 1_000;

pub(super) struct TextTable<'a> {
    sink: &'a mut (dyn Write + Send),
    style: AnswerStyle,
    columns: Vec<Column>,
    rows: usize,
    is_full: bool,
    is_plan: bool,
}

/// The columns of EXPLAIN's answer.
const PLAN_COLUMNS: [&str; 2] = ["plan_type", "plan"];

impl<'a> TextTable<'a> {
    pub(super) fn new(
        sink: &'a mut (dyn Write + Send),
        schema: &SchemaRef,
        style: AnswerStyle,
    ) -> TextTable<'a> {
        let column = |field: &FieldRef| Column {
            head: head(field),
            is_number: is_number(field.data_type()),
            cells: Vec::new(),
        };
        let columns = schema.fields().iter().map(column).collect();
        let is_plan = schema.fields().iter().map(|field| field.name()).eq(PLAN_COLUMNS);
        TextTable { sink, style, columns, rows: 0, is_full: false, is_plan }
    }

    fn side_by_side(&self, widths: &[usize]) -> String {
        let line = |cell: &dyn Fn(&Column) -> String| {
            let cells = self.columns.iter().zip(widths);
            let cells: Vec<String> =
                cells.map(|(column, width)| fitted(&cell(column), *width, column.is_number)).collect();
            cells.join(&" ".repeat(GAP)).trim_end().to_owned() + "\n"
        };
        let head = self.bold(line(&|column| column.head.clone()).trim_end()) + "\n";
        let rows = (0..self.rows).map(|row| line(&|column| column.cells[row].clone()));
        std::iter::once(head).chain(rows).collect()
    }

    /// Each row as a block of lines, a column each.
    fn in_blocks(&self) -> String {
        let heads = self.columns.iter().map(|column| column.head.width()).max().unwrap_or_default();
        let mut text = String::new();
        for row in 0..self.rows {
            text.push_str(&self.bold(&format!("row {}", row + 1)));
            text.push('\n');
            for column in &self.columns {
                let line = format!("  {}  {}", fitted(&column.head, heads, false), column.cells[row]);
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
        text
    }

    /// Each plan below its type, as deep as it is.
    fn plans(&self) -> String {
        let [types, plans] = [&self.columns[0].cells, &self.columns[1].cells];
        let plan = |(kind, plan): (&String, &String)| {
            let lines: String = plan.lines().map(|line| format!("  {line}\n")).collect();
            format!("{}\n{lines}", self.bold(kind))
        };
        types.iter().zip(plans).map(plan).collect()
    }

    fn bold(&self, text: &str) -> String {
        if self.style.color { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// A column's name, with its unit where the name does not say it.
fn head(field: &Field) -> String {
    let name = field.name();
    match unit_of(field) {
        Some(unit) if !ends_with_unit(name, unit) => format!("{name} [{unit}]"),
        _ => name.clone(),
    }
}

impl AnswerWriter for TextTable<'_> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), QueryError> {
        let room = MAX_SHOWN_ROWS - self.rows;
        self.is_full |= batch.num_rows() > room;
        let batch = batch.slice(0, batch.num_rows().min(room));
        for (column, values) in self.columns.iter_mut().zip(batch.columns()) {
            let texts = if self.is_plan { shown_lines(values)? } else { shown_texts(values)? };
            column.cells.extend(texts.into_iter().map(Option::unwrap_or_default));
        }
        self.rows += batch.num_rows();
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.is_full
    }

    fn finish(self: Box<Self>, _incomplete: &[String]) -> Result<(), QueryError> {
        let text = match widths(&self.columns, self.style.width) {
            _ if self.is_plan => self.plans(),
            Some(widths) => self.side_by_side(&widths),
            None => self.in_blocks(),
        };
        self.sink.write_all(text.as_bytes()).and_then(|()| self.sink.flush()).map_err(QueryError::write)
    }
}
