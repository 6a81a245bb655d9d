//! Which parts can hold what is asked for, by what their manifests say: run, worker and time.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, StringViewArray, TimestampNanosecondArray, UInt32Array, UInt64Array,
};
use arrow::datatypes::SchemaRef;
use datafusion::catalog::Session;
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::{Column, DFSchema, ScalarValue};
use datafusion::error::Result;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::utils::conjunction;
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;

use crate::runs::NamedPart;

/// Leaves out the parts of which no row can pass the filters.
pub(super) fn wanted<'a>(
    state: &dyn Session,
    schema: &SchemaRef,
    filters: &[Expr],
    parts: Vec<NamedPart<'a>>,
) -> Result<Vec<NamedPart<'a>>> {
    let Some(filter) = conjunction(filters.to_vec()) else { return Ok(parts) };
    let filter = state.create_physical_expr(filter, &DFSchema::try_from(schema.clone())?)?;
    let Some(predicate) = PruningPredicateBuilder::new().with_file_schema(schema.clone()).build(filter)
    else {
        return Ok(parts);
    };
    let may_match = predicate.prune(&Parts(&parts))?;
    Ok(parts.into_iter().zip(may_match).filter(|(_, may_match)| *may_match).map(|(part, _)| part).collect())
}

/// What manifests say of parts.
struct Parts<'p, 'a>(&'p [NamedPart<'a>]);

impl Parts<'_, '_> {
    fn times(&self, time: impl Fn(&NamedPart<'_>) -> i64) -> ArrayRef {
        let times: TimestampNanosecondArray = self.0.iter().map(|part| Some(time(part))).collect();
        Arc::new(times.with_timezone("UTC"))
    }

    /// The value that all rows of a part have.
    fn one_value(&self, column: &str) -> Option<ArrayRef> {
        match column {
            "run_id" => {
                let ids = self.0.iter().map(|part| Some(part.run.reader.layout().run_id().as_str()));
                Some(Arc::new(ids.collect::<StringViewArray>()))
            }
            "worker" => {
                let workers = self.0.iter().map(|part| Some(part.record.path.worker));
                Some(Arc::new(workers.collect::<UInt32Array>()))
            }
            _ => None,
        }
    }
}

impl PruningStatistics for Parts<'_, '_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        match column.name() {
            "started_at" => Some(self.times(|part| part.record.min_time.0)),
            other => self.one_value(other),
        }
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        match column.name() {
            "started_at" => Some(self.times(|part| part.record.max_time.0)),
            other => self.one_value(other),
        }
    }

    fn num_containers(&self) -> usize {
        self.0.len()
    }

    fn null_counts(&self, _column: &Column) -> Option<ArrayRef> {
        None
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        Some(Arc::new(self.0.iter().map(|part| Some(part.record.rows)).collect::<UInt64Array>()))
    }

    fn contained(&self, _column: &Column, _values: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}
