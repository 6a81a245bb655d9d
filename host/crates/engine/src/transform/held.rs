//! The metrics of a call, until it is known whether it is made again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use outrider_model::{MetricSample, Sample, SampleSink};

/// A hundred thousand values in one call of `transform`, ten for each record of a whole batch, if they have few tags:
/// together they take at most 64 MiB too. A batch that records more breaks, and is tried again in halves, as any
/// other that does.
pub const MAX_METRIC_VALUES: usize = 100_000;

/// 64 MiB of values in one call, by what [`cost_bytes`] says of each: 671 bytes for each of a hundred thousand, which
/// are a name of 20 bytes and three tags of 35, key and value. With names and tags as long as they may be, a value
/// takes 20 KB: 3,360 of them are held, and without this limit a call could take 2 GB.
const MAX_METRIC_BYTES: usize = 64 << 20;

/// 256 bytes for a value besides its name and its tags. It is of some 100 bytes, in a vector that has room for up to
/// twice as many, and its name is an allocation of its own: 16 bytes for its counters, and as many for the allocator.
const VALUE_COST_BYTES: usize = 256;

/// 96 bytes for a tag besides its texts: 32 for where they are, and 32 for each as an allocation of its own.
const TAG_COST_BYTES: usize = 96;

/// Holds metrics back. Everything else, as log lines, goes on at once: whoever looks for why a batch broke wants to
/// see them.
#[derive(Debug)]
pub(super) struct Held {
    inner: Arc<dyn SampleSink>,
    metrics: Mutex<Metrics>,
}

#[derive(Debug, Default)]
struct Metrics {
    values: Vec<MetricSample>,
    /// What they take, by their costs.
    used_bytes: usize,
    /// The limit that the call did not keep to.
    exceeded: Option<Limit>,
}

#[derive(Clone, Copy, Debug)]
enum Limit {
    Values,
    Bytes,
}

impl Held {
    pub(super) fn over(inner: Arc<dyn SampleSink>) -> Held {
        Held { inner, metrics: Mutex::default() }
    }

    /// Whether the call, of that name, kept to the limits.
    pub(super) fn checked(&self, call: &str) -> Result<(), String> {
        match self.lock().exceeded {
            Some(Limit::Values) => {
                Err(format!("more than {MAX_METRIC_VALUES} values of metrics in one call of {call}"))
            }
            Some(Limit::Bytes) => {
                Err(format!("more than {} MiB of metrics in one call of {call}", MAX_METRIC_BYTES >> 20))
            }
            None => Ok(()),
        }
    }

    /// The call ended well: they count.
    pub(super) fn release(&self) {
        self.take().values.into_iter().for_each(|value| self.inner.record(Sample::Metric(value)));
    }

    /// The call is made again, or never will be.
    pub(super) fn forget(&self) {
        drop(self.take());
    }

    fn take(&self) -> Metrics {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Metrics> {
        self.metrics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Metrics {
    /// Holds one more, if the call has kept to the limits and does still.
    fn hold(&mut self, value: MetricSample) {
        if self.exceeded.is_some() {
            return;
        }
        let used_bytes = self.used_bytes + cost_bytes(&value, self.values.last());
        if self.values.len() == MAX_METRIC_VALUES {
            self.exceeded = Some(Limit::Values);
        } else if used_bytes > MAX_METRIC_BYTES {
            self.exceeded = Some(Limit::Bytes);
        } else {
            self.used_bytes = used_bytes;
            self.values.push(value);
        }
    }
}

/// What holding a value takes. Without tags of its own it has those of the instance, as the one `before` it: these
/// are there once.
fn cost_bytes(value: &MetricSample, before: Option<&MetricSample>) -> usize {
    let tags = &value.origin.tags;
    let are_shared = before.is_some_and(|before| Arc::ptr_eq(&before.origin.tags, tags));
    let cost_of_tags: usize = match are_shared {
        true => 0,
        false => tags.iter().map(|(key, value)| TAG_COST_BYTES + key.len() + value.len()).sum(),
    };
    VALUE_COST_BYTES + value.name.len() + cost_of_tags
}

impl SampleSink for Held {
    fn record(&self, sample: Sample) {
        match sample {
            Sample::Metric(value) => self.lock().hold(value),
            other => self.inner.record(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use outrider_model::{IterationIndex, MetricKind, Origin, Tags, Timestamp, VuId};

    use super::*;
    use crate::limits::{MAX_NAME_BYTES, MAX_TAGS};

    /// Counts what it is given.
    #[derive(Debug, Default)]
    struct Count(Mutex<usize>);

    impl SampleSink for Count {
        fn record(&self, _sample: Sample) {
            *self.0.lock().unwrap() += 1;
        }
    }

    impl Count {
        fn take(&self) -> usize {
            std::mem::take(&mut *self.0.lock().unwrap())
        }
    }

    fn held() -> (Held, Arc<Count>) {
        let count = Arc::new(Count::default());
        (Held::over(Arc::<Count>::clone(&count)), count)
    }

    fn value(name: &str, tags: Tags) -> Sample {
        let (scenario, vu, iteration) = ("".into(), VuId(0), IterationIndex(0));
        let origin = Origin { scenario, vu, iteration, step: None, tags };
        let (kind, at) = (MetricKind::Trend, Timestamp(0));
        Sample::Metric(MetricSample { origin, name: name.into(), kind, at, value: 1.0 })
    }

    /// As many tags as a value may have, as long as they may be.
    fn long_tags() -> Tags {
        let text: Arc<str> = "x".repeat(MAX_NAME_BYTES).into();
        (0..MAX_TAGS).map(|_| (Arc::clone(&text), Arc::clone(&text))).collect()
    }

    #[test]
    fn a_value_takes_no_more_than_what_is_counted_for_it() {
        assert!(2 * size_of::<MetricSample>() + 32 <= VALUE_COST_BYTES);
        assert!(size_of::<(Arc<str>, Arc<str>)>() + 2 * 32 <= TAG_COST_BYTES);
    }

    #[test]
    fn values_are_bounded_in_number() {
        let (held, count) = held();
        for _ in 0..MAX_METRIC_VALUES {
            held.record(value("orders", Tags::default()));
        }
        assert_eq!(held.checked("transform"), Ok(()));
        held.record(value("orders", Tags::default()));
        let said = "more than 100000 values of metrics in one call of transform";
        assert_eq!(held.checked("transform"), Err(said.to_owned()));
        held.release();
        assert_eq!(count.take(), MAX_METRIC_VALUES);
        assert_eq!(held.checked("transform"), Ok(()), "the next call begins anew");
    }

    #[test]
    fn values_with_long_tags_are_bounded_in_bytes() {
        let (held, count) = held();
        let name = "n".repeat(MAX_NAME_BYTES);
        for _ in 0..3_360 {
            held.record(value(&name, long_tags()));
        }
        assert_eq!(held.checked("start"), Ok(()));
        held.record(value(&name, long_tags()));
        let said = "more than 64 MiB of metrics in one call of start";
        assert_eq!(held.checked("start"), Err(said.to_owned()));
        held.record(value("small", Tags::default()));
        assert_eq!(held.lock().values.len(), 3_360, "nothing more is held");
        held.forget();
        assert_eq!(held.checked("start"), Ok(()));
        held.record(value(&name, long_tags()));
        held.release();
        assert_eq!(count.take(), 1);
    }

    #[test]
    fn tags_that_values_share_count_once() {
        let (held, count) = held();
        let tags = long_tags();
        for _ in 0..10_000 {
            held.record(value("orders", Arc::clone(&tags)));
        }
        assert_eq!(held.checked("transform"), Ok(()));
        held.release();
        assert_eq!(count.take(), 10_000);
    }
}
