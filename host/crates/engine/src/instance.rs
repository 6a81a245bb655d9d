//! One instance of a journey, and the calls of its exports.

use std::time::Duration;

use outrider_capability::{CutOff, Lifecycle, TimeLimit};
use outrider_wit::v0_1::journey::outrider::plugin::journey_types::{Description, Iteration, User};
use outrider_wit::v0_1::journey::outrider::plugin::types::Failure;
use outrider_wit::v0_1::{journey, journey_async};
use outrider_wit::wasmtime::{Error, Store, UpdateDeadline};

use crate::fault::{CpuLimit, PluginFault, one_line};
use crate::limits::CpuMeter;
use crate::plugin::{GuestPre, Plugin};
use crate::runtime::Runtime;
use crate::state::VuState;

/// What a call returns: the guest's own result, or the fault that ended the instance.
pub(crate) type Called<T> = Result<Result<T, Failure>, PluginFault>;

/// A store with one journey in it.
pub(crate) struct Instance {
    store: Store<VuState>,
    guest: Guest,
    usable: bool,
}

enum Guest {
    Plain(journey::Journey),
    Async(journey_async::JourneyAsync),
}

/// Calls an export of either world. The async one goes through `run_concurrent`, whose inner timeouts
/// cannot be relied on: limits are around the whole call, see `Instance::limited`.
macro_rules! call {
    ($self:ident, $function:ident $(, $arg:expr, $owned:expr)?) => {{
        let Instance { store, guest, .. } = &mut *$self;
        match guest {
            Guest::Plain(guest) => guest.outrider_plugin_user_journey().$function(&mut *store $(, $arg)?).await,
            Guest::Async(guest) => {
                let exports = guest.outrider_plugin_user_journey_async();
                store.run_concurrent(async move |accessor| exports.$function(accessor $(, $owned)?).await).await.flatten()
            }
        }
    }};
}

impl Instance {
    /// Instantiates a plugin for the user that `state` describes.
    pub(crate) async fn new(plugin: &Plugin, state: VuState) -> Result<Instance, PluginFault> {
        let limit = state.lifecycle_limit("instantiation");
        let mut store = limited_store(&plugin.runtime, state);
        let instantiated = tokio::time::timeout(limit.limit, async {
            Ok::<_, Error>(match &plugin.pre {
                GuestPre::Plain(pre) => Guest::Plain(pre.instantiate_async(&mut store).await?),
                GuestPre::Async(pre) => Guest::Async(pre.instantiate_async(&mut store).await?),
            })
        })
        .await;
        let guest = instantiated_in(&mut store, limit, instantiated)?;
        Ok(Instance { store, guest, usable: true })
    }

    /// Whether another call is possible: not after a trap, a timeout or a call that was given up.
    pub(crate) fn is_usable(&self) -> bool {
        self.usable
    }

    pub(crate) fn state(&mut self) -> &mut VuState {
        self.store.data_mut()
    }

    /// Time of the last iteration that was spent on assertion packs.
    pub(crate) fn unmeasured(&self) -> Duration {
        self.store.data().unmeasured
    }

    /// Linear memory of this instance, in bytes.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.store.data().memory.used()
    }

    pub(crate) async fn describe(&mut self) -> Result<Description, PluginFault> {
        let limit = self.begin_lifecycle(Lifecycle::Describe, "describe");
        let called = tokio::time::timeout(limit.limit, async {
            let Instance { store, guest, .. } = &mut *self;
            match guest {
                Guest::Plain(guest) => guest.outrider_plugin_user_journey().call_describe(store).await,
                Guest::Async(guest) => guest.outrider_plugin_user_journey_async().call_describe(store).await,
            }
        })
        .await;
        self.end_call(limit, called)
    }

    pub(crate) async fn setup(&mut self) -> Called<Option<String>> {
        let limit = self.begin_lifecycle(Lifecycle::Setup, "setup");
        let called = in_time(limit, self.cut_off(), async { call!(self, call_setup) }).await;
        self.end_answered_call(limit, called)
    }

    pub(crate) async fn start(&mut self, user: User) -> Called<()> {
        let limit = self.begin_lifecycle(Lifecycle::Start, "start");
        let called = in_time(limit, self.cut_off(), async { call!(self, call_start, user, user) }).await;
        self.end_answered_call(limit, called)
    }

    pub(crate) async fn iterate(&mut self, iteration: Iteration) -> Called<()> {
        self.begin_call();
        let limit = self.store.data().run.limits.iteration_timeout;
        let limit = TimeLimit { call: "the iteration", is_iteration: true, limit };
        let called =
            in_time(limit, self.cut_off(), async { call!(self, call_iterate, &iteration, iteration) }).await;
        self.end_answered_call(limit, called)
    }

    pub(crate) async fn stop(&mut self) -> Called<()> {
        let limit = self.begin_lifecycle(Lifecycle::Stop, "stop");
        let called = in_time(limit, self.cut_off(), async { call!(self, call_stop) }).await;
        self.end_answered_call(limit, called)
    }

    pub(crate) async fn teardown(&mut self) -> Called<()> {
        let limit = self.begin_lifecycle(Lifecycle::Teardown, "teardown");
        let called = in_time(limit, self.cut_off(), async { call!(self, call_teardown) }).await;
        self.end_answered_call(limit, called)
    }

    /// A call that is no iteration begins; how long it may take.
    fn begin_lifecycle(&mut self, call: Lifecycle, name: &'static str) -> TimeLimit {
        self.begin_call();
        self.state().begin_lifecycle(call);
        self.state().lifecycle_limit(name)
    }

    /// Where exchanges that a call leaves under way are told why.
    fn cut_off(&mut self) -> CutOff {
        self.state().http.cut_off()
    }

    /// The instance counts as unusable until the call has come back: if its future is dropped, it never does.
    fn begin_call(&mut self) {
        self.usable = false;
        begin_call(&mut self.store);
    }

    /// As `end_call`, for functions that may fail in the guest's own words, which hold no secrets afterwards.
    fn end_answered_call<T>(&mut self, limit: TimeLimit, called: InTime<Result<T, Failure>>) -> Called<T> {
        let answer = self.end_call(limit, called)?;
        let redactor = &self.store.data().run.redactor;
        Ok(answer.map_err(|mut failure| {
            redactor.clean(&mut failure.message);
            failure.stack.as_mut().into_iter().for_each(|stack| redactor.clean(stack));
            failure
        }))
    }

    fn end_call<T>(&mut self, limit: TimeLimit, called: InTime<T>) -> Result<T, PluginFault> {
        let ended = end_call(&mut self.store, limit, called);
        self.usable = ended.is_ok();
        ended
    }
}

/// What wasmtime returned, unless it took too long.
pub(crate) type InTime<T> = Result<Result<T, Error>, tokio::time::error::Elapsed>;

/// Waits for a call as long as it may take. What it leaves under way is told that its time was up before it is
/// dropped.
async fn in_time<T>(
    limit: TimeLimit,
    cut_off: CutOff,
    call: impl Future<Output = Result<T, Error>>,
) -> InTime<T> {
    let mut call = std::pin::pin!(call);
    let called = tokio::time::timeout(limit.limit, &mut call).await;
    if called.is_err() {
        cut_off.by(limit);
    }
    called
}

/// A store whose guest is limited in memory and CPU time, as its state says.
pub(crate) fn limited_store(runtime: &Runtime, mut state: VuState) -> Store<VuState> {
    state.source_root = runtime.source_root();
    let limits = state.run.limits;
    let mut store = Store::new(runtime.engine(), state);
    store.limiter(|state| &mut state.memory);
    store.set_hostcall_fuel(limits.hostcall_bytes);
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(|mut context| {
        let state = context.data_mut();
        let now = state.run.clock.machine_instant();
        match state.cpu.charge(now) {
            true => Ok(UpdateDeadline::Yield(1)),
            false => Err(Error::new(CpuLimit)),
        }
    });
    store
}

/// The guest that was to be made in a store, or why there is none.
pub(crate) fn instantiated_in<T>(
    store: &mut Store<VuState>,
    limit: TimeLimit,
    instantiated: InTime<T>,
) -> Result<T, PluginFault> {
    match instantiated {
        Ok(Ok(guest)) => Ok(guest),
        Ok(Err(error)) => {
            let mut fault = fault_of(store.data_mut(), &error);
            if fault.kind == "trap" && error.downcast_ref::<outrider_wit::wasmtime::Trap>().is_none() {
                // The component itself was found fit before: no memory, no slot.
                fault.kind = "instantiation";
                fault.cause = outrider_model::FailureCause::Generator;
                fault.message = one_line(&format!("{error:#}"));
            }
            Err(fault)
        }
        Err(_) => Err(timeout(store.data_mut(), limit)),
    }
}

/// The CPU time of a call is counted from now on.
pub(crate) fn begin_call(store: &mut Store<VuState>) {
    let state = store.data_mut();
    state.cpu = CpuMeter::new(state.run.limits.cpu_time, state.run.clock.machine_instant());
    state.memory.exceeded = false;
}

/// What a call returned, or the fault after which its store cannot be used again.
pub(crate) fn end_call<T>(
    store: &mut Store<VuState>,
    limit: TimeLimit,
    called: InTime<T>,
) -> Result<T, PluginFault> {
    match called {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(fault_of(store.data_mut(), &error)),
        Err(_) => Err(timeout(store.data_mut(), limit)),
    }
}

/// However an instance ends, what it printed becomes rows.
impl Drop for Instance {
    fn drop(&mut self) {
        self.store.data_mut().flush_output();
    }
}

fn fault_of(state: &mut VuState, error: &Error) -> PluginFault {
    let printed = state.take_output();
    let stderr = printed.stderr();
    let mut fault = PluginFault::from_wasm(error, state, &stderr);
    // What the language printed of the fault is in its message and its stack; the guest's own lines are those before.
    state.record_output(match fault.told_from(&stderr) {
        Some(first) => printed.without_stderr_from(first),
        None => printed,
    });
    fault.said = state.take_said();
    fault
}

fn timeout(state: &mut VuState, limit: TimeLimit) -> PluginFault {
    state.flush_output();
    PluginFault { said: state.take_said(), ..PluginFault::timeout(limit) }
}
