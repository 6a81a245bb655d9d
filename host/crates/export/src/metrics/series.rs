//! Values by what they are told apart by, of which there are never more than a given number.

use std::hash::Hash;

use hashbrown::HashMap;

/// 10,000 series of a metric: what Prometheus takes of one target without complaint; as histograms some 2 MB here and
/// 200,000 lines of a scrape. Names alone are at most a thousand of a kind.
pub(crate) const MAX_SERIES: usize = 10_000;

/// What may stand for all that finds no room.
pub(crate) trait Key: Hash + Eq {
    /// The key of what is past the limit.
    fn other() -> Self;
}

#[derive(Debug)]
pub(crate) struct Series<K, V> {
    values: HashMap<K, V>,
    limit: usize,
}

impl<K, V> Default for Series<K, V> {
    fn default() -> Series<K, V> {
        Series { values: HashMap::new(), limit: MAX_SERIES }
    }
}

impl<K: Key, V: Default> Series<K, V> {
    pub(crate) fn of(&mut self, key: K) -> &mut V {
        let has_room = self.values.len() < self.limit || self.values.contains_key(&key);
        self.values.entry(if has_room { key } else { K::other() }).or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.values.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Key for u32 {
        fn other() -> u32 {
            u32::MAX
        }
    }

    #[test]
    fn what_is_past_the_limit_is_counted_together() {
        let mut series: Series<u32, u64> = Series { limit: 2, ..Series::default() };
        for key in [1, 2, 3, 4, 1] {
            *series.of(key) += 1;
        }
        let mut all: Vec<_> = series.iter().map(|(key, count)| (*key, *count)).collect();
        all.sort_unstable();
        assert_eq!(all, [(1, 2), (2, 1), (u32::MAX, 2)]);
    }
}
