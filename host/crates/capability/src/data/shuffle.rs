//! An order of rows that a number decides, without a list of them.

use outrider_model::mix64;

/// Four rounds make a Feistel network of good round functions indistinguishable from a random
/// permutation (Luby and Rackoff, 1988); two more cost nothing here and help the smallest domains.
const ROUNDS: u64 = 6;

/// The row at `position` of the order of `count` rows that `key` decides: every row stands at exactly
/// one position. `position` must be below `count`.
///
/// A Feistel network permutes the next power of four; what falls outside of the rows is sent through
/// it again until it falls inside (cycle walking), at most four times on average.
pub(super) fn shuffled(position: u64, count: u64, key: u64) -> u64 {
    if count < 2 {
        return 0;
    }
    let bits = 64 - (count - 1).leading_zeros();
    let half = bits.div_ceil(2);
    let mut row = position;
    loop {
        row = permute(row, half, key);
        if row < count {
            return row;
        }
    }
}

fn permute(value: u64, half: u32, key: u64) -> u64 {
    let mask = (1_u64 << half) - 1;
    let (mut left, mut right) = (value >> half, value & mask);
    for round in 0..ROUNDS {
        let mixed = mix64(right ^ mix64(key ^ round)) & mask;
        (left, right) = (right, left ^ mixed);
    }
    left << half | right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_stands_at_exactly_one_position() {
        for count in (1..70).chain([255, 256, 257, 1_000, 4_097]) {
            for key in [0, 1, u64::MAX] {
                let mut rows: Vec<u64> = (0..count).map(|at| shuffled(at, count, key)).collect();
                rows.sort_unstable();
                assert_eq!(rows, (0..count).collect::<Vec<_>>(), "{count} rows, key {key}");
            }
        }
    }

    #[test]
    fn another_key_is_another_order() {
        let order = |key| (0..100).map(|at| shuffled(at, 100, key)).collect::<Vec<_>>();
        assert_ne!(order(1), order(2));
        assert_ne!(order(1), (0..100).collect::<Vec<_>>());
        assert_eq!(order(1), order(1));
    }
}
