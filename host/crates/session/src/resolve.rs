//! From what is asked for to what is valid. Everything that is wrong is found before anything is refused:
//! what depends on a part that is not sound is left out, the rest is looked at.

mod outside;
mod plan;
mod room;

use std::sync::Arc;

use outrider_engine::{AttachedPack, CodeCache, Description, Plugin, PluginFile, RunShared, check_room_for};
use outrider_model::{PluginRef, RunClock, RunPlan};
use outrider_storage::DatasetStore;
use outrider_telemetry::SampleQueue;

use crate::fault::Faults;
use crate::packs::{self, LoadedPack};
use crate::{Breakdown, LoadConfig, PackConfig, SessionConfig, SessionError, preview, thresholds};
use outside::Outside;
use plan::{Inside, random_bits};
use room::Fitted;

/// A run as it will be.
pub(crate) struct Resolved {
    pub(crate) plugin: Plugin,
    pub(crate) packs: Vec<AttachedPack>,
    pub(crate) description: Description,
    /// Without secrets: it is shown and kept.
    pub(crate) plan: RunPlan,
    /// What the run lets the plugin use, as the user would grant it, without secrets.
    pub(crate) grants: Vec<String>,
    pub(crate) shared: Arc<RunShared>,
    /// By scenario: the ceiling of VUs that it would have by default, where this machine holds fewer.
    pub(crate) lowered_ceilings: Vec<Option<u32>>,
}

/// Loads the plugin and the packs, and checks everything that is asked for.
pub(crate) async fn resolve(
    config: &SessionConfig,
    queue: &Arc<SampleQueue>,
    clock: RunClock,
) -> Result<Resolved, SessionError> {
    let mut faults = Faults::default();
    let seed = config.seed.unwrap_or_else(random_bits);
    let loads = faults.keep_all(config.scenarios.iter().map(|scenario| scenario.load.clone()));
    let http = faults.keep(config.http.clone());
    let file = faults.keep(config.plugin.clone());
    let packs = faults.keep_sound(config.packs.iter().cloned());
    let limits = faults.keep_sound(config.thresholds.iter().cloned());
    let Loaded { plugin, fitted, packs } = load(file, packs, loads, &config.cache, &mut faults);
    let outside = Outside::resolve(config, http, seed, &mut faults);
    thresholds::check(&limits, &config.scenarios, &mut faults);

    let mut broken = Vec::new();
    let description = match &plugin {
        Some(plugin) => {
            let described = describe(plugin, config, clock).await;
            described.map_err(|breakdown| broken.push(SessionError::Describe(breakdown))).ok()
        }
        None => None,
    };
    let packs = packs::describe(packs, config.limits, clock, &mut broken).await;
    let inside = description.as_ref().and_then(|described| Inside::resolve(config, described, &mut faults));
    let planned = faults.keep_all(packs.iter().map(|pack| packs::plan(pack, &config.scenarios)));
    faults.keep_one(DatasetStore::check_place(&config.out));

    let sound = faults.is_empty() && broken.is_empty();
    let (Some(plugin), Some(fitted), Some(outside), Some(description), Some(inside), Some(planned), true) =
        (plugin, fitted, outside, description, inside, planned, sound)
    else {
        return Err(refusal(faults, broken));
    };
    let lowered_ceilings = fitted.iter().map(|fitted| fitted.lowered_from).collect();
    let parts = plan::Parts {
        plugin: named(plugin.file().reference(), &description.name),
        target: outside.target(),
        seed,
        fitted,
        inside,
        packs: planned,
        thresholds: limits,
    };
    let mut plan = plan::plan(config, parts, clock.now());
    let grants = outside.grants_in_words(&plan);
    let shared = Arc::new(outside.shared(config.limits, &plan, queue, config.listener.as_ref(), clock)?);
    let packs = packs::attach(packs, &plan, &shared);
    // Guests have their parameters; everybody else sees the plan without secrets.
    plan::redact(&mut plan, &shared.redactor);
    Ok(Resolved { plugin, packs, description, plan, grants, shared, lowered_ceilings })
}

/// The journey by the name that it gives itself; one that has none keeps its file's.
fn named(plugin: PluginRef, name: &str) -> PluginRef {
    match name.trim() {
        "" => plugin,
        name => PluginRef { name: name.to_owned(), ..plugin },
    }
}

/// A plugin that breaks in `describe` is the reason only if there is no other.
fn refusal(mut faults: Faults, mut broken: Vec<SessionError>) -> SessionError {
    if faults.is_empty() && broken.len() == 1 {
        return broken.remove(0);
    }
    for error in broken {
        match error {
            SessionError::Describe(breakdown) => {
                faults.push(breakdown.fault(format!("{} in describe", breakdown.who())));
            }
            SessionError::DescribePack { name, breakdown } => faults.push(breakdown.fault_of_pack(&name)),
            other => return other,
        }
    }
    SessionError::Invalid(faults.into_vec())
}

/// The code of a run: what of it could be loaded.
struct Loaded {
    plugin: Option<Plugin>,
    /// The loads as this machine holds them.
    fitted: Option<Vec<Fitted>>,
    packs: Vec<LoadedPack>,
}

/// The plugin and the packs with room for all users, and the loads as this machine holds them. Where the
/// loads are not known or too much, with room for one user: they can be asked what they are all the same.
fn load(
    file: Option<PluginFile>,
    packs: Vec<PackConfig>,
    loads: Option<Vec<LoadConfig>>,
    cache: &CodeCache,
    faults: &mut Faults,
) -> Loaded {
    let plugin = file.and_then(|file| faults.keep_one(file.compile(cache)));
    let packs = packs::compile(packs, cache, faults);
    let mut fitted = plugin.as_ref().zip(loads).map(|(plugin, loads)| {
        let code = packs.iter().map(|pack| &pack.code);
        room::fit(loads, room::of_this_machine(plugin, code))
    });
    if let (Some(plugin), Some(loads)) = (&plugin, &fitted) {
        let code = packs.iter().map(|pack| &pack.code);
        let fits = faults.keep_one(check_room_for(plugin, code, room::all_vus(loads)));
        fitted = fitted.filter(|_| fits.is_some());
    }
    let vus = fitted.as_deref().map_or(1, room::all_vus);
    Loaded {
        plugin: plugin.and_then(|plugin| faults.keep_one(plugin.with_room(vus))),
        packs: packs.into_iter().filter_map(|pack| faults.keep_one(pack.with_room(vus))).collect(),
        fitted,
    }
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
