//! What a plugin is, as data: `host inspect --format json`.

use outrider_engine::{Examination, PluginFile, Scenario};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::Instance;
use super::needs::{Need, needs};
use crate::commands::check::schema_of;

/// The version of the document. It grows by one when a field is removed or changes its meaning.
///
/// * 1: the first.
const VERSION: u32 = 1;

/// What a plugin is and what it needs. Times are in milliseconds, sizes in bytes.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct InspectReport {
    /// The version of this document's layout: 1.
    version: u32,
    /// The name that it gives itself.
    pub(crate) name: String,
    /// What it does, in one sentence.
    pub(crate) description: String,
    /// `journey`, `journey-async`, `assertion-pack`, `transform` or `alert-channel`.
    pub(crate) world: &'static str,
    /// The version of the WIT package `outrider:plugin` that it was built with.
    pub(crate) wit: String,
    /// The scenarios of a journey; null for other plugins.
    pub(crate) scenarios: Option<Vec<ScenarioEntry>>,
    /// What an assertion pack wants to see; null for other plugins.
    pub(crate) sees: Option<Vec<&'static str>>,
    /// The table that a transform makes rows for; null for other plugins.
    pub(crate) table: Option<String>,
    /// The JSON Schema of its parameters; null if it takes none.
    pub(crate) parameters: Option<Value>,
    /// What it needs that a run must grant or give.
    pub(crate) needs: Vec<Need>,
    /// The interfaces that it imports, as it names them.
    pub(crate) imports: Vec<String>,
    /// The interfaces that it exports.
    exports: Vec<String>,
    /// The SHA-256 of the component.
    pub(crate) digest: String,
    /// The component's size.
    pub(crate) size_bytes: usize,
    /// How long it took to compile it to this machine's code, now.
    pub(crate) cold_load_ms: f64,
    /// How long it took to load that code from the cache, now; null if nothing is cached here.
    pub(crate) cached_load_ms: Option<f64>,
    /// How long it takes to make an instance of it, the median of 21.
    pub(crate) instantiate_ms: f64,
    /// The memory of one instance before its first work: each virtual user has one of a journey and of a pack.
    pub(crate) memory_per_vu_bytes: usize,
}

/// A scenario.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ScenarioEntry {
    /// Its name.
    pub(crate) name: String,
    /// What it does, in one sentence.
    pub(crate) description: String,
    /// Its share of the iterations, relative to the others.
    pub(crate) weight: u32,
}

impl From<Scenario> for ScenarioEntry {
    fn from(Scenario { name, description, weight }: Scenario) -> ScenarioEntry {
        ScenarioEntry { name, description, weight }
    }
}

/// What a plugin says of itself.
pub(super) struct Said {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) scenarios: Option<Vec<ScenarioEntry>>,
    pub(super) sees: Option<Vec<&'static str>>,
    pub(super) table: Option<String>,
    pub(super) parameters: Option<Value>,
}

impl Said {
    pub(super) fn new(name: String, description: String) -> Said {
        Said { name, description, scenarios: None, sees: None, table: None, parameters: None }
    }
}

impl InspectReport {
    pub(super) fn of(
        file: &PluginFile,
        said: Said,
        examined: &Examination,
        instance: Instance,
    ) -> InspectReport {
        let inspection = file.inspection();
        InspectReport {
            version: VERSION,
            name: said.name,
            description: said.description,
            world: inspection.world.name(),
            wit: inspection.wit_version().to_owned(),
            scenarios: said.scenarios,
            sees: said.sees,
            table: said.table,
            parameters: said.parameters,
            needs: needs(inspection, &examined.functions),
            imports: inspection.imports.clone(),
            exports: inspection.exports.clone(),
            digest: file.reference().digest,
            size_bytes: file.size_bytes(),
            cold_load_ms: examined.cold_load.as_secs_f64() * 1000.0,
            cached_load_ms: examined.cached_load.map(|load| load.as_secs_f64() * 1000.0),
            instantiate_ms: instance.made_in.as_secs_f64() * 1000.0,
            memory_per_vu_bytes: instance.memory_bytes,
        }
    }

    /// Whether virtual users have instances of it.
    pub(crate) fn has_users(&self) -> bool {
        self.scenarios.is_some() || self.sees.is_some()
    }

    /// As one JSON document.
    pub(super) fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("the document has text keys only")
    }
}

/// The JSON Schema of the document.
pub(crate) fn json_schema() -> String {
    schema_of::<InspectReport>()
}
