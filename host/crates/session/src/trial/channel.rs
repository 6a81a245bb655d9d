//! A trial of an alert channel: one alert, delivered.

use std::sync::Arc;
use std::time::Duration;

use outrider_capability::HttpConfig;
use outrider_engine::{ChannelDescription, Delivery};
use outrider_model::Alert;

use super::Seen;
use super::seen::Collector;
use super::sole::Sole;
use crate::{Breakdown, Session, SessionConfig, SessionError};

/// How long a request of a channel may take, where less is not said: half of what `deliver` may, so that a service which
/// does not answer is told as such, and not as a channel that takes too long.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// What an alert channel did with an alert.
#[derive(Clone, Debug)]
pub struct ChannelTrial {
    /// What it says of itself.
    pub description: ChannelDescription,
    /// What was measured: its requests.
    pub seen: Seen,
    /// What became of the alert, or how the channel broke.
    pub delivery: Result<Delivery, Breakdown>,
    /// How long that took, without loading.
    pub duration: Duration,
}

impl Session {
    /// Has an alert channel, which stands in the place of the only journey, deliver an alert, with the target,
    /// grants, secrets and parameters of `config`. Whoever it tells is told.
    ///
    /// # Errors
    ///
    /// What is wrong with what is asked for, at once; or how it broke in `describe`.
    pub async fn trial_of_channel(
        config: SessionConfig,
        alert: &Alert,
    ) -> Result<ChannelTrial, SessionError> {
        let clock = config.clock();
        let collector = Arc::new(Collector::default());
        let config = SessionConfig {
            http: config.http.map(|http| HttpConfig { timeout: http.timeout.min(REQUEST_TIMEOUT), ..http }),
            ..config
        };
        let sole = Sole::new(&config, clock, Arc::<Collector>::clone(&collector), "the alert channel")?;
        let channel = sole.plugin.load_channel(&config.cache).map_err(Sole::refused)?;
        let described = channel.describe(sole.without_parameters()).await;
        let description = described.map_err(|fault| sole.broke("describe", fault))?;
        let parameters = sole.parameters(description.parameters.as_ref())?;
        let since = clock.instant();
        let started = channel.start(Arc::new(sole.shared.of_channel(parameters))).await;
        let deliverer = started.map_err(|fault| sole.broke("start", fault))?;
        let delivered = deliverer.deliver(alert).await;
        let duration = clock.instant().saturating_duration_since(since);
        let delivery = delivered.map_err(Breakdown::from);
        Ok(ChannelTrial { description, seen: collector.take(), delivery, duration })
    }
}
