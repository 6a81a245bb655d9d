//! Virtual users whose iterations run in guests.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use outrider_capability::{Happening, JourneyCall};
use outrider_model::{
    Admission, BoxFuture, FailureCause, IterationCtx, IterationIndex, IterationOutcome, Tags, Vu, VuError,
    VuFactory, VuId, mix64,
};
use outrider_wit::v0_1::journey::outrider::plugin::journey_types::{Iteration, User};
use outrider_wit::v0_1::journey::outrider::plugin::types::{Failure, FailureKind};

use crate::fault::{PluginFault, cause, one_line, outcome, shown_stack};
use crate::instance::Instance;
use crate::journey::Scenario;
use crate::pack::{AttachedPack, Packs, error_of};
use crate::plugin::Plugin;
use crate::state::{RunShared, StepEnd, VuState};
use crate::told::failure_kind;

/// The name of a plan's scenario whose iterations are spread over the plugin's scenarios by their weights.
pub const ANY_SCENARIO: &str = "*";

/// The kind of an iteration that had no row of data left.
const DATA_EXHAUSTED: &str = "data exhausted";

/// Makes the users of one scenario of a run.
#[derive(Debug)]
pub struct GuestVuFactory {
    plugin: Plugin,
    run: Arc<RunShared>,
    scenarios: Arc<Mix>,
    tags: Tags,
    packs: Vec<AttachedPack>,
}

impl GuestVuFactory {
    /// `scenarios` are those that the plugin described.
    pub fn new(plugin: Plugin, run: Arc<RunShared>, scenarios: &[Scenario]) -> GuestVuFactory {
        GuestVuFactory {
            plugin,
            run,
            scenarios: Arc::new(Mix::new(scenarios)),
            tags: Tags::default(),
            packs: Vec::new(),
        }
    }

    /// Gives everything that iterations record tags of the scenario.
    pub fn with_tags(mut self, tags: Tags) -> GuestVuFactory {
        self.tags = tags;
        self
    }

    /// The plugin's scenarios that iterations of a plan's scenario run, by the plan's word for them: the one it
    /// names, or all that have a weight.
    pub fn ways(&self, plugin_scenario: &str) -> Vec<Way> {
        self.scenarios.ways(plugin_scenario, self.run.seed)
    }

    /// Has packs watch each user.
    pub fn with_packs(mut self, packs: Vec<AttachedPack>) -> GuestVuFactory {
        self.packs = packs;
        self
    }
}

impl VuFactory for GuestVuFactory {
    fn admit(&self, scenario: &str, plugin_scenario: &str, iteration: IterationIndex) -> Admission {
        let drawn = || self.scenarios.draw(plugin_scenario, iteration, self.run.seed);
        let data = &self.run.data;
        match data.admit(scenario, || drawn().map_or(plugin_scenario, |chosen| &*chosen.name), iteration) {
            Ok(()) => Admission::Start,
            Err(exhausted) if exhausted.stops => Admission::StopRun { reason: exhausted.reason },
            Err(exhausted) => Admission::Drop { kind: DATA_EXHAUSTED, reason: exhausted.reason },
        }
    }

    fn create(&self, id: VuId) -> BoxFuture<'_, Result<Box<dyn Vu>, VuError>> {
        Box::pin(async move {
            let told = self.run.tell_call(id, JourneyCall::Start);
            let instance = match self.start(id).await {
                Ok(instance) => instance,
                Err((error, kind)) => {
                    told.failed(kind, &error.message, error.stack.as_deref());
                    return Err(error);
                }
            };
            told.done(None);
            let (scenarios, tags) = (Arc::clone(&self.scenarios), Arc::clone(&self.tags));
            Ok(Box::new(GuestVu { id, instance, scenarios, tags }) as Box<dyn Vu>)
        })
    }
}

impl GuestVuFactory {
    /// The instance of a user whose `start` has been called; or why there is none, and what kind of failure that is.
    async fn start(&self, id: VuId) -> Result<Instance, (VuError, &'static str)> {
        let failed = |fault: PluginFault| {
            let error = VuError {
                vu: id,
                cause: fault.cause,
                aborts_run: false,
                message: fault.message,
                stack: fault.stack,
                said: fault.said,
                pack: fault.pack,
            };
            (error, fault.kind)
        };
        let mut state = VuState::new(Arc::clone(&self.run), id);
        state.packs = Packs::start(&self.packs, id).await.map_err(failed)?;
        let mut instance = Instance::new(&self.plugin, state).await.map_err(failed)?;
        if let Err(failure) = instance.start(User { vu: id.0 }).await.map_err(failed)? {
            return Err((start_failure(id, &failure, instance.state()), kind_of(&failure)));
        }
        instance.state().flush_output();
        Ok(instance)
    }
}

fn kind_of(failure: &Failure) -> &'static str {
    failure_kind(failure.kind == FailureKind::AbortRun, failure.kind == FailureKind::Target)
}

/// What a guest returned from `start` instead of a user.
fn start_failure(id: VuId, failure: &Failure, state: &mut VuState) -> VuError {
    state.flush_output();
    VuError {
        vu: id,
        cause: cause(failure.kind, state.generator_limit),
        aborts_run: failure.kind == FailureKind::AbortRun,
        message: one_line(&failure.message),
        stack: failure.stack.as_deref().and_then(shown_stack),
        said: state.take_said(),
        pack: None,
    }
}

/// A user in a sandbox.
struct GuestVu {
    id: VuId,
    instance: Instance,
    scenarios: Arc<Mix>,
    /// Those of the run's scenario.
    tags: Tags,
}

impl Vu for GuestVu {
    fn id(&self) -> VuId {
        self.id
    }

    fn iterate(&mut self, ctx: IterationCtx) -> BoxFuture<'_, IterationOutcome> {
        Box::pin(async move {
            let (scenario, tags) = self.scenarios.choose(&ctx, self.instance.state().run.seed);
            let tags = joined(&self.tags, tags);
            // What packs are told: the run's scenario, or the one that was drawn where they are mixed.
            let named = match &*ctx.plugin_scenario {
                ANY_SCENARIO => Arc::clone(&scenario),
                _ => Arc::clone(&ctx.scenario),
            };
            let mut open = OpenIteration { instance: &mut self.instance, outcome: None };
            let began = open.instance.state().run.clock.instant();
            open.instance.state().begin_iteration(Arc::clone(&ctx.scenario), ctx.iteration, tags);
            open.instance.state().plugin_scenario = Arc::clone(&scenario);
            open.instance.state().http.set_lateness(ctx.lateness);
            open.instance.state().tell(|debugger| Happening::IterationBegin {
                scenario: debugger.text(&ctx.scenario),
                plugin_scenario: debugger.text(&scenario),
                iteration: ctx.iteration.0,
            });
            let iteration = Iteration {
                scenario: scenario.to_string(),
                index: ctx.iteration.0,
                user_iteration: ctx.vu_iteration,
            };
            let mut outcome = match open.instance.iterate(iteration).await {
                Ok(Ok(())) => IterationOutcome::Completed,
                Ok(Err(failure)) => outcome(failure, open.instance.state().generator_limit),
                Err(fault) => IterationOutcome::Failed(fault.into()),
            };
            if let IterationOutcome::Failed(failure) = &mut outcome
                && failure.cause == FailureCause::Plugin
                && open.instance.state().data_exhausted
            {
                failure.kind = DATA_EXHAUSTED;
            }
            open.outcome = Some(outcome.clone());
            let state = open.instance.state();
            let elapsed = state.run.clock.instant().saturating_duration_since(began);
            state.judge_end(&named, &outcome, elapsed).await;
            outcome
        })
    }

    fn is_reusable(&self) -> bool {
        self.instance.is_usable()
    }

    fn unmeasured(&self) -> Duration {
        self.instance.unmeasured()
    }

    fn stop(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            if !self.instance.is_usable() {
                return;
            }
            let state = self.instance.state();
            state.scenario = "".into();
            let run = Arc::clone(&state.run);
            let told = run.tell_call(self.id, JourneyCall::Stop);
            match self.instance.stop().await {
                Ok(Ok(())) => told.done(None),
                Ok(Err(failure)) => {
                    let message = one_line(&failure.message);
                    told.failed(kind_of(&failure), &message, failure.stack.as_deref());
                    tracing::warn!(vu = %self.id, message, "stop failed");
                }
                Err(fault) => {
                    told.failed(fault.kind, &fault.message, fault.stack.as_deref());
                    tracing::warn!(vu = %self.id, message = %fault.message, "stop failed");
                }
            }
            let state = self.instance.state();
            state.flush_output();
            state.packs.end_iteration();
        })
    }
}

/// Ends an iteration's steps and output however it ends, also when its future is dropped.
struct OpenIteration<'a> {
    instance: &'a mut Instance,
    /// `None` until it has ended by itself.
    outcome: Option<IterationOutcome>,
}

impl Drop for OpenIteration<'_> {
    fn drop(&mut self) {
        let end =
            self.outcome.as_ref().map_or(StepEnd::Interrupted, |outcome| StepEnd::of(error_of(outcome)));
        self.instance.state().end_iteration(end);
    }
}

/// The tags of a scenario of the run and those of an iteration.
fn joined(of_scenario: &Tags, of_iteration: Tags) -> Tags {
    if of_scenario.is_empty() {
        return of_iteration;
    }
    let all: BTreeMap<_, _> = of_scenario.iter().chain(of_iteration.iter()).cloned().collect();
    all.into_iter().collect()
}

/// One of the plugin's scenarios that iterations run.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// Its name.
    pub scenario: Arc<str>,
    /// The share of the iterations that run it: 1 where it is the only one.
    pub share: f64,
    /// The first iteration that runs it; `None` if it is not among the first million.
    pub first: Option<IterationIndex>,
}

/// A million draws are looked through for a scenario's first one: a share of a hundred-thousandth is found in them but
/// for one time in twenty thousand.
const MAX_DRAWS: u64 = 1_000_000;

/// The plugin's scenarios with their weights.
#[derive(Debug)]
struct Mix {
    scenarios: Vec<Weighted>,
    total: u64,
}

#[derive(Debug)]
struct Weighted {
    name: Arc<str>,
    /// What its samples carry.
    tags: Tags,
    weight: u64,
}

impl Mix {
    fn new(scenarios: &[Scenario]) -> Mix {
        let scenarios: Vec<_> = scenarios
            .iter()
            .map(|scenario| {
                let name: Arc<str> = scenario.name.as_str().into();
                let tags: Tags = [(Arc::from("scenario"), Arc::clone(&name))].into();
                Weighted { name, tags, weight: u64::from(scenario.weight) }
            })
            .collect();
        let total = scenarios.iter().map(|scenario| scenario.weight).sum();
        Mix { scenarios, total }
    }

    /// The plugin's scenario of an iteration, and the tags its samples carry.
    fn choose(&self, ctx: &IterationCtx, seed: u64) -> (Arc<str>, Tags) {
        match self.draw(&ctx.plugin_scenario, ctx.iteration, seed) {
            Some(chosen) => (Arc::clone(&chosen.name), Arc::clone(&chosen.tags)),
            None => (Arc::clone(&ctx.plugin_scenario), Tags::default()),
        }
    }

    fn ways(&self, plugin_scenario: &str, seed: u64) -> Vec<Way> {
        if plugin_scenario != ANY_SCENARIO || self.total == 0 {
            return vec![Way {
                scenario: plugin_scenario.into(),
                share: 1.0,
                first: Some(IterationIndex(0)),
            }];
        }
        let weighted = self.scenarios.iter().filter(|scenario| scenario.weight > 0);
        let mut ways: Vec<Way> = weighted
            .map(|scenario| Way {
                scenario: Arc::clone(&scenario.name),
                share: scenario.weight as f64 / self.total as f64,
                first: None,
            })
            .collect();
        for index in (0..MAX_DRAWS).map(IterationIndex) {
            let drawn = self.draw(plugin_scenario, index, seed);
            let way = drawn.and_then(|drawn| ways.iter_mut().find(|way| way.scenario == drawn.name));
            if let Some(way) = way.filter(|way| way.first.is_none()) {
                way.first = Some(index);
                if ways.iter().all(|way| way.first.is_some()) {
                    break;
                }
            }
        }
        ways
    }

    /// The scenario that is drawn for an iteration, if it is to be drawn: a pure function of the run's
    /// seed and the iteration's index.
    fn draw(&self, plugin_scenario: &str, iteration: IterationIndex, seed: u64) -> Option<&Weighted> {
        if plugin_scenario != ANY_SCENARIO || self.total == 0 {
            return None;
        }
        let mut draw = mix64(seed ^ mix64(iteration.0)) % self.total;
        self.scenarios.iter().find(|scenario| {
            let is_here = draw < scenario.weight;
            draw = draw.wrapping_sub(scenario.weight);
            is_here
        })
    }
}

#[cfg(test)]
mod tests {
    use outrider_model::Timestamp;

    use super::*;

    fn ctx(plugin_scenario: &str, iteration: u64) -> IterationCtx {
        IterationCtx {
            scenario: "default".into(),
            plugin_scenario: plugin_scenario.into(),
            iteration: IterationIndex(iteration),
            vu_iteration: 0,
            scheduled_at: Timestamp(0),
            lateness: Duration::ZERO,
        }
    }

    fn scenario(name: &str, weight: u32) -> Scenario {
        Scenario { name: name.into(), description: String::new(), weight }
    }

    #[test]
    fn iterations_follow_the_weights_and_repeat_with_the_seed() {
        let mix = Mix::new(&[scenario("browse", 8), scenario("buy", 2), scenario("never", 0)]);
        let draw =
            |seed| -> Vec<Arc<str>> { (0..10_000).map(|i| mix.choose(&ctx("*", i), seed).0).collect() };
        let buys = draw(7).iter().filter(|name| &***name == "buy").count();
        assert!((1_850..2_150).contains(&buys), "{buys} of 10,000 at weight 2 of 10");
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert!(draw(7).iter().all(|name| &**name != "never"));
    }

    #[test]
    fn the_ways_of_a_mix_are_those_that_have_a_weight_each_with_its_first_iteration() {
        let mix = Mix::new(&[scenario("browse", 8), scenario("buy", 2), scenario("never", 0)]);
        let ways = mix.ways("*", 7);
        let shares: Vec<_> = ways.iter().map(|way| (&*way.scenario, way.share)).collect();
        assert_eq!(shares, [("browse", 0.8), ("buy", 0.2)]);
        for way in &ways {
            let first = way.first.unwrap().0;
            let drawn = |index| mix.choose(&ctx("*", index), 7).0;
            assert_eq!((0..).find(|index| drawn(*index) == way.scenario), Some(first));
        }
        let named = Way { scenario: "never".into(), share: 1.0, first: Some(IterationIndex(0)) };
        assert_eq!(mix.ways("never", 7), [named]);
        let rare = Mix::new(&[scenario("browse", u32::MAX), scenario("rare", 1)]);
        assert_eq!(rare.ways("*", 7)[1].first, None);
    }

    #[test]
    fn an_iteration_carries_the_tags_of_its_scenario_and_its_own() {
        let tag = |key: &str, value: &str| (Arc::<str>::from(key), Arc::<str>::from(value));
        let own: Tags = [tag("plan", "free"), tag("scenario", "x")].into();
        let of_iteration: Tags = [tag("scenario", "buy")].into();
        assert_eq!(*joined(&own, Arc::clone(&of_iteration)), [tag("plan", "free"), tag("scenario", "buy")]);
        assert!(Arc::ptr_eq(&joined(&Tags::default(), Arc::clone(&of_iteration)), &of_iteration));
    }

    #[test]
    fn a_named_scenario_is_taken_as_it_is() {
        let mix = Mix::new(&[scenario("browse", 8), scenario("buy", 2)]);
        let (name, tags) = mix.choose(&ctx("buy", 3), 7);
        assert_eq!((&*name, tags.len()), ("buy", 0));
    }
}
