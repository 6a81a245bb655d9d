//! What a store holds for one virtual user.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use outrider_capability::{
    DataSets, Debugger, DrawFor, Happening, HttpClient, HttpShared, Lifecycle, Redactor, RowFor, Secrets,
    TimeLimit, VuRandom,
};
use outrider_model::{
    IterationIndex, LogLevel, LogSample, Origin, RunClock, Sample, SampleSink, StepSample, Tags, Timestamp,
    VuId,
};
use outrider_wit::wasmtime::component::ResourceTable;
use wasmtime_wasi::{HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use crate::fault::CpuLimit;
use crate::limits::{CpuMeter, Limits, MAX_NAME_BYTES, MAX_TAGS, MemoryBudget};
use crate::output::{Output, Stream, Taken, printable};
use crate::pack::{EndedStep, Packs, SubjectKind};

/// What all users of a run's journey have in common; but for its parameters and what its `setup` returned, with
/// those of the other journeys too.
#[derive(Clone, Debug)]
pub struct RunShared {
    /// Takes the measurements.
    pub sink: Arc<dyn SampleSink>,
    /// The run's clock.
    pub clock: RunClock,
    /// TLS, grants, limits and name cache of all HTTP clients.
    pub http: Arc<HttpShared>,
    /// The data that the run was given.
    pub data: DataSets,
    /// The secrets that the journey may use.
    pub secrets: Secrets,
    /// Keeps secrets out of everything that is recorded or said.
    pub redactor: Redactor,
    /// The parameters, a JSON object, defaults filled in.
    pub parameters: String,
    /// What `setup` returned, once it has run.
    pub setup_data: Arc<OnceLock<String>>,
    /// The run's seed.
    pub seed: u64,
    /// The journey's name: what is drawn outside of iterations follows from it.
    pub journey: Arc<str>,
    /// Limits of each user.
    pub limits: Limits,
    /// Told of each thing that the users do, if somebody debugs the run.
    pub debugger: Option<Debugger>,
    /// Think times and other waits of guests take no time.
    pub skips_waits: bool,
}

impl RunShared {
    /// The run as one of its journeys sees it: with its own name, its own parameters, a JSON object with defaults
    /// filled in, and its own `setup`.
    #[must_use]
    pub fn of_journey(&self, name: &str, parameters: String) -> RunShared {
        RunShared { journey: name.into(), parameters, setup_data: Arc::default(), ..self.clone() }
    }

    /// The run as a transform sees it: its own parameters, no data and no secrets.
    #[must_use]
    pub fn of_transform(&self, parameters: String) -> RunShared {
        let (data, secrets) = (DataSets::default(), Secrets::default());
        RunShared { parameters, data, secrets, setup_data: Arc::default(), ..self.clone() }
    }

    /// The run as an alert channel sees it: its own parameters, no data.
    #[must_use]
    pub fn of_channel(&self, parameters: String) -> RunShared {
        RunShared { parameters, data: DataSets::default(), setup_data: Arc::default(), ..self.clone() }
    }

    /// The run as an assertion pack sees it: its own parameters and limits, no data and no secrets.
    pub(crate) fn of_pack(&self, parameters: String) -> RunShared {
        RunShared {
            sink: Arc::clone(&self.sink),
            clock: self.clock,
            http: Arc::clone(&self.http),
            data: DataSets::default(),
            secrets: Secrets::default(),
            redactor: self.redactor.clone(),
            parameters,
            setup_data: Arc::clone(&self.setup_data),
            seed: self.seed,
            journey: Arc::clone(&self.journey),
            limits: self.limits.of_pack(),
            // What it says of the journey is told by its verdicts.
            debugger: None,
            skips_waits: self.skips_waits,
        }
    }
}

/// Ten lines of 256 bytes are shown with a failure of `setup` or `start`; all of them are in the table `logs`.
const MAX_SAID_LINES: usize = 10;
const MAX_SAID_LINE_BYTES: usize = 256;

/// An open step.
#[derive(Debug)]
pub(crate) struct OpenStep {
    pub(crate) id: u32,
    pub(crate) name: Arc<str>,
    pub(crate) started_at: Timestamp,
    /// The tags of what is recorded in it, besides the iteration's.
    pub(crate) tags: Vec<(Arc<str>, Arc<str>)>,
    /// What was `VuState::unmeasured` then.
    pub(crate) unmeasured: Duration,
}

/// How a step ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StepEnd<'a> {
    /// As the journey wanted.
    Well,
    /// With an error of the journey, or of the iteration around it.
    Failed(&'a str),
    /// Its iteration was interrupted.
    Interrupted,
}

impl<'a> StepEnd<'a> {
    /// With that error, if it is one.
    pub(crate) fn of(error: Option<&'a str>) -> StepEnd<'a> {
        error.map_or(StepEnd::Well, StepEnd::Failed)
    }

    /// What its row says.
    fn error(self) -> Option<&'a str> {
        match self {
            StepEnd::Well => None,
            StepEnd::Failed(error) => Some(error),
            StepEnd::Interrupted => Some("interrupted"),
        }
    }
}

/// The store's data.
pub(crate) struct VuState {
    pub(crate) run: Arc<RunShared>,
    pub(crate) http: HttpClient,
    pub(crate) random: VuRandom,
    pub(crate) output: Output,
    pub(crate) memory: MemoryBudget,
    pub(crate) cpu: CpuMeter,
    /// This machine ran out of something in this iteration: what fails now is not the target's fault.
    pub(crate) generator_limit: bool,
    /// The guest asked for a row in this iteration and there was none left.
    pub(crate) data_exhausted: bool,
    pub(crate) vu: VuId,
    pub(crate) scenario: Arc<str>,
    /// The scenario of the plugin that the iteration runs.
    pub(crate) plugin_scenario: Arc<str>,
    pub(crate) iteration: IterationIndex,
    pub(crate) tags: BTreeMap<Arc<str>, Arc<str>>,
    shared_tags: Tags,
    pub(crate) steps: Vec<OpenStep>,
    /// The step outside of all those that are open here: a pack's is that of the journey.
    outer_step: Option<Arc<str>>,
    pub(crate) next_step: u32,
    /// The last lines that the guest printed or logged outside of iterations: whoever hears that it failed there
    /// wants to see them.
    said: VecDeque<String>,
    /// The packs that watch this user.
    pub(crate) packs: Packs,
    /// Time of this iteration that was spent on packs: no part of what is measured.
    pub(crate) unmeasured: Duration,
    /// The name of the pack whose state this is; empty for a journey's.
    pub(crate) pack: Arc<str>,
    /// Whether it may record steps and checks: a plugin that makes no load is no part of a run that would have them.
    pub(crate) has_checks: bool,
    /// What stands for the plugin's folder in the names of files that its language prints.
    pub(crate) source_root: Option<Arc<str>>,
    wasi: WasiCtx,
    table: ResourceTable,
}

impl std::fmt::Debug for VuState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VuState")
            .field("vu", &self.vu)
            .field("iteration", &self.iteration)
            .finish_non_exhaustive()
    }
}

impl WasiView for VuState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

/// No files, no sockets, no names, no environment, no arguments, closed standard input, captured
/// output. It is linked because the toolchains of all three languages import it by themselves. The seed
/// of hash maps is the same for all users, so that they behave alike in a repeated run, whoever runs an
/// iteration; `wasi:random` itself stays the operating system's: journeys draw from `outrider:plugin/random`.
fn locked_wasi(output: &Output, random: &mut VuRandom, clock: RunClock) -> WasiCtx {
    let mut builder = WasiCtxBuilder::new();
    builder
        .stdout(output.stream(Stream::Stdout))
        .stderr(output.stream(Stream::Stderr))
        .wall_clock(WasiClock(clock))
        .monotonic_clock(WasiClock(clock))
        .insecure_random_seed(u128::from(random.next_u64()))
        .max_random_size(1 << 20)
        .allow_blocking_current_thread(false)
        .allow_ip_name_lookup(false)
        .allow_tcp(false)
        .allow_udp(false);
    builder.build()
}

/// The run's clock as WASI's: what a language's own library says of time is what `outrider:plugin/clock` says.
struct WasiClock(RunClock);

/// A nanosecond, what the run's clock counts in.
const WASI_RESOLUTION: Duration = Duration::from_nanos(1);

impl HostWallClock for WasiClock {
    fn resolution(&self) -> Duration {
        WASI_RESOLUTION
    }

    fn now(&self) -> Duration {
        Duration::from_nanos(u64::try_from(self.0.now().0).unwrap_or(0))
    }
}

impl HostMonotonicClock for WasiClock {
    fn resolution(&self) -> u64 {
        u64::try_from(WASI_RESOLUTION.as_nanos()).unwrap_or(1)
    }

    fn now(&self) -> u64 {
        // From 1: to Go, a clock that says 0 is broken.
        u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX).saturating_add(1)
    }
}

impl VuState {
    pub(crate) fn new(run: Arc<RunShared>, vu: VuId) -> VuState {
        let output = Output::default();
        let sandbox = DrawFor::Call { journey: &run.journey, call: Lifecycle::Instantiate, vu: VuId(0) };
        let mut random = VuRandom::new(run.seed, sandbox);
        let mut table = ResourceTable::new();
        table.set_max_capacity(10_000);
        VuState {
            http: HttpClient::new(Arc::clone(&run.http), vu),
            memory: MemoryBudget::new(run.limits.memory_bytes),
            cpu: CpuMeter::new(run.limits.cpu_time, run.clock.machine_instant()),
            generator_limit: false,
            data_exhausted: false,
            vu,
            scenario: "".into(),
            plugin_scenario: "".into(),
            iteration: IterationIndex(0),
            tags: BTreeMap::new(),
            shared_tags: Tags::default(),
            steps: Vec::new(),
            outer_step: None,
            next_step: 0,
            said: VecDeque::new(),
            packs: Packs::default(),
            unmeasured: Duration::ZERO,
            pack: "".into(),
            has_checks: true,
            source_root: None,
            wasi: locked_wasi(&output, &mut random, run.clock),
            table,
            output,
            random,
            run,
        }
    }

    /// The state of a pack that watches `vu`.
    pub(crate) fn of_pack(run: Arc<RunShared>, vu: VuId, name: Arc<str>) -> VuState {
        VuState { pack: name, ..VuState::new(run, vu) }
    }

    /// The state of a plugin that makes no load.
    pub(crate) fn without_load(run: Arc<RunShared>) -> VuState {
        VuState { has_checks: false, ..VuState::new(run, VuId(0)) }
    }

    /// Makes a pack's state that of a user who does something: what the pack records belongs there.
    pub(crate) fn stand_in(&mut self, origin: &Origin) {
        self.scenario = Arc::clone(&origin.scenario);
        self.iteration = origin.iteration;
        self.outer_step = origin.step.clone();
        if !Arc::ptr_eq(&self.shared_tags, &origin.tags) {
            self.tags = origin.tags.iter().cloned().collect();
            self.shared_tags = Arc::clone(&origin.tags);
        }
    }

    /// Makes ready for an iteration.
    pub(crate) fn begin_iteration(&mut self, scenario: Arc<str>, iteration: IterationIndex, tags: Tags) {
        self.scenario = scenario;
        self.iteration = iteration;
        self.generator_limit = false;
        self.data_exhausted = false;
        self.unmeasured = Duration::ZERO;
        self.said = VecDeque::new();
        self.tags = tags.iter().cloned().collect();
        self.shared_tags = tags;
        let draw_for = DrawFor::Iteration { scenario: &self.scenario, index: iteration };
        self.random.begin(draw_for);
        self.http.begin(draw_for);
    }

    /// Makes ready for a call outside of iterations.
    pub(crate) fn begin_lifecycle(&mut self, call: Lifecycle) {
        let draw_for = DrawFor::Call { journey: &self.run.journey, call, vu: self.vu };
        self.random.begin(draw_for);
        self.http.begin(draw_for);
    }

    /// How long a call that is no iteration may take.
    pub(crate) fn lifecycle_limit(&self, call: &'static str) -> TimeLimit {
        TimeLimit { call, is_iteration: false, limit: self.run.limits.lifecycle_timeout }
    }

    /// Cleans up after an iteration: open steps are ended, answers freed, output becomes rows.
    pub(crate) fn end_iteration(&mut self, end: StepEnd<'_>) {
        self.end_steps_above(0, end);
        self.flush_output();
        self.packs.end_iteration();
        self.http.end_iteration();
    }

    /// The guest waits in the host from now on: its CPU time is charged until here.
    pub(crate) fn leave_guest(&mut self) -> outrider_wit::wasmtime::Result<()> {
        let now = self.run.clock.machine_instant();
        match self.cpu.charge(now) {
            true => Ok(()),
            false => Err(outrider_wit::wasmtime::Error::new(CpuLimit)),
        }
    }

    /// The guest goes on after a wait in the host.
    pub(crate) fn enter_guest(&mut self) {
        let now = self.run.clock.machine_instant();
        self.cpu.resume(now);
    }

    /// Work that the host does for the guest without waiting, such as a JSONPath: its CPU time is the guest's.
    pub(crate) fn work<T>(
        &mut self,
        work: impl FnOnce(&mut VuState) -> T,
    ) -> outrider_wit::wasmtime::Result<T> {
        let since = self.run.clock.machine_instant();
        let done = work(self);
        let now = self.run.clock.machine_instant();
        match self.cpu.charge_work(since, now) {
            true => Ok(done),
            false => Err(outrider_wit::wasmtime::Error::new(CpuLimit)),
        }
    }

    /// Where the next sample comes from.
    pub(crate) fn origin(&self) -> Origin {
        Origin {
            scenario: Arc::clone(&self.scenario),
            vu: self.vu,
            iteration: self.iteration,
            step: self.steps.last().map(|step| &step.name).or(self.outer_step.as_ref()).cloned(),
            tags: Arc::clone(&self.shared_tags),
        }
    }

    /// Tells who debugs the run of something that the guest did. Where nobody does, it is a look.
    pub(crate) fn tell(&self, what: impl FnOnce(&Debugger) -> Happening) {
        self.run.tell(self.vu, what);
    }

    /// Who asks for a row of data.
    pub(crate) fn asks_for_row(&self) -> RowFor<'_> {
        match (&*self.scenario, self.vu) {
            ("", VuId(0)) => RowFor::Run,
            ("", vu) => RowFor::User(vu),
            _ => RowFor::Iteration {
                scenario: &self.scenario,
                plugin_scenario: &self.plugin_scenario,
                index: self.iteration,
            },
        }
    }

    /// What is kept of a guest's text: no secret, and at most `max` bytes. Secrets go first, since half of
    /// one might not be recognised.
    pub(crate) fn kept<'t>(&self, text: &'t str, max: usize) -> Cow<'t, str> {
        match self.run.redactor.redact(text) {
            Cow::Borrowed(text) => Cow::Borrowed(cut(text, max)),
            Cow::Owned(mut text) => {
                text.truncate(text.floor_char_boundary(max));
                Cow::Owned(text)
            }
        }
    }

    pub(crate) fn set_tag(&mut self, key: &str, value: &str) {
        self.tell(|debugger| Happening::Tag { key: debugger.text(key), value: debugger.text(value) });
        self.tags.insert(key.into(), value.into());
        self.share_tags();
    }

    /// Opens a step. `tags` are those of everything that is recorded in it.
    pub(crate) fn open_step(&mut self, name: &str, tags: Vec<(String, String)>) -> u32 {
        let id = self.next_step;
        // QuickJS keeps numbers of 32 bits as signed ones.
        self.next_step = self.next_step.wrapping_add(1) & (i32::MAX as u32);
        let bounded = |text: &str| Arc::<str>::from(self.kept(text, MAX_NAME_BYTES));
        let tags: Vec<(Arc<str>, Arc<str>)> =
            tags.iter().take(MAX_TAGS).map(|(key, value)| (bounded(key), bounded(value))).collect();
        self.tell(|debugger| Happening::StepBegin {
            step: debugger.text(name),
            tags: tags.iter().map(|(key, value)| (debugger.text(key), debugger.text(value))).collect(),
        });
        let (name, started_at) = (bounded(name), self.run.clock.now());
        self.steps.push(OpenStep { id, name, started_at, tags, unmeasured: self.unmeasured });
        self.share_tags();
        id
    }

    /// The iteration's tags and those of the open steps, of which the inner ones win.
    fn share_tags(&mut self) {
        let mut all = self.tags.clone();
        for (key, value) in self.steps.iter().flat_map(|step| &step.tags) {
            add_tag(&mut all, Arc::clone(key), || Arc::clone(value));
        }
        self.shared_tags = all.into_iter().collect();
    }

    /// The iteration's tags and `more`, bounded in number and length.
    pub(crate) fn tags_with(&self, more: impl IntoIterator<Item = (String, String)>) -> Tags {
        let mut more = more.into_iter().peekable();
        if more.peek().is_none() {
            return Arc::clone(&self.shared_tags);
        }
        let mut tags: BTreeMap<_, _> = self.shared_tags.iter().cloned().collect();
        let bounded = |text: String| Arc::<str>::from(self.kept(&text, MAX_NAME_BYTES));
        more.for_each(|(key, value)| add_tag(&mut tags, bounded(key), || bounded(value)));
        tags.into_iter().collect()
    }

    /// Ends all open steps but the outermost `keep`, innermost first. Returns them for the packs that want
    /// to judge steps, if there are any.
    pub(crate) fn end_steps_above(&mut self, keep: usize, end: StepEnd<'_>) -> Vec<EndedStep> {
        let mut ended = Vec::new();
        let judged = self.packs.want(SubjectKind::Step, &self.scenario);
        while self.steps.len() > keep {
            let Some(step) = self.steps.pop() else { break };
            let now = self.run.clock.now();
            let unmeasured = self.unmeasured.saturating_sub(step.unmeasured);
            let duration = now.since(step.started_at).saturating_sub(unmeasured);
            if judged {
                ended.push(EndedStep { name: Arc::clone(&step.name), duration });
            }
            self.run.sink.record(Sample::Step(StepSample {
                origin: self.origin(),
                duration,
                started_at: step.started_at,
                name: step.name,
                ok: end == StepEnd::Well,
                interrupted: end == StepEnd::Interrupted,
                error: end.error().map(Arc::from),
            }));
            if !step.tags.is_empty() {
                self.share_tags();
            }
        }
        ended
    }

    /// Turns captured output into rows of `logs`.
    pub(crate) fn flush_output(&mut self) {
        let printed = self.take_output();
        self.record_output(printed);
    }

    /// What the guest printed, without secrets.
    pub(crate) fn take_output(&mut self) -> Taken {
        let mut taken = self.output.take();
        for line in &mut taken.lines {
            // What was cut off may have begun with a secret's end.
            let redacted = match taken.lost_bytes {
                0 => self.run.redactor.redact(&line.text),
                _ => self.run.redactor.redact_cut(&line.text),
            };
            if let Cow::Owned(redacted) = redacted {
                line.text = redacted;
            }
        }
        taken
    }

    /// Makes rows of `logs` of it.
    pub(crate) fn record_output(&mut self, printed: Taken) {
        for line in printed.lines {
            let (source, level) = match line.stream {
                Stream::Stdout => ("stdout", LogLevel::Info),
                Stream::Stderr => ("stderr", LogLevel::Warn),
            };
            self.record_log(source, level, line.text.into());
        }
        let lost = [(printed.lost_bytes, "bytes of output"), (printed.lost_log_lines, "log lines")];
        for (count, what) in lost.into_iter().filter(|(count, _)| *count > 0) {
            self.record_log("host", LogLevel::Warn, format!("{count} more {what} were not kept").into());
        }
    }

    /// Records a line that the guest logged, within the iteration's bound.
    pub(crate) fn log(&mut self, level: LogLevel, message: &str) {
        let message = self.kept(message, crate::output::MAX_LINE_BYTES);
        if self.output.admits_log_line(message.len()) {
            self.record_log("log", level, printable(&message).into());
        }
    }

    /// The last lines that the guest printed or logged outside of iterations, which are forgotten.
    pub(crate) fn take_said(&mut self) -> Vec<String> {
        std::mem::take(&mut self.said).into()
    }

    fn record_log(&mut self, source: &'static str, level: LogLevel, message: Arc<str>) {
        let in_iteration = !self.scenario.is_empty();
        if !in_iteration {
            if self.said.len() == MAX_SAID_LINES {
                self.said.pop_front();
            }
            self.said.push_back(cut(&message, MAX_SAID_LINE_BYTES).to_owned());
        }
        self.run.sink.record(Sample::Log(LogSample {
            origin: in_iteration.then(|| self.origin()),
            source,
            level,
            at: self.run.clock.now(),
            // Of several guests that talk in one iteration, a pack says who it is.
            message: match &*self.pack {
                "" => message,
                pack => format!("{pack}: {message}").into(),
            },
        }));
    }
}

/// Sets a tag, unless it were one more than a sample carries.
fn add_tag(tags: &mut BTreeMap<Arc<str>, Arc<str>>, key: Arc<str>, value: impl FnOnce() -> Arc<str>) {
    if tags.len() < MAX_TAGS || tags.contains_key(&key) {
        tags.insert(key, value());
    }
}

/// At most `max` bytes of a text, ending at a character's boundary.
pub(crate) fn cut(text: &str, max: usize) -> &str {
    match text.len() <= max {
        true => text,
        false => &text[..text.floor_char_boundary(max)],
    }
}
