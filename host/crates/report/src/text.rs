//! The report as text for a terminal: one screen, readable without colour.
//!
//! Sections stand in the order in which a reader asks: how did it end, what happened, how fast was it,
//! what failed, can I trust it, where is it. Nothing here writes to a terminal: the caller says whether
//! colour is wanted and how wide it is.

mod annotations;
mod busy;
mod comparison;
mod findings;
mod generator;
mod head;
mod health;
mod over_time;
mod page;
mod run_details;
mod run_list;
mod statistics;
mod style;
mod table;
mod timings;
mod trend;

use crate::Summary;
use crate::summary::RunStatus;
use page::Page;

pub use comparison::render_comparison_text;
pub(crate) use generator::words as generator_words;
pub use run_details::render_run_details;
pub use run_list::render_run_list;
pub use style::{DEFAULT_TEXT_WIDTH, MIN_TEXT_WIDTH, TextStyle};
pub use trend::render_trend_text;

/// The summary as text. It ends with a line break; no line ends with a space.
///
/// Tables and prose keep within the width. Paths and the command at the end do not: they are there
/// to be copied.
pub fn render_text(summary: &Summary, style: TextStyle) -> String {
    let mut page = Page::new(style);
    head::render(&mut page, summary);
    // Of a run that has written nothing yet there is nothing to count.
    if summary.run.status != RunStatus::Running || summary.completeness.rows > 0 {
        health::render_iterations(&mut page, summary);
        timings::render(&mut page, summary);
        statistics::render(&mut page, summary);
        over_time::render(&mut page, summary);
        annotations::render(&mut page, summary);
        findings::render(&mut page, summary);
        generator::render(&mut page, summary);
    }
    health::render_data(&mut page, summary);
    page.finish()
}
