//! Virtual users whose iterations run in guests.

use std::sync::Arc;

use outrider_model::{BoxFuture, IterationCtx, IterationOutcome, Tags, Vu, VuError, VuFactory, VuId};
use outrider_wit::v0_1::journey::outrider::plugin::journey_types::{Iteration, User};
use outrider_wit::v0_1::journey::outrider::plugin::types::{Failure, FailureKind};

use crate::fault::{PluginFault, cause, one_line, outcome, shown_stack};
use crate::instance::Instance;
use crate::journey::Scenario;
use crate::plugin::Plugin;
use crate::state::{RunShared, VuState};

/// The name of a plan's scenario whose iterations are spread over the plugin's scenarios by their weights.
pub const ANY_SCENARIO: &str = "*";

/// Makes users of one plugin.
#[derive(Debug)]
pub struct GuestVuFactory {
    plugin: Plugin,
    run: Arc<RunShared>,
    scenarios: Arc<Mix>,
}

impl GuestVuFactory {
    /// `scenarios` are those that the plugin described.
    pub fn new(plugin: Plugin, run: Arc<RunShared>, scenarios: &[Scenario]) -> GuestVuFactory {
        GuestVuFactory { plugin, run, scenarios: Arc::new(Mix::new(scenarios)) }
    }
}

impl VuFactory for GuestVuFactory {
    fn create(&self, id: VuId) -> BoxFuture<'_, Result<Box<dyn Vu>, VuError>> {
        Box::pin(async move {
            let failed = |fault: PluginFault| VuError {
                vu: id,
                cause: fault.cause,
                aborts_run: false,
                message: fault.message,
                stack: fault.stack,
                said: fault.said,
            };
            let state = VuState::new(Arc::clone(&self.run), id);
            let mut instance = Instance::new(&self.plugin, state).await.map_err(failed)?;
            if let Err(failure) = instance.start(User { vu: id.0 }).await.map_err(failed)? {
                return Err(start_failure(id, &failure, instance.state()));
            }
            instance.state().flush_output();
            let scenarios = Arc::clone(&self.scenarios);
            Ok(Box::new(GuestVu { id, instance, scenarios }) as Box<dyn Vu>)
        })
    }
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
    }
}

/// A user in a sandbox.
struct GuestVu {
    id: VuId,
    instance: Instance,
    scenarios: Arc<Mix>,
}

impl Vu for GuestVu {
    fn id(&self) -> VuId {
        self.id
    }

    fn iterate(&mut self, ctx: IterationCtx) -> BoxFuture<'_, IterationOutcome> {
        Box::pin(async move {
            let (scenario, tags) = self.scenarios.choose(&ctx, self.instance.state().run.seed);
            let mut open = OpenIteration { instance: &mut self.instance, error: Some("interrupted".into()) };
            open.instance.state().begin_iteration(ctx.scenario, ctx.iteration, tags);
            let iteration = Iteration {
                scenario: scenario.to_string(),
                index: ctx.iteration.0,
                user_iteration: ctx.vu_iteration,
            };
            let outcome = match open.instance.iterate(iteration).await {
                Ok(Ok(())) => IterationOutcome::Completed,
                Ok(Err(failure)) => outcome(failure, open.instance.state().generator_limit),
                Err(fault) => IterationOutcome::Failed(fault.into()),
            };
            open.error = match &outcome {
                IterationOutcome::Completed => None,
                IterationOutcome::Failed(failure) => Some(failure.message.clone()),
                IterationOutcome::AbortRun { reason } => Some(reason.clone()),
            };
            outcome
        })
    }

    fn is_reusable(&self) -> bool {
        self.instance.is_usable()
    }

    fn stop(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            if !self.instance.is_usable() {
                return;
            }
            let state = self.instance.state();
            state.scenario = "".into();
            match self.instance.stop().await {
                Ok(Ok(())) => {}
                Ok(Err(failure)) => {
                    tracing::warn!(vu = %self.id, message = one_line(&failure.message), "stop failed");
                }
                Err(fault) => tracing::warn!(vu = %self.id, message = %fault.message, "stop failed"),
            }
            self.instance.state().flush_output();
        })
    }
}

/// Ends an iteration's steps and output however it ends, also when its future is dropped.
struct OpenIteration<'a> {
    instance: &'a mut Instance,
    error: Option<String>,
}

impl Drop for OpenIteration<'_> {
    fn drop(&mut self) {
        self.instance.state().end_iteration(self.error.as_deref());
    }
}

/// The plugin's scenarios with their weights.
#[derive(Debug)]
struct Mix {
    scenarios: Vec<(Arc<str>, Tags, u64)>,
    total: u64,
}

impl Mix {
    fn new(scenarios: &[Scenario]) -> Mix {
        let scenarios: Vec<_> = scenarios
            .iter()
            .map(|scenario| {
                let name: Arc<str> = scenario.name.as_str().into();
                let tags: Tags = [(Arc::from("scenario"), Arc::clone(&name))].into();
                (name, tags, u64::from(scenario.weight))
            })
            .collect();
        let total = scenarios.iter().map(|(_, _, weight)| weight).sum();
        Mix { scenarios, total }
    }

    /// The plugin's scenario of an iteration, and the tags its samples carry: a pure function of the
    /// run's seed and the iteration's index.
    fn choose(&self, ctx: &IterationCtx, seed: u64) -> (Arc<str>, Tags) {
        if &*ctx.plugin_scenario != ANY_SCENARIO || self.total == 0 {
            return (Arc::clone(&ctx.plugin_scenario), Tags::default());
        }
        let mut draw = mix64(seed ^ mix64(ctx.iteration.0)) % self.total;
        for (name, tags, weight) in &self.scenarios {
            if draw < *weight {
                return (Arc::clone(name), Arc::clone(tags));
            }
            draw -= weight;
        }
        (Arc::clone(&ctx.plugin_scenario), Tags::default())
    }
}

/// SplitMix64's finalizer: neighbouring numbers become unrelated ones.
fn mix64(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use outrider_model::{IterationIndex, Timestamp};

    use super::*;

    fn ctx(plugin_scenario: &str, iteration: u64) -> IterationCtx {
        IterationCtx {
            scenario: "default".into(),
            plugin_scenario: plugin_scenario.into(),
            iteration: IterationIndex(iteration),
            vu_iteration: 0,
            scheduled_at: Timestamp(0),
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
    fn a_named_scenario_is_taken_as_it_is() {
        let mix = Mix::new(&[scenario("browse", 8), scenario("buy", 2)]);
        let (name, tags) = mix.choose(&ctx("buy", 3), 7);
        assert_eq!((&*name, tags.len()), ("buy", 0));
    }
}
