//! A run in the fake world.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use outrider_model::{
    Admission, ExecutorPlan, JourneyPlan, PluginRef, RunClock, RunId, RunPlan, ScenarioPlan, Segment,
    Timestamp, VuFactory,
};

use super::ms;
use super::report::{Collector, Report};
use super::vu::{Act, Birth, Call, FakeFactory, Shared, State};
use crate::{PrepareError, Scheduler, StopHandle};

/// A scenario that starts at once, with a graceful stop of 30 s.
pub(crate) fn scenario(name: &str, executor: ExecutorPlan) -> ScenarioPlan {
    ScenarioPlan {
        name: name.to_owned(),
        journey: "fake".to_owned(),
        plugin_scenario: "default".to_owned(),
        weights: BTreeMap::new(),
        start_time: Duration::ZERO,
        graceful_stop: ms(30_000),
        tags: BTreeMap::new(),
        executor,
        share: None,
    }
}

/// A run to be made, on tokio's paused clock. By default every iteration completes after 100 ms, VUs
/// are made in no time, and nobody stops the run.
pub(crate) struct TestRun {
    scenarios: Vec<ScenarioPlan>,
    segment: Segment,
    factory: FakeFactory,
    stop_at: Option<Duration>,
    abort_at: Option<Duration>,
    prepares: bool,
}

impl TestRun {
    pub(crate) fn of(executor: ExecutorPlan) -> TestRun {
        TestRun::of_all(vec![scenario("s", executor)])
    }

    pub(crate) fn of_all(scenarios: Vec<ScenarioPlan>) -> TestRun {
        let factory = FakeFactory {
            script: Box::new(|_| Act::completes(ms(100))),
            admits: Box::new(|_| Admission::Start),
            births: Box::new(|_| Birth::default()),
            stop_takes: Duration::ZERO,
            clock: RunClock::starting_at(Timestamp(0)),
            state: Mutex::new(State::default()),
        };
        let segment = Segment::WHOLE;
        TestRun { scenarios, segment, factory, stop_at: None, abort_at: None, prepares: true }
    }

    pub(crate) fn script(mut self, script: impl Fn(Call) -> Act + Send + Sync + 'static) -> TestRun {
        self.factory.script = Box::new(script);
        self
    }

    /// `admits` gets the iteration's number.
    pub(crate) fn admits(mut self, admits: impl Fn(u64) -> Admission + Send + Sync + 'static) -> TestRun {
        self.factory.admits = Box::new(admits);
        self
    }

    /// `births` gets the VU's number and how often it was to be made before.
    pub(crate) fn births(mut self, births: impl Fn((u32, u32)) -> Birth + Send + Sync + 'static) -> TestRun {
        self.factory.births = Box::new(births);
        self
    }

    pub(crate) fn stop_takes(mut self, takes: Duration) -> TestRun {
        self.factory.stop_takes = takes;
        self
    }

    pub(crate) fn graceful_stop(mut self, graceful_stop: Duration) -> TestRun {
        self.scenarios.iter_mut().for_each(|scenario| scenario.graceful_stop = graceful_stop);
        self
    }

    pub(crate) fn segment(mut self, index: u32, count: u32) -> TestRun {
        self.segment = Segment { index, count };
        self
    }

    pub(crate) fn stop_at(mut self, at: Duration) -> TestRun {
        self.stop_at = Some(at);
        self
    }

    pub(crate) fn abort_at(mut self, at: Duration) -> TestRun {
        self.abort_at = Some(at);
        self
    }

    pub(crate) fn unprepared(mut self) -> TestRun {
        self.prepares = false;
        self
    }

    pub(crate) async fn run(self) -> Report {
        self.start().await.expect("the VUs can be made").finish().await
    }

    /// Everything up to the start of the run.
    pub(crate) async fn start(self) -> Result<StartedRun, PrepareError> {
        let (factory, sink) = (Arc::new(self.factory), Arc::new(Collector::default()));
        let clock = factory.clock;
        let vus = Arc::new(Shared(Arc::clone(&factory)));
        let plan = plan(self.scenarios);
        let vus: Vec<Arc<dyn VuFactory>> = plan.scenarios.iter().map(|_| Arc::clone(&vus) as _).collect();
        let mut scheduler = Scheduler::new(&plan, self.segment, vus, Arc::clone(&sink) as _, clock);
        let stop = StopHandle::new();
        if self.prepares {
            scheduler.prepare(&stop).await?;
        }
        Ok(StartedRun { scheduler, stop, factory, sink, stop_at: self.stop_at, abort_at: self.abort_at })
    }

    pub(crate) async fn fails_to_prepare(self) -> PrepareError {
        self.start().await.err().expect("the preparation fails")
    }
}

/// A run whose VUs are ready.
pub(crate) struct StartedRun {
    pub(crate) scheduler: Scheduler,
    pub(crate) stop: StopHandle,
    pub(crate) factory: Arc<FakeFactory>,
    pub(crate) sink: Arc<Collector>,
    stop_at: Option<Duration>,
    abort_at: Option<Duration>,
}

impl StartedRun {
    pub(crate) async fn finish(self) -> Report {
        let start = self.factory.clock.now();
        let (stopper, aborter) = (self.stop.clone(), self.stop.clone());
        let mut run = std::pin::pin!(self.scheduler.run(self.stop));
        let (mut stop, mut abort) = (pinned_sleep(self.stop_at), pinned_sleep(self.abort_at));
        let outcome = loop {
            tokio::select! {
                outcome = &mut run => break outcome,
                () = &mut stop => {
                    stopper.stop();
                    stop = pinned_sleep(None);
                }
                () = &mut abort => {
                    aborter.abort();
                    abort = pinned_sleep(None);
                }
            }
        };
        let end = self.factory.clock.now();
        let samples = self.sink.take();
        let state = self.factory.state.lock().unwrap();
        Report::new(outcome, samples, &state.events, state.most_in_the_making, (start, end))
    }
}

/// Never ready without a time.
fn pinned_sleep(after: Option<Duration>) -> outrider_model::BoxFuture<'static, ()> {
    match after {
        Some(after) => Box::pin(tokio::time::sleep(after)),
        None => Box::pin(std::future::pending()),
    }
}

fn plan(scenarios: Vec<ScenarioPlan>) -> RunPlan {
    let plugin =
        PluginRef { name: "fake".to_owned(), path: "fake.wasm".to_owned(), digest: "sha256:0".to_owned() };
    RunPlan {
        run_id: RunId::new("test").unwrap(),
        name: None,
        journeys: vec![JourneyPlan { name: "fake".to_owned(), plugin, parameters: BTreeMap::new() }],
        target: None,
        allow_net: Vec::new(),
        seed: 42,
        scenarios,
        packs: Vec::new(),
        thresholds: Vec::new(),
    }
}
