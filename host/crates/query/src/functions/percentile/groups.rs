//! A sketch for each group.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BinaryArray, BooleanArray, Float64Array};
use datafusion::common::Result;
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};
use outrider_telemetry::Sketch;

use super::add;

#[derive(Debug)]
pub(super) struct GroupedSketches {
    quantile: f64,
    sketches: Vec<Sketch>,
    /// What all of them take in memory, in bytes: kept as they grow, since it is asked after each batch.
    bytes: usize,
}

impl GroupedSketches {
    pub(super) fn new(quantile: f64) -> GroupedSketches {
        GroupedSketches { quantile, sketches: Vec::new(), bytes: 0 }
    }

    fn add_all(
        &mut self,
        values: &ArrayRef,
        groups: &[usize],
        filter: Option<&BooleanArray>,
        group_count: usize,
    ) -> Result<()> {
        let known = self.sketches.len();
        self.sketches.resize_with(group_count, Sketch::new);
        self.bytes += self.sketches[known..].iter().map(Sketch::memory_bytes).sum::<usize>();
        for (row, group) in groups.iter().enumerate().filter(|(row, _)| passes(filter, *row)) {
            let sketch = &mut self.sketches[*group];
            let before = sketch.memory_bytes();
            add(sketch, values, row)?;
            self.bytes += sketch.memory_bytes() - before;
        }
        Ok(())
    }

    fn take(&mut self, emit: EmitTo) -> Vec<Sketch> {
        let taken = emit.take_needed(&mut self.sketches);
        self.bytes -= taken.iter().map(Sketch::memory_bytes).sum::<usize>();
        taken
    }
}

/// Whether a row counts: a filter that does not know lets nothing pass.
fn passes(filter: Option<&BooleanArray>, row: usize) -> bool {
    filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row))
}

fn encoded<'a>(sketches: impl IntoIterator<Item = &'a Sketch>) -> ArrayRef {
    let encoded: Vec<Vec<u8>> = sketches.into_iter().map(Sketch::encode).collect();
    Arc::new(BinaryArray::from_iter_values(encoded))
}

impl GroupsAccumulator for GroupedSketches {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        group_count: usize,
    ) -> Result<()> {
        self.add_all(&values[0], groups, filter, group_count)
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], group_count: usize) -> Result<()> {
        self.add_all(&states[0], groups, None, group_count)
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let quantile = self.quantile;
        let taken = self.take(emit);
        Ok(Arc::new(taken.iter().map(|sketch| sketch.quantile(quantile)).collect::<Float64Array>()))
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![encoded(&self.take(emit))])
    }

    /// Each row as a group of its own: where groups are so many that nothing is gained by a first pass.
    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let mut sketches = Vec::with_capacity(values[0].len());
        for row in 0..values[0].len() {
            let mut sketch = Sketch::new();
            if passes(filter, row) {
                add(&mut sketch, &values[0], row)?;
            }
            sketches.push(sketch);
        }
        Ok(vec![encoded(&sketches)])
    }

    fn size(&self) -> usize {
        self.bytes + self.sketches.capacity() * size_of::<Sketch>()
    }
}
