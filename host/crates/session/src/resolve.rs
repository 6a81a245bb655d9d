//! From what is asked for to what is valid. Everything that is wrong is found before anything is refused:
//! what depends on a part that is not sound is left out, the rest is looked at.

mod plan;
mod room;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use outrider_capability::{DataSets, Grants, HttpConfig, HttpShared};
use outrider_engine::{CodeCache, Description, Plugin, PluginFile, RunShared};
use outrider_model::{RunClock, RunPlan, SampleSink};
use outrider_storage::DatasetStore;
use outrider_telemetry::SampleQueue;

use crate::fault::Faults;
use crate::{Asked, Breakdown, Fault, LoadConfig, SessionConfig, SessionError, preview};
pub(crate) use plan::grants_in_words;
use plan::{Inside, random_bits};
use room::Fitted;

/// A run as it will be.
pub(crate) struct Resolved {
    pub(crate) plugin: Plugin,
    pub(crate) description: Description,
    pub(crate) plan: RunPlan,
    pub(crate) shared: RunShared,
    /// By scenario: the ceiling of VUs that it would have by default, where this machine holds fewer.
    pub(crate) lowered_ceilings: Vec<Option<u32>>,
}

/// Loads the plugin and checks everything that is asked for.
pub(crate) async fn resolve(
    config: &SessionConfig,
    queue: &Arc<SampleQueue>,
    clock: RunClock,
) -> Result<Resolved, SessionError> {
    let mut faults = Faults::default();
    let loads = faults.keep_all(config.scenarios.iter().map(|scenario| scenario.load.clone()));
    let http = faults.keep(config.http.clone());
    let file = faults.keep(config.plugin.clone());
    let loaded = file.and_then(|file| load(&file, loads, &config.cache, &mut faults));
    let outside = outside(config, http, &mut faults);
    let described = match &loaded {
        Some((plugin, _)) => Some(describe(plugin, config, clock).await),
        None => None,
    };
    let inside = described.as_ref().and_then(|described| {
        let description = described.as_ref().ok()?;
        Inside::resolve(config, description, &mut faults)
    });
    faults.keep_one(DatasetStore::check_place(&config.out));
    let (plugin, fitted, outside, description, inside) = match (loaded, outside, described, inside) {
        (Some((plugin, Some(fitted))), Some(outside), Some(Ok(description)), Some(inside))
            if faults.is_empty() =>
        {
            (plugin, fitted, outside, description, inside)
        }
        (_, _, described, _) => return Err(refusal(faults, described.and_then(Result::err))),
    };
    let lowered_ceilings = fitted.iter().map(|fitted| fitted.lowered_from).collect();
    let reference = plugin.file().reference();
    let plan = plan::plan(config, &outside.http, reference, fitted, inside, clock.now());
    let shared = outside.shared(config, &plan, queue, clock)?;
    Ok(Resolved { plugin, description, plan, shared, lowered_ceilings })
}

/// A plugin that breaks in `describe` is the reason only if there is no other.
fn refusal(mut faults: Faults, broken: Option<Breakdown>) -> SessionError {
    match broken {
        Some(breakdown) if faults.is_empty() => return SessionError::Describe(breakdown),
        Some(breakdown) => faults.push(breakdown.fault(format!("{} in describe", breakdown.who()))),
        None => {}
    }
    SessionError::Invalid(faults.into_vec())
}

/// The plugin with room for all users, and the loads as this machine holds them. Where the loads are not
/// known or too much, with room for one user: it can be asked what it is all the same.
fn load(
    file: &PluginFile,
    loads: Option<Vec<LoadConfig>>,
    cache: &CodeCache,
    faults: &mut Faults,
) -> Option<(Plugin, Option<Vec<Fitted>>)> {
    let compiled = faults.keep_one(file.compile(cache))?;
    if let Some(loads) = loads {
        let fitted = room::fit(loads, room::of_this_machine(&compiled));
        if let Some(plugin) = faults.keep_one(compiled.with_room(room::all_vus(&fitted))) {
            return Some((plugin, Some(fitted)));
        }
    }
    compiled.with_room(1).ok().map(|plugin| (plugin, None))
}

/// It is asked without parameters and without a network: there is no grant.
async fn describe(
    plugin: &Plugin,
    config: &SessionConfig,
    clock: RunClock,
) -> Result<Description, Breakdown> {
    let unmeasured = preview::unmeasured(clock, config.limits);
    plugin.describe(Arc::new(unmeasured)).await.map_err(Breakdown::from)
}

/// What the journey may use of the world around it.
struct Outside {
    http: HttpConfig,
    granted: Grants,
    data: DataSets,
}

/// Without a sound target, grants and data are looked at nevertheless.
fn outside(config: &SessionConfig, http: Option<HttpConfig>, faults: &mut Faults) -> Option<Outside> {
    let granted = faults.keep(grants(http.as_ref(), &config.allow_net));
    let data = faults.keep(data(&config.data));
    Some(Outside { http: http?, granted: granted?, data: data? })
}

fn grants(http: Option<&HttpConfig>, allow_net: &[String]) -> Asked<Grants> {
    let target = http.and_then(|http| http.base_url.as_ref());
    Grants::new(target, allow_net)
        .map_err(|errors| errors.iter().map(|error| Fault::of(error).hint(error.hint())).collect())
}

fn data(files: &[(String, PathBuf)]) -> Asked<DataSets> {
    DataSets::load(files).map_err(|errors| errors.iter().map(|error| Fault::of(error)).collect())
}

impl Outside {
    /// Everything that all users share.
    fn shared(
        self,
        config: &SessionConfig,
        plan: &RunPlan,
        queue: &Arc<SampleQueue>,
        clock: RunClock,
    ) -> Result<RunShared, SessionError> {
        let sink: Arc<dyn SampleSink> = Arc::<SampleQueue>::clone(queue);
        let http = HttpShared::new(self.http, self.granted, clock, Arc::clone(&sink))
            .map_err(|error| SessionError::Invalid(vec![Fault::of(&error)]))?;
        Ok(RunShared {
            sink,
            clock,
            http: Arc::new(http),
            data: self.data,
            parameters: serde_json::to_string(&plan.parameters).unwrap_or_else(|_| "{}".into()),
            setup_data: OnceLock::new(),
            seed: plan.seed,
            trace_seed: random_bits(),
            limits: config.limits,
        })
    }
}
