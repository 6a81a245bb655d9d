//! One instance of a component in a store of its own, called one call at a time.

use outrider_capability::TimeLimit;
use outrider_wit::v0_1::journey::outrider::plugin::types::Failure;
use outrider_wit::wasmtime::Store;

use crate::fault::{PluginFault, one_line, shown_stack};
use crate::instance::{InTime, instantiated_in, limited_store};
use crate::runtime::Runtime;
use crate::state::VuState;

/// A store with one guest in it. After a fault it is dropped, never used again.
pub(crate) struct Sandbox<T> {
    pub(crate) store: Store<VuState>,
    /// The guest's exports.
    pub(crate) exports: T,
}

/// Instantiates what `$pre` has linked, in a store for `$state`.
macro_rules! instantiate {
    ($runtime:expr, $pre:expr, $state:expr) => {{
        let (mut store, limit) = $crate::sandbox::store_for($runtime, $state);
        let instantiated = tokio::time::timeout(limit.limit, $pre.instantiate_async(&mut store)).await;
        $crate::sandbox::Sandbox::instantiated(store, limit, instantiated)
    }};
}

/// Calls an export within its limit: `call!(sandbox, limit, interface.function(arguments))`.
macro_rules! call {
    ($sandbox:expr, $limit:expr, $interface:ident . $function:ident ( $($argument:expr),* )) => {{
        let limit = $limit;
        let sandbox = &mut *$sandbox;
        $crate::instance::begin_call(&mut sandbox.store);
        let call = sandbox.exports.$interface().$function(&mut sandbox.store $(, $argument)*);
        let called = tokio::time::timeout(limit.limit, call).await;
        $crate::instance::end_call(&mut sandbox.store, limit, called)
    }};
}

pub(crate) use {call, instantiate};

/// An empty store for the user that `state` describes, and how long making the guest may take.
pub(crate) fn store_for(runtime: &Runtime, state: VuState) -> (Store<VuState>, TimeLimit) {
    let limit = state.lifecycle_limit("instantiation");
    (limited_store(runtime, state), limit)
}

impl<T> Sandbox<T> {
    pub(crate) fn instantiated(
        mut store: Store<VuState>,
        limit: TimeLimit,
        instantiated: InTime<T>,
    ) -> Result<Sandbox<T>, PluginFault> {
        let exports = instantiated_in(&mut store, limit, instantiated)?;
        Ok(Sandbox { store, exports })
    }

    pub(crate) fn state(&mut self) -> &mut VuState {
        self.store.data_mut()
    }

    /// How long a call that is no iteration may take.
    pub(crate) fn lifecycle_limit(&self, call: &'static str) -> TimeLimit {
        self.store.data().lifecycle_limit(call)
    }

    /// What a guest says of its own failure, as a fault like any other: where nobody else could be to blame.
    pub(crate) fn own_failure(&mut self, mut failure: Failure) -> PluginFault {
        let state = self.state();
        state.flush_output();
        let said = state.take_said();
        let redactor = &state.run.redactor;
        redactor.clean(&mut failure.message);
        failure.stack.as_mut().into_iter().for_each(|stack| redactor.clean(stack));
        PluginFault {
            stack: failure.stack.as_deref().and_then(shown_stack),
            said,
            ..PluginFault::exception(one_line(&failure.message))
        }
    }
}

/// However an instance ends, what it printed becomes rows.
impl<T> Drop for Sandbox<T> {
    fn drop(&mut self) {
        self.store.data_mut().flush_output();
    }
}
