//! One instance of an assertion pack, and the calls of its exports.

use outrider_capability::TimeLimit;
use outrider_wit::v0_1::assertion_pack::AssertionPack;
use outrider_wit::v0_1::assertion_pack::exports::outrider::plugin::assertions::Description;
use outrider_wit::v0_1::journey::outrider::plugin::measure::Verdict;

use super::Pack;
use super::judge::Subject;
use crate::fault::PluginFault;
use crate::sandbox::{Sandbox, call, instantiate};
use crate::state::VuState;

/// A store with one pack in it. After a fault it is dropped, never used again.
pub(super) struct PackInstance(Sandbox<AssertionPack>);

impl PackInstance {
    /// Instantiates a pack for the user that `state` describes.
    pub(super) async fn new(pack: &Pack, state: VuState) -> Result<PackInstance, PluginFault> {
        instantiate!(&pack.runtime, pack.pre, state).map(PackInstance)
    }

    pub(super) fn state(&mut self) -> &mut VuState {
        self.0.state()
    }

    pub(super) async fn describe(&mut self) -> Result<Description, PluginFault> {
        call!(&mut self.0, self.0.lifecycle_limit("describe"), outrider_plugin_assertions.call_describe())
    }

    /// Calls `start`. What the guest says of its own failure is a fault like any other: there is no target
    /// that could be to blame.
    pub(super) async fn start(&mut self) -> Result<(), PluginFault> {
        let limit = self.0.lifecycle_limit("start");
        call!(&mut self.0, limit, outrider_plugin_assertions.call_start())?
            .map_err(|failure| self.0.own_failure(failure))
    }

    pub(super) async fn judge(&mut self, subject: &Subject) -> Result<Vec<Verdict>, PluginFault> {
        let limit = self.0.store.data().run.limits.iteration_timeout;
        let limit = TimeLimit { call: subject.call(), is_iteration: false, limit };
        let sandbox = &mut self.0;
        match subject {
            Subject::Exchange(it) => {
                call!(sandbox, limit, outrider_plugin_assertions.call_check_exchange(it))
            }
            Subject::Step(it) => call!(sandbox, limit, outrider_plugin_assertions.call_check_step(it)),
            Subject::Iteration(it) => {
                call!(sandbox, limit, outrider_plugin_assertions.call_check_iteration(it))
            }
        }
    }
}
