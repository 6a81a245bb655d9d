//! The runs that are asked: their readers, their stores, and what they say of themselves as a table.

mod table;

use datafusion::execution::context::SessionContext;
use datafusion::execution::object_store::ObjectStoreUrl;
use outrider_storage::{PartRecord, RunReader};
use outrider_telemetry::Table;

pub(crate) use table::{RUNS_COLUMNS, RUNS_DESCRIPTION, RUNS_TABLE, RunsTable};

/// Some runs, perhaps of several datasets.
#[derive(Debug)]
pub(crate) struct OpenRuns {
    runs: Vec<OpenRun>,
    /// Where each dataset's objects are found by the engine; a dataset is asked once, however many of its runs are.
    stores: Vec<ObjectStoreUrl>,
}

/// A run and the number of its dataset.
#[derive(Debug)]
pub(crate) struct OpenRun {
    pub(crate) reader: RunReader,
    pub(crate) store: usize,
}

/// A part that a manifest names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NamedPart<'a> {
    pub(crate) run: &'a OpenRun,
    pub(crate) record: &'a PartRecord,
}

impl OpenRuns {
    pub(crate) fn new(readers: Vec<RunReader>) -> OpenRuns {
        let mut places: Vec<String> = Vec::new();
        let mut runs = Vec::new();
        for reader in readers {
            let place = reader.store().place().to_owned();
            let store = places.iter().position(|known| *known == place).unwrap_or(places.len());
            if store == places.len() {
                places.push(place);
            }
            runs.push(OpenRun { reader, store });
        }
        OpenRuns { runs, stores: (0..places.len()).map(store_url).collect() }
    }

    /// Lets the engine find the datasets' objects.
    pub(crate) fn register_stores(&self, context: &SessionContext) {
        for run in &self.runs {
            context
                .register_object_store(self.store(run.store).as_ref(), run.reader.store().objects().clone());
        }
    }

    pub(crate) fn store(&self, store: usize) -> &ObjectStoreUrl {
        &self.stores[store]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &OpenRun> {
        self.runs.iter()
    }

    /// The parts of a table, by run, worker and then in the order in which they were written.
    pub(crate) fn parts(&self, table: Table) -> Vec<NamedPart<'_>> {
        let of_run = self.runs.iter().map(|run| (run, run.reader.parts(table)));
        of_run.flat_map(|(run, records)| records.map(move |record| NamedPart { run, record })).collect()
    }

    /// The parts of all tables whose bytes are not what was written, a sentence each.
    pub(crate) async fn damaged_parts(&self) -> Vec<String> {
        let mut damaged = Vec::new();
        for part in Table::ALL.into_iter().flat_map(|table| self.parts(table)) {
            if let Err(error) = part.run.reader.check_part(part.record).await {
                damaged.push(format!("{}: {error}", part.run.reader.layout().run_id()));
            }
        }
        damaged
    }
}

fn store_url(number: usize) -> ObjectStoreUrl {
    ObjectStoreUrl::parse(format!("outrider://dataset-{number}")).expect("a scheme and a name are a URL")
}
