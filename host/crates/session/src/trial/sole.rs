//! The only plugin of a trial that makes no load: a transform or an alert channel.

use std::sync::Arc;

use outrider_engine::{EngineError, PluginFault, PluginFile, RunShared};
use outrider_model::{RunClock, SampleSink};
use serde_json::Value;

use crate::parameters::{self, Whose};
use crate::{Breakdown, JourneyConfig, SessionConfig, SessionError, preview, resolve};

/// The plugin, and the run as it may use it.
pub(super) struct Sole<'a> {
    pub(super) plugin: &'a PluginFile,
    /// Without its parameters, which it has not declared yet.
    pub(super) shared: RunShared,
    config: &'a SessionConfig,
    journey: &'a JourneyConfig,
    clock: RunClock,
    /// In words, as faults name it.
    who: &'static str,
}

impl<'a> Sole<'a> {
    /// Takes what is asked for of the only journey.
    pub(super) fn new(
        config: &'a SessionConfig,
        clock: RunClock,
        sink: Arc<dyn SampleSink>,
        who: &'static str,
    ) -> Result<Sole<'a>, SessionError> {
        let [journey] = &config.journeys[..] else {
            unreachable!("whoever asks for a trial of a plugin names one");
        };
        let plugin = journey.plugin.as_ref().map_err(|faults| SessionError::Invalid(faults.clone()))?;
        let shared = resolve::outside(config, sink, clock)?;
        Ok(Sole { plugin, shared, config, journey, clock, who })
    }

    /// The run as it is for `describe`.
    pub(super) fn without_parameters(&self) -> Arc<RunShared> {
        Arc::new(preview::unmeasured(self.clock, self.config.limits))
    }

    /// The parameters, JSON text that fits the schema.
    pub(super) fn parameters(&self, schema: Option<&Value>) -> Result<String, SessionError> {
        let JourneyConfig { parameters: own, places, .. } = self.journey;
        let given: Vec<_> = own.iter().chain(&self.config.set).cloned().collect();
        let whose = Whose { who: self.who, places: &places.within("parameters") };
        let parameters = parameters::resolve(whose, &given, schema).map_err(SessionError::Invalid)?;
        Ok(Value::Object(parameters).to_string())
    }

    pub(super) fn broke(&self, call: &'static str, fault: PluginFault) -> SessionError {
        let breakdown = Box::new(Breakdown::from(fault));
        SessionError::Broke { who: self.who.to_owned(), call, breakdown }
    }

    pub(super) fn refused(error: EngineError) -> SessionError {
        SessionError::Invalid(vec![error.into()])
    }
}
