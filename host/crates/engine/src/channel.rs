//! Alert channels: how people are told that a monitor fails.

use std::sync::Arc;

use outrider_model::{Alert, AlertKind, FailedCheck, Location};
use outrider_wit::v0_1::alert_channel::exports::outrider::plugin::alerts as wit;
use outrider_wit::v0_1::alert_channel::{AlertChannel as Exports, AlertChannelPre};
use outrider_wit::v0_1::journey::outrider::plugin::measure::Verdict;
use outrider_wit::v0_1::journey::outrider::plugin::types::Tag;
use outrider_wit::wasmtime::component::HasSelf;

use crate::fault::{PluginFault, one_line};
use crate::inspect::World;
use crate::plugin::{Linked, PluginFile};
use crate::runtime::Runtime;
use crate::sandbox::{Sandbox, call, instantiate};
use crate::state::{RunShared, VuState};
use crate::{CodeCache, EngineError};

/// An alert channel that is compiled and linked.
#[derive(Clone)]
pub struct AlertChannel {
    file: PluginFile,
    pre: AlertChannelPre<VuState>,
    runtime: Arc<Runtime>,
}

impl std::fmt::Debug for AlertChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AlertChannel").field("name", &self.file.reference().name).finish_non_exhaustive()
    }
}

/// What an alert channel says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelDescription {
    /// Its name.
    pub name: String,
    /// Whom it tells.
    pub description: String,
    /// The JSON Schema of its parameters.
    pub parameters: Option<serde_json::Value>,
}

/// What became of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It was delivered.
    Delivered,
    /// It may be delivered later; why it was not now.
    TryAgain(String),
    /// It will not be delivered, however often it is tried; why.
    Refused(String),
}

impl PluginFile {
    /// Compiles an alert channel, or takes the compiled code from the cache.
    ///
    /// # Errors
    ///
    /// If the component is no alert channel, or as [`PluginFile::load`].
    pub fn load_channel(&self, cache: &CodeCache) -> Result<AlertChannel, EngineError> {
        if self.inspection().world != World::AlertChannel {
            return Err(self.other_world(World::AlertChannel));
        }
        let Linked { pre, runtime } = self
            .compile_any(cache)?
            .linked(1, |linker| Exports::add_to_linker::<_, HasSelf<VuState>>(linker, |state| state))?;
        let pre = AlertChannelPre::new(pre).map_err(|source| self.invalid(source))?;
        Ok(AlertChannel { file: self.clone(), pre, runtime })
    }
}

impl AlertChannel {
    /// The file it came from.
    pub fn file(&self) -> &PluginFile {
        &self.file
    }

    /// Asks the channel what it is.
    ///
    /// # Errors
    ///
    /// If it breaks, or gives a schema that is not JSON, or an empty name.
    pub async fn describe(&self, run: Arc<RunShared>) -> Result<ChannelDescription, PluginFault> {
        let mut sandbox = self.instance(run).await?;
        let limit = sandbox.lifecycle_limit("describe");
        let described = call!(&mut sandbox, limit, outrider_plugin_alerts.call_describe())?;
        let name = one_line(&described.name);
        if name.is_empty() {
            return Err(PluginFault::exception("describe gives no name".into()));
        }
        Ok(ChannelDescription {
            name,
            description: one_line(&described.description),
            parameters: crate::parameters::schema(described.parameters.as_deref())?,
        })
    }

    /// Makes an instance of it ready to deliver.
    ///
    /// # Errors
    ///
    /// If it breaks, or its `start` fails.
    pub async fn start(&self, run: Arc<RunShared>) -> Result<Deliverer, PluginFault> {
        let mut sandbox = self.instance(run).await?;
        let limit = sandbox.lifecycle_limit("start");
        let started = call!(&mut sandbox, limit, outrider_plugin_alerts.call_start())?;
        started.map_err(|failure| sandbox.own_failure(failure))?;
        Ok(Deliverer { sandbox })
    }

    /// Linear memory of an instance before its first piece of work, in bytes.
    ///
    /// # Errors
    ///
    /// If it cannot be instantiated.
    pub async fn memory_per_instance(&self, run: Arc<RunShared>) -> Result<usize, PluginFault> {
        let mut sandbox = self.instance(run).await?;
        Ok(sandbox.state().memory.used())
    }

    async fn instance(&self, run: Arc<RunShared>) -> Result<Sandbox<Exports>, PluginFault> {
        instantiate!(&self.runtime, self.pre, VuState::without_load(run))
    }
}

/// A channel at work, for one alert: alerts are few, and one must not suffer from another.
pub struct Deliverer {
    sandbox: Sandbox<Exports>,
}

impl std::fmt::Debug for Deliverer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deliverer").finish_non_exhaustive()
    }
}

impl Deliverer {
    /// Delivers an alert.
    ///
    /// # Errors
    ///
    /// If the channel breaks: that says nothing of whether the alert was delivered.
    pub async fn deliver(mut self, alert: &Alert) -> Result<Delivery, PluginFault> {
        let alert = to_wit(alert);
        let limit = self.sandbox.lifecycle_limit("deliver");
        let delivered = call!(&mut self.sandbox, limit, outrider_plugin_alerts.call_deliver(&alert))?;
        match delivered {
            Ok(()) => Ok(Delivery::Delivered),
            Err(wit::DeliveryError::TryAgain(why)) => Ok(Delivery::TryAgain(self.cleaned(why))),
            Err(wit::DeliveryError::Refused(why)) => Ok(Delivery::Refused(self.cleaned(why))),
            Err(wit::DeliveryError::Broken(failure)) => Err(self.sandbox.own_failure(failure)),
        }
    }

    fn cleaned(&mut self, mut why: String) -> String {
        self.sandbox.state().run.redactor.clean(&mut why);
        one_line(&why)
    }
}

fn to_wit(alert: &Alert) -> wit::Alert {
    let at = |time: outrider_model::Timestamp| u64::try_from(time.0).unwrap_or_default();
    wit::Alert {
        incident: alert.incident.clone(),
        kind: match alert.kind {
            AlertKind::Degraded => wit::AlertKind::Degraded,
            AlertKind::Failed => wit::AlertKind::Failed,
            AlertKind::Reminder => wit::AlertKind::Reminder,
            AlertKind::Recovered => wit::AlertKind::Recovered,
            AlertKind::Test => wit::AlertKind::Test,
        },
        monitor: alert.monitor.clone(),
        summary: alert.summary.clone(),
        began: at(alert.began),
        raised: at(alert.raised),
        locations: alert.locations.iter().map(location).collect(),
        run: alert.run.clone(),
        link: alert.link.clone(),
        tags: alert.tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect(),
    }
}

fn location(location: &Location) -> wit::Location {
    wit::Location {
        name: location.name.clone(),
        passed: location.passed,
        duration: u64::try_from(location.duration.as_nanos()).unwrap_or(u64::MAX),
        error: location.error.clone(),
        failed_checks: location.failed_checks.iter().map(verdict).collect(),
    }
}

fn verdict(check: &FailedCheck) -> Verdict {
    let FailedCheck { name, expected, actual, message } = check.clone();
    Verdict { name, passed: false, expected, actual, message }
}
