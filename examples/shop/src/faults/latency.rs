//! The laws that latencies follow, each given by its quantiles.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The shape of a latency's distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LatencyLaw {
    /// Always the base; the jitter is not used.
    Constant,
    /// Evenly between base − jitter and base + jitter.
    Uniform,
    /// Log-normal with the base as its mean and the jitter as its standard deviation: most answers a bit
    /// quicker than the mean, a few much slower, as real servers have it.
    Lognormal,
}

impl fmt::Display for LatencyLaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LatencyLaw::Constant => "constant",
            LatencyLaw::Uniform => "uniform",
            LatencyLaw::Lognormal => "lognormal",
        })
    }
}

/// A law with its parameters. The shop's timers tick in milliseconds, so an answer comes up to about
/// 1 ms later than drawn, and never earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    /// The middle; the mean under every law.
    pub base: Duration,
    /// The spread.
    pub jitter: Duration,
    /// The shape.
    pub law: LatencyLaw,
}

impl Latency {
    /// The latency that the share `p` of answers does not exceed; `p` is cut to 0…1.
    ///
    /// ```
    /// use std::time::Duration;
    /// use outrider_shop::{Latency, LatencyLaw};
    /// let (base, jitter) = (Duration::from_millis(20), Duration::from_millis(10));
    /// let latency = Latency { base, jitter, law: LatencyLaw::Uniform };
    /// assert_eq!(latency.quantile(0.95), Duration::from_millis(29));
    /// ```
    pub fn quantile(&self, p: f64) -> Duration {
        let p = p.clamp(0.0, 1.0);
        let (base, jitter) = (self.base.as_secs_f64(), self.jitter.as_secs_f64());
        let secs = match self.law {
            LatencyLaw::Constant => return self.base,
            LatencyLaw::Uniform => base + jitter * (2.0 * p - 1.0),
            LatencyLaw::Lognormal => lognormal_quantile(base, jitter, p),
        };
        // Nanoseconds are all that a clock tells; less is rounding of binary fractions.
        Duration::from_nanos((secs.max(0.0) * 1e9).round() as u64)
    }

    /// Whether the law can have this base and jitter: no answer comes before its request.
    pub(super) fn is_possible(&self) -> bool {
        match self.law {
            LatencyLaw::Constant => true,
            LatencyLaw::Uniform => self.jitter <= self.base,
            LatencyLaw::Lognormal => !self.base.is_zero() || self.jitter.is_zero(),
        }
    }
}

fn lognormal_quantile(mean: f64, deviation: f64, p: f64) -> f64 {
    if mean == 0.0 {
        return 0.0;
    }
    let variance = (1.0 + (deviation / mean).powi(2)).ln();
    // Beyond one in a billion the law would promise answers after years.
    let z = normal_quantile(p.clamp(1e-9, 1.0 - 1e-9));
    (mean.ln() - variance / 2.0 + variance.sqrt() * z).exp()
}

/// The quantile of the standard normal law, 0 < `p` < 1, by P. J. Acklam's rational approximation; its
/// relative error is below 1.15e-9.
fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969683028665376e+01,
        2.209460984245205e+02,
        -2.759285104469687e+02,
        1.383_577_518_672_69e2,
        -3.066479806614716e+01,
        2.506628277459239e+00,
    ];
    const B: [f64; 6] = [
        -5.447609879822406e+01,
        1.615858368580409e+02,
        -1.556989798598866e+02,
        6.680131188771972e+01,
        -1.328068155288572e+01,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784894002430293e-03,
        -3.223964580411365e-01,
        -2.400758277161838e+00,
        -2.549732539343734e+00,
        4.374664141464968e+00,
        2.938163982698783e+00,
    ];
    const D: [f64; 5] =
        [7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00, 1.0];
    const TAIL: f64 = 0.02425;

    let polynomial = |of: &[f64], x: f64| of.iter().fold(0.0, |sum, factor| sum * x + factor);
    let lower_tail = |p: f64| {
        let q = (-2.0 * p.ln()).sqrt();
        polynomial(&C, q) / polynomial(&D, q)
    };
    if p < TAIL {
        lower_tail(p)
    } else if p > 1.0 - TAIL {
        -lower_tail(1.0 - p)
    } else {
        let q = p - 0.5;
        q * polynomial(&A, q * q) / polynomial(&B, q * q)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn the_normal_law_has_its_textbook_quantiles() {
        for (p, z) in [(0.5, 0.0), (0.975, 1.959_963_985), (0.001, -3.090_232_306), (0.99, 2.326_347_874)] {
            assert!((normal_quantile(p) - z).abs() < 1e-8, "{p}: {}", normal_quantile(p));
        }
    }

    #[test]
    fn a_lognormal_latency_has_the_mean_and_deviation_asked_for() {
        let latency = Latency { base: 100 * MS, jitter: 50 * MS, law: LatencyLaw::Lognormal };
        let count = 100_000;
        let draws: Vec<f64> = (0..count)
            .map(|i| latency.quantile((f64::from(i) + 0.5) / f64::from(count)).as_secs_f64())
            .collect();
        let mean = draws.iter().sum::<f64>() / f64::from(count);
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / f64::from(count);
        assert!((mean - 0.1).abs() < 1e-5, "{mean}");
        assert!((variance.sqrt() - 0.05).abs() < 1e-3, "{}", variance.sqrt());
    }

    #[test]
    fn quantiles_rise_and_stay_within_the_law() {
        let uniform = Latency { base: 20 * MS, jitter: 5 * MS, law: LatencyLaw::Uniform };
        assert_eq!([0.0, 0.5, 1.0, 7.0].map(|p| uniform.quantile(p)), [15 * MS, 20 * MS, 25 * MS, 25 * MS]);
        let constant = Latency { law: LatencyLaw::Constant, ..uniform };
        assert_eq!(constant.quantile(0.99), 20 * MS);
        let nothing = Latency { base: Duration::ZERO, jitter: Duration::ZERO, law: LatencyLaw::Lognormal };
        assert_eq!(nothing.quantile(1.0), Duration::ZERO);
    }
}
