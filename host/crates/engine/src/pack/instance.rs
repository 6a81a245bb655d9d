//! One instance of an assertion pack, and the calls of its exports.

use outrider_capability::TimeLimit;
use outrider_wit::v0_1::assertion_pack::AssertionPack;
use outrider_wit::v0_1::assertion_pack::exports::outrider::plugin::assertions::Description;
use outrider_wit::v0_1::journey::outrider::plugin::measure::Verdict;
use outrider_wit::wasmtime::Store;

use super::Pack;
use super::judge::Subject;
use crate::fault::{PluginFault, one_line, shown_stack};
use crate::instance::{begin_call, end_call, instantiated_in, limited_store};
use crate::state::VuState;

/// A store with one pack in it. After a fault it is dropped, never used again.
pub(super) struct PackInstance {
    store: Store<VuState>,
    guest: AssertionPack,
}

impl PackInstance {
    /// Instantiates a pack for the user that `state` describes.
    pub(super) async fn new(pack: &Pack, state: VuState) -> Result<PackInstance, PluginFault> {
        let limit = state.lifecycle_limit("instantiation");
        let mut store = limited_store(&pack.runtime, state);
        let instantiated = tokio::time::timeout(limit.limit, pack.pre.instantiate_async(&mut store)).await;
        let guest = instantiated_in(&mut store, limit, instantiated)?;
        Ok(PackInstance { store, guest })
    }

    pub(super) fn state(&mut self) -> &mut VuState {
        self.store.data_mut()
    }

    pub(super) async fn describe(&mut self) -> Result<Description, PluginFault> {
        begin_call(&mut self.store);
        let limit = self.store.data().lifecycle_limit("describe");
        let call = self.guest.outrider_plugin_assertions().call_describe(&mut self.store);
        let called = tokio::time::timeout(limit.limit, call).await;
        end_call(&mut self.store, limit, called)
    }

    /// Calls `start`. What the guest says of its own failure is a fault like any other: there is no target
    /// that could be to blame.
    pub(super) async fn start(&mut self) -> Result<(), PluginFault> {
        begin_call(&mut self.store);
        let limit = self.store.data().lifecycle_limit("start");
        let call = self.guest.outrider_plugin_assertions().call_start(&mut self.store);
        let called = tokio::time::timeout(limit.limit, call).await;
        let ended = end_call(&mut self.store, limit, called)?;
        let redactor = &self.store.data().run.redactor;
        ended.map_err(|mut failure| {
            redactor.clean(&mut failure.message);
            failure.stack.as_mut().into_iter().for_each(|stack| redactor.clean(stack));
            PluginFault {
                stack: failure.stack.as_deref().and_then(shown_stack),
                ..PluginFault::exception(one_line(&failure.message))
            }
        })
    }

    pub(super) async fn judge(&mut self, subject: &Subject) -> Result<Vec<Verdict>, PluginFault> {
        begin_call(&mut self.store);
        let limit = self.store.data().run.limits.iteration_timeout;
        let limit = TimeLimit { call: subject.call(), is_iteration: false, limit };
        let PackInstance { store, guest } = self;
        let guest = guest.outrider_plugin_assertions();
        let called = tokio::time::timeout(limit.limit, async {
            match subject {
                Subject::Exchange(exchange) => guest.call_check_exchange(&mut *store, exchange).await,
                Subject::Step(step) => guest.call_check_step(&mut *store, step).await,
                Subject::Iteration(iteration) => guest.call_check_iteration(&mut *store, iteration).await,
            }
        })
        .await;
        end_call(store, limit, called)
    }
}

/// However an instance ends, what it printed becomes rows.
impl Drop for PackInstance {
    fn drop(&mut self) {
        self.store.data_mut().flush_output();
    }
}
