//! Answers questions in SQL about the rows of runs.
//!
//! * [`QuerySession`]: the tables of some runs, ready to be asked; an [`Answer`] comes batch by batch.
//! * [`Catalogue`]: the tables, views and functions there are, for people, programs and the reference.
//! * [`answer_writer`]: an answer as text, CSV, JSON, Parquet or Arrow.
//!
//! A table's rows are those of the parts that manifests name, never of a listing; what a run lacks is in
//! [`QuerySession::incomplete`]. Parts, row groups and pages that cannot hold what is asked for are not read. DataFusion is
//! named here and nowhere else.
//!
//! This crate changes nothing: a query reads the runs that it was given, and no other file. It does not choose the runs, and
//! prints nothing.
//!
//! ```no_run
//! use outrider_query::{QueryConfig, QuerySession};
//! use outrider_storage::{DatasetStore, RunReader, latest_run};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let store = DatasetStore::open(".")?;
//! let run_id = latest_run(&store).await?.ok_or("there is no run here")?;
//! let run = RunReader::open(&store, &run_id).await?;
//! let session = QuerySession::open(vec![run], &QueryConfig::default()).await?;
//! let mut answer = session.ask("select name, p95(duration_ns) from requests group by name").await?;
//! while let Some(batch) = answer.next_batch().await? {
//!     assert!(batch.num_columns() == 2);
//! }
//! # Ok(())
//! # }
//! ```
#![warn(missing_docs)]

mod answer;
mod catalogue;
mod error;
mod findings;
mod functions;
mod output;
mod plan;
mod runs;
mod session;
mod table;
mod views;
mod words;

pub use answer::Answer;
pub use catalogue::{
    Catalogue, CatalogueColumn, CatalogueFunction, CatalogueTable, TableKind, answer_json_schema,
    catalogue_json_schema, render_catalogue_json, render_catalogue_text, sql_reference_markdown,
};
pub use error::{QueryError, QueryFault, QueryPlace};
pub use output::{AnswerFormat, AnswerStyle, AnswerWriter, MAX_SHOWN_ROWS, answer_writer};
pub use session::{DEFAULT_MEMORY_BYTES, MIN_MEMORY_BYTES, QueryConfig, QuerySession};
