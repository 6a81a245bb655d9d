//! Running one test.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use outrider_capability::{DebugEvent, DebugListener, HttpConfig, HttpRequest, parse_target};
use outrider_engine::{CodeCache, Limits, PluginFile, RawRecord, World};
use outrider_model::{ExecutorPlan, IterationIndex, Timestamp};
use outrider_plan::{ExchangeTable, Place, RecordTable, TestTable, Written};
use outrider_session::{
    DebugConfig, JourneyConfig, JourneyTest, LoadConfig, PackTest, ScenarioConfig, Session, SessionConfig,
    SessionError, StagedEnd, StagedStep,
};

use super::answers;
use super::script::{Heard, Script, Sequence};
use super::seen::Seen;
use super::sources::Source;
use crate::commands::check::alert;
use crate::failure::Fault;

/// 2026-01-01T00:00:00Z, in nanoseconds since 1970: when tests begin that do not say it.
const DEFAULT_NOW: Timestamp = Timestamp(1_767_225_600_000_000_000);

/// The target of tests that name none. No name below `.invalid` is ever anybody's (RFC 6761).
pub(super) const DEFAULT_TARGET: &str = "http://test.invalid";

/// 4 KiB of each body are told of.
const TOLD_BODY_BYTES: usize = 4 * 1024;

/// One test of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case<'a> {
    pub(super) source: &'a Source,
    /// From 1.
    pub(super) number: usize,
    pub(super) test: &'a Written<TestTable>,
}

/// What a plugin is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Journey,
    Pack,
    Transform,
    Channel,
}

impl Kind {
    pub(super) fn of(world: World) -> Kind {
        match world {
            World::Journey | World::JourneyAsync => Kind::Journey,
            World::AssertionPack => Kind::Pack,
            World::Transform => Kind::Transform,
            World::AlertChannel => Kind::Channel,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Kind::Journey => "a journey",
            Kind::Pack => "an assertion pack",
            Kind::Transform => "a transform",
            Kind::Channel => "an alert channel",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Kind::Journey => "it runs a scenario with [[test.answer]]",
            Kind::Pack => "it judges [[test.exchange]], [[test.step]] and [test.iteration]",
            Kind::Transform => "it is given [[test.record]], and expected records are in [test.expect]",
            Kind::Channel => "it delivers [test.alert] with [[test.answer]]",
        }
    }
}

fn place<T>(written: &Option<Written<T>>) -> Option<Place> {
    written.as_ref().map(|written| written.at)
}

/// Keys of a file itself that are for another kind of plugin: nothing would read them.
pub(super) fn misplaced_in_file(source: &Source, kind: Kind) -> Vec<Fault> {
    let file = source.file();
    let (asks, iterates) = (&[Kind::Journey, Kind::Channel][..], &[Kind::Journey][..]);
    let sends = &[Kind::Journey, Kind::Channel, Kind::Pack][..];
    let all = [
        (place(&file.seed), "seed", sends),
        (place(&file.target), "target", sends),
        (place(&file.allow_net), "allow_net", asks),
        (place(&file.iteration_timeout), "iteration_timeout", iterates),
        (place(&file.secrets), "secrets", asks),
        (place(&file.data), "data", iterates),
        (place(&file.answer), "answer", asks),
    ];
    let misplaced = all.into_iter().filter(|(_, _, kinds)| !kinds.contains(&kind));
    let fault = |(at, key, _): (Option<Place>, &str, _)| {
        let fault = source.fault(at?, format_args!("{key}: the plugin is {}", kind.words()));
        Some(fault.hint(kind.hint()))
    };
    misplaced.filter_map(fault).collect()
}

/// Events as they come.
#[derive(Clone, Debug, Default)]
pub(super) struct Events(Arc<Mutex<Vec<DebugEvent>>>);

/// A hundred thousand events of one test are kept: more than anybody reads, and no test fills the memory.
const MAX_EVENTS: usize = 100_000;

impl Events {
    pub(super) fn listener(&self) -> DebugListener {
        let events = self.clone();
        DebugListener::new(move |event| {
            let mut kept = events.0.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() < MAX_EVENTS {
                kept.push(event);
            }
        })
    }

    pub(super) fn take(&self) -> Vec<DebugEvent> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Case<'_> {
    /// Its name.
    pub(super) fn name(&self) -> &str {
        self.test.value.name.as_ref().map_or("", |name| &name.value)
    }

    /// The file it stands in and the line.
    pub(super) fn place(&self) -> (PathBuf, usize) {
        (self.source.path.clone(), self.test.at.line)
    }

    /// Keys that are for another kind of plugin.
    pub(super) fn misplaced(&self, kind: Kind) -> Vec<Fault> {
        let test = &self.test.value;
        let at = |written: Option<Place>, key: &'static str, kinds: &'static [Kind]| {
            written.filter(|_| !kinds.contains(&kind)).map(|at| (at, key))
        };
        let expect = test.expect.as_ref().map(|expect| &expect.value);
        let (asks, iterates) = (&[Kind::Journey, Kind::Channel], &[Kind::Journey]);
        let judged = &[Kind::Journey, Kind::Pack];
        let all = [
            at(place(&test.scenario), "scenario", iterates),
            at(place(&test.index), "index", iterates),
            at(place(&test.iterations), "iterations", iterates),
            at(place(&test.seed), "seed", &[Kind::Journey, Kind::Channel, Kind::Pack]),
            at(place(&test.answer), "answer", asks),
            at(place(&test.exchange), "exchange", &[Kind::Pack]),
            at(place(&test.step), "step", &[Kind::Pack]),
            at(place(&test.iteration), "iteration", &[Kind::Pack]),
            at(place(&test.record), "record", &[Kind::Transform]),
            at(place(&test.alert), "alert", &[Kind::Channel]),
            at(expect.and_then(|expect| place(&expect.checks)), "expect.checks", judged),
            at(expect.and_then(|expect| place(&expect.requests)), "expect.requests", asks),
            at(expect.and_then(|expect| place(&expect.steps)), "expect.steps", iterates),
            at(expect.and_then(|expect| place(&expect.records)), "expect.records", &[Kind::Transform]),
            at(expect.and_then(|expect| place(&expect.delivery)), "expect.delivery", &[Kind::Channel]),
        ];
        let fault = |(at, key): (Place, &str)| {
            let what = format!("[test[{}]] {key}: the plugin is {}", self.number, kind.words());
            self.source.fault(at, what).hint(kind.hint())
        };
        all.into_iter().flatten().map(fault).collect()
    }

    /// Runs it with a journey. `scenarios` are the journey's.
    pub(super) async fn run_journey(
        &self,
        plugin: &PluginFile,
        scenarios: &[String],
    ) -> Result<Seen, SessionError> {
        let mut faults = Vec::new();
        let http = self.http().map_err(|fault| vec![fault]);
        let origin = http.as_ref().map_or_else(|_| String::new(), |(_, origin)| origin.clone());
        let answers = self.answers().map_err(|found| faults.extend(found)).unwrap_or_default();
        let script = Arc::new(Script::new(origin, answers));
        let events = Events::default();
        let config = SessionConfig {
            answerer: Some(Arc::<Script>::clone(&script)),
            http: http.map(|(http, _)| http),
            debug: Some(DebugConfig {
                listener: events.listener(),
                body_bytes: TOLD_BODY_BYTES,
                skips_waits: false,
            }),
            ..self.config(plugin, scenarios, faults)
        };
        let test = &self.test.value;
        let asked = JourneyTest {
            first: IterationIndex(test.index.as_ref().map_or(0, |index| index.value)),
            iterations: test.iterations.as_ref().map_or(1, |count| count.value),
        };
        let tested = Box::pin(Session::test(&config, asked)).await?;
        Ok(Seen::of_journey(tested, events.take(), script.heard()))
    }

    /// Runs it with an alert channel.
    pub(super) async fn run_channel(&self, plugin: &PluginFile) -> Result<Seen, SessionError> {
        let mut faults = Vec::new();
        let alert = match &self.test.value.alert {
            None => Ok(alert::of_nothing(self.now())),
            Some(written) => alert::of_value(&written.value, self.now()).map_err(|why| {
                let fault = self.source.fault(written.at, format!("[test[{}]] alert: {why}", self.number));
                fault.hint(alert::WHAT_IT_IS)
            }),
        };
        let alert = alert.map_err(|fault| faults.push(fault)).ok();
        let http = self.http().map_err(|fault| faults.push(fault)).ok();
        let answers = self.answers().map_err(|found| faults.extend(found)).ok();
        let (Some(alert), Some((http, origin)), Some(answers)) = (alert, http, answers) else {
            return Err(SessionError::Invalid(faults));
        };
        let script = Arc::new(Script::new(origin, answers));
        let config = SessionConfig {
            answerer: Some(Arc::<Script>::clone(&script)),
            http: Ok(http),
            ..self.config(plugin, &[], Vec::new())
        };
        let tested = Box::pin(Session::trial_of_channel(config, &alert)).await?;
        Ok(Seen::of_channel(&tested, script.heard()))
    }

    /// Runs it with a transform.
    pub(super) async fn run_transform(&self, plugin: &PluginFile) -> Result<Seen, SessionError> {
        let (mut records, mut faults) = (Vec::new(), Vec::new());
        for written in self.test.value.record.iter().flat_map(|all| &all.value) {
            match self.records(&written.value) {
                Ok(found) => records.extend(found),
                Err(fault) => faults.push(fault),
            }
        }
        for (record, position) in records.iter_mut().zip(0..) {
            record.position = position;
        }
        if !faults.is_empty() {
            return Err(SessionError::Invalid(faults));
        }
        let tested =
            Box::pin(Session::trial_of_transform(self.config(plugin, &[], Vec::new()), &records)).await?;
        Ok(Seen::of_transform(&tested))
    }

    /// A record, or those of a file.
    fn records(&self, table: &RecordTable) -> Result<Vec<RawRecord>, Fault> {
        let received = table.received.as_ref().map_or_else(|| self.now(), |received| received.value);
        let record = |source: &str, data: &[u8]| RawRecord {
            source: table.source.as_ref().map_or(source, |source| &source.value).to_owned(),
            position: 0,
            received,
            data: data.to_vec(),
        };
        if let Some(text) = &table.text {
            return Ok(vec![record("test", text.value.as_bytes())]);
        }
        let Some(file) = &table.file else { return Ok(Vec::new()) };
        let path = self.source.path_of(&file.value);
        let data = std::fs::read(&path).map_err(|error| {
            let fault = self.source.fault(file.at, format_args!("cannot read '{}'", path.display()));
            fault.cause(error.to_string())
        })?;
        let lines = data.strip_suffix(b"\n").unwrap_or(&data).split(|byte| *byte == b'\n');
        let lines = lines.filter(|_| !data.is_empty());
        Ok(lines.map(|line| record(&file.value, line.strip_suffix(b"\r").unwrap_or(line))).collect())
    }

    /// Everything of a run but what is scripted.
    fn config(&self, plugin: &PluginFile, scenarios: &[String], mut faults: Vec<Fault>) -> SessionConfig {
        let (source, test) = (self.source, &self.test.value);
        let places = source.places(self.number);
        // What makes no load has none.
        let named = match scenarios {
            [] => Ok(String::new()),
            all => self.scenario(all).map_err(|fault| faults.push(fault)),
        };
        // In the place of one that is not there, any: what else is wrong is found all the same.
        let scenario = named.unwrap_or_else(|()| scenarios.first().cloned().unwrap_or_default());
        let file = source.file();
        let timeout = file.iteration_timeout.as_ref().map(|timeout| timeout.value);
        let allow_net = file.allow_net.iter().flat_map(|list| &list.value);
        let (secrets, _) = source.secrets();
        SessionConfig {
            faults,
            name: None,
            tags: Vec::new(),
            annotations: Vec::new(),
            journeys: vec![JourneyConfig {
                plugin: Ok(plugin.clone()),
                parameters: source.parameters(test),
                title: "the journey".to_owned(),
                places,
            }],
            set: Vec::new(),
            scenarios: vec![one_iteration(&scenario, Duration::ZERO)],
            packs: Vec::new(),
            thresholds: Vec::new(),
            allow_net: allow_net.map(|entry| entry.value.clone()).collect(),
            // What is wrong with it is said of the file.
            data: source.data().unwrap_or_default().into_iter().map(Ok).collect(),
            secrets: Ok(secrets),
            seed: Some(self.seed()),
            http: Ok(HttpConfig::default()),
            limits: Limits {
                iteration_timeout: timeout.unwrap_or(Limits::default().iteration_timeout),
                ..Limits::default()
            },
            export: Ok(outrider_session::ExportConfig::default()),
            out: ".".to_owned(),
            cache: CodeCache::for_user(),
            listener: None,
            debug: None,
            answerer: None,
            now: Some(self.now()),
            places: outrider_session::Places::default(),
        }
    }

    /// The scenario of the journey that is run.
    fn scenario(&self, scenarios: &[String]) -> Result<String, Fault> {
        let test = &self.test.value;
        let all = scenarios.join(", ");
        match (&test.scenario, scenarios) {
            (Some(named), _) if scenarios.contains(&named.value) => Ok(named.value.clone()),
            (Some(named), _) => {
                let hint = match outrider_model::nearest(&named.value, scenarios.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean {near}?"),
                    None => format!("it has {all}"),
                };
                let what = format!("[test[{}]] scenario: the journey has no '{}'", self.number, named.value);
                Err(self.source.fault(named.at, what).hint(hint))
            }
            (None, [only]) => Ok(only.clone()),
            (None, _) => {
                let what = format!("[test[{}]] has no scenario, and the journey has several", self.number);
                Err(self.source.fault(self.test.at, what).hint(format!("name one of {all}")))
            }
        }
    }

    /// Runs it with an assertion pack.
    pub(super) async fn run_pack(&self, plugin: &PluginFile) -> Result<Seen, SessionError> {
        let (test, source) = (&self.test.value, self.source);
        let (http, _) = self.http().map_err(invalid)?;
        let (mut requests, mut given, mut faults) = (Vec::new(), Vec::new(), Vec::new());
        for exchange in test.exchange.iter().flat_map(|all| &all.value) {
            match answers::of_exchange(source, &exchange.value) {
                Ok(scripted) => given.push(scripted),
                Err(fault) => faults.push(fault),
            }
            requests.extend(request(&exchange.value));
        }
        if !faults.is_empty() {
            return Err(SessionError::Invalid(faults));
        }
        let events = Events::default();
        let staged = PackTest {
            plugin: plugin.clone(),
            parameters: source.parameters(test),
            places: source.places(self.number),
            now: self.now(),
            seed: self.seed(),
            http,
            allow_net: requests.iter().filter_map(grant).collect(),
            answerer: Arc::new(Sequence::new(given)),
            cache: CodeCache::for_user(),
            listener: events.listener(),
            exchanges: requests,
            steps: self.steps(),
            end: test.iteration.as_ref().map(|end| StagedEnd {
                scenario: end.value.scenario.as_ref().map_or("default", |it| &it.value).to_owned(),
                duration: end.value.duration.as_ref().map(|duration| duration.value),
                error: end.value.error.as_ref().map(|error| error.value.clone()),
            }),
        };
        let tested = Box::pin(Session::test_pack(&staged)).await?;
        Ok(Seen::of_pack(&tested, events.take(), Heard::default()))
    }

    fn steps(&self) -> Vec<StagedStep> {
        let steps = self.test.value.step.iter().flat_map(|all| &all.value).map(|step| &step.value);
        steps
            .map(|step| StagedStep {
                name: step.name.as_ref().map_or_else(String::new, |name| name.value.clone()),
                duration: step.duration.as_ref().map_or(Duration::ZERO, |duration| duration.value),
                error: step.error.as_ref().map(|error| error.value.clone()),
            })
            .collect()
    }

    fn seed(&self) -> u64 {
        let own = self.test.value.seed.as_ref().or(self.source.file().seed.as_ref());
        own.map_or(0, |seed| seed.value)
    }

    fn now(&self) -> Timestamp {
        let own = self.test.value.now.as_ref().or(self.source.file().now.as_ref());
        own.map_or(DEFAULT_NOW, |now| now.value)
    }

    /// How HTTP is spoken, and how the target's URLs begin.
    fn http(&self) -> Result<(HttpConfig, String), Fault> {
        let target = self.source.file().target.as_ref();
        let text = target.map_or(DEFAULT_TARGET, |target| &target.value);
        let url = parse_target(text).map_err(|error| {
            let at = target.map_or_else(Place::default, |target| target.at);
            self.source.fault(at, &error).hint(error.hint())
        })?;
        let origin = url.origin().ascii_serialization();
        Ok((HttpConfig { base_url: Some(url), ..HttpConfig::default() }, origin))
    }

    /// The test's own answers before those of the file.
    fn answers(&self) -> Result<Vec<super::script::Answer>, Vec<Fault>> {
        let within = format!("test[{}].", self.number);
        let own = answers::answers(self.source, &self.test.value.answer, &within);
        let common = answers::answers(self.source, &self.source.file().answer, "");
        match (own, common) {
            (Ok(own), Ok(common)) => Ok(own.into_iter().chain(common).collect()),
            (own, common) => Err([own.err(), common.err()].into_iter().flatten().flatten().collect()),
        }
    }
}

fn invalid(fault: Fault) -> SessionError {
    SessionError::Invalid(vec![fault])
}

/// A scenario of the run with one user and one iteration.
pub(super) fn one_iteration(scenario: &str, graceful_stop: Duration) -> ScenarioConfig {
    ScenarioConfig {
        name: scenario.to_owned(),
        journey: 0,
        plugin_scenario: Some(scenario.to_owned()),
        weights: None,
        start_time: Duration::ZERO,
        graceful_stop,
        tags: std::collections::BTreeMap::new(),
        load: Ok(LoadConfig::exactly(ExecutorPlan::SharedIterations {
            vus: 1,
            iterations: 1,
            max_duration: outrider_model::DEFAULT_MAX_DURATION,
        })),
        share: None,
        places: outrider_session::Places::default(),
    }
}

/// The request of an exchange. A redirect is the answer that is judged, and not followed.
fn request(exchange: &ExchangeTable) -> Option<HttpRequest> {
    let pattern = &exchange.request.as_ref()?.value;
    let method = pattern.method.as_deref().unwrap_or("GET");
    Some(HttpRequest {
        name: exchange.name.as_ref().map(|name| name.value.as_str().into()),
        max_redirects: Some(0),
        ..HttpRequest::new(method, pattern.target.as_str())
    })
}

/// What lets a request to another host than the target pass.
fn grant(request: &HttpRequest) -> Option<String> {
    let url = parse_target(&request.url).ok()?;
    Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
}
