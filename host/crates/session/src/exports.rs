//! What is exported while a run goes on, as the session opens and ends it.

use outrider_engine::RunShared;
use outrider_export::{Exports, Opening, RunIdentity};
use outrider_model::{RunClock, RunPlan};

use crate::fault::Faults;
use crate::{Fault, SessionConfig, SessionError};

/// Looks at what is asked for without opening anything.
pub(crate) fn check(config: &SessionConfig, faults: &mut Faults) {
    let Some(export) = faults.keep(config.export.clone()) else { return };
    for error in export.faults() {
        faults.push(Fault::from(error).at(config.places.of("export.jsonl")));
    }
}

/// Takes what somebody else may have, before anything else is done: that it is taken is said with all other faults.
pub(crate) fn open(config: &mut SessionConfig) -> Opening {
    let Ok(export) = &config.export else { return Opening::default() };
    let (opening, errors) = Opening::new(export);
    config.faults.extend(errors.into_iter().map(|error| {
        let place = error.key().and_then(|key| config.places.of(&format!("export.{key}")));
        Fault::from(error).at(place)
    }));
    opening
}

/// Makes ready to export a run that is valid.
pub(crate) fn start(
    config: &SessionConfig,
    opening: Opening,
    plan: &RunPlan,
    shared: &RunShared,
    clock: RunClock,
) -> Result<Exports, SessionError> {
    let run = RunIdentity {
        run_id: plan.run_id.clone(),
        name: plan.name.clone(),
        tags: config.tags.clone(),
        target: plan.target.clone(),
        version: env!("CARGO_PKG_VERSION"),
        started_at: clock.now(),
        traces: shared.http.config().iteration_traces(),
    };
    let export = config.export.clone().unwrap_or_default();
    Exports::start(&export, opening, &run, clock)
        .map_err(|error| SessionError::Invalid(vec![Fault::from(error)]))
}
