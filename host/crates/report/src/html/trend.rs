//! What the page of a trend shows.
//!
//! Internal to the page, as the document of a run's page is: `web/src/trend-document.ts` has the same types.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{fill, title_of};
use crate::trend::{Trend, TrendMeasure, TrendRun};
use crate::words::trend_title;

/// The page as `web` is built, with a place for the title and one for the document.
const PAGE: &str = include_str!(env!("OUTRIDER_TREND_PAGE"));

/// The version of the document that pages are built for.
pub const TREND_PAGE_VERSION: u32 = 1;

/// The document in the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrendPage<'a> {
    /// The version of this document's layout: 1.
    pub version: u32,
    /// The version of the program that wrote it.
    pub written_by: Cow<'a, str>,
    /// What `--format json` gives.
    pub trend: Cow<'a, Trend>,
    /// The measure that is shown first, by its name on the command line.
    pub measure: Cow<'a, str>,
    /// What it is of, in words.
    pub title: String,
    /// How each of the runs stands, in words.
    pub standings: Vec<String>,
}

impl<'a> TrendPage<'a> {
    /// The document of a trend.
    pub fn new(trend: &'a Trend, measure: TrendMeasure) -> TrendPage<'a> {
        TrendPage {
            version: TREND_PAGE_VERSION,
            written_by: env!("CARGO_PKG_VERSION").into(),
            trend: Cow::Borrowed(trend),
            measure: measure.as_str().into(),
            title: trend_title(trend),
            standings: trend.runs.iter().map(TrendRun::standing).collect(),
        }
    }
}

/// A trend as one HTML file, which shows this measure first.
pub fn render_trend_html(trend: &Trend, measure: TrendMeasure) -> String {
    fill(PAGE, &title_of([&*trend_title(trend)]), &TrendPage::new(trend, measure))
}
