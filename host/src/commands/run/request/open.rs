//! From the files that scenarios name to the journeys they go through.

use std::path::{Path, PathBuf};

use outrider_engine::{PluginFile, World};
use outrider_session::{Asked, JourneyConfig, ParameterValue, Places, ScenarioConfig};

use super::drafts::Draft;
use crate::Env;
use crate::commands::plugin::{self, Compilation};

/// Scenarios whose journeys are opened.
#[derive(Default)]
pub(super) struct Opened {
    pub(super) journeys: Vec<JourneyConfig>,
    pub(super) scenarios: Vec<ScenarioConfig>,
    /// Sources that were compiled just now.
    pub(super) compilations: Vec<Compilation>,
    /// The authors' files that they are made of.
    pub(super) sources: Vec<PathBuf>,
    /// The first of the plugins that makes requests, as faults name it.
    pub(super) requester: Option<&'static str>,
}

/// What makes two scenarios go through one journey: the same file with the same parameters.
type Key = (PathBuf, Vec<(String, ParameterValue)>);

/// Opens each file once. What stands in a plan is at its `places`.
pub(super) fn open(env: &Env, drafts: Vec<Draft>, places: &Places) -> Opened {
    let mut opened = Opened::default();
    let mut files: Vec<(PathBuf, Asked<PluginFile>)> = Vec::new();
    let mut keys: Vec<Key> = Vec::new();
    for draft in drafts {
        let places = places.within(&format!("scenario.{}", draft.name));
        let mut parameters = draft.parameters;
        parameters.sort_by(|a, b| a.0.cmp(&b.0));
        let key = (draft.plugin, parameters);
        let journey = keys.iter().position(|known| *known == key).unwrap_or_else(|| {
            let plugin = opened.file(env, &mut files, &key.0, places.of("plugin"));
            let title = format!("the journey of scenario '{}'", draft.name);
            opened.journeys.push(JourneyConfig {
                plugin,
                parameters: key.1.clone(),
                title,
                places: places.clone(),
            });
            keys.push(key);
            keys.len() - 1
        });
        opened.scenarios.push(ScenarioConfig {
            name: draft.name,
            journey,
            plugin_scenario: draft.plugin_scenario,
            weights: draft.weights,
            start_time: draft.start_time,
            graceful_stop: draft.graceful_stop,
            tags: draft.tags,
            load: draft.load,
            share: draft.share,
            places,
        });
    }
    if let [only] = &mut opened.journeys[..] {
        only.title = "the journey".to_owned();
    }
    opened
}

/// A plugin as faults name it, if it makes requests.
fn requester(file: &PluginFile) -> Option<&'static str> {
    let inspection = file.inspection();
    inspection.makes_requests.then_some(match inspection.world {
        World::AlertChannel => "the alert channel",
        _ => "the journey",
    })
}

impl Opened {
    /// The component of a file. Several journeys may have it: what is wrong with it is said once.
    fn file(
        &mut self,
        env: &Env,
        files: &mut Vec<(PathBuf, Asked<PluginFile>)>,
        path: &Path,
        place: Option<&str>,
    ) -> Asked<PluginFile> {
        if let Some((_, known)) = files.iter().find(|(known, _)| known == path) {
            return known.clone().map_err(|_| Vec::new());
        }
        if path.as_os_str().is_empty() {
            // A plan that names none is refused.
            return Err(Vec::new());
        }
        let file = match plugin::open(env, path) {
            Ok(opened) => {
                self.compilations.extend(opened.compilation);
                self.sources.extend(opened.sources);
                self.requester = self.requester.or(requester(&opened.file));
                Ok(opened.file)
            }
            Err(fault) => Err(vec![fault.at(place)]),
        };
        files.push((path.to_owned(), file.clone()));
        file
    }
}
