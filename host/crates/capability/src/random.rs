//! Random numbers that can be repeated: the run's seed and what they are drawn for fix the sequence.
//!
//! What is drawn in an iteration follows from the seed, the scenario and the iteration's index, whichever user
//! runs it: in the closed model that is whoever is free first, and no two runs agree on it.
//!
//! ChaCha with 8 rounds: its output depends on the key and the stream alone, on every machine and in
//! every version, unlike `rand`'s `StdRng`. It is not used for secrets.

use outrider_model::{IterationIndex, VuId, hash_of};
use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// 64 KiB at once, as `crypto.getRandomValues` of browsers.
pub const MAX_RANDOM_BYTES: usize = 65_536;

/// What random numbers are drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawFor<'a> {
    /// An iteration of a scenario of the run.
    Iteration {
        /// The scenario's name, unique in the run.
        scenario: &'a str,
        /// The iteration's number in it.
        index: IterationIndex,
    },
    /// A call of a journey outside of iterations.
    Call {
        /// The journey's name.
        journey: &'a str,
        /// Which call.
        call: Lifecycle,
        /// For whom; 0 where it is for no user.
        vu: VuId,
    },
}

/// The calls of a journey that are no iterations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifecycle {
    /// The sandbox is made. What is drawn for it is the same for all users.
    Instantiate = 1,
    /// `describe`.
    Describe,
    /// `setup`.
    Setup,
    /// `start`.
    Start,
    /// `stop`.
    Stop,
    /// `teardown`.
    Teardown,
}

/// What a sequence is used for. Uses do not disturb each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Guest = 0,
    Multipart = 1,
}

/// Where a sequence begins: a generator that has not been made yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sequence {
    key: [u8; 32],
    stream: u64,
}

impl Sequence {
    /// What ends up in the key's bytes: seed, name of the scenario or journey, VU, call (0 in iterations),
    /// purpose. The iteration's index is the stream.
    pub(crate) fn new(seed: u64, purpose: Purpose, draw_for: DrawFor<'_>) -> Sequence {
        let (name, vu, call, stream) = match draw_for {
            DrawFor::Iteration { scenario, index } => (scenario, VuId(0), 0, index.0),
            DrawFor::Call { journey, call, vu } => (journey, vu, call as u8, 0),
        };
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&hash_of(name).to_le_bytes());
        key[16..20].copy_from_slice(&vu.0.to_le_bytes());
        key[20] = call;
        key[21] = purpose as u8;
        Sequence { key, stream }
    }

    fn generator(&self) -> ChaCha8Rng {
        // It computes nothing until a number is drawn.
        let mut generator = ChaCha8Rng::from_seed(self.key);
        generator.set_stream(self.stream);
        generator
    }

    /// The sequence's `number`-th 16 bytes, from 0.
    pub(crate) fn sixteen_bytes(&self, number: u32) -> [u8; 16] {
        let mut generator = self.generator();
        // ChaCha counts in words of four bytes.
        generator.set_word_pos(u128::from(number) * 4);
        let mut bytes = [0; 16];
        generator.fill_bytes(&mut bytes);
        bytes
    }
}

/// The random numbers of one virtual user's guest.
#[derive(Clone, Debug)]
pub struct VuRandom {
    seed: u64,
    rng: ChaCha8Rng,
}

impl VuRandom {
    /// The numbers of a run with `seed`, to begin with for this.
    pub fn new(seed: u64, draw_for: DrawFor<'_>) -> VuRandom {
        VuRandom { seed, rng: Sequence::new(seed, Purpose::Guest, draw_for).generator() }
    }

    /// Starts a sequence from its beginning, whatever was drawn before.
    pub fn begin(&mut self, draw_for: DrawFor<'_>) {
        *self = VuRandom::new(self.seed, draw_for);
    }

    /// Any 64-bit number.
    pub fn next_u64(&mut self) -> u64 {
        self.rng.next_u64()
    }

    /// A number from 0 to `bound - 1`, each equally likely; 0 if `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.rng.random_range(0..bound) }
    }

    /// A number from 0 (included) to 1 (excluded).
    pub fn float(&mut self) -> f64 {
        self.rng.random::<f64>()
    }

    /// A number from `low` (included) to `high` (excluded), each equally likely.
    ///
    /// # Errors
    ///
    /// [`RandomError::Range`] unless `low < high` and both are finite.
    pub fn uniform(&mut self, low: f64, high: f64) -> Result<f64, RandomError> {
        if !(low < high && (high - low).is_finite()) {
            return Err(RandomError::Range { low, high });
        }
        Ok(self.rng.random_range(low..high))
    }

    /// An exponentially distributed number with the given mean: the time to the next event of a
    /// Poisson process.
    ///
    /// # Errors
    ///
    /// [`RandomError::Mean`] unless the mean is finite and not negative.
    pub fn exponential(&mut self, mean: f64) -> Result<f64, RandomError> {
        if !(mean.is_finite() && mean >= 0.0) {
            return Err(RandomError::Mean { mean });
        }
        // `float` is never 1, so the logarithm is finite.
        Ok(-mean * (1.0 - self.float()).ln())
    }

    /// A number from the normal distribution, by Box and Muller's method: two uniform numbers for each, so
    /// that the sequence after it does not depend on what came before.
    ///
    /// # Errors
    ///
    /// [`RandomError::Normal`] unless both are finite and the deviation is not negative.
    pub fn normal(&mut self, mean: f64, deviation: f64) -> Result<f64, RandomError> {
        if !(mean.is_finite() && deviation.is_finite() && deviation >= 0.0) {
            return Err(RandomError::Normal { mean, deviation });
        }
        // `float` is never 1, so the logarithm is finite.
        let radius = (-2.0 * (1.0 - self.float()).ln()).sqrt();
        let angle = std::f64::consts::TAU * self.float();
        Ok(mean + deviation * radius * angle.cos())
    }

    /// A text of `len` letters, each any of `alphabet` with equal likelihood.
    ///
    /// # Errors
    ///
    /// [`RandomError::Alphabet`] if there is no letter to choose from, [`RandomError::TooMany`] for more
    /// than [`MAX_RANDOM_BYTES`] letters.
    pub fn text(&mut self, len: usize, alphabet: &str) -> Result<String, RandomError> {
        if len > MAX_RANDOM_BYTES {
            return Err(RandomError::TooMany { len });
        }
        let letters: Vec<char> = alphabet.chars().take(MAX_RANDOM_BYTES).collect();
        if letters.is_empty() && len > 0 {
            return Err(RandomError::Alphabet);
        }
        Ok((0..len).map(|_| letters[self.rng.random_range(0..letters.len())]).collect())
    }

    /// `len` random bytes.
    ///
    /// # Errors
    ///
    /// [`RandomError::TooMany`] beyond [`MAX_RANDOM_BYTES`].
    pub fn bytes(&mut self, len: usize) -> Result<Vec<u8>, RandomError> {
        if len > MAX_RANDOM_BYTES {
            return Err(RandomError::TooMany { len });
        }
        let mut bytes = vec![0; len];
        self.rng.fill_bytes(&mut bytes);
        Ok(bytes)
    }

    /// A random UUID (version 4), for example `3f2a9c1b-7d0e-4b6a-9f1c-2d3e4f5a6b7c`.
    pub fn uuid(&mut self) -> String {
        let mut bytes = [0; 16];
        self.rng.fill_bytes(&mut bytes);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex = hex(&bytes);
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 0x0f));
    }
    text
}

/// Random numbers that cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum RandomError {
    /// The range is empty or infinite.
    #[error("no number lies from {low} to below {high}")]
    Range {
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// The mean is negative or infinite.
    #[error("an exponential distribution cannot have the mean {mean}")]
    Mean {
        /// The mean.
        mean: f64,
    },
    /// The mean is infinite, or the deviation is infinite or negative.
    #[error("a normal distribution cannot have the mean {mean} and the standard deviation {deviation}")]
    Normal {
        /// The mean.
        mean: f64,
        /// The standard deviation.
        deviation: f64,
    },
    /// There is no letter to choose from.
    #[error("a random text needs an alphabet")]
    Alphabet,
    /// Too many bytes, or letters, at once.
    #[error("{len} random bytes are more than {MAX_RANDOM_BYTES} at once")]
    TooMany {
        /// The number asked for.
        len: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: DrawFor<'_> = DrawFor::Call { journey: "checkout", call: Lifecycle::Start, vu: VuId(1) };

    fn iteration(scenario: &str, index: u64) -> DrawFor<'_> {
        DrawFor::Iteration { scenario, index: IterationIndex(index) }
    }

    fn drawn(seed: u64, draw_for: DrawFor<'_>) -> Vec<u64> {
        let mut random = VuRandom::new(seed, draw_for);
        (0..4).map(|_| random.next_u64()).collect()
    }

    fn random() -> VuRandom {
        VuRandom::new(1, iteration("buy", 0))
    }

    #[test]
    fn seed_scenario_and_iteration_fix_the_sequence() {
        let first = drawn(1, iteration("buy", 0));
        assert_eq!(first, drawn(1, iteration("buy", 0)));
        for other in
            [drawn(2, iteration("buy", 0)), drawn(1, iteration("browse", 0)), drawn(1, iteration("buy", 1))]
        {
            assert_ne!(first, other);
        }
        let mut random = VuRandom::new(1, START);
        random.next_u64();
        random.begin(iteration("buy", 0));
        assert_eq!(random.next_u64(), first[0], "what was drawn before leaves no trace");
    }

    #[test]
    fn outside_of_iterations_seed_journey_call_and_user_fix_it() {
        let call = |journey, call, vu| drawn(1, DrawFor::Call { journey, call, vu: VuId(vu) });
        let all = [
            call("checkout", Lifecycle::Start, 1),
            call("checkout", Lifecycle::Start, 2),
            call("checkout", Lifecycle::Stop, 1),
            call("checkout", Lifecycle::Setup, 0),
            call("checkout", Lifecycle::Teardown, 0),
            call("browse", Lifecycle::Setup, 0),
            drawn(2, START),
            drawn(1, iteration("checkout", 0)),
        ];
        assert_eq!(all[0], drawn(1, START));
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len(), "{all:?}");
    }

    #[test]
    fn the_sequence_never_changes_between_versions() {
        // A run is repeated with a newer host: these numbers must stay.
        assert_eq!(
            drawn(42, iteration("buy", 3))[..2],
            [9_037_469_732_428_124_274, 3_667_870_184_632_746_126]
        );
        assert_eq!(drawn(42, START)[..2], [2_019_971_984_779_636_064, 11_704_771_048_818_415_943]);
    }

    #[test]
    fn purposes_have_sequences_of_their_own() {
        let of = |purpose| Sequence::new(1, purpose, iteration("buy", 0));
        let pieces: Vec<_> = (0..3).map(|number| of(Purpose::Multipart).sixteen_bytes(number)).collect();
        assert_ne!(pieces[0], of(Purpose::Guest).sixteen_bytes(0));
        assert_ne!(pieces[0], pieces[1]);
        let mut generator = of(Purpose::Multipart).generator();
        let mut bytes = [0; 48];
        generator.fill_bytes(&mut bytes);
        assert_eq!(bytes[..], pieces.concat(), "pieces follow each other without a gap");
    }

    #[test]
    fn numbers_stay_in_their_range() {
        let mut random = random();
        let mut seen = [0_u32; 6];
        for _ in 0..6_000 {
            seen[usize::try_from(random.below(6)).unwrap()] += 1;
            assert!((0.0..1.0).contains(&random.float()));
            assert!((-2.0..3.5).contains(&random.uniform(-2.0, 3.5).unwrap()));
        }
        assert!(seen.iter().all(|count| (800..1_200).contains(count)), "{seen:?}");
        assert_eq!(random.below(0), 0);
        assert_eq!(random.below(1), 0);
    }

    #[test]
    fn exponential_numbers_have_their_mean() {
        let mut random = random();
        let draws: Vec<f64> = (0..20_000).map(|_| random.exponential(2.0).unwrap()).collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        assert!((1.9..2.1).contains(&mean), "{mean}");
        assert!(draws.iter().all(|draw| *draw >= 0.0 && draw.is_finite()));
    }

    #[test]
    fn normal_numbers_have_their_mean_and_deviation() {
        let mut random = random();
        let draws: Vec<f64> = (0..20_000).map(|_| random.normal(5.0, 2.0).unwrap()).collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!((4.95..5.05).contains(&mean), "{mean}");
        assert!((1.95..2.05).contains(&variance.sqrt()), "{variance}");
        let within = draws.iter().filter(|draw| (3.0..7.0).contains(*draw)).count();
        assert!((13_400..13_900).contains(&within), "68.3 % are within one deviation, not {within}");
        assert_eq!(random.normal(3.0, 0.0).unwrap(), 3.0);
    }

    #[test]
    fn texts_are_made_of_their_alphabet() {
        let mut random = random();
        let text = random.text(3_000, "aäß").unwrap();
        assert_eq!(text.chars().count(), 3_000);
        for letter in "aäß".chars() {
            assert!((900..1_100).contains(&text.matches(letter).count()), "{letter}");
        }
        assert_eq!(random.text(0, "").unwrap(), "");
        assert_eq!(random.text(1, "").unwrap_err(), RandomError::Alphabet);
        assert!(random.text(MAX_RANDOM_BYTES + 1, "a").is_err());
    }

    #[test]
    fn a_uuid_is_of_version_4() {
        let uuid = random().uuid();
        let lengths: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{uuid}");
        assert_eq!(uuid.as_bytes()[14], b'4', "{uuid}");
        assert!(b"89ab".contains(&uuid.as_bytes()[19]), "{uuid}");
    }

    #[test]
    fn what_cannot_be_drawn_is_an_error() {
        let mut random = random();
        assert!(random.uniform(1.0, 1.0).is_err());
        assert!(random.uniform(f64::NAN, 1.0).is_err());
        assert!(random.uniform(f64::MIN, f64::MAX).is_err());
        assert!(random.exponential(-1.0).is_err());
        assert!(random.exponential(f64::INFINITY).is_err());
        assert!(random.normal(0.0, -1.0).is_err());
        assert!(random.normal(f64::NAN, 1.0).is_err());
        assert_eq!(random.bytes(MAX_RANDOM_BYTES).unwrap().len(), MAX_RANDOM_BYTES);
        assert!(random.bytes(MAX_RANDOM_BYTES + 1).is_err());
    }
}
