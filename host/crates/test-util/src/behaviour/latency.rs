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
        }
    }

    /// The latency of the `ordinal`-th request, from 0.
    pub(crate) fn of_request(self, ordinal: u64) -> Duration {
        let point = (ordinal + 1).reverse_bits() as f64 / 2f64.powi(64);
        self.quantile(point)
    }
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
}
