//! What the journeys may use of the world around them.

use std::sync::Arc;

use outrider_capability::{
    DataConfig, DataError, DataSets, DebuggedSink, Debugger, ForeignFormat, GrantError, Grants, HttpConfig,
    HttpShared, RedactingSink, Secrets,
};
use outrider_engine::RunShared;
use outrider_model::{RunClock, RunPlan, SampleSink};

use super::plan::random_bits;
use crate::dry_run::DataNeed;
use crate::fault::Faults;
use crate::{Asked, Fault, Places, SessionConfig, SessionError};

/// Data files that the crate of the data formats leaves to the one that has the library for them.
const PARQUET: ForeignFormat = ForeignFormat {
    ending: "parquet",
    read: |path, max_bytes| Ok(outrider_storage::read_data_file(path, max_bytes)?),
};

/// Target, grants, data and secrets of a run.
pub(super) struct Outside {
    http: HttpConfig,
    granted: Grants,
    data: DataSets,
    data_configs: Vec<DataConfig>,
    secrets: Secrets,
}

impl Outside {
    /// What is asked for, if it is sound. Without a sound target, grants, data and secrets are looked at
    /// nevertheless.
    pub(super) fn resolve(
        config: &SessionConfig,
        http: Option<HttpConfig>,
        seed: u64,
        faults: &mut Faults,
    ) -> Option<Outside> {
        let granted = faults.keep(grants(http.as_ref(), config));
        let data_configs = faults.keep_sound(config.data.iter().cloned());
        let scenarios: Vec<&str> = config.scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
        let data = faults.keep(data(&data_configs, &scenarios, seed, &config.places));
        let secrets = faults.keep(config.secrets.clone());
        // A test is the same each time, in its trace ids too.
        let trace_seed = if config.answerer.is_some() { seed } else { random_bits() };
        let http = HttpConfig { seed, trace_seed, ..http? };
        Some(Outside { http, granted: granted?, data: data?, data_configs, secrets: secrets? })
    }

    /// The target without the user and the password, which are sent and belong in no record.
    pub(super) fn target(&self) -> Option<String> {
        self.http.base_url.clone().map(|mut target| {
            // Neither can fail: a target has a host.
            target.set_username("").ok();
            target.set_password(None).ok();
            target.to_string()
        })
    }

    /// What the run lets the plugin use, as the user would grant it, without secrets.
    pub(super) fn grants_in_words(&self, plan: &RunPlan) -> Vec<String> {
        let target = plan.target.iter().map(|target| format!("target:{target}"));
        let net = plan.allow_net.iter().map(|entry| format!("net:{entry}"));
        let data = self.data_configs.iter().map(|data| format!("data:{data}"));
        let secrets = self.secrets.names().map(|name| format!("secret:{name}"));
        let mut grants: Vec<String> = target.chain(net).chain(data).chain(secrets).collect();
        grants.iter_mut().for_each(|grant| self.secrets.redactor().clean(grant));
        grants
    }

    /// The data files and their rows.
    pub(super) fn data_needs(&self) -> Vec<DataNeed> {
        let needs = self.data_configs.iter().map(|config| DataNeed {
            name: config.name.clone(),
            path: config.path.display().to_string(),
            policy: config.policy.to_string(),
            rows: self.data.len(&config.name).unwrap_or_default(),
        });
        needs.collect()
    }

    /// Everything that all journeys share.
    pub(super) fn shared(
        self,
        config: &SessionConfig,
        seed: u64,
        sink: Arc<dyn SampleSink>,
        clock: RunClock,
    ) -> Result<RunShared, SessionError> {
        let redactor = self.secrets.redactor().clone();
        let heard = match &config.listener {
            Some(listener) => listener.on(sink),
            None => sink,
        };
        let debugger = config
            .debug
            .as_ref()
            .map(|debug| Debugger::new(debug.listener.clone(), redactor.clone(), clock, debug.body_bytes));
        let heard = match &debugger {
            Some(debugger) => DebuggedSink::wrap(heard, debugger.clone()),
            None => heard,
        };
        let sink = RedactingSink::wrap(heard, &redactor);
        let http = HttpShared::new(self.http, self.granted, clock, Arc::clone(&sink))
            .map_err(|error| SessionError::Invalid(vec![Fault::of(&error)]))?
            .with_debugger(debugger.clone())
            .with_answerer(config.answerer.clone());
        Ok(RunShared {
            sink,
            clock,
            http: Arc::new(http),
            data: self.data,
            secrets: self.secrets,
            redactor,
            parameters: "{}".into(),
            setup_data: Arc::default(),
            seed,
            journey: "".into(),
            limits: config.limits,
            debugger,
            skips_waits: config.debug.as_ref().is_some_and(|debug| debug.skips_waits),
        })
    }
}

fn grants(http: Option<&HttpConfig>, config: &SessionConfig) -> Asked<Grants> {
    let target = http.and_then(|http| http.base_url.as_ref());
    let place = |error: &GrantError| config.places.of(&format!("grants.allow_net.{}", error.entry()));
    let fault = |error: &GrantError| Fault::of(error).at(place(error)).hint(error.hint());
    Grants::new(target, &config.allow_net).map_err(|errors| errors.iter().map(fault).collect())
}

fn data(files: &[DataConfig], scenarios: &[&str], seed: u64, places: &Places) -> Asked<DataSets> {
    let fault = |error: &DataError| {
        let file = files.iter().find(|file| error.is_about(file));
        Fault::of(error).at(file.and_then(|file| places.of(&format!("data.{}.file", file.name))))
    };
    DataSets::load(files, scenarios, seed, &[PARQUET]).map_err(|errors| errors.iter().map(fault).collect())
}
