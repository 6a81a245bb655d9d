//! What a store holds for one virtual user.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, OnceLock};

use outrider_capability::{DataSets, HttpClient, HttpShared, VuRandom};
use outrider_model::{
    IterationIndex, LogLevel, LogSample, Origin, RunClock, Sample, SampleSink, StepSample, Tags, Timestamp,
    VuId,
};
use outrider_wit::wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use crate::fault::CpuLimit;
use crate::limits::{CpuMeter, Limits, MAX_NAME_BYTES, MAX_TAGS, MemoryBudget};
use crate::output::{Output, Stream, printable};

/// What all users of a run have in common.
#[derive(Debug)]
pub struct RunShared {
    /// Takes the measurements.
    pub sink: Arc<dyn SampleSink>,
    /// The run's clock.
    pub clock: RunClock,
    /// TLS, grants, limits and name cache of all HTTP clients.
    pub http: Arc<HttpShared>,
    /// The data that the run was given.
    pub data: DataSets,
    /// The parameters, a JSON object, defaults filled in.
    pub parameters: String,
    /// What `setup` returned, once it has run.
    pub setup_data: OnceLock<String>,
    /// The run's seed.
    pub seed: u64,
    /// Seeds trace ids alone. Another one for each run, so that a run that is repeated with its seed sends the
    /// same requests under other ids.
    pub trace_seed: u64,
    /// Limits of each user.
    pub limits: Limits,
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
    pub(crate) vu: VuId,
    pub(crate) scenario: Arc<str>,
    pub(crate) iteration: IterationIndex,
    pub(crate) tags: BTreeMap<Arc<str>, Arc<str>>,
    shared_tags: Tags,
    pub(crate) steps: Vec<OpenStep>,
    pub(crate) next_step: u32,
    /// The last lines that the guest printed or logged outside of iterations: whoever hears that it failed there
    /// wants to see them.
    said: VecDeque<String>,
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
/// of hash maps is the user's, so that they behave alike in a repeated run; `wasi:random` itself stays
/// the operating system's: journeys draw from `outrider:plugin/random`.
fn locked_wasi(output: &Output, random: &mut VuRandom) -> WasiCtx {
    let mut builder = WasiCtxBuilder::new();
    builder
        .stdout(output.stream(Stream::Stdout))
        .stderr(output.stream(Stream::Stderr))
        .insecure_random_seed(u128::from(random.next_u64()))
        .max_random_size(1 << 20)
        .allow_blocking_current_thread(false)
        .allow_ip_name_lookup(false)
        .allow_tcp(false)
        .allow_udp(false);
    builder.build()
}

impl VuState {
    pub(crate) fn new(run: Arc<RunShared>, vu: VuId) -> VuState {
        let output = Output::default();
        let mut random = VuRandom::new(run.seed, vu);
        let mut table = ResourceTable::new();
        table.set_max_capacity(10_000);
        VuState {
            http: HttpClient::new(Arc::clone(&run.http), vu, run.trace_seed),
            memory: MemoryBudget::new(run.limits.memory_bytes),
            cpu: CpuMeter::new(run.limits.cpu_time, run.clock.instant()),
            generator_limit: false,
            vu,
            scenario: "".into(),
            iteration: IterationIndex(0),
            tags: BTreeMap::new(),
            shared_tags: Tags::default(),
            steps: Vec::new(),
            next_step: 0,
            said: VecDeque::new(),
            wasi: locked_wasi(&output, &mut random),
            table,
            output,
            random,
            run,
        }
    }

    /// Makes ready for an iteration.
    pub(crate) fn begin_iteration(&mut self, scenario: Arc<str>, iteration: IterationIndex, tags: Tags) {
        self.scenario = scenario;
        self.iteration = iteration;
        self.generator_limit = false;
        self.said = VecDeque::new();
        self.random.begin_iteration(iteration);
        self.http.begin_iteration(iteration);
        self.tags = tags.iter().cloned().collect();
        self.shared_tags = tags;
    }

    /// Cleans up after an iteration: open steps are ended, answers freed, output becomes rows.
    pub(crate) fn end_iteration(&mut self, error: Option<&str>) {
        self.end_steps_above(0, error);
        self.flush_output();
        self.http.end_iteration();
    }

    /// The guest waits in the host from now on: its CPU time is charged until here.
    pub(crate) fn leave_guest(&mut self) -> outrider_wit::wasmtime::Result<()> {
        let now = self.run.clock.instant();
        match self.cpu.charge(now) {
            true => Ok(()),
            false => Err(outrider_wit::wasmtime::Error::new(CpuLimit)),
        }
    }

    /// The guest goes on after a wait in the host.
    pub(crate) fn enter_guest(&mut self) {
        let now = self.run.clock.instant();
        self.cpu.resume(now);
    }

    /// Work that the host does for the guest without waiting, such as a JSONPath: its CPU time is the guest's.
    pub(crate) fn work<T>(
        &mut self,
        work: impl FnOnce(&mut VuState) -> T,
    ) -> outrider_wit::wasmtime::Result<T> {
        let since = self.run.clock.instant();
        let done = work(self);
        let now = self.run.clock.instant();
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
            step: self.steps.last().map(|step| Arc::clone(&step.name)),
            tags: Arc::clone(&self.shared_tags),
        }
    }

    pub(crate) fn set_tag(&mut self, key: &str, value: &str) {
        self.tags.insert(key.into(), value.into());
        self.shared_tags = self.tags.iter().map(|(k, v)| (Arc::clone(k), Arc::clone(v))).collect();
    }

    /// The iteration's tags and `more`, bounded in number and length.
    pub(crate) fn tags_with(&self, more: impl IntoIterator<Item = (String, String)>) -> Tags {
        let mut more = more.into_iter().peekable();
        if more.peek().is_none() {
            return Arc::clone(&self.shared_tags);
        }
        let mut tags = self.tags.clone();
        let bounded = |text: String| Arc::<str>::from(cut(&text, MAX_NAME_BYTES));
        for (key, value) in more {
            let key = bounded(key);
            if tags.len() < MAX_TAGS || tags.contains_key(&key) {
                tags.insert(key, bounded(value));
            }
        }
        tags.into_iter().collect()
    }

    /// Ends all open steps but the outermost `keep`, innermost first.
    pub(crate) fn end_steps_above(&mut self, keep: usize, error: Option<&str>) {
        while self.steps.len() > keep {
            let Some(step) = self.steps.pop() else { return };
            let now = self.run.clock.now();
            self.run.sink.record(Sample::Step(StepSample {
                origin: self.origin(),
                duration: now.since(step.started_at),
                started_at: step.started_at,
                name: step.name,
                ok: error.is_none(),
                error: error.map(Arc::from),
            }));
        }
    }

    /// Turns captured output into rows of `logs`, and returns what was printed to standard error.
    pub(crate) fn flush_output(&mut self) -> Vec<String> {
        let taken = self.output.take();
        let mut stderr = Vec::new();
        for line in taken.lines {
            let (source, level) = match line.stream {
                Stream::Stdout => ("stdout", LogLevel::Info),
                Stream::Stderr => ("stderr", LogLevel::Warn),
            };
            if line.stream == Stream::Stderr {
                stderr.push(line.text.clone());
            }
            self.record_log(source, level, line.text.into());
        }
        let lost = [(taken.lost_bytes, "bytes of output"), (taken.lost_log_lines, "log lines")];
        for (count, what) in lost.into_iter().filter(|(count, _)| *count > 0) {
            self.record_log("host", LogLevel::Warn, format!("{count} more {what} were not kept").into());
        }
        stderr
    }

    /// Records a line that the guest logged, within the iteration's bound.
    pub(crate) fn log(&mut self, level: LogLevel, message: &str) {
        let message = cut(message, crate::output::MAX_LINE_BYTES);
        if self.output.admits_log_line(message.len()) {
            self.record_log("log", level, printable(message).into());
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
            message,
        }));
    }
}

/// At most `max` bytes of a text, ending at a character's boundary.
pub(crate) fn cut(text: &str, max: usize) -> &str {
    match text.len() <= max {
        true => text,
        false => &text[..text.floor_char_boundary(max)],
    }
}
