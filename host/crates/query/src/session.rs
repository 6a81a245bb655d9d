//! The tables of some runs, ready to be asked.

use std::num::NonZeroUsize;
use std::sync::Arc;

use datafusion::execution::context::SessionContext;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::SessionConfig;
use outrider_storage::{Check, RunReader};
use outrider_telemetry::Table;
use tempfile::TempDir;

use crate::answer::units_of;
use crate::error::{Names, asking_failed};
use crate::findings::Findings;
use crate::runs::{OpenRuns, RUNS_TABLE, RunsTable};
use crate::table::RunTable;
use crate::words::GroupWordsByNumber;
use crate::{Answer, QueryError, functions, plan, views};

/// One GiB: sorts and joins of ten million rows stay in memory, and a laptop has it to spare.
pub const DEFAULT_MEMORY_BYTES: usize = 1 << 30;

/// Sixteen MiB: below that not even the batches under way on a few cores fit.
pub const MIN_MEMORY_BYTES: usize = 16 << 20;

/// Five: who used the memory, where it was not enough.
const NAMED_CONSUMERS: NonZeroUsize = NonZeroUsize::new(5).expect("five is more than none");

/// An eighth part: what all sorts together keep free to merge what they spilled. The engine's own 10 MiB for each would
/// leave nothing of a small pool.
const MERGING_SHARE: usize = 8;

/// Two scans a core: while one waits for its file, or for a far store, the other one decodes. On two cores a sum by name over
/// the hundred million rows of `cargo xtask bench sql` took 1.24 s so, and 1.44 with one.
const SCANS_PER_CORE: usize = 2;

/// Eight MiB: [`MIN_MEMORY_BYTES`] for two scans. What follows a scan, as a sort, has room for a few batches
/// before it can spill.
const MEMORY_OF_A_SCAN: usize = 8 << 20;

/// How questions are answered.
#[derive(Clone, Copy, Debug)]
pub struct QueryConfig {
    /// What operators may keep in memory together, in bytes; sorts, joins and groups beyond it go to a temporary folder.
    /// Defaults to 1 GiB via [`DEFAULT_MEMORY_BYTES`].
    pub memory_bytes: usize,
    /// Whether all bytes of the parts that are read are compared with their digests, however many they are. Without it they
    /// are if they lie in a folder and are 256 MiB at most; else their sizes and footers. Defaults to false.
    pub compare_digests: bool,
}

impl Default for QueryConfig {
    fn default() -> QueryConfig {
        QueryConfig { memory_bytes: DEFAULT_MEMORY_BYTES, compare_digests: false }
    }
}

/// Some runs as tables, views and functions.
pub struct QuerySession {
    context: SessionContext,
    names: Arc<Names>,
    findings: Arc<Findings>,
    runs: Arc<OpenRuns>,
    memory_bytes: usize,
    /// What does not fit into memory. Removed with the session, whatever still holds a file of it open.
    _spilled: Arc<TempDir>,
}

impl std::fmt::Debug for QuerySession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QuerySession").field("runs", &self.runs).finish_non_exhaustive()
    }
}

impl QuerySession {
    /// Makes tables of these runs. No row is read yet.
    ///
    /// # Errors
    ///
    /// [`QueryError::Spill`]; [`QueryError::Engine`] never, unless this program's own views are broken.
    pub async fn open(runs: Vec<RunReader>, config: &QueryConfig) -> Result<QuerySession, QueryError> {
        let spilled = Arc::new(tempfile::tempdir().map_err(QueryError::Spill)?);
        let context = context(config, &spilled)?;
        let findings = Arc::new(Findings::default());
        for run in &runs {
            // What its documents say; what its parts are shows when they are read.
            for missing in run.completeness_of(&[], Check::Footers).await.missing {
                findings.add_of_documents(run.layout().run_id(), &missing);
            }
        }
        let runs = Arc::new(OpenRuns::new(runs));
        runs.register_stores(&context);
        register(&context, &runs, &findings, config).await?;
        let names =
            Arc::new(Names { tables: views::table_names(), functions: functions::all_names(&context) });
        let memory_bytes = config.memory_bytes;
        Ok(QuerySession { context, names, findings, runs, memory_bytes, _spilled: spilled })
    }

    /// Plans a query and begins to answer it.
    ///
    /// # Errors
    ///
    /// [`QueryError::Query`] if it is none, if it would change something, or if it names what there is not.
    pub async fn ask(&self, query: &str) -> Result<Answer, QueryError> {
        let failed = |error| asking_failed(&error, &self.names);
        let statement = plan::only_statement(query, &self.names)?;
        let plan = self.context.state().statement_to_plan(statement).await.map_err(failed)?;
        plan::refuse_changes(&plan)?;
        if plan::reads_rows(&plan, &self.names.tables) {
            self.findings.rows_are_asked();
        }
        let units = units_of(&plan);
        let asked = self.context.execute_logical_plan(plan).await.map_err(failed)?;
        // Analysis and optimisation, where types are checked, and the choice of parts.
        let physical = asked.create_physical_plan().await.map_err(failed)?;
        let stream = datafusion::physical_plan::execute_stream(physical, self.context.task_ctx());
        let stream = stream.map_err(failed)?;
        let answer = Answer::new(stream, self.runs.clone(), self.names.clone(), self.memory_bytes);
        Ok(answer.with_units(&units))
    }

    /// What the runs lack that were asked for rows, as far as it is known, a sentence each: by their documents, and by the
    /// parts of a table as soon as it was asked. Those parts are left out.
    pub fn incomplete(&self) -> Vec<String> {
        self.findings.list()
    }
}

fn context(config: &QueryConfig, spilled: &TempDir) -> Result<SessionContext, QueryError> {
    // `show tables` and `show columns from requests` are what many try first.
    let mut settings = SessionConfig::new().with_information_schema(true);
    settings.options_mut().sql_parser.collect_spans = true;
    // Whoever asks for the slowest does not ask for those that never ended.
    settings.options_mut().sql_parser.default_null_ordering = "nulls_last".to_owned();
    let scans = settings.target_partitions() * SCANS_PER_CORE;
    let scans = scans.min(config.memory_bytes / MEMORY_OF_A_SCAN).max(1);
    settings = settings.with_target_partitions(scans);
    let for_merging = &mut settings.options_mut().execution.sort_spill_reservation_bytes;
    *for_merging = (*for_merging).min(config.memory_bytes / MERGING_SHARE / scans);
    let state = SessionStateBuilder::new()
        .with_config(settings)
        .with_runtime_env(runtime(config, spilled)?)
        .with_default_features()
        .with_optimizer_rule(Arc::new(GroupWordsByNumber))
        .build();
    let context = SessionContext::new_with_state(state);
    functions::register(&context);
    Ok(context)
}

fn runtime(config: &QueryConfig, spilled: &TempDir) -> Result<Arc<RuntimeEnv>, QueryError> {
    let pool = TrackConsumersPool::new(FairSpillPool::new(config.memory_bytes), NAMED_CONSUMERS);
    let folders = DiskManagerMode::Directories(vec![spilled.path().to_owned()]);
    let disk = DiskManagerBuilder::default().with_mode(folders);
    let runtime = RuntimeEnvBuilder::new().with_memory_pool(Arc::new(pool)).with_disk_manager_builder(disk);
    runtime.build_arc().map_err(engine)
}

async fn register(
    context: &SessionContext,
    runs: &Arc<OpenRuns>,
    findings: &Arc<Findings>,
    config: &QueryConfig,
) -> Result<(), QueryError> {
    context.register_table(RUNS_TABLE, Arc::new(RunsTable::new(runs.clone()))).map_err(engine)?;
    for table in Table::ALL {
        let provider = RunTable::new(table, runs.clone(), findings.clone(), config.compare_digests);
        context.register_table(table.as_str(), Arc::new(provider)).map_err(engine)?;
    }
    views::register(context).await.map_err(engine)
}

fn engine(error: datafusion::error::DataFusionError) -> QueryError {
    QueryError::Engine(Box::new(error))
}

#[cfg(test)]
mod tests;
