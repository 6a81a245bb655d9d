//! A run to be asked for, and what came of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use outrider_capability::{HttpConfig, Secrets, parse_target};
use outrider_engine::{CodeCache, Limits, PluginFile};
use outrider_model::{ExecutorPlan, RunClock};
use outrider_report::Summary;
use outrider_session::{
    Fault, JourneyConfig, LoadConfig, ParameterValue, Places, ScenarioConfig, Session, SessionConfig,
    SessionEnd, SessionError, StopHandle,
};
use outrider_storage::DatasetStore;
use outrider_test_util::{Behaviour, TargetServer};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The root of the checkout.
fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).unwrap().to_owned()
}

/// A guest that the set-up built.
#[expect(clippy::disallowed_methods, reason = "tests read the environment themselves")]
pub(crate) fn plugin(name: &str) -> PluginFile {
    let folder = std::env::var_os("OUTRIDER_TEST_PLUGINS")
        .map_or_else(|| workspace().join("target/plugins"), PathBuf::from);
    let path = folder.join(format!("{name}.wasm"));
    assert!(path.is_file(), "{} is missing: run `cargo xtask setup`", path.display());
    PluginFile::read(&path).unwrap()
}

/// A journey that does as its parameters say.
pub(crate) fn journey(title: &str, parameters: &Value) -> JourneyConfig {
    let parameters = parameters.as_object().unwrap().iter();
    JourneyConfig {
        plugin: Ok(plugin("test-guest")),
        parameters: parameters
            .map(|(key, value)| (key.clone(), ParameterValue::Json(value.clone())))
            .collect(),
        title: format!("the journey of scenario '{title}'"),
        places: Places::default(),
    }
}

/// Iterations of two users through a journey.
pub(crate) fn scenario(name: &str, journey: usize, iterations: u64) -> ScenarioConfig {
    let max_duration = Duration::from_secs(60);
    ScenarioConfig {
        name: name.to_owned(),
        journey,
        plugin_scenario: Some("main".to_owned()),
        weights: None,
        start_time: Duration::ZERO,
        graceful_stop: Duration::from_secs(5),
        tags: BTreeMap::from([("plan".to_owned(), name.to_owned())]),
        load: Ok(LoadConfig::exactly(ExecutorPlan::SharedIterations { vus: 2, iterations, max_duration })),
        share: None,
        places: Places::default(),
    }
}

/// A target and a folder for the rows.
pub(crate) struct Place {
    pub(crate) target: TargetServer,
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Place {
        let target = TargetServer::builder().route("/", Behaviour::text("hello")).start();
        Place { target, folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn config(
        &self,
        journeys: Vec<JourneyConfig>,
        scenarios: Vec<ScenarioConfig>,
    ) -> SessionConfig {
        let base_url = Some(parse_target(&self.target.url("")).unwrap());
        SessionConfig {
            faults: Vec::new(),
            name: None,
            tags: Vec::new(),
            annotations: Vec::new(),
            journeys,
            set: Vec::new(),
            scenarios,
            packs: Vec::new(),
            thresholds: Vec::new(),
            allow_net: Vec::new(),
            data: Vec::new(),
            secrets: Ok(Secrets::default()),
            seed: Some(1),
            http: Ok(HttpConfig { base_url, ..HttpConfig::default() }),
            limits: Limits::default(),
            export: Ok(outrider_session::ExportConfig::default()),
            out: self.folder().display().to_string(),
            cache: CodeCache::at(
                &Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("test-cache").join("outrider"),
            ),
            listener: None,
            debug: None,
            answerer: None,
            now: None,
            places: Places::default(),
        }
    }

    pub(crate) async fn summary(&self, end: &SessionEnd) -> Value {
        let store = DatasetStore::open(&self.folder().display().to_string()).unwrap();
        let summary = Summary::read(&store, &end.run_id, RunClock::start_now().now()).await.unwrap();
        json!(summary)
    }
}

pub(crate) async fn run(config: SessionConfig) -> SessionEnd {
    let session = Box::pin(Session::prepare(config)).await.unwrap();
    Box::pin(session.run(StopHandle::new())).await.unwrap()
}

/// What is wrong with a run.
pub(crate) async fn refused(config: SessionConfig) -> Vec<Fault> {
    match Box::pin(Session::prepare(config)).await {
        Err(SessionError::Invalid(faults)) => faults,
        other => panic!("{other:?}"),
    }
}
