//! What the page of a comparison shows.
//!
//! Internal to the page, as the document of a run's page is: `web/src/comparison-document.ts` has the same types.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{fill, title_of};
use crate::compare::{Comparison, Measure};
use crate::words::{change, in_unit_of, interval, rules_in_words};

/// The page as `web` is built, with a place for the title and one for the document.
const PAGE: &str = include_str!(env!("OUTRIDER_COMPARISON_PAGE"));

/// The version of the document that pages are built for.
pub const COMPARISON_PAGE_VERSION: u32 = 1;

/// The document in the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonPage<'a> {
    /// The version of this document's layout: 1.
    pub version: u32,
    /// The version of the program that wrote it.
    pub written_by: Cow<'a, str>,
    /// What `--format json` gives.
    pub comparison: Cow<'a, Comparison>,
    /// Words that the other forms have as well.
    pub words: ComparisonWords,
}

/// Words that are made once, here, and not a second time in the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparisonWords {
    /// By which rules something is called worse or better.
    pub rules: String,
    /// For each row, and each measure of it.
    pub measures: Vec<Vec<MeasureWords>>,
}

/// A measure in words; empty where there is nothing to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasureWords {
    /// The value before: `98 ms`.
    pub baseline: String,
    /// The value after.
    pub candidate: String,
    /// The change: `+12%`.
    pub change: String,
    /// What it lies in: `+9% to +15%`.
    pub interval: String,
}

impl<'a> ComparisonPage<'a> {
    /// The document of a comparison.
    pub fn new(comparison: &'a Comparison) -> ComparisonPage<'a> {
        let measures = comparison.rows.iter().map(|row| row.measures.iter().map(MeasureWords::of).collect());
        ComparisonPage {
            version: COMPARISON_PAGE_VERSION,
            written_by: env!("CARGO_PKG_VERSION").into(),
            comparison: Cow::Borrowed(comparison),
            words: ComparisonWords { rules: rules_in_words(comparison), measures: measures.collect() },
        }
    }
}

impl MeasureWords {
    fn of(measure: &Measure) -> MeasureWords {
        let value =
            |value: Option<f64>| value.map_or_else(String::new, |value| in_unit_of(measure.measure, value));
        MeasureWords {
            baseline: value(measure.baseline),
            candidate: value(measure.candidate),
            change: change(measure),
            interval: interval(measure),
        }
    }
}

/// A comparison as one HTML file.
pub fn render_comparison_html(comparison: &Comparison) -> String {
    let sides = [&comparison.candidate, &comparison.baseline].map(|side| side.asked.as_str());
    let title = title_of([&*comparison.headline, &*sides.join(" against ")]);
    fill(PAGE, &title, &ComparisonPage::new(comparison))
}
