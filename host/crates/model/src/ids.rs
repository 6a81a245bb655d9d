//! Ids as newtypes, so that a VU's number is never taken for an iteration's.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A run's name, unique, and sorting by the time the run started: `20260131T120000Z-4f2a9c`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(String);

impl RunId {
    /// Makes a run id from its text; only letters, digits and hyphens are taken, since the id is a
    /// folder's name.
    pub fn new(text: impl Into<String>) -> Option<RunId> {
        let text = text.into();
        let valid = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        valid.then_some(RunId(text))
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it begins as those do that this program gives, with the second in which the run started.
    pub fn tells_a_second(&self) -> bool {
        let (digits, shape) = (|byte: u8| byte.is_ascii_digit(), b"00000000T000000Z-");
        let same = |(byte, of): (u8, &u8)| if *of == b'0' { digits(byte) } else { byte == *of };
        self.0.len() > shape.len() && self.0.bytes().zip(shape).all(same)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A virtual user's number, from 1, unique over all scenarios and workers of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VuId(pub u32);

impl fmt::Display for VuId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An iteration's number within its scenario, from 0, unique over all workers. Data rows follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IterationIndex(pub u64);

impl fmt::Display for IterationIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which share of a run a worker carries: worker `index` of `count`. A run on one machine is 0 of 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Segment {
    /// The worker's number, from 0.
    pub index: u32,
    /// How many workers share the run; at least 1.
    pub count: u32,
}

impl Segment {
    /// The whole run on one worker.
    pub const WHOLE: Segment = Segment { index: 0, count: 1 };

    /// This worker's part of `total` equal units. Summed over all workers it is `total`.
    ///
    /// ```
    /// use outrider_model::Segment;
    /// let parts: Vec<u64> = (0..3).map(|index| Segment { index, count: 3 }.share(10)).collect();
    /// assert_eq!(parts, [4, 3, 3]);
    /// ```
    pub fn share(self, total: u64) -> u64 {
        let (index, count) = (u64::from(self.index), u64::from(self.count.max(1)));
        total / count + u64::from(index < total % count)
    }

    /// The global index of this worker's `local`-th unit: the workers take turns.
    pub fn global_index(self, local: u64) -> u64 {
        local * u64::from(self.count.max(1)) + u64::from(self.index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_this_program_is_told_from_another_word() {
        let tells = |id: &str| RunId::new(id).unwrap().tells_a_second();
        assert!(tells("20260131T120000Z-4f2a9c"));
        assert!(!tells("nightly") && !tells("20260131T120000Z-") && !tells("2026-131T120000Z-4f2a9c"));
    }

    #[test]
    fn shares_sum_to_the_whole_and_turns_cover_every_index_once() {
        for total in [0, 1, 7, 100, 101] {
            for count in [1, 2, 3, 16] {
                let mut seen: Vec<u64> = (0..count)
                    .map(|index| Segment { index, count })
                    .flat_map(|s| (0..s.share(total)).map(move |local| s.global_index(local)))
                    .collect();
                seen.sort_unstable();
                assert_eq!(seen, (0..total).collect::<Vec<_>>(), "{total} over {count}");
            }
        }
    }

    #[test]
    fn a_run_id_is_a_safe_folder_name() {
        assert!(RunId::new("20260131T120000Z-4f2a9c").is_some());
        for bad in ["", "..", "a/b", "a b"] {
            assert!(RunId::new(bad).is_none(), "{bad:?}");
        }
    }
}
