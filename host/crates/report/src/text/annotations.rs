//! What happened meanwhile, as it was told.

use super::page::{Page, plain, span};
use super::style::{Paint, clean};
use crate::summary::{AnnotationSummary, Summary};
use crate::words::counted;

/// Twenty are a screen; the JSON document has all of them.
const MAX_ANNOTATIONS: usize = 20;

/// What stands in the chart where something happened.
pub(super) const MARK: char = '▾';

pub(super) fn render(page: &mut Page, summary: &Summary) {
    list(page, &summary.annotations);
}

pub(super) fn list(page: &mut Page, annotations: &[AnnotationSummary]) {
    if annotations.is_empty() {
        return;
    }
    page.gap();
    let shown = annotations.iter().take(MAX_ANNOTATIONS);
    for (index, annotation) in shown.enumerate() {
        let label = if index == 0 { "Annotations" } else { "" };
        page.labelled(label, &[span(Paint::Dim, when(annotation)), plain(clean(&annotation.text))]);
    }
    if let Some(more) = annotations.len().checked_sub(MAX_ANNOTATIONS).filter(|more| *more > 0) {
        let more = counted(more as u64, "annotation", "annotations");
        page.labelled("", &[span(Paint::Dim, format!("… and {more} more in the JSON report"))]);
    }
}

/// With the mark that it has in the chart.
fn when(annotation: &AnnotationSummary) -> String {
    format!("{MARK} {} ", annotation.when())
}
