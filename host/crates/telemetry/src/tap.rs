//! Somebody who looks at samples on their way into the dataset.

use std::fmt;

use outrider_model::Sample;

/// Sees each sample that the batcher takes, after names past the limit were replaced: what it sees is what the rows say.
pub trait SampleTap: Send + fmt::Debug {
    /// Called for each sample, from the batcher's thread alone. It must not wait: while it does, the queue to the disk
    /// fills.
    fn see(&mut self, sample: &Sample);
}
