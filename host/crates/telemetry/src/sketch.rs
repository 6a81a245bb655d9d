//! A mergeable distribution with a bounded relative error.

use sketches_ddsketch::{Config, DDSketch};

use crate::TelemetryError;

/// Half a percent: a p95 of 200 ms is true to 1 ms, which is less than two equal runs differ by. One
/// percent, the usual choice, would halve the bytes, but shows a difference to exact SQL quantiles in
/// the third digit, where reports print it.
pub const SKETCH_RELATIVE_ACCURACY: f64 = 0.005;

/// The bins of one sketch at most. DataDog's decoder fixes the number. At our accuracy they span nine
/// decades below the largest value (1 µs to 12 min); what is smaller counts as the smallest bin.
pub const SKETCH_MAX_BINS: u32 = 2048;

/// Below this a value counts as zero. Fixed by the decoder as well.
const MIN_VALUE: f64 = 1e-9;

/// A DDSketch of our fixed accuracy: adding, merging in any order, and quantiles within
/// [`SKETCH_RELATIVE_ACCURACY`] of the true ones. The merge of sketches is the sketch of all their
/// values together.
#[derive(Clone)]
pub struct Sketch(DDSketch);

impl Sketch {
    /// An empty sketch.
    pub fn new() -> Sketch {
        Sketch(DDSketch::new(Config::new(SKETCH_RELATIVE_ACCURACY, SKETCH_MAX_BINS, MIN_VALUE)))
    }

    /// Adds a value. Values that are not finite numbers have no place in a distribution: they are
    /// ignored.
    pub fn add(&mut self, value: f64) {
        if value.is_finite() {
            self.0.add(value);
        }
    }

    /// Adds all values of another sketch.
    pub fn merge(&mut self, other: &Sketch) {
        self.0.merge(&other.0).expect("all sketches of this type share one configuration");
    }

    /// How many values it holds.
    pub fn count(&self) -> u64 {
        self.0.count() as u64
    }

    /// The sum of its values, exact but for rounding; 0 if it is empty.
    pub fn sum(&self) -> f64 {
        self.0.sum().unwrap_or(0.0)
    }

    /// The smallest value, exact.
    pub fn min(&self) -> Option<f64> {
        self.0.min()
    }

    /// The largest value, exact.
    pub fn max(&self) -> Option<f64> {
        self.0.max()
    }

    /// About how many bytes of memory it takes. It grows with the decades that its values span, up to
    /// [`SKETCH_MAX_BINS`] for each sign.
    pub fn memory_bytes(&self) -> usize {
        size_of::<Sketch>() + self.0.length() * size_of::<u64>()
    }

    /// The value at the quantile `q` (0 to 1): of n values in order the one with the index q·(n−1),
    /// rounded down. `None` if the sketch is empty or `q` is out of range.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let estimate = self.0.quantile(q).ok().flatten()?;
        Some(estimate.clamp(self.min()?, self.max()?))
    }

    /// The bytes of the sketch: what DataDog's Java library writes for a
    /// `DDSketchWithExactSummaryStatistics`. An empty sketch has no bytes: the library (0.4.2) takes its
    /// mapping for the format's version prefix and cannot read it back.
    pub fn encode(&self) -> Vec<u8> {
        if self.count() == 0 { Vec::new() } else { self.0.to_java_bytes() }
    }

    /// Reads what [`Sketch::encode`] wrote.
    ///
    /// # Errors
    ///
    /// [`TelemetryError::Sketch`] if the bytes are cut short, not a sketch, or one of another accuracy.
    pub fn decode(bytes: &[u8]) -> Result<Sketch, TelemetryError> {
        if bytes.is_empty() {
            return Ok(Sketch::new());
        }
        let fault = |detail: String| TelemetryError::Sketch { length: bytes.len(), detail };
        let decoded = DDSketch::from_java_bytes(bytes).map_err(|error| fault(error.to_string()))?;
        let mut sketch = Sketch::new();
        // The library compares the configurations here: one of another accuracy is refused.
        sketch.0.merge(&decoded).map_err(|error| fault(error.to_string()))?;
        Ok(sketch)
    }
}

impl Default for Sketch {
    fn default() -> Sketch {
        Sketch::new()
    }
}

impl std::fmt::Debug for Sketch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sketch")
            .field("count", &self.count())
            .field("min", &self.min())
            .field("p50", &self.quantile(0.5))
            .field("max", &self.max())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const QUANTILES: [f64; 8] = [0.0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.999, 1.0];

    fn sketch_of(values: &[f64]) -> Sketch {
        let mut sketch = Sketch::new();
        values.iter().for_each(|value| sketch.add(*value));
        sketch
    }

    /// Durations in nanoseconds from 1 µs to 10 min, evenly over the decades.
    fn durations() -> impl Strategy<Value = Vec<f64>> {
        prop::collection::vec((3.0..11.7f64).prop_map(|power| 10f64.powf(power).floor()), 1..400)
    }

    proptest! {
        #[test]
        fn a_merge_is_the_sketch_of_the_concatenation(left in durations(), right in durations()) {
            let mut merged = sketch_of(&left);
            merged.merge(&sketch_of(&right));
            let whole = sketch_of(&[left, right].concat());
            prop_assert_eq!(merged.count(), whole.count());
            prop_assert!((merged.sum() - whole.sum()).abs() <= whole.sum() * 1e-12);
            for q in QUANTILES {
                prop_assert_eq!(merged.quantile(q), whole.quantile(q), "q {}", q);
            }
        }

        #[test]
        fn a_quantile_is_within_the_promised_error(mut values in durations()) {
            let sketch = sketch_of(&values);
            values.sort_by(f64::total_cmp);
            for q in QUANTILES {
                let truth = values[(q * (values.len() - 1) as f64) as usize];
                let estimate = sketch.quantile(q).unwrap();
                let error = (estimate - truth).abs() / truth;
                prop_assert!(error <= SKETCH_RELATIVE_ACCURACY * 1.000_001, "q {q}: {estimate} for {truth}");
            }
        }

        #[test]
        fn decoding_gives_back_what_was_encoded(values in durations(), zeros in 0usize..3) {
            let mut sketch = sketch_of(&values);
            (0..zeros).for_each(|_| sketch.add(0.0));
            let copy = Sketch::decode(&sketch.encode()).unwrap();
            prop_assert_eq!(copy.count(), sketch.count());
            prop_assert_eq!(copy.sum(), sketch.sum());
            for q in QUANTILES {
                prop_assert_eq!(copy.quantile(q), sketch.quantile(q));
            }
        }
    }

    #[test]
    fn an_empty_sketch_has_no_quantile_and_survives_its_bytes() {
        let copy = Sketch::decode(&Sketch::new().encode()).unwrap();
        assert_eq!((copy.count(), copy.quantile(0.5), copy.min()), (0, None, None));
        let mut sum = copy;
        sum.merge(&sketch_of(&[5.0]));
        assert_eq!((sum.min(), sum.max(), sum.quantile(0.5)), (Some(5.0), Some(5.0), Some(5.0)));
    }

    #[test]
    fn what_is_not_a_number_is_ignored_and_extremes_do_no_harm() {
        let sketch =
            sketch_of(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 1e-300, 3.0]);
        assert_eq!(sketch.count(), 4);
        assert_eq!(sketch.max(), Some(f64::MAX));
    }

    #[test]
    fn bytes_that_are_cut_short_or_of_another_accuracy_are_refused() {
        let bytes = sketch_of(&[1.0, 2.0, 3.0]).encode();
        assert!(Sketch::decode(&bytes[..bytes.len() - 1]).is_err());
        let mut other = DDSketch::new(Config::new(0.01, SKETCH_MAX_BINS, MIN_VALUE));
        other.add(1.0);
        let error = Sketch::decode(&other.to_java_bytes()).unwrap_err();
        assert!(error.to_string().contains("different configs"), "{error}");
    }
}
