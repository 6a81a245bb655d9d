//! Latencies whose percentiles are known exactly.

use std::time::Duration;

/// A law of latencies, without chance: the n-th request of a route gets the law's quantile at the n-th
/// point of the van der Corput sequence (1/2, 1/4, 3/4, 1/8, 5/8, …).
///
/// So 2ᵏ − 1 requests get exactly the quantiles at 1/2ᵏ, 2/2ᵏ, …, each once, in an order without a trend,
/// and a test can say what a percentile of them must be. Timers tick in milliseconds: an answer comes up to
/// about 1 ms late, never early.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Latency {
    /// At once.
    #[default]
    None,
    /// Always the same.
    Constant(Duration),
    /// Evenly between the two.
    Uniform {
        /// The shortest.
        min: Duration,
        /// The longest.
        max: Duration,
    },
    /// Exponential: many short ones, few long ones.
    Exponential {
        /// The mean of the law.
        mean: Duration,
    },
    /// Log-normal: what services often have, a hump with a long tail.
    LogNormal {
        /// Half of the latencies are shorter.
        median: Duration,
        /// The standard deviation of the latency's natural logarithm.
        sigma: f64,
    },
}

impl Latency {
    /// The latency that the share `p` of requests does not exceed, for 0 ≤ `p` < 1.
    ///
    /// ```
    /// use std::time::Duration;
    /// use outrider_test_util::Latency;
    /// let latency = Latency::Uniform { min: Duration::from_millis(10), max: Duration::from_millis(30) };
    /// assert_eq!(latency.quantile(0.75), Duration::from_millis(25));
    /// ```
    pub fn quantile(self, p: f64) -> Duration {
        match self {
            Latency::None => Duration::ZERO,
            Latency::Constant(latency) => latency,
            Latency::Uniform { min, max } => min + (max - min).mul_f64(p),
            Latency::Exponential { mean } => mean.mul_f64(-(1.0 - p).ln()),
            Latency::LogNormal { median, sigma } => median.mul_f64((sigma * normal_quantile(p)).exp()),
        }
    }

    /// The latency of the `ordinal`-th request, from 0.
    pub(crate) fn of_request(self, ordinal: u64) -> Duration {
        let point = (ordinal + 1).reverse_bits() as f64 / 2f64.powi(64);
        self.quantile(point)
    }
}

/// The quantile of the standard normal distribution, within 1.2e-9 of its value: Peter Acklam's rational
/// approximation ("An algorithm for computing the inverse normal cumulative distribution function", 2003). At 0
/// and 1, where there is none, the quantile of the nearest number that has one.
fn normal_quantile(p: f64) -> f64 {
    const TAIL: f64 = 0.02425;
    let p = p.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON);
    if p > 1.0 - TAIL {
        return -normal_quantile(1.0 - p);
    }
    let (a, b, c, d) = (
        [-3.969_683_028_665_376e1, 2.209_460_984_245_205e2, -2.759_285_104_469_687e2],
        [-5.447_609_879_822_406e1, 1.615_858_368_580_409e2, -1.556_989_798_598_866e2],
        [-7.784_894_002_430_293e-3, -3.223_964_580_411_365e-1, -2.400_758_277_161_838],
        [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996],
    );
    let (a2, b2) = (
        [1.383_577_518_672_69e2, -3.066_479_806_614_716e1, 2.506_628_277_459_239],
        [6.680_131_188_771_972e1, -1.328_068_155_288_572e1, 1.0],
    );
    let c2 = [-2.549_732_539_343_734, 4.374_664_141_464_968, 2.938_163_982_698_783];
    let d2 = [3.754_408_661_907_416, 1.0];
    let polynomial = |x: f64, head: &[f64], rest: &[f64]| {
        head.iter().chain(rest).fold(0.0, |sum, factor| sum * x + factor)
    };
    if p < TAIL {
        let q = (-2.0 * p.ln()).sqrt();
        return polynomial(q, &c, &c2) / polynomial(q, &d, &d2);
    }
    let q = p - 0.5;
    q * polynomial(q * q, &a, &a2) / polynomial(q * q, &b, &b2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_requests_get_the_quantiles_of_their_law_once_each() {
        let latency = Latency::Uniform { min: Duration::ZERO, max: Duration::from_millis(1024) };
        let mut drawn: Vec<u128> = (0..1023).map(|n| latency.of_request(n).as_millis()).collect();
        assert_eq!(drawn[..3], [512, 256, 768]);
        drawn.sort_unstable();
        assert_eq!(drawn, (1..1024).collect::<Vec<_>>());
    }

    #[test]
    fn an_exponential_latency_has_its_mean_and_its_percentiles() {
        let latency = Latency::Exponential { mean: Duration::from_millis(100) };
        assert_eq!(latency.quantile(0.5).as_micros(), 69_314);
        assert_eq!(latency.quantile(0.99).as_micros(), 460_517);
        let count = 65_535;
        let sum: Duration = (0..count).map(|n| latency.of_request(n)).sum();
        assert!(
            (sum / u32::try_from(count).unwrap()).abs_diff(Duration::from_millis(100))
                < Duration::from_micros(50)
        );
    }

    #[test]
    fn a_log_normal_latency_has_its_percentiles() {
        let latency = Latency::LogNormal { median: Duration::from_millis(100), sigma: 0.5 };
        // The normal distribution's quantiles are from a table: 1.644854 at 95 %, 2.326348 at 99 %.
        for (p, expected) in
            [(0.5, 1.0), (0.95, 2.276_017), (0.99, 3.200_074), (0.05, 0.439_364), (0.01, 0.312_493)]
        {
            let share = latency.quantile(p).as_secs_f64() / 0.1;
            assert!((share - expected).abs() < 1e-5, "{p}: {share}");
        }
        assert!(latency.quantile(0.0) < Duration::from_micros(1), "there is a shortest one");
    }
}
