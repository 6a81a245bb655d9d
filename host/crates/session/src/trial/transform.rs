//! A trial of a transform: records in, rows out, nothing written.

use std::sync::Arc;
use std::time::Duration;

use outrider_engine::{RawRecord, RecordOutcome, TransformDescription};

use super::Seen;
use super::seen::Collector;
use super::sole::Sole;
use crate::{Session, SessionConfig, SessionError};

/// What a transform made of records.
#[derive(Clone, Debug)]
pub struct TransformTrial {
    /// What it says of itself.
    pub description: TransformDescription,
    /// What became of each record, in their order.
    pub outcomes: Vec<RecordOutcome>,
    /// What it recorded: log lines, and the metrics of calls that were not made again.
    pub seen: Seen,
    /// How long that took, without loading.
    pub duration: Duration,
}

impl Session {
    /// Has a transform, which stands in the place of the only journey, work on records. Of the rest its parameters,
    /// the limits and the listener matter.
    ///
    /// # Errors
    ///
    /// What is wrong with what is asked for, at once; or how it broke before the first record. That it breaks on a
    /// record is that record's outcome.
    pub async fn trial_of_transform(
        config: SessionConfig,
        records: &[RawRecord],
    ) -> Result<TransformTrial, SessionError> {
        let clock = config.clock();
        let collector = Arc::new(Collector::default());
        let sole = Sole::new(&config, clock, Arc::<Collector>::clone(&collector), "the transform")?;
        let transform = sole.plugin.load_transform(1, &config.cache).map_err(Sole::refused)?;
        let described = transform.describe(sole.without_parameters()).await;
        let description = described.map_err(|fault| sole.broke("describe", fault))?;
        let parameters = sole.parameters(description.parameters.as_ref())?;
        let started = transform.start(Arc::new(sole.shared.of_transform(parameters))).await;
        let mut transformer = started.map_err(|fault| sole.broke("start", fault))?;
        let since = clock.instant();
        let outcomes = transformer.transform(records).await;
        let duration = clock.instant().saturating_duration_since(since);
        // What it prints in its last call becomes lines when its instance goes.
        drop(transformer);
        Ok(TransformTrial { description, outcomes, seen: collector.take(), duration })
    }
}
