//! Random numbers that a run with the same seed repeats: in an iteration the sequence depends on the seed, the
//! scenario and the iteration's index alone, whichever user runs it; in `setup`, `start`, `stop` and `teardown` on
//! the seed, the journey, the function and the user. Other sources of chance (`HashMap`'s order, crates that ask
//! the system) are not seeded by the run.

use std::ops::RangeInclusive;

use crate::bindings::imports::random;

/// The host gives no more than this at a time, in bytes.
const MAX_BYTES: u32 = 65_536;

/// A number from 0 (included) to 1 (excluded), uniform.
pub fn float() -> f64 {
    random::float()
}

/// A whole number from a range, uniform.
///
/// ```no_run
/// # use outrider_sdk::random;
/// let dice = random::between(1..=6);
/// ```
pub fn between(range: RangeInclusive<i64>) -> i64 {
    random::between(*range.start(), *range.end())
}

/// A number from the exponential distribution with this mean, which must not be negative.
pub fn exponential(mean: f64) -> f64 {
    random::exponential(mean)
}

/// A number from the normal distribution with this mean and standard deviation, which must not be negative.
pub fn normal(mean: f64, deviation: f64) -> f64 {
    random::normal(mean, deviation)
}

/// True with this likelihood: never for 0 and below, always for 1 and above.
pub fn chance(likelihood: f64) -> bool {
    random::float() < likelihood
}

/// One of these, each with the same likelihood; none of an empty slice.
///
/// ```no_run
/// # use outrider_sdk::random;
/// let color = random::choose(&["red", "green", "blue"]);
/// ```
pub fn choose<T>(items: &[T]) -> Option<&T> {
    let last = i64::try_from(items.len()).ok()?.checked_sub(1).filter(|last| *last >= 0)?;
    items.get(usize::try_from(random::between(0, last)).ok()?)
}

/// One of these, each as often as its weight says; none where no weight is above 0.
///
/// ```no_run
/// # use outrider_sdk::random;
/// let payment = random::weighted(&[("card", 7.0), ("invoice", 3.0)]);
/// ```
pub fn weighted<T>(choices: &[(T, f64)]) -> Option<&T> {
    let at = drawn(choices.iter().map(|(_, weight)| *weight), random::float)?;
    choices.get(at).map(|(value, _)| value)
}

/// The place of the weight that a share of their sum falls on. A weight that is no number above 0 counts
/// as 0.
fn drawn(weights: impl Iterator<Item = f64> + Clone, share: impl FnOnce() -> f64) -> Option<usize> {
    let weights = weights.map(|weight| if weight > 0.0 { weight } else { 0.0 });
    let total: f64 = weights.clone().sum();
    let mut left = (total > 0.0).then(share)? * total;
    let found = weights.clone().position(|weight| {
        left -= weight;
        left < 0.0
    });
    // Rounding may leave a hair at the end, which belongs to the last that can be chosen.
    found.or_else(|| weights.enumerate().filter(|(_, weight)| *weight > 0.0).last().map(|(at, _)| at))
}

/// Brings these into a random order.
pub fn shuffle<T>(items: &mut [T]) {
    for last in (1..items.len()).rev() {
        let other = random::between(0, i64::try_from(last).unwrap_or(i64::MAX));
        items.swap(last, usize::try_from(other).unwrap_or(last));
    }
}

/// What [`string`] is made of where no alphabet is given.
pub const LETTERS_AND_DIGITS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// A text of so many letters and digits.
///
/// ```no_run
/// # use outrider_sdk::random;
/// let name = random::string(8);
/// let pin = random::string_of(4, "0123456789");
/// ```
pub fn string(len: usize) -> String {
    string_of(len, LETTERS_AND_DIGITS)
}

/// A text of so many letters of an alphabet, each with the same likelihood; empty without an alphabet.
pub fn string_of(len: usize, alphabet: &str) -> String {
    let mut text = String::new();
    let mut missing = if alphabet.is_empty() { 0 } else { len };
    while missing > 0 {
        let piece = u32::try_from(missing).unwrap_or(MAX_BYTES).min(MAX_BYTES);
        text.push_str(&random::text(piece, alphabet));
        missing -= piece as usize;
    }
    text
}

/// Random bytes.
pub fn bytes(len: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(len);
    while bytes.len() < len {
        let missing = u32::try_from(len - bytes.len()).unwrap_or(MAX_BYTES);
        bytes.extend(random::bytes(missing.min(MAX_BYTES)));
    }
    bytes
}

/// A version 4 UUID as text.
pub fn uuid() -> String {
    random::uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_falls_on_a_weight() {
        let at = |weights: &[f64], share: f64| drawn(weights.iter().copied(), || share);
        let weights = [7.0, 0.0, 3.0, f64::NAN, -1.0];
        assert_eq!(
            [0.0, 0.69, 0.7, 0.9999].map(|share| at(&weights, share)),
            [Some(0), Some(0), Some(2), Some(2)]
        );
        assert_eq!(at(&weights, 1.0), Some(2), "a hair beyond the end");
        assert_eq!((at(&[], 0.5), at(&[0.0], 0.5)), (None, None));
    }
}
