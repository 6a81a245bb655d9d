//! The rows of an answer, as they come.

mod units;

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{FieldRef, Schema, SchemaRef};
use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;

use crate::QueryError;
use crate::error::{Names, reading_failed};
use crate::runs::OpenRuns;

pub(crate) use units::units_of;

/// What says the unit of a column in the metadata of its field, as in a run's own files.
pub(crate) const UNIT_KEY: &str = "unit";

/// An answer under way. Dropping it ends the query.
pub struct Answer {
    stream: SendableRecordBatchStream,
    schema: SchemaRef,
    runs: Arc<OpenRuns>,
    names: Arc<Names>,
    memory_bytes: usize,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("schema", &self.schema()).finish_non_exhaustive()
    }
}

impl Answer {
    pub(crate) fn new(
        stream: SendableRecordBatchStream,
        runs: Arc<OpenRuns>,
        names: Arc<Names>,
        memory_bytes: usize,
    ) -> Answer {
        let schema = stream.schema();
        Answer { stream, schema, runs, names, memory_bytes }
    }

    /// Says in which units its columns are, in their order.
    #[must_use]
    pub(crate) fn with_units(self, units: &[Option<String>]) -> Answer {
        Answer { schema: Arc::new(with_units(&self.schema, units)), ..self }
    }

    /// Its columns; those that are a column of a run have its unit as `unit` in the metadata of their fields.
    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// The next rows; `None` at the end.
    ///
    /// # Errors
    ///
    /// If rows cannot be read, or not be calculated with.
    pub async fn next_batch(&mut self) -> Result<Option<RecordBatch>, QueryError> {
        match self.stream.next().await.transpose() {
            Ok(batch) => Ok(batch),
            Err(error) => Err(self.explained(reading_failed(error, self.memory_bytes, &self.names)).await),
        }
    }

    /// The engine does not say in which part it met what it cannot decode: those are named whose bytes are not what was
    /// written.
    async fn explained(&self, error: QueryError) -> QueryError {
        match error {
            QueryError::Damaged { source, .. } => {
                QueryError::Damaged { parts: self.runs.damaged_parts().await, source }
            }
            other => other,
        }
    }
}

fn with_units(schema: &Schema, units: &[Option<String>]) -> Schema {
    let field = |(place, field): (usize, &FieldRef)| match units.get(place) {
        Some(Some(unit)) => {
            let mut metadata = field.metadata().clone();
            metadata.insert(UNIT_KEY.to_owned(), unit.clone());
            Arc::new(field.as_ref().clone().with_metadata(metadata))
        }
        _ => field.clone(),
    };
    let fields: Vec<FieldRef> = schema.fields().iter().enumerate().map(field).collect();
    Schema::new_with_metadata(fields, schema.metadata().clone())
}
