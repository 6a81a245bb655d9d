//! Reads a run's dataset and says what it holds: summary, completeness, and that in the forms that people and programs
//! read.
//!
//! * [`Summary`]: the report as data, made by [`Summary::read`]; [`json_schema`] describes it.
//! * [`render_text`]: one screen for a person, with or without colour.
//! * [`render_json`]: the same for programs.
//! * [`render_markdown`]: for pull requests; [`render_junit`]: for CI's view of tests; [`render_csv`]: for spreadsheets.
//! * [`render_html`]: for browsers, one file with [`Charts`].
//! * [`parse_annotations`]: what users tell of what happened meanwhile.
//! * [`Comparison`]: what differs between runs, by [`render_comparison_text`], [`render_comparison_html`] and the like.
//! * [`Trend`]: many runs side by side, by [`render_trend_text`], [`render_trend_html`] and the like.
//! * [`RunDetails`]: one run by its documents, and whether its parts are there.
//! * [`RunList`]: the runs of a folder, by [`render_run_list`] and [`render_run_list_json`].
//!
//! ```no_run
//! use outrider_model::RunClock;
//! use outrider_report::{Summary, TextStyle, render_text};
//! use outrider_storage::{DatasetStore, latest_run};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let store = DatasetStore::open(".")?;
//! let run_id = latest_run(&store).await?.ok_or("there is no run here")?;
//! let summary = Summary::read(&store, &run_id, RunClock::start_now().now()).await?;
//! let text = render_text(&summary, TextStyle::default());
//! # drop(text);
//! # Ok(())
//! # }
//! ```
//!
//! This crate prints nothing and judges nothing that the datasets do not say: no thresholds are
//! computed here.
#![warn(missing_docs)]

mod annotation_file;
mod compare;
mod csv;
mod error;
mod html;
mod json;
mod junit;
mod markdown;
mod read;
mod run_place;
mod summary;
mod text;
mod trend;
mod words;

pub use annotation_file::{AnnotationFault, parse_annotations, parse_moment};
pub use compare::*;
pub use csv::{render_csv, render_trend_csv};
pub use error::ReportError;
pub use html::*;
pub use json::{
    comparison_json_schema, json_schema, render_comparison_json, render_json, render_run_details_json,
    render_run_list_json, render_trend_json, run_details_json_schema, run_list_json_schema,
    trend_json_schema,
};
pub use junit::render_junit;
pub use markdown::{render_comparison_markdown, render_markdown, render_trend_markdown};
pub use run_place::RunPlace;
pub use summary::*;
pub use text::{
    DEFAULT_TEXT_WIDTH, MIN_TEXT_WIDTH, TextStyle, render_comparison_text, render_run_details,
    render_run_list, render_text, render_trend_text,
};
pub use trend::*;
