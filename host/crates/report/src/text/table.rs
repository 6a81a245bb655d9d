//! A table whose first column is a name of any length and whose others are numbers.

use super::page::{Page, Span, plain, span};
use super::style::{Paint, clean, columns, cut_middle};

/// Names are cut down to this many columns before a column of numbers is left out: `GET /ap…/reviews`
/// can still be told from its neighbours, and at eighty columns there is room for all numbers.
const MIN_NAME_COLUMNS: usize = 16;

/// Spaces between columns.
const COLUMN_GAP: usize = 2;

/// Spaces before names.
const INDENT: usize = 2;

/// One column of numbers.
#[derive(Clone, Debug)]
pub(super) struct Column {
    title: String,
    cells: Vec<Span>,
    droppable: bool,
}

impl Column {
    /// A column with its title and one cell for each row.
    pub(super) fn new(title: impl Into<String>, cells: impl IntoIterator<Item = Span>) -> Column {
        Column { title: title.into(), cells: cells.into_iter().collect(), droppable: false }
    }

    /// Lets the table leave the column out where it is too narrow.
    pub(super) fn droppable(self) -> Column {
        Column { droppable: true, ..self }
    }

    fn width(&self) -> usize {
        let cells = self.cells.iter().map(|cell| columns(&cell.text)).max().unwrap_or(0);
        cells.max(columns(&self.title))
    }
}

/// Names and numbers in rows.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) title: &'static str,
    pub(super) names: Vec<Span>,
    pub(super) columns: Vec<Column>,
}

impl Table {
    /// Writes the table below a blank line; columns that may be dropped give way, the last first, when
    /// names would be cut too short.
    pub(super) fn render(self, page: &mut Page) {
        self.render_with(page, MIN_NAME_COLUMNS);
    }

    /// The same with names that people type again: they are not cut as long as columns can give way.
    pub(super) fn render_whole_names(self, page: &mut Page) {
        self.render_with(page, usize::MAX);
    }

    fn render_with(mut self, page: &mut Page, least_name: usize) {
        for name in &mut self.names {
            name.text = clean(&name.text);
        }
        let names = self.names.iter().map(|name| columns(&name.text));
        let longest = names.fold(columns(self.title).saturating_sub(INDENT), usize::max);
        let least_name = longest.min(least_name);
        while self.room_for_names(page) < least_name {
            match self.columns.iter().rposition(|column| column.droppable) {
                Some(index) => drop(self.columns.remove(index)),
                None => break,
            }
        }
        let title_width = columns(self.title).saturating_sub(INDENT);
        let name_width = longest.min(self.room_for_names(page)).max(title_width);
        self.write(page, name_width);
    }

    fn room_for_names(&self, page: &Page) -> usize {
        let numbers: usize = self.columns.iter().map(|column| COLUMN_GAP + column.width()).sum();
        page.style().width.saturating_sub(INDENT + numbers)
    }

    fn write(&self, page: &mut Page, name_width: usize) {
        page.gap();
        let mut head = vec![span(Paint::Bold, pad_right(self.title, INDENT + name_width))];
        head.extend(
            self.columns.iter().map(|c| span(Paint::Dim, pad_left(&c.title, COLUMN_GAP + c.width()))),
        );
        page.line(&head);
        for (row, name) in self.names.iter().enumerate() {
            let text = pad_right(&cut_middle(&name.text, name_width), name_width);
            let mut line = vec![plain(" ".repeat(INDENT)), span(name.paint, text)];
            line.extend(self.columns.iter().map(|column| column.cell(row)));
            page.line(&line);
        }
    }
}

impl Column {
    fn cell(&self, row: usize) -> Span {
        let cell = self.cells.get(row).cloned().unwrap_or_else(|| plain(""));
        span(cell.paint, pad_left(&cell.text, COLUMN_GAP + self.width()))
    }
}

/// `text` at the left of `width` columns.
pub(super) fn pad_right(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// `text` at the right of `width` columns.
pub(super) fn pad_left(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(columns(text))))
}
