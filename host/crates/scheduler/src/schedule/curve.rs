//! A rate that changes over time on straight lines, its integral, and the inverse of that.

use std::time::Duration;

use outrider_model::{ExecutorPlan, Stage};

/// Relative and absolute slack when a count is compared with an integral: above the rounding errors
/// of a sum over stages, far below one iteration.
const ROUNDING: f64 = 1e-12;

/// One straight line of the rate, over `duration` seconds.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Seconds from the scenario's start.
    start: f64,
    /// Seconds, above zero.
    duration: f64,
    /// Iterations per second at its start.
    from: f64,
    /// Iterations per second at its end.
    to: f64,
    /// Iterations before its start.
    before: f64,
}

impl Piece {
    fn iterations(&self) -> f64 {
        (self.from + self.to) / 2.0 * self.duration
    }

    /// How many seconds into the piece `count` more iterations have arrived.
    ///
    /// Solves `from·x + slope·x²/2 = count` in the form that loses no digits when the slope is small;
    /// without a slope it is `count / from`.
    fn seconds_until(&self, count: f64) -> f64 {
        if count <= 0.0 {
            return 0.0;
        }
        let slope = (self.to - self.from) / self.duration;
        let root = (self.from * self.from + 2.0 * slope * count).max(0.0).sqrt();
        (2.0 * count / (self.from + root)).min(self.duration)
    }
}

/// Iterations per second as a function of time.
#[derive(Clone, Debug)]
pub(super) struct RateCurve {
    pieces: Vec<Piece>,
    total: f64,
}

impl RateCurve {
    /// The rate of an executor of the open model; `None` for one of the closed.
    pub(super) fn of(plan: &ExecutorPlan) -> Option<RateCurve> {
        match plan {
            ExecutorPlan::ConstantArrivalRate { rate, duration, .. } => {
                let per_second = rate.as_per_second();
                Some(RateCurve::new(per_second, &[Stage { duration: *duration, target: per_second }]))
            }
            ExecutorPlan::RampingArrivalRate { start_rate, stages, .. } => {
                Some(RateCurve::new(start_rate.as_per_second(), stages))
            }
            ExecutorPlan::SharedIterations { .. }
            | ExecutorPlan::PerVuIterations { .. }
            | ExecutorPlan::ConstantVus { .. }
            | ExecutorPlan::RampingVus { .. } => None,
        }
    }

    fn new(start_rate: f64, stages: &[Stage]) -> RateCurve {
        let mut curve = RateCurve { pieces: Vec::with_capacity(stages.len()), total: 0.0 };
        let (mut start, mut from) = (0.0, start_rate.max(0.0));
        for stage in stages {
            let (duration, to) = (stage.duration.as_secs_f64(), stage.target.max(0.0));
            if duration > 0.0 {
                let piece = Piece { start, duration, from, to, before: curve.total };
                curve.total += piece.iterations();
                curve.pieces.push(piece);
            }
            start += duration;
            from = to;
        }
        curve
    }

    /// How many iterations arrive in all, with a fraction.
    pub(super) fn total(&self) -> f64 {
        self.total
    }

    /// When `count` iterations have arrived and the next is due. Where the rate is zero for a while,
    /// that is the end of the pause.
    pub(super) fn time_of(&self, count: f64) -> Duration {
        let reached = count + ROUNDING * count.max(1.0);
        let next = self.pieces.partition_point(|piece| piece.before <= reached);
        let Some(piece) = next.checked_sub(1).and_then(|last| self.pieces.get(last)) else {
            return Duration::ZERO;
        };
        let seconds = piece.start + piece.seconds_until(count - piece.before);
        Duration::from_nanos((seconds * 1e9).round() as u64)
    }
}
