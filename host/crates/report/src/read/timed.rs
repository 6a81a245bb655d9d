//! What requests, steps and iterations have in common: they are counted and timed.

use outrider_telemetry::{Sketch, Window, WindowTotals};

use super::columns::ms;
use crate::summary::DurationStats;

/// Exact counts, sums and extremes of durations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timed {
    pub(super) count: u64,
    pub(super) failed: u64,
    /// Besides `count`: they have no full duration.
    pub(super) interrupted: u64,
    sum_ns: u128,
    min_ns: u64,
    max_ns: u64,
    /// When the first one began, in nanoseconds since 1970.
    pub(super) first_at: i64,
    /// When the last one ended, in nanoseconds since 1970.
    pub(super) last_end: i64,
}

impl Default for Timed {
    fn default() -> Timed {
        Timed {
            count: 0,
            failed: 0,
            interrupted: 0,
            sum_ns: 0,
            min_ns: u64::MAX,
            max_ns: 0,
            first_at: i64::MAX,
            last_end: i64::MIN,
        }
    }
}

impl Timed {
    pub(super) fn add(&mut self, started_at: i64, duration_ns: u64, ok: bool) {
        self.count += 1;
        self.failed += u64::from(!ok);
        self.sum_ns += u128::from(duration_ns);
        self.min_ns = self.min_ns.min(duration_ns);
        self.max_ns = self.max_ns.max(duration_ns);
        self.see(started_at, duration_ns);
    }

    pub(super) fn add_interrupted(&mut self, started_at: i64, duration_ns: u64) {
        self.interrupted += 1;
        self.see(started_at, duration_ns);
    }

    /// Adds those of one second.
    pub(super) fn add_window(&mut self, window: &Window) {
        let WindowTotals { count, failed, interrupted, values, .. } = window.totals;
        self.count += count;
        self.failed += failed;
        self.interrupted += interrupted;
        if let Some(values) = values {
            self.sum_ns += values.sum as u128;
            self.min_ns = self.min_ns.min(values.min as u64);
            self.max_ns = self.max_ns.max(values.max as u64);
        }
        self.see(window.started_at.0, 0);
    }

    fn see(&mut self, started_at: i64, duration_ns: u64) {
        self.first_at = self.first_at.min(started_at);
        self.last_end = self.last_end.max(started_at.saturating_add_unsigned(duration_ns));
    }

    pub(super) fn merge(&mut self, other: &Timed) {
        self.count += other.count;
        self.failed += other.failed;
        self.interrupted += other.interrupted;
        self.sum_ns += other.sum_ns;
        self.min_ns = self.min_ns.min(other.min_ns);
        self.max_ns = self.max_ns.max(other.max_ns);
        self.first_at = self.first_at.min(other.first_at);
        self.last_end = self.last_end.max(other.last_end);
    }

    /// The distribution: extremes and mean from the rows, percentiles from the sketch. `None` without
    /// rows, or without a sketch of any of them.
    pub(super) fn durations(&self, sketch: Option<&Sketch>) -> Option<DurationStats> {
        let sketch = sketch.filter(|_| self.count > 0)?;
        // The sketch knows percentiles to half a percent; the extremes are exact and bound them.
        let at = |q| Some(ms(sketch.quantile(q)?.clamp(self.min_ns as f64, self.max_ns as f64)));
        Some(DurationStats {
            min: ms(self.min_ns as f64),
            mean: ms(self.sum_ns as f64 / self.count as f64),
            p50: at(0.5)?,
            p90: at(0.9)?,
            p95: at(0.95)?,
            p99: at(0.99)?,
            p999: at(0.999)?,
            max: ms(self.max_ns as f64),
        })
    }
}
