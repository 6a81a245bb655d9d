//! The code of a run: each component once, with room for the users that go through it.

use outrider_engine::{CodeCache, CompiledPack, CompiledPlugin, EngineError, Plugin, check_room_for};

use super::room::{self, Fitted, Room};
use crate::fault::Faults;
use crate::packs::{self, CompiledConfig, LoadedPack};
use crate::{JourneyConfig, LoadConfig, PackConfig, ScenarioConfig};

/// The code of a run: what of it could be loaded.
pub(super) struct Loaded {
    /// By journey.
    pub(super) components: Vec<Option<Component>>,
    /// The loads as this machine holds them.
    pub(super) fitted: Option<Vec<Fitted>>,
    pub(super) packs: Vec<LoadedPack>,
}

/// A journey's component. Journeys that name the same share it.
#[derive(Clone)]
pub(super) struct Component {
    /// The same for all journeys that share it.
    pub(super) number: usize,
    pub(super) plugin: Plugin,
}

/// Code that is compiled, without room for users yet.
struct Compiled {
    components: Vec<CompiledPlugin>,
    /// By journey: its component, unless that is not sound.
    of_journeys: Vec<Option<usize>>,
    packs: Vec<CompiledConfig>,
}

/// The journeys and the packs with room for all their users, and the loads as this machine holds them. Where
/// the loads are not known or too much, with room for one user: they can be asked what they are all the same.
pub(super) fn load(
    journeys: &[JourneyConfig],
    scenarios: &[ScenarioConfig],
    packs: Vec<PackConfig>,
    loads: Option<Vec<LoadConfig>>,
    cache: &CodeCache,
    faults: &mut Faults,
) -> Loaded {
    let compiled = Compiled::of(journeys, packs, cache, faults);
    let per_vu: Option<Vec<Room>> = scenarios.iter().map(|scenario| compiled.room_per_vu(scenario)).collect();
    let mut fitted = per_vu.zip(loads).map(|(per_vu, loads)| {
        let room = Room::of_this_machine().less(compiled.room_of_spares());
        room::fit(loads, &per_vu, room)
    });
    if let Some(loads) = &fitted {
        let fits = faults.keep_one(compiled.check_room(scenarios, loads));
        fitted = fitted.filter(|_| fits.is_some());
    }
    compiled.with_room(scenarios, fitted, faults)
}

impl Compiled {
    fn of(
        journeys: &[JourneyConfig],
        packs: Vec<PackConfig>,
        cache: &CodeCache,
        faults: &mut Faults,
    ) -> Compiled {
        let mut components: Vec<CompiledPlugin> = Vec::new();
        let mut of_journeys = Vec::with_capacity(journeys.len());
        for journey in journeys {
            let Some(file) = faults.keep(journey.plugin.clone()) else {
                of_journeys.push(None);
                continue;
            };
            let digest = file.reference().digest;
            let known = components.iter().position(|code| code.file().reference().digest == digest);
            of_journeys.push(known.or_else(|| {
                components.push(faults.keep_at(file.compile(cache), journey.places.of("plugin"))?);
                Some(components.len() - 1)
            }));
        }
        Compiled { components, of_journeys, packs: packs::compile(packs, cache, faults) }
    }

    fn component_of(&self, scenario: &ScenarioConfig) -> Option<usize> {
        *self.of_journeys.get(scenario.journey)?
    }

    /// What one user of a scenario takes; `None` if its journey is not sound.
    fn room_per_vu(&self, scenario: &ScenarioConfig) -> Option<Room> {
        let journey = self.components[self.component_of(scenario)?].footprint_per_vu();
        let packs = self.packs.iter().filter(|pack| pack.watches(&scenario.name));
        let footprints = packs.map(|pack| pack.code.footprint_per_vu());
        Some(Room::of_one_vu(footprints.fold(journey, outrider_engine::Footprint::plus)))
    }

    fn room_of_spares(&self) -> Room {
        let components = self.components.iter().map(|code| code.footprint_per_vu().of_spares());
        let packs = self.packs.iter().map(|pack| pack.code.footprint_per_vu().of_spares());
        Room::of_instances(components.chain(packs).fold(Default::default(), outrider_engine::Footprint::plus))
    }

    fn vus_of_component(&self, number: usize, scenarios: &[ScenarioConfig], loads: &[Fitted]) -> u32 {
        vus_where(scenarios, loads, |scenario| self.component_of(scenario) == Some(number))
    }

    fn check_room(&self, scenarios: &[ScenarioConfig], loads: &[Fitted]) -> Result<(), EngineError> {
        let components = self.components.iter().enumerate();
        let components: Vec<(&CompiledPlugin, u32)> = components
            .map(|(number, code)| (code, self.vus_of_component(number, scenarios, loads)))
            .collect();
        let packs: Vec<(&CompiledPack, u32)> =
            self.packs.iter().map(|pack| (&pack.code, vus_of_pack(pack, scenarios, loads))).collect();
        check_room_for(&components, &packs, vus_where(scenarios, loads, |_| true))
    }

    fn with_room(
        self,
        scenarios: &[ScenarioConfig],
        fitted: Option<Vec<Fitted>>,
        faults: &mut Faults,
    ) -> Loaded {
        let roomy = self.components.iter().enumerate().map(|(number, code)| {
            let vus = fitted.as_ref().map_or(1, |loads| self.vus_of_component(number, scenarios, loads));
            faults.keep_one(code.with_room(vus)).map(|plugin| Component { number, plugin })
        });
        let roomy: Vec<Option<Component>> = roomy.collect();
        let components = self.of_journeys.iter().map(|number| roomy[(*number)?].clone()).collect();
        let packs = self.packs.into_iter().filter_map(|pack| {
            let vus = fitted.as_ref().map_or(1, |loads| vus_of_pack(&pack, scenarios, loads));
            faults.keep_one(pack.with_room(vus))
        });
        Loaded { components, packs: packs.collect(), fitted }
    }
}

fn vus_of_pack(pack: &CompiledConfig, scenarios: &[ScenarioConfig], loads: &[Fitted]) -> u32 {
    vus_where(scenarios, loads, |scenario| pack.watches(&scenario.name))
}

/// The users of some scenarios together.
fn vus_where(
    scenarios: &[ScenarioConfig],
    loads: &[Fitted],
    wanted: impl Fn(&ScenarioConfig) -> bool,
) -> u32 {
    let pairs = scenarios.iter().zip(loads).filter(|(scenario, _)| wanted(scenario));
    pairs.map(|(_, load)| load.executor.max_vus()).fold(0, u32::saturating_add)
}
