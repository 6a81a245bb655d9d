//! The report as one HTML file that needs nothing else: no network, no other file.
//!
//! The page itself, with its script and style, is built of the folder `web` and knows no run. What it shows is one JSON
//! document in its midst: [`PageDocument`]. A comparison has a page of its own, [`ComparisonPage`], and so has
//! a trend, [`TrendPage`].

mod comparison;
mod document;
mod trend;

use serde::Serialize;

pub use comparison::{
    COMPARISON_PAGE_VERSION, ComparisonPage, ComparisonWords, MeasureWords, render_comparison_html,
};
pub use document::{
    Charts, CheckSeries, ErrorSeries, ExchangePhases, GeneratorSeries, LoadSeries, PAGE_VERSION,
    PageDocument, PageWords, SlowExchange, TimedSeries, ToldGenerator,
};
pub use trend::{TREND_PAGE_VERSION, TrendPage, render_trend_html};

use crate::Summary;

/// The page as `web` is built, with a place for the title and one for the document.
const PAGE: &str = include_str!(env!("OUTRIDER_REPORT_PAGE"));

/// Where the title goes.
const TITLE_PLACE: &str = "%OUTRIDER-TITLE%";

/// Where the document goes.
const DOCUMENT_PLACE: &str = "%OUTRIDER-DOCUMENT%";

/// The summary and its charts as one HTML file.
pub fn render_html(summary: &Summary, charts: &Charts) -> String {
    fill(PAGE, &title(summary), &PageDocument::new(summary, charts))
}

/// A page with a title, which is HTML, and a document.
fn fill(page: &str, title: &str, document: &impl Serialize) -> String {
    let (before, rest) = split(page, TITLE_PLACE);
    let (between, after) = split(rest, DOCUMENT_PLACE);
    [before, title, between, &script_safe(document), after].concat()
}

fn split<'a>(text: &'a str, place: &str) -> (&'a str, &'a str) {
    text.split_once(place).expect("the build of `web` refuses a page without its places")
}

/// What a browser's tab shows: `PASS · checkout · 20260131T120000Z-4f2a9c`.
fn title(summary: &Summary) -> String {
    let name =
        summary.run.name.clone().or_else(|| summary.run.journeys.first().map(|first| first.name.clone()));
    let word = summary.compose_headline().word;
    title_of([Some(word), name.as_deref(), Some(&*summary.run.id)].into_iter().flatten())
}

/// A title of these words, as HTML.
fn title_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    escape(&words.into_iter().collect::<Vec<_>>().join(" · "))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// JSON in which nothing ends a script, begins a comment of HTML or, for old browsers, a line.
fn script_safe(document: &impl Serialize) -> String {
    let json = serde_json::to_string(document).expect("our documents have text keys only");
    let mut safe = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_document_ends_its_script_and_it_reads_back_the_same() {
        let hostile = "</script><!-- <img src=x onerror=alert(1)> & \u{2028}\u{2029} \"%OUTRIDER-DOCUMENT%\"";
        let safe = script_safe(&hostile);
        assert!(!safe.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{safe}");
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), hostile);
    }

    #[test]
    fn a_title_is_text() {
        assert_eq!(escape("a </title><b x=\"1\"> & c"), "a &lt;/title&gt;&lt;b x=&quot;1&quot;&gt; &amp; c");
    }
}
