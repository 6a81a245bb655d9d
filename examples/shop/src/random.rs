//! Repeatable random numbers without a shared generator.

use std::sync::atomic::{AtomicU64, Ordering};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// One random stream per ordinal number, all from one seed.
///
/// The n-th caller gets the n-th stream, whoever it is: over the first n calls the outcomes are the same
/// in every run with the same seed, however many connections they came by. No lock is taken.
#[derive(Debug)]
pub(crate) struct RandomStreams {
    base: ChaCha8Rng,
    next: AtomicU64,
}

impl RandomStreams {
    pub(crate) fn new(seed: u64) -> RandomStreams {
        RandomStreams { base: ChaCha8Rng::seed_from_u64(seed), next: AtomicU64::new(0) }
    }

    pub(crate) fn next(&self) -> ChaCha8Rng {
        let mut stream = self.base.clone();
        stream.set_stream(self.next.fetch_add(1, Ordering::Relaxed));
        stream
    }
}
