//! Two sides of runs, compared: what became worse, what better, and what nobody can tell from so little.
//!
//! Values of one run are not independent: a garbage collection or a noisy neighbour makes a whole second slow. So
//! blocks of seconds are resampled, not values ([`resample`]); two equal runs differ by more than their seconds tell, which
//! [`estimate`] adds; and what is called worse or better is so beyond a size that matters, and after a correction for
//! the number of comparisons ([`judge`]).
//!
//! A side without values is refused ([`no_values`]); one that may lack what it had makes nothing of the other side added.
//!
//! What is kept in memory is bounded by the number of names (1,000 of each kind), runs and blocks, however long a run.

mod blocks;
mod document;
mod estimate;
mod judge;
mod no_values;
mod read;
mod remarks;
mod resample;
mod rows;
mod rules;
mod student;
#[cfg(test)]
mod tests;
mod verdict;

pub use document::{
    COMPARISON_VERSION, ComparedRow, ComparedRun, Comparison, ComparisonVerdict, Measure, MeasureKind,
    Remark, RemarkKind, Remedy, RowCounts, RowKind, RowVerdict, Side, VerdictCounts,
};
pub use no_values::{ComparedSide, NoValues, NoValuesCause};
pub use rules::{
    CompareRules, DEFAULT_ABSOLUTE_LIMIT, DEFAULT_CONFIDENCE, DEFAULT_FAILURE_LIMIT, DEFAULT_RELATIVE_LIMIT,
};
