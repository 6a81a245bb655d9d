//! One instance of a journey, and the calls of its exports.

use std::time::Duration;

use outrider_wit::v0_1::journey::outrider::plugin::journey_types::{Description, Iteration, User};
use outrider_wit::v0_1::journey::outrider::plugin::types::Failure;
use outrider_wit::v0_1::{journey, journey_async};
use outrider_wit::wasmtime::{Error, Store, UpdateDeadline};

use crate::fault::{CpuLimit, PluginFault, before_panic, one_line};
use crate::limits::CpuMeter;
use crate::plugin::{GuestPre, Plugin};
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
        let limits = state.run.limits;
        let mut store = Store::new(plugin.runtime.engine(), state);
        store.limiter(|state| &mut state.memory);
        store.set_hostcall_fuel(limits.hostcall_bytes);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|mut context| {
            let state = context.data_mut();
            let now = state.run.clock.instant();
            match state.cpu.charge(now) {
                true => Ok(UpdateDeadline::Yield(1)),
                false => Err(Error::new(CpuLimit)),
            }
        });
        let instantiated = tokio::time::timeout(limits.lifecycle_timeout, async {
            Ok::<_, Error>(match &plugin.pre {
                GuestPre::Plain(pre) => Guest::Plain(pre.instantiate_async(&mut store).await?),
                GuestPre::Async(pre) => Guest::Async(pre.instantiate_async(&mut store).await?),
            })
        })
        .await;
        match instantiated {
            Ok(Ok(guest)) => Ok(Instance { store, guest, usable: true }),
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
            Err(_) => Err(timeout(store.data_mut(), "instantiation", limits.lifecycle_timeout)),
        }
    }

    /// Whether another call is possible: not after a trap, a timeout or a call that was given up.
    pub(crate) fn is_usable(&self) -> bool {
        self.usable
    }

    pub(crate) fn state(&mut self) -> &mut VuState {
        self.store.data_mut()
    }

    /// Linear memory of this instance, in bytes.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.store.data().memory.used()
    }

    pub(crate) async fn describe(&mut self) -> Result<Description, PluginFault> {
        let limit = self.begin_call();
        let called = tokio::time::timeout(limit, async {
            let Instance { store, guest, .. } = &mut *self;
            match guest {
                Guest::Plain(guest) => guest.outrider_plugin_user_journey().call_describe(store).await,
                Guest::Async(guest) => guest.outrider_plugin_user_journey_async().call_describe(store).await,
            }
        })
        .await;
        self.end_call("describe", limit, called)
    }

    pub(crate) async fn setup(&mut self) -> Called<Option<String>> {
        let limit = self.begin_call();
        let called = tokio::time::timeout(limit, async { call!(self, call_setup) }).await;
        self.end_call("setup", limit, called)
    }

    pub(crate) async fn start(&mut self, user: User) -> Called<()> {
        let limit = self.begin_call();
        let called = tokio::time::timeout(limit, async { call!(self, call_start, user, user) }).await;
        self.end_call("start", limit, called)
    }

    pub(crate) async fn iterate(&mut self, iteration: Iteration) -> Called<()> {
        self.begin_call();
        let limit = self.store.data().run.limits.iteration_timeout;
        let called =
            tokio::time::timeout(limit, async { call!(self, call_iterate, &iteration, iteration) }).await;
        self.end_call("the iteration", limit, called)
    }

    pub(crate) async fn stop(&mut self) -> Called<()> {
        let limit = self.begin_call();
        let called = tokio::time::timeout(limit, async { call!(self, call_stop) }).await;
        self.end_call("stop", limit, called)
    }

    pub(crate) async fn teardown(&mut self) -> Called<()> {
        let limit = self.begin_call();
        let called = tokio::time::timeout(limit, async { call!(self, call_teardown) }).await;
        self.end_call("teardown", limit, called)
    }

    /// The instance counts as unusable until the call has come back: if its future is dropped, it never does.
    fn begin_call(&mut self) -> Duration {
        self.usable = false;
        let state = self.store.data_mut();
        state.cpu = CpuMeter::new(state.run.limits.cpu_time, state.run.clock.instant());
        state.memory.exceeded = false;
        state.run.limits.lifecycle_timeout
    }

    fn end_call<T>(
        &mut self,
        call: &str,
        limit: Duration,
        called: Result<Result<T, Error>, tokio::time::error::Elapsed>,
    ) -> Result<T, PluginFault> {
        match called {
            Ok(Ok(value)) => {
                self.usable = true;
                Ok(value)
            }
            Ok(Err(error)) => Err(fault_of(self.store.data_mut(), &error)),
            Err(_) => Err(timeout(self.store.data_mut(), call, limit)),
        }
    }
}

/// However an instance ends, what it printed becomes rows.
impl Drop for Instance {
    fn drop(&mut self) {
        self.store.data_mut().flush_output();
    }
}

fn fault_of(state: &mut VuState, error: &Error) -> PluginFault {
    let stderr = state.flush_output();
    let mut fault = PluginFault::from_wasm(error, state, &stderr);
    fault.said = before_panic(state.take_said());
    fault
}

fn timeout(state: &mut VuState, call: &str, limit: Duration) -> PluginFault {
    state.flush_output();
    PluginFault { said: state.take_said(), ..PluginFault::timeout(call, limit) }
}
