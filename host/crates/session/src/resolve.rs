//! From what is asked for to what is valid. Everything that is wrong is found before anything is refused:
//! what depends on a part that is not sound is left out, the rest is looked at.

mod code;
mod limits;
mod outside;
mod plan;
mod room;
mod scenarios;

use std::sync::Arc;

use outrider_engine::{AttachedPack, Description, Limits, RunShared};
use outrider_model::{JourneyPlan, RunClock, RunPlan, SampleSink};
use outrider_storage::DatasetStore;

use crate::dry_run::{DataNeed, RoomNeed};
use crate::fault::Faults;
use crate::journey::{Journey, with_packs};
use crate::packs::{self, DescribedPack};
use crate::{Breakdown, JourneyConfig, Places, SessionConfig, SessionError, exports, preview, thresholds};
use code::{Component, Loaded};
use outside::Outside;
use plan::{Inside, random_bits};
use room::Fitted;

/// A run as it will be.
pub(crate) struct Resolved {
    /// In the plan's order.
    pub(crate) journeys: Vec<Journey>,
    /// Not beside any journey yet: see [`Journey::packs`].
    pub(crate) packs: Vec<AttachedPack>,
    /// Without secrets: it is shown and kept.
    pub(crate) plan: RunPlan,
    /// What the run lets the plugins use, as the user would grant it, without secrets.
    pub(crate) grants: Vec<String>,
    pub(crate) data: Vec<DataNeed>,
    /// What all journeys have in common.
    pub(crate) shared: Arc<RunShared>,
    /// By scenario: the ceiling of VUs that it would have by default, where this machine holds fewer.
    pub(crate) lowered_ceilings: Vec<Option<u32>>,
    pub(crate) room: RoomNeed,
}

/// Loads the journeys and the packs, and checks everything that is asked for. Samples of the run go to `sink`.
pub(crate) async fn resolve(
    config: &SessionConfig,
    sink: Arc<dyn SampleSink>,
    clock: RunClock,
) -> Result<Resolved, SessionError> {
    let mut faults = Faults::default();
    let config = &SessionConfig {
        limits: limits::sound(config.limits, &config.places, &mut faults),
        ..config.clone()
    };
    config.faults.iter().cloned().for_each(|fault| faults.push(fault));
    let seed = config.seed.unwrap_or_else(random_bits);
    scenarios::check(config, &mut faults);
    let loads = faults.keep_all(config.scenarios.iter().map(|scenario| scenario.load.clone()));
    let http = faults.keep(config.http.clone());
    let packs = faults.keep_sound(config.packs.iter().cloned());
    let limits = faults.keep_sound(config.thresholds.iter().cloned());
    let loaded = code::load(&config.journeys, &config.scenarios, packs, loads, &config.cache, &mut faults);
    let Loaded { components, fitted, packs } = loaded;
    let outside = Outside::resolve(config, http, seed, &mut faults);
    thresholds::check(&limits, config, &mut faults);
    exports::check(config, &mut faults);

    let mut broken = Vec::new();
    let descriptions = describe(&components, config, clock, &mut broken).await;
    let packs = packs::describe(packs, config.limits, clock, &mut broken).await;
    packs::check_names(&packs, &mut faults);
    let inside = Inside::resolve(config, &descriptions, &mut faults);
    let planned = faults.keep_all(packs.iter().map(|pack| packs::plan(pack, &config.scenarios)));
    faults.keep_at(DatasetStore::check_place(&config.out), config.places.of("run.out"));

    let sound = faults.is_empty() && broken.is_empty();
    let journeys: Option<Vec<Sound>> =
        components.into_iter().zip(descriptions).map(|(code, said)| Some((code?, said?))).collect();
    let (Some(journeys), Some(fitted), Some(outside), Some(inside), Some(planned), true) =
        (journeys, fitted, outside, inside, planned, sound)
    else {
        return Err(refusal(faults, broken, &config.places));
    };
    let room = room_need(&journeys, &packs, config, &fitted, clock).await;
    let lowered_ceilings = fitted.iter().map(|fitted| fitted.lowered_from).collect();
    let parts = plan::Parts {
        plugins: journeys.iter().map(|(code, said)| (code.plugin.file().reference(), said)).collect(),
        target: outside.target(),
        seed,
        fitted,
        inside,
        packs: planned,
        // One iteration is no measurement.
        thresholds: if config.debug.is_some() { Vec::new() } else { limits },
    };
    let mut plan = plan::plan(config, parts, clock.now());
    let (grants, data) = (outside.grants_in_words(&plan), outside.data_needs());
    let shared = Arc::new(outside.shared(config, plan.seed, sink, clock)?);
    let packs = packs::attach(packs, &plan, &shared);
    let asked = config.journeys.iter().zip(journeys).zip(&plan.journeys);
    let mut journeys: Vec<Journey> =
        asked.map(|((asked, sound), planned)| journey(asked, sound, planned, &shared, &packs)).collect();
    // Guests have their parameters; everybody else sees the plan without secrets, also in the journeys' names.
    plan::redact(&mut plan, &shared.redactor);
    for (journey, planned) in journeys.iter_mut().zip(&plan.journeys) {
        journey.name.clone_from(&planned.name);
    }
    Ok(Resolved { journeys, packs, plan, grants, data, shared, lowered_ceilings, room })
}

/// What a plugin that makes no load may use of the world around it: the target, grants, data and secrets that are
/// asked for.
pub(crate) fn outside(
    config: &SessionConfig,
    sink: Arc<dyn SampleSink>,
    clock: RunClock,
) -> Result<RunShared, SessionError> {
    let mut faults = Faults::default();
    let config = &SessionConfig {
        limits: limits::sound(config.limits, &config.places, &mut faults),
        ..config.clone()
    };
    let seed = config.seed.unwrap_or_else(random_bits);
    let http = faults.keep(config.http.clone());
    match (Outside::resolve(config, http, seed, &mut faults), faults.is_empty()) {
        (Some(outside), true) => outside.shared(config, seed, sink, clock),
        _ => Err(SessionError::Invalid(faults.into_lines_of(&config.places))),
    }
}

/// A journey's component and what it says of itself.
type Sound = (Component, Description);

fn journey(
    asked: &JourneyConfig,
    (code, description): Sound,
    planned: &JourneyPlan,
    run: &RunShared,
    packs: &[AttachedPack],
) -> Journey {
    let parameters = serde_json::to_string(&planned.parameters).unwrap_or_else(|_| "{}".into());
    let shared = Arc::new(run.of_journey(&planned.name, parameters));
    Journey {
        name: planned.name.clone(),
        title: asked.title.clone(),
        plugin: code.plugin,
        description,
        packs: with_packs(packs, &shared),
        shared,
    }
}

/// Journeys and packs that break in `describe` are the reason only if there is no other.
fn refusal(mut faults: Faults, mut broken: Vec<SessionError>, places: &Places) -> SessionError {
    if faults.is_empty() && broken.len() == 1 {
        return broken.remove(0);
    }
    for error in broken {
        match error {
            SessionError::Describe { journey, breakdown } => {
                faults.push(breakdown.fault(format!("{} in describe", breakdown.who(&journey))));
            }
            SessionError::DescribePack { name, breakdown } => faults.push(breakdown.fault_of_pack(&name)),
            other => return other,
        }
    }
    SessionError::Invalid(faults.into_lines_of(places))
}

/// Asks each component once, without parameters and without a network: there is no grant. What they say, by
/// journey; those that cannot say it go to `broken`.
async fn describe(
    components: &[Option<Component>],
    config: &SessionConfig,
    clock: RunClock,
    broken: &mut Vec<SessionError>,
) -> Vec<Option<Description>> {
    let mut descriptions: Vec<Option<Description>> = Vec::with_capacity(components.len());
    for (index, component) in components.iter().enumerate() {
        let Some(component) = component else {
            descriptions.push(None);
            continue;
        };
        let same =
            |other: &Option<Component>| other.as_ref().is_some_and(|other| other.number == component.number);
        if let Some(before) = components[..index].iter().position(same) {
            descriptions.push(descriptions[before].clone());
            continue;
        }
        let unmeasured = Arc::new(preview::unmeasured(clock, config.limits));
        let described = component.plugin.describe(unmeasured).await;
        descriptions
            .push(described.map_err(|fault| broken.push(cannot_say(config, index, fault.into()))).ok());
    }
    descriptions
}

fn cannot_say(config: &SessionConfig, journey: usize, breakdown: Breakdown) -> SessionError {
    let breakdown = Box::new(breakdown);
    SessionError::Describe { journey: config.journeys[journey].title.clone(), breakdown }
}

/// What all users take of this machine at once.
async fn room_need(
    journeys: &[Sound],
    packs: &[DescribedPack],
    config: &SessionConfig,
    fitted: &[Fitted],
    clock: RunClock,
) -> RoomNeed {
    let limits: Limits = config.limits;
    let mut of_journeys = Vec::with_capacity(journeys.len());
    for (component, _) in journeys {
        let unmeasured = Arc::new(preview::unmeasured(clock, limits));
        of_journeys.push(component.plugin.memory_per_vu(unmeasured).await.unwrap_or_default());
    }
    let mut of_packs = Vec::with_capacity(packs.len());
    for pack in packs {
        of_packs.push(pack.memory_per_vu(limits, clock).await);
    }
    let mut need = RoomNeed::default();
    for (scenario, load) in config.scenarios.iter().zip(fitted) {
        let watching = packs.iter().zip(&of_packs).filter(|(pack, _)| pack.watches(&scenario.name));
        let per_vu = of_journeys[scenario.journey] + watching.map(|(_, memory)| memory).sum::<usize>();
        need.add(load.executor.max_vus(), per_vu as u64);
    }
    need
}
