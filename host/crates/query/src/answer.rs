//! The rows of an answer, as they come.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;

use crate::QueryError;
use crate::error::{Names, reading_failed};
use crate::runs::OpenRuns;

/// An answer under way. Dropping it ends the query.
pub struct Answer {
    stream: SendableRecordBatchStream,
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
        Answer { stream, runs, names, memory_bytes }
    }

    /// Its columns.
    pub fn schema(&self) -> SchemaRef {
        self.stream.schema()
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
