//! What a pack said, as rows of `checks`.

use std::sync::Arc;

use outrider_model::{CheckSample, LogLevel, Origin, Sample};
use outrider_wit::v0_1::journey::outrider::plugin::measure::Verdict;

use crate::limits::{MAX_NAME_BYTES, MAX_TEXT_BYTES};
use crate::output::printable;
use crate::state::VuState;

/// 256 verdicts for one thing that was judged: more rules than anyone reads in a report, and few enough
/// that a pack which runs wild fills no disk. The rest is counted, not kept.
pub const MAX_VERDICTS: usize = 256;

/// Records the verdicts about what `origin` did.
pub(super) fn record(state: &mut VuState, origin: &Origin, verdicts: Vec<Verdict>) {
    let lost = verdicts.len().saturating_sub(MAX_VERDICTS);
    let at = state.run.clock.now();
    for verdict in verdicts.into_iter().take(MAX_VERDICTS) {
        state.run.sink.record(Sample::Check(CheckSample {
            origin: origin.clone(),
            pack: Arc::clone(&state.pack),
            name: state.kept(&printable(&verdict.name), MAX_NAME_BYTES).into(),
            at,
            passed: verdict.passed,
            expected: text(state, verdict.expected),
            actual: text(state, verdict.actual),
            message: text(state, verdict.message),
            source_location: None,
        }));
    }
    if lost > 0 {
        state.log(LogLevel::Warn, &format!("{lost} more verdicts about one thing were not kept"));
    }
}

/// A text as rows carry it: cut, without control characters and secrets.
fn text(state: &VuState, text: Option<String>) -> Option<Arc<str>> {
    text.map(|text| printable(&state.kept(&text, MAX_TEXT_BYTES)).into())
}
