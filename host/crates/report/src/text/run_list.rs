//! The runs of a folder as a table.

use super::head::to_the_second;
use super::page::GLUE;
use super::style::{Paint, TextStyle, clean, columns, cut_middle};
use super::table::pad_right;
use crate::summary::{RunEntry, RunList, RunVerdict};
use crate::words::duration_ms;

/// The columns, in their order.
const TITLES: [&str; 8] =
    ["run", "journey", "target", "load", "verdict", "started (UTC)", "duration", "tags"];

/// The column that is left out where no run has any.
const TAGS: usize = 7;

/// The columns that give way on a narrow terminal: what a run's report says in full.
const ELASTIC: [usize; 4] = [3, TAGS, 2, 1];

/// The columns that are left out where that is not enough: the id tells when a run started.
const LEFT_OUT: [usize; 2] = [5, 2];

/// Ten columns: a name cut down to that can still be told from its neighbours.
const MIN_ELASTIC: usize = 10;

/// Spaces between columns.
const GAP: usize = 2;

/// The runs as a table, one line each below a line of titles, the latest last. With `width` columns to keep to,
/// loads, targets and journeys are cut; without, nothing is. It ends with a line break unless there is no run.
pub fn render_run_list(list: &RunList, color: bool, width: Option<usize>) -> String {
    if list.runs.is_empty() {
        return String::new();
    }
    let rows: Vec<[String; 8]> = list.runs.iter().map(cells).collect();
    let widths = widths(&rows, width);
    let style = TextStyle { color, ..TextStyle::default() };
    let mut lines = vec![line(style, &TITLES.map(str::to_owned), &widths, Paint::Bold)];
    lines.extend(rows.iter().zip(&list.runs).map(|(row, run)| line(style, row, &widths, paint(run))));
    lines.push(String::new());
    lines.join("\n")
}

fn cells(run: &RunEntry) -> [String; 8] {
    let known = |text: &Option<String>| text.as_deref().map_or_else(|| "-".to_owned(), clean);
    let load = match run.load.is_empty() {
        true => "-".to_owned(),
        false => run.load.join(" + "),
    };
    [
        clean(&run.id),
        known(&run.journey),
        known(&run.target),
        load,
        run.standing(),
        known(&run.started_at.as_deref().map(|at| to_the_second(at).replace(GLUE, " "))),
        run.duration_ms.map_or_else(|| "-".to_owned(), duration_ms),
        clean(&run.tags.join(", ")),
    ]
}

/// The width of each column: of its widest cell, or less where they do not fit together; zero if it is left out.
fn widths(rows: &[[String; 8]], limit: Option<usize>) -> [usize; 8] {
    let mut widths = TITLES.map(columns);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(columns(cell));
        }
    }
    if rows.iter().all(|row| row[TAGS].is_empty()) {
        widths[TAGS] = 0;
    }
    for column in ELASTIC {
        let spare = widths[column].saturating_sub(MIN_ELASTIC);
        widths[column] -= spare.min(excess(&widths, limit));
    }
    for column in LEFT_OUT {
        if excess(&widths, limit) > 0 {
            widths[column] = 0;
        }
    }
    widths
}

/// By how many columns a line is too long.
fn excess(widths: &[usize; 8], limit: Option<usize>) -> usize {
    let all: usize = widths.iter().filter(|width| **width > 0).map(|width| width + GAP).sum();
    limit.map_or(0, |limit| (all - GAP).saturating_sub(limit))
}

fn line(style: TextStyle, cells: &[String; 8], widths: &[usize; 8], paint: Paint) -> String {
    let shown = cells.iter().zip(widths).enumerate().filter(|(_, (_, width))| **width > 0);
    let cells = shown.map(|(index, (cell, width))| {
        let text = pad_right(&cut_middle(cell, *width), *width);
        // Titles are painted as a whole, of a run its verdict alone.
        let painted = paint == Paint::Bold || TITLES[index] == "verdict";
        if painted { style.paint(paint, &text) } else { text }
    });
    cells.collect::<Vec<_>>().join(&" ".repeat(GAP)).trim_end().to_owned()
}

pub(super) fn paint(run: &RunEntry) -> Paint {
    match run.verdict {
        RunVerdict::Pass if run.generator_saturated == Some(true) => Paint::Warn,
        RunVerdict::Pass => Paint::Good,
        RunVerdict::Fail | RunVerdict::Unreadable => Paint::Bad,
        RunVerdict::Running | RunVerdict::Incomplete => Paint::Warn,
    }
}
