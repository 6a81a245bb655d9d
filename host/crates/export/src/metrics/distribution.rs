//! A histogram with fixed buckets.

use std::time::Duration;

/// The upper bounds of the buckets, in seconds. From 5 ms to 10 s they are those that OpenTelemetry advises for
/// `http.client.request.duration`, and so those of most servers' own histograms: the two can be laid over one another. Below them
/// stand 1 and 2.5 ms, for targets in the same network, and above them 30 and 60 s, the usual time limits of proxies and of
/// requests here.
pub(crate) const BOUNDS_S: [f64; 18] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 30.0,
    60.0,
];

/// How often something took how long.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Distribution {
    /// By bucket; the last one has what is above all bounds.
    pub(crate) counts: [u64; BOUNDS_S.len() + 1],
    /// Of all, in seconds.
    pub(crate) sum: f64,
}

impl Distribution {
    pub(crate) fn add(&mut self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        self.counts[BOUNDS_S.partition_point(|bound| *bound < seconds)] += 1;
        self.sum += seconds;
    }

    pub(crate) fn merge(&mut self, other: &Distribution) {
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count += more;
        }
        self.sum += other.sum;
    }

    pub(crate) fn count(&self) -> u64 {
        self.counts.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_belongs_to_the_bucket_below_it() {
        let mut all = Distribution::default();
        for ms in [1, 2, 5, 60_000, 60_001] {
            all.add(Duration::from_millis(ms));
        }
        let mut expected = [0; BOUNDS_S.len() + 1];
        (expected[0], expected[1], expected[2], expected[17], expected[18]) = (1, 1, 1, 1, 1);
        assert_eq!((all.counts, all.count()), (expected, 5));
        let mut twice = all.clone();
        twice.merge(&all);
        assert_eq!((twice.count(), twice.sum), (10, 2.0 * all.sum));
    }
}
