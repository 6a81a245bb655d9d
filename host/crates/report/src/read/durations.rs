//! The distribution of durations as they were measured, and from the schedule where that is another one.

use outrider_telemetry::{Sketch, WindowTotals};

/// Durations of some events in nanoseconds.
#[derive(Clone, Debug, Default)]
pub(super) struct Durations {
    measured: Sketch,
    /// From the scheduled time; only once something was late.
    corrected: Option<Sketch>,
}

impl Durations {
    /// Adds one that came so much later than the schedule wanted.
    pub(super) fn add(&mut self, duration_ns: u64, late_ns: u64) {
        if late_ns > 0 {
            self.begin_correcting();
        }
        self.measured.add(duration_ns as f64);
        if let Some(corrected) = &mut self.corrected {
            corrected.add(duration_ns.saturating_add(late_ns) as f64);
        }
    }

    /// Adds those of one second.
    pub(super) fn add_window(&mut self, totals: &WindowTotals) {
        let Some(measured) = totals.sketch.clone() else { return };
        self.merge(&Durations { measured, corrected: totals.corrected.clone() });
    }

    pub(super) fn merge(&mut self, other: &Durations) {
        if self.corrected.is_some() || other.corrected.is_some() {
            self.begin_correcting().merge(other.corrected());
        }
        self.measured.merge(&other.measured);
    }

    /// As they were measured.
    pub(super) fn measured(&self) -> &Sketch {
        &self.measured
    }

    /// From the scheduled time.
    pub(super) fn corrected(&self) -> &Sketch {
        self.corrected.as_ref().unwrap_or(&self.measured)
    }

    fn begin_correcting(&mut self) -> &mut Sketch {
        self.corrected.get_or_insert_with(|| self.measured.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_late_is_corrected_whatever_was_added_or_merged_before() {
        let (mut early, mut late) = (Durations::default(), Durations::default());
        (0..20).for_each(|_| early.add(1_000, 0));
        late.add(1_000, 9_000);
        early.merge(&late);
        let at = |sketch: &Sketch, q| sketch.quantile(q).unwrap().round();
        assert_eq!((at(early.measured(), 1.0), at(early.corrected(), 0.5)), (1_000.0, 1_000.0));
        assert!((at(early.corrected(), 1.0) - 10_000.0).abs() < 60.0);
        late.merge(&Durations::default());
        assert!((at(late.corrected(), 0.0) - 10_000.0).abs() < 60.0);
    }
}
