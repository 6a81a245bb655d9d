//! Random numbers that a run with the same seed repeats: the sequence depends on the seed, the user and
//! the iteration alone. Other sources of chance (`HashMap`'s order, crates that ask the system) are not
//! seeded by the run.

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

/// A number from the exponential distribution with this mean.
pub fn exponential(mean: f64) -> f64 {
    random::exponential(mean)
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
