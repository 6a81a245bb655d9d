//! A trend as text: the runs, the latest last, then how each request, step and page went over them.

use super::over_time::blocks;
use super::page::{Page, Span, plain, span};
use super::style::{Paint, TextStyle, clean, columns};
use super::table::{Column, Table};
use crate::trend::{Course, Trend, TrendMeasure, TrendPoint, TrendRow, TrendRowKind, TrendRun};
use crate::words::{counted, course_change, percent, rate, significant, thousands, trend_title};

/// Twenty rows of each kind; the JSON document has all of them.
const MAX_ROWS: usize = 20;

/// Twenty-four blocks of a course: beside its numbers they fit into eighty columns. Of more runs these are the latest.
const MAX_BLOCKS: usize = 24;

/// A trend as text, by one measure. It ends with a line break; no line ends with a space.
pub fn render_trend_text(trend: &Trend, measure: TrendMeasure, style: TextStyle) -> String {
    let mut page = Page::new(style);
    page.prose(&[plain(trend_title(trend))]);
    for sentence in &trend.left_out {
        page.prose(&[span(Paint::Warn, clean(sentence))]);
    }
    runs(&mut page, trend);
    for (kind, title) in
        [(TrendRowKind::Request, "Requests"), (TrendRowKind::Step, "Steps"), (TrendRowKind::Page, "Pages")]
    {
        rows(&mut page, trend, kind, title, measure);
    }
    page.finish()
}

fn runs(page: &mut Page, trend: &Trend) {
    let all = |run: usize| trend.all_requests(run);
    let cells = |cell: &dyn Fn(usize, &TrendRun) -> Span| -> Vec<Span> {
        trend.runs.iter().enumerate().map(|(index, run)| cell(index, run)).collect()
    };
    let number = |pick: fn(&TrendPoint) -> String| {
        cells(&|index, _| plain(all(index).map_or_else(|| "-".to_owned(), pick)))
    };
    let time = |measure: TrendMeasure| {
        cells(&|index, _| {
            plain(all(index).and_then(|point| measure.of(point)).map_or_else(|| "-".to_owned(), significant))
        })
    };
    let names = cells(&|_, run| plain(name_of(run, &trend.runs)));
    let columns = vec![
        Column::new("verdict", cells(&|_, run| span(paint(run), run.standing()))),
        Column::new("requests", number(|point| thousands(point.count))).droppable(),
        Column::new("/s", number(|point| rate(point.rate_per_s))),
        Column::new("fail%", number(|point| percent(point.failed, point.count))),
        Column::new("p50 ms", time(TrendMeasure::P50)),
        Column::new("p95 ms", time(TrendMeasure::P95)),
        Column::new("p99 ms", time(TrendMeasure::P99)).droppable(),
    ];
    Table { title: "Runs", names, columns }.render_whole_names(page);
}

fn paint(run: &TrendRun) -> Paint {
    match super::run_list::paint(&run.run) {
        Paint::Good if !run.is_sound() => Paint::Warn,
        paint => paint,
    }
}

/// The second of an id, by which a run is named on the command line, where no other run has it.
fn name_of(run: &TrendRun, all: &[TrendRun]) -> String {
    let id = clean(&run.run.id);
    match id.split_once('-') {
        Some((second, _)) if all.iter().filter(|other| other.run.id.starts_with(second)).count() == 1 => {
            second.to_owned()
        }
        _ => id,
    }
}

fn rows(page: &mut Page, trend: &Trend, kind: TrendRowKind, title: &'static str, measure: TrendMeasure) {
    let of_kind = trend.rows.iter().filter(|row| row.kind == kind);
    let courses: Vec<(&TrendRow, Course)> =
        of_kind.filter_map(|row| Some((row, Course::of(row, measure)?))).collect();
    if courses.is_empty() {
        return;
    }
    let shown = &courses[..courses.len().min(MAX_ROWS)];
    let cells = |cell: &dyn Fn(&Course) -> String| -> Vec<Span> {
        shown.iter().map(|(_, course)| plain(cell(course))).collect()
    };
    let value = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), significant);
    let columns = vec![
        Column::new("lowest", cells(&|course| value(Some(course.lowest)))).droppable(),
        Column::new("median", cells(&|course| value(course.median))),
        Column::new("highest", cells(&|course| value(Some(course.highest)))).droppable(),
        Column::new("last", cells(&|course| value(course.last))),
        Column::new("change", cells(&|course| course_change(course, measure))),
        Column::new(measure.title(), cells(&picture)),
    ];
    let names = shown.iter().map(|(row, _)| plain(row.name.clone())).collect();
    Table { title, names, columns }.render(page);
    if let Some(more) = courses.len().checked_sub(MAX_ROWS).filter(|more| *more > 0) {
        let more = counted(more as u64, "row", "rows");
        page.line(&[span(Paint::Dim, format!("  … and {more} more in the JSON document"))]);
    }
}

/// A block for each run, as high as its value; the latest at the right.
fn picture(course: &Course) -> String {
    let values = &course.values[course.values.len().saturating_sub(MAX_BLOCKS)..];
    let picture = blocks(values, course.highest);
    debug_assert_eq!(columns(&picture), values.len());
    picture
}
