//! What is called once for each journey of a run: `describe`, `setup`, `teardown`.

use std::sync::Arc;

use outrider_capability::JourneyCall;
use outrider_model::VuId;
use outrider_wit::v0_1::journey::outrider::plugin::types::{Failure, FailureKind};
use serde::{Deserialize, Serialize};

use crate::fault::{PluginFault, one_line, shown_stack};
use crate::instance::Instance;
use crate::parameters;
use crate::plugin::Plugin;
use crate::state::{RunShared, VuState};

/// A scenario as a plugin describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    /// Its name, unique in the plugin.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Its share of the iterations where a run names no scenario.
    pub weight: u32,
}

/// What a plugin says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Its scenarios, at least one.
    pub scenarios: Vec<Scenario>,
    /// The JSON Schema of its parameters.
    pub parameters: Option<serde_json::Value>,
}

/// `setup` or `teardown` did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LifecycleError {
    /// The guest trapped or ran into a limit.
    #[error(transparent)]
    Fault(#[from] PluginFault),
    /// The guest said so.
    #[error("{message}")]
    Failure {
        /// Whether it asked for the run to be aborted.
        abort: bool,
        /// Whether the target is to blame.
        target: bool,
        /// Its message.
        message: String,
        /// Its stack.
        stack: Option<String>,
        /// The last lines that it printed or logged before.
        said: Vec<String>,
    },
}

impl LifecycleError {
    /// What a guest returned in the call that `state` was made for.
    fn of_failure(failure: &Failure, state: &mut VuState) -> LifecycleError {
        state.flush_output();
        LifecycleError::Failure {
            abort: failure.kind == FailureKind::AbortRun,
            target: failure.kind == FailureKind::Target,
            message: one_line(&failure.message),
            stack: failure.stack.as_deref().and_then(shown_stack),
            said: state.take_said(),
        }
    }
}

/// The user of the calls that belong to no user.
const NO_VU: VuId = VuId(0);

impl Plugin {
    /// Asks the plugin what it is.
    pub async fn describe(&self, run: Arc<RunShared>) -> Result<Description, PluginFault> {
        let mut instance = Instance::new(self, VuState::new(run, NO_VU)).await?;
        let described = instance.describe().await?;
        let invalid = PluginFault::exception;
        let parameters = parameters::schema(described.parameters.as_deref())?;
        if described.scenarios.is_empty() {
            return Err(invalid("describe names no scenario".into()));
        }
        Ok(Description {
            name: one_line(&described.name),
            description: one_line(&described.description),
            scenarios: described
                .scenarios
                .into_iter()
                .map(|s| Scenario {
                    name: one_line(&s.name),
                    description: one_line(&s.description),
                    weight: s.weight,
                })
                .collect(),
            parameters,
        })
    }

    /// Runs `setup` and returns its result, JSON text.
    pub async fn setup(&self, run: Arc<RunShared>) -> Result<String, LifecycleError> {
        let told = run.tell_call(NO_VU, JourneyCall::Setup);
        let ended = self.call_setup(Arc::clone(&run)).await;
        told.ended(&ended, |json| Some(json));
        ended
    }

    async fn call_setup(&self, run: Arc<RunShared>) -> Result<String, LifecycleError> {
        let mut instance = Instance::new(self, VuState::new(run, NO_VU)).await?;
        let result = instance.setup().await?;
        let json = result.map_err(|failure| LifecycleError::of_failure(&failure, instance.state()))?;
        let json = json.unwrap_or_else(|| "null".into());
        if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(&json) {
            return Err(LifecycleError::Failure {
                abort: false,
                target: false,
                message: format!("setup returned what is not JSON: {error}"),
                stack: None,
                said: Vec::new(),
            });
        }
        Ok(json)
    }

    /// Runs `teardown`.
    pub async fn teardown(&self, run: Arc<RunShared>) -> Result<(), LifecycleError> {
        let told = run.tell_call(NO_VU, JourneyCall::Teardown);
        let ended = self.call_teardown(Arc::clone(&run)).await;
        told.ended(&ended, |()| None);
        ended
    }

    async fn call_teardown(&self, run: Arc<RunShared>) -> Result<(), LifecycleError> {
        let mut instance = Instance::new(self, VuState::new(run, NO_VU)).await?;
        let result = instance.teardown().await?;
        result.map_err(|failure| LifecycleError::of_failure(&failure, instance.state()))
    }

    /// Linear memory of one user before its first iteration, in bytes.
    pub async fn memory_per_vu(&self, run: Arc<RunShared>) -> Result<usize, PluginFault> {
        Ok(Instance::new(self, VuState::new(run, NO_VU)).await?.memory_bytes())
    }
}
