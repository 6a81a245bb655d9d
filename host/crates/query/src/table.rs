//! A table of runs, as the engine reads it: the parts that manifests name, without those that cannot hold what is asked for.

mod prune;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::config::TableParquetOptions;
use datafusion::common::stats::Precision;
use datafusion::common::{ScalarValue, Statistics, project_schema};
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::object_store::ObjectMeta;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::union::UnionExec;
use futures::StreamExt;
use outrider_model::RunId;
use outrider_storage::{PartName, StorageError};
use outrider_telemetry::{Column, ColumnKind, Table};

use crate::findings::Findings;
use crate::runs::{NamedPart, OpenRuns};

/// Sixteen footers at a time: a far store answers many requests at once, and each is some KiB.
const FOOTERS_AT_ONCE: usize = 16;

/// Two whole parts at a time: each may be 32 MiB.
const PARTS_AT_ONCE: usize = 2;

/// 256 MiB, some ten million requests: comparing their digests takes a few tenths of a second, as the 1.5 GB of
/// `cargo xtask bench sql` took 2.2 s.
const COMPARED_BYTES: u64 = 256 << 20;

/// The column that files lack: it is in their folder's name.
pub(crate) const WORKER: Column = Column {
    name: "worker",
    kind: ColumnKind::UInt32,
    nullable: false,
    unit: "none",
    description: "The worker that wrote the row, from 0.",
};

const RUN_ID: &str = "run_id";

/// The columns of a table as queries see them: those of the files, with the worker behind the run.
pub(crate) fn columns_of(table: Table) -> impl Iterator<Item = &'static Column> {
    let (run, others): (Vec<_>, Vec<_>) = table.columns().partition(|column| column.name == RUN_ID);
    run.into_iter().chain([&WORKER]).chain(others)
}

/// A column as the engine sees it.
pub(crate) fn field_of(column: &Column) -> Field {
    Field::new(column.name, in_memory(&column.kind.data_type()), column.nullable)
}

/// Text is read as views, whatever its encoding in the file: the engine groups and compares them by their first bytes, and
/// dictionaries row by row.
fn in_memory(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Utf8 => DataType::Utf8View,
        DataType::Dictionary(_, words) if **words == DataType::Utf8 => DataType::Utf8View,
        other => other.clone(),
    }
}

/// What a query wants of a table.
struct Wanted<'a> {
    projection: Option<&'a Vec<usize>>,
    filters: &'a [Expr],
    limit: Option<usize>,
}

/// A table over some runs.
#[derive(Debug)]
pub(crate) struct RunTable {
    table: Table,
    runs: Arc<OpenRuns>,
    findings: Arc<Findings>,
    /// Whether the digests of all parts that are read are compared, however large they are and wherever they lie.
    compares_all: bool,
    /// The parts whose digests were found to be right: a query may scan a table more than once.
    compared: Mutex<BTreeSet<(RunId, PartName)>>,
    /// As queries see it.
    schema: SchemaRef,
    /// As files are read: their columns, and behind them those that each part has one value of.
    scanned: TableSchema,
}

impl RunTable {
    pub(crate) fn new(
        table: Table,
        runs: Arc<OpenRuns>,
        findings: Arc<Findings>,
        compares_all: bool,
    ) -> RunTable {
        let columns: Vec<&Column> = columns_of(table).collect();
        // A part of an earlier schema version lacks columns, which are null then.
        let in_files: Vec<Field> =
            columns[2..].iter().map(|column| field_of(column).with_nullable(true)).collect();
        let of_part: Vec<FieldRef> = columns[..2].iter().map(|column| Arc::new(field_of(column))).collect();
        let seen: Vec<FieldRef> =
            of_part.iter().cloned().chain(in_files.iter().cloned().map(Arc::new)).collect();
        RunTable {
            table,
            runs,
            findings,
            compares_all,
            compared: Mutex::default(),
            schema: Arc::new(Schema::new(seen)),
            scanned: TableSchema::builder(Arc::new(Schema::new(in_files)))
                .with_table_partition_cols(of_part)
                .build(),
        }
    }

    /// Which table it is.
    pub(crate) fn table(&self) -> Table {
        self.table
    }

    /// The columns that are asked for, as they are numbered in the scan.
    fn projected(&self, projection: Option<&Vec<usize>>) -> Vec<usize> {
        let in_files = self.schema.fields().len() - 2;
        let scanned = |seen: usize| if seen < 2 { in_files + seen } else { seen - 2 };
        match projection {
            Some(columns) => columns.iter().map(|column| scanned(*column)).collect(),
            None => (0..self.schema.fields().len()).map(scanned).collect(),
        }
    }

    /// The parts that are what their manifests say, by dataset. Others are findings.
    async fn sound(&self, parts: Vec<NamedPart<'_>>) -> BTreeMap<usize, Vec<PartitionedFile>> {
        let mut sound: BTreeMap<usize, Vec<PartitionedFile>> = BTreeMap::new();
        let are_compared = self.compares(&parts);
        let at_once = if are_compared { PARTS_AT_ONCE } else { FOOTERS_AT_ONCE };
        let schemas: Vec<_> = parts.iter().map(|part| self.sound_schema(*part, are_compared)).collect();
        let schemas: Vec<_> = futures::stream::iter(schemas).buffered(at_once).collect().await;
        for (part, schema) in parts.into_iter().zip(schemas) {
            match schema {
                Ok(schema) => sound.entry(part.run.store).or_default().push(self.file(part, &schema)),
                Err(error) => {
                    self.findings.add_of_part(part.run.reader.layout().run_id(), &error.to_string())
                }
            }
        }
        sound
    }

    /// The columns of a part, which is what its manifest says: by all of its bytes, or by size and footer alone.
    async fn sound_schema(
        &self,
        part: NamedPart<'_>,
        by_digest: bool,
    ) -> std::result::Result<SchemaRef, StorageError> {
        let NamedPart { run, record } = part;
        let key = (run.reader.layout().run_id().clone(), record.path.clone());
        if by_digest && !self.compared().contains(&key) {
            run.reader.check_part(record).await?;
            self.compared().insert(key);
        }
        run.reader.part_schema(record).await
    }

    fn compared(&self) -> MutexGuard<'_, BTreeSet<(RunId, PartName)>> {
        self.compared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether all bytes of these parts are compared with their digests, or their sizes and footers alone. What lies in a far
    /// store is not fetched only for that.
    fn compares(&self, parts: &[NamedPart<'_>]) -> bool {
        let is_near = |part: &NamedPart<'_>| !part.run.reader.store().is_remote();
        let bytes = parts.iter().map(|part| part.record.bytes).fold(0, u64::saturating_add);
        self.compares_all || bytes <= COMPARED_BYTES && parts.iter().all(is_near)
    }

    fn file(&self, part: NamedPart<'_>, schema: &Schema) -> PartitionedFile {
        let NamedPart { run, record } = part;
        let layout = run.reader.layout();
        let object = ObjectMeta {
            location: layout.path_of(&record.path),
            // A part never changes once it exists (INV-7).
            last_modified: Default::default(),
            size: record.bytes,
            e_tag: None,
            version: None,
        };
        let rows = usize::try_from(record.rows).map_or(Precision::Absent, Precision::Exact);
        let statistics = Statistics::new_unknown(self.scanned.file_schema()).with_num_rows(rows);
        PartitionedFile::new_from_meta(object)
            .with_arrow_schema(Arc::new(as_read(schema)))
            .with_partition_values(vec![
                ScalarValue::Utf8View(Some(layout.run_id().to_string())),
                ScalarValue::UInt32(Some(record.path.worker)),
            ])
            .with_statistics(Arc::new(statistics))
    }

    /// Reads the parts of one dataset.
    fn scan_of(
        &self,
        state: &dyn Session,
        store: usize,
        files: Vec<PartitionedFile>,
        wanted: &Wanted<'_>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let store = self.runs.store(store);
        let runtime = state.runtime_env();
        let footers = runtime.cache_manager.get_file_metadata_cache();
        let reader = CachedParquetFileReaderFactory::new(runtime.object_store(store)?, footers);
        let mut options = state.config_options().execution.parquet.clone();
        // The filters that the engine finds while it reads (the slowest hundred so far) let few rows pass, of which alone the
        // other columns are decoded then: in the run of `cargo xtask bench sql` they took 0.77 s instead of 1.18. Those of
        // queries let many pass: its failures by second would take 0.55 s instead of 0.49.
        options.pushdown_filters = wanted.filters.is_empty();
        let source = ParquetSource::new(self.scanned.clone())
            .with_table_parquet_options(TableParquetOptions { global: options, ..Default::default() })
            .with_parquet_file_reader_factory(Arc::new(reader));
        let rows = files.iter().filter_map(|file| file.statistics.as_ref()).map(|known| known.num_rows);
        let rows = rows.fold(Precision::Exact(0), |sum, rows| sum.add(&rows));
        let statistics = Statistics::new_unknown(self.scanned.table_schema()).with_num_rows(rows);
        let groups = FileGroup::new(files).split_files(state.config().target_partitions());
        let config = FileScanConfigBuilder::new(store.clone(), Arc::new(source))
            .with_file_groups(groups)
            .with_statistics(statistics)
            .with_projection_indices(Some(self.projected(wanted.projection)))?
            .with_limit(wanted.limit);
        Ok(DataSourceExec::from_data_source(config.build()))
    }
}

/// The columns of a file as they are read from it.
fn as_read(schema: &Schema) -> Schema {
    let read = |field: &FieldRef| field.as_ref().clone().with_data_type(in_memory(field.data_type()));
    Schema::new_with_metadata(schema.fields().iter().map(read).collect::<Vec<_>>(), schema.metadata().clone())
}

#[async_trait]
impl TableProvider for RunTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    /// Parts, row groups and pages are left out by it; what is left still has rows that it does not let pass.
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let parts = prune::wanted(state, &self.schema, filters, self.runs.parts(self.table))?;
        let wanted = Wanted { projection, filters, limit };
        let mut scans = Vec::new();
        for (store, files) in self.sound(parts).await {
            scans.push(self.scan_of(state, store, files, &wanted)?);
        }
        match scans.len() {
            0 => Ok(Arc::new(EmptyExec::new(project_schema(&self.schema, projection)?))),
            1 => Ok(scans.remove(0)),
            _ => UnionExec::try_new(scans),
        }
    }
}
