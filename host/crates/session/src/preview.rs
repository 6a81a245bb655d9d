//! Asking a plugin what it is, outside of any run: nothing is measured, nothing may be reached.

use std::sync::{Arc, OnceLock};

use outrider_capability::{DataSets, Grants, HttpConfig, HttpShared, Redactor, Secrets};
use outrider_engine::{Limits, RunShared};
use outrider_model::{RunClock, Sample, SampleSink};

/// What a plugin is given when it is asked what it is.
#[derive(Debug)]
pub struct Preview {
    shared: Arc<RunShared>,
}

impl Preview {
    /// With the default limits.
    #[expect(clippy::new_without_default, reason = "it reads the clock")]
    pub fn new() -> Preview {
        Preview { shared: Arc::new(unmeasured(RunClock::start_now(), Limits::default())) }
    }

    /// As the engine wants it.
    pub fn shared(&self) -> &Arc<RunShared> {
        &self.shared
    }
}

/// A run without network, data and parameters, whose samples go nowhere.
pub(crate) fn unmeasured(clock: RunClock, limits: Limits) -> RunShared {
    let sink = nowhere();
    let grants = Grants::new(None, &[] as &[&str]).expect("no grant has no fault");
    let http = HttpShared::new(HttpConfig::default(), grants, clock, Arc::clone(&sink))
        .expect("the default user agent is a header's value");
    RunShared {
        sink,
        clock,
        http: Arc::new(http),
        data: DataSets::default(),
        secrets: Secrets::default(),
        redactor: Redactor::default(),
        parameters: "{}".into(),
        setup_data: Arc::new(OnceLock::new()),
        seed: 0,
        journey: "".into(),
        limits,
        debugger: None,
        skips_waits: false,
    }
}

/// Takes samples and keeps none.
pub(crate) fn nowhere() -> Arc<dyn SampleSink> {
    Arc::new(Nowhere)
}

#[derive(Debug)]
struct Nowhere;

impl SampleSink for Nowhere {
    fn record(&self, _sample: Sample) {}
}
