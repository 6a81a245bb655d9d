//! A test of an assertion pack: it judges what is staged.

use std::sync::Arc;
use std::time::Duration;

use outrider_capability::{
    Answerer, DebugListener, DebuggedSink, Debugger, Grants, HttpConfig, HttpRequest, HttpShared,
};
use outrider_engine::{AttachedPack, CodeCache, Limits, PackAccount, PluginFile, RunShared, StagedUser};
use outrider_model::{FailureCause, IterationFailure, IterationOutcome, RunClock, SampleSink, Timestamp};

use crate::fault::Faults;
use crate::parameters::{self, Whose};
use crate::trial::Collector;
use crate::{Breakdown, CallEnd, Fault, ParameterValue, Places, Seen, Session, SessionError, preview};

/// An assertion pack, and what it is to judge.
#[derive(Clone, Debug)]
pub struct PackTest {
    /// The pack.
    pub plugin: PluginFile,
    /// Its parameters.
    pub parameters: Vec<(String, ParameterValue)>,
    /// Where its `parameters` stand.
    pub places: Places,
    /// What the clock says at the beginning.
    pub now: Timestamp,
    /// The seed of all random choices.
    pub seed: u64,
    /// How HTTP is spoken.
    pub http: HttpConfig,
    /// Hosts and ports of requests besides the target's.
    pub allow_net: Vec<String>,
    /// Answers the requests.
    pub answerer: Arc<dyn Answerer>,
    /// Where compiled code is kept.
    pub cache: CodeCache,
    /// Hears of each thing.
    pub listener: DebugListener,
    /// The requests whose exchanges are judged, one after the other.
    pub exchanges: Vec<HttpRequest>,
    /// The steps that are judged after them.
    pub steps: Vec<StagedStep>,
    /// The iteration that is judged at last, if one is.
    pub end: Option<StagedEnd>,
}

/// A step that ended.
#[derive(Clone, Debug)]
pub struct StagedStep {
    /// Its name.
    pub name: String,
    /// How long it took.
    pub duration: Duration,
    /// The error that ended it.
    pub error: Option<String>,
}

/// An iteration that ended.
#[derive(Clone, Debug)]
pub struct StagedEnd {
    /// The scenario.
    pub scenario: String,
    /// How long it took; what the exchanges took if it is not said.
    pub duration: Option<Duration>,
    /// The error that ended it.
    pub error: Option<String>,
}

/// What a pack said in a test.
#[derive(Clone, Debug)]
pub struct TestedPack {
    /// What was measured: its verdicts among it.
    pub seen: Seen,
    /// How its `start` ended.
    pub start: CallEnd,
    /// What became of its calls.
    pub account: PackAccount,
    /// How long everything took by the clock.
    pub duration: Duration,
}

/// 2 KiB of each body are told of, as in a run that is debugged.
const TOLD_BODY_BYTES: usize = outrider_capability::DEFAULT_DEBUG_BODY_BYTES;

impl Session {
    /// Has an assertion pack judge what is staged, by a clock that begins at [`PackTest::now`].
    ///
    /// # Errors
    ///
    /// If the pack cannot be loaded, does not say what it is, or does not take its parameters.
    pub async fn test_pack(test: &PackTest) -> Result<TestedPack, SessionError> {
        let clock = RunClock::starting_at(test.now);
        let collector = Arc::new(Collector::default());
        let run = Arc::new(run_of(test, clock, &collector)?);
        let pack = attached(test, &run, clock).await?;
        let scenario = test.end.as_ref().map_or("default", |end| &end.scenario);
        let began = clock.instant();
        let start = match StagedUser::start(run, std::slice::from_ref(&pack), scenario).await {
            Ok(user) => {
                play(user, test, clock).await;
                CallEnd::Done
            }
            Err(fault) => CallEnd::Broke(Breakdown::from(fault)),
        };
        let duration = clock.instant().saturating_duration_since(began);
        Ok(TestedPack { seen: collector.take(), start, account: pack.account(), duration })
    }
}

/// Does one thing after the other.
async fn play(mut user: StagedUser, test: &PackTest, clock: RunClock) {
    let began = clock.instant();
    for request in &test.exchanges {
        user.exchange(request).await;
    }
    for step in &test.steps {
        user.step(&step.name, step.duration, step.error.as_deref()).await;
    }
    if let Some(end) = &test.end {
        let elapsed = clock.instant().saturating_duration_since(began);
        user.end(&outcome(end.error.as_deref()), end.duration.unwrap_or(elapsed)).await;
    }
}

fn outcome(error: Option<&str>) -> IterationOutcome {
    match error {
        None => IterationOutcome::Completed,
        Some(message) => IterationOutcome::Failed(IterationFailure {
            cause: FailureCause::Target,
            kind: "journey",
            message: message.to_owned(),
            stack: None,
        }),
    }
}

/// The run as whoever is watched has it.
fn run_of(test: &PackTest, clock: RunClock, sink: &Arc<Collector>) -> Result<RunShared, SessionError> {
    let invalid = |faults| SessionError::Invalid(faults);
    let grants = Grants::new(test.http.base_url.as_ref(), &test.allow_net);
    let of_grant = |error: &outrider_capability::GrantError| Fault::of(error).hint(error.hint());
    let grants = grants.map_err(|errors| invalid(errors.iter().map(of_grant).collect()))?;
    let unmeasured = preview::unmeasured(clock, Limits::default());
    let debugger = Debugger::new(test.listener.clone(), unmeasured.redactor.clone(), clock, TOLD_BODY_BYTES);
    let sink: Arc<dyn SampleSink> = Arc::<Collector>::clone(sink);
    let sink = DebuggedSink::wrap(sink, debugger.clone());
    let http = HttpConfig { seed: test.seed, trace_seed: test.seed, ..test.http.clone() };
    let http = HttpShared::new(http, grants, clock, Arc::clone(&sink))
        .map_err(|error| invalid(vec![Fault::of(&error)]))?
        .with_debugger(Some(debugger.clone()))
        .with_answerer(Some(Arc::clone(&test.answerer)));
    Ok(RunShared { sink, http: Arc::new(http), seed: test.seed, debugger: Some(debugger), ..unmeasured })
}

/// The pack, loaded, with its parameters.
async fn attached(test: &PackTest, run: &RunShared, clock: RunClock) -> Result<AttachedPack, SessionError> {
    let mut faults = Faults::default();
    let Some(pack) = faults.keep_one(test.plugin.load_pack(1, &test.cache)) else {
        return Err(SessionError::Invalid(faults.into_vec()));
    };
    let unmeasured = Arc::new(preview::unmeasured(clock, Limits::default()));
    let description = pack.describe(unmeasured).await.map_err(|fault| SessionError::DescribePack {
        name: test.plugin.reference().name,
        breakdown: Box::new(Breakdown::from(fault)),
    })?;
    let places = test.places.within("parameters");
    let whose = Whose { who: &format!("assertion pack '{}'", description.name), places: &places };
    let parameters = parameters::resolve(whose, &test.parameters, description.parameters.as_ref())
        .map_err(SessionError::Invalid)?;
    let parameters = serde_json::Value::Object(parameters).to_string();
    Ok(AttachedPack::new(pack, &description, parameters, Vec::new(), run))
}
