//! Time in buckets of equal length, of which there are never more than a given number: where a run goes on past the
//! last one, neighbours are joined. So memory is bounded however long the run (INV-4).

use std::collections::BTreeSet;

use arrow::array::RecordBatch;
use arrow::datatypes::TimestampNanosecondType;
use outrider_storage::{PartName, RunReader};
use outrider_telemetry::Table;

use super::columns::Rows;

/// What a bucket holds: that of two neighbours can be made one.
pub(super) trait Join: Default {
    /// Takes what the next bucket holds.
    fn join(&mut self, next: Self);
}

impl Join for u64 {
    fn join(&mut self, next: u64) {
        *self += next;
    }
}

/// When the load was, as far as it can be told before all rows are read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Axis {
    /// When the first iteration was scheduled, in nanoseconds since 1970; without one, when the run started. Were it when
    /// that started, which is a little later, eleven iterations of ten a second would fall into the first second.
    pub(super) from: i64,
    /// When the last iteration or request began that is in a part, in nanoseconds since 1970: the generator's rows go on
    /// as long as the tear-down takes, which is no load. Where the load goes on past it, buckets are joined.
    pub(super) to: i64,
}

impl Axis {
    /// Reads the first iterations of each worker.
    pub(super) async fn read(run: &RunReader) -> Axis {
        let first = run.parts(Table::Iterations).map(|part| part.min_time.0).min();
        let first = first_scheduled(run).await.into_iter().chain(first).min();
        let load = [Table::Iterations, Table::Requests].into_iter().flat_map(|table| run.parts(table));
        let last = load.map(|part| part.max_time.0).max();
        let from = first.unwrap_or(run.record().started_at.0);
        Axis { from, to: last.unwrap_or(from).max(from) }
    }
}

/// The earliest scheduled time in the first part of each worker. A part that cannot be read is said where all rows
/// are.
async fn first_scheduled(run: &RunReader) -> Option<i64> {
    let mut reader = run.table(Table::Iterations, Some(&["scheduled_at"])).ok()?.only(&first_parts(run));
    let mut first: Option<i64> = None;
    while let Some(batch) = reader.next_batch().await.transpose() {
        let scheduled = batch.ok().and_then(|batch| earliest(&batch));
        first = first.into_iter().chain(scheduled).min();
    }
    first
}

fn earliest(batch: &RecordBatch) -> Option<i64> {
    let rows = Rows::new(Table::Iterations, batch);
    let scheduled = rows.numbers::<TimestampNanosecondType>("scheduled_at").ok()?;
    scheduled.values().iter().copied().min()
}

/// The part of each worker in which its first iterations are.
fn first_parts(run: &RunReader) -> BTreeSet<PartName> {
    let mut parts: Vec<_> = run.parts(Table::Iterations).map(|part| (part.min_time, &part.path)).collect();
    parts.sort();
    let mut workers = BTreeSet::new();
    let first = parts.into_iter().filter(|(_, path)| workers.insert(path.worker));
    first.map(|(_, path)| path.clone()).collect()
}

/// Buckets from a time on.
#[derive(Clone, Debug)]
pub(super) struct Buckets<T> {
    /// In nanoseconds since 1970.
    from: i64,
    width_ns: i64,
    most: usize,
    buckets: Vec<T>,
}

impl<T: Join> Buckets<T> {
    /// At most `most` buckets, each as long as `width_ns` until that are too few.
    pub(super) fn new(from: i64, width_ns: i64, most: usize) -> Buckets<T> {
        Buckets { from, width_ns: width_ns.max(1), most: most.max(1), buckets: Vec::new() }
    }

    /// When the first bucket begins, in nanoseconds since 1970.
    pub(super) fn from(&self) -> i64 {
        self.from
    }

    /// The length of a bucket in nanoseconds.
    pub(super) fn width_ns(&self) -> i64 {
        self.width_ns
    }

    /// The buckets up to the last one that holds anything.
    pub(super) fn all(&self) -> &[T] {
        &self.buckets
    }

    /// The bucket of a time. What was before the first bucket belongs to it.
    pub(super) fn at(&mut self, at: i64) -> &mut T {
        let index = self.make(at);
        &mut self.buckets[index]
    }

    /// Adds to each bucket that a stretch of time meets, with the nanoseconds of it that are in there.
    pub(super) fn spread(&mut self, from: i64, to: i64, mut add: impl FnMut(&mut T, u64)) {
        let last = self.make(to.saturating_sub(1).max(from));
        for index in self.index(from)..=last {
            let start = self.from.saturating_add(self.width_ns.saturating_mul(index as i64));
            let end = start.saturating_add(self.width_ns);
            let inside = to.min(end).saturating_sub(from.max(start));
            add(&mut self.buckets[index], u64::try_from(inside).unwrap_or(0));
        }
    }

    /// Joins neighbours until a bucket is as long as that, which must be a doubling of what it is.
    pub(super) fn widen_to(&mut self, width_ns: i64) {
        while self.width_ns < width_ns {
            self.widen();
        }
    }

    fn make(&mut self, at: i64) -> usize {
        while self.index(at) >= self.most {
            self.widen();
        }
        let index = self.index(at);
        if index >= self.buckets.len() {
            self.buckets.resize_with(index + 1, T::default);
        }
        index
    }

    fn index(&self, at: i64) -> usize {
        usize::try_from(at.saturating_sub(self.from) / self.width_ns).unwrap_or(0)
    }

    fn widen(&mut self) {
        self.width_ns = self.width_ns.saturating_mul(2);
        let mut narrow = std::mem::take(&mut self.buckets).into_iter();
        while let Some(mut bucket) = narrow.next() {
            narrow.next().into_iter().for_each(|next| bucket.join(next));
            self.buckets.push(bucket);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn past_the_last_bucket_neighbours_are_joined_and_nothing_is_lost() {
        let mut buckets: Buckets<u64> = Buckets::new(100, 10, 4);
        (100..140).for_each(|at| *buckets.at(at) += 1);
        assert_eq!((buckets.width_ns(), buckets.all()), (10, &[10, 10, 10, 10][..]));
        *buckets.at(140) += 1;
        assert_eq!((buckets.width_ns(), buckets.all()), (20, &[20, 20, 1][..]));
        *buckets.at(1_000) += 1;
        assert_eq!(buckets.width_ns(), 320);
        assert_eq!(buckets.all().iter().sum::<u64>(), 42);
        *buckets.at(i64::MAX) += 1;
        assert!(buckets.all().len() <= 4);
    }

    #[test]
    fn what_was_before_the_first_bucket_belongs_to_it() {
        let mut buckets: Buckets<u64> = Buckets::new(100, 10, 4);
        *buckets.at(95) += 1;
        *buckets.at(-95) += 1;
        assert_eq!(buckets.all(), [2]);
    }

    #[test]
    fn a_stretch_is_spread_over_the_buckets_that_it_meets() {
        let mut buckets: Buckets<u64> = Buckets::new(100, 10, 4);
        buckets.spread(105, 127, |bucket, ns| *bucket += ns);
        assert_eq!(buckets.all(), [5, 10, 7]);
        buckets.spread(110, 120, |bucket, ns| *bucket += ns);
        buckets.spread(112, 112, |bucket, ns| *bucket += ns);
        assert_eq!(buckets.all(), [5, 20, 7]);
        buckets.spread(95, 105, |bucket, ns| *bucket += ns);
        assert_eq!(buckets.all()[0], 10, "what is before the first bucket is in none");
    }
}
