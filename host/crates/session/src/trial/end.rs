//! What a trial comes to.

use outrider_model::{FailureCause, IterationFailure};

use super::{CallEnd, IterationEnd, Trial};
use crate::{Breakdown, Exit};

/// What went wrong in a trial, by the exit code it has. The one that says least of the rest comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TrialEnd {
    /// It was ended from outside.
    Interrupted,
    /// This machine failed.
    MachineFailed,
    /// A journey or a pack broke.
    PluginBroke,
    /// A journey asked for the run to end.
    AbortedByPlugin,
    /// The target failed: it gave no answer, or one that the journey did not want.
    TargetFailed,
    /// A threshold can never match.
    Unmatched,
    /// A check failed.
    CheckFailed,
    /// All is well.
    Well,
}

impl TrialEnd {
    /// The exit code of a program that did nothing but the trial.
    pub fn exit(self) -> Exit {
        match self {
            TrialEnd::Interrupted => Exit::Interrupted,
            TrialEnd::MachineFailed => Exit::Unexpected,
            TrialEnd::PluginBroke => Exit::PluginBroken,
            TrialEnd::AbortedByPlugin => Exit::AbortedByPlugin,
            TrialEnd::TargetFailed => Exit::TargetFailed,
            TrialEnd::Unmatched => Exit::Invalid,
            TrialEnd::CheckFailed => Exit::CheckFailed,
            TrialEnd::Well => Exit::Ok,
        }
    }

    fn of_cause(cause: FailureCause) -> TrialEnd {
        match cause {
            FailureCause::Target => TrialEnd::TargetFailed,
            FailureCause::Plugin => TrialEnd::PluginBroke,
            FailureCause::Generator => TrialEnd::MachineFailed,
        }
    }

    fn of_call(end: &CallEnd) -> TrialEnd {
        match end {
            CallEnd::Done => TrialEnd::Well,
            CallEnd::GivenUp => TrialEnd::Interrupted,
            CallEnd::Abort(_) => TrialEnd::AbortedByPlugin,
            CallEnd::Broke(Breakdown { cause, .. }) => TrialEnd::of_cause(*cause),
        }
    }

    fn of_iteration(end: &IterationEnd) -> TrialEnd {
        match end {
            IterationEnd::Completed => TrialEnd::Well,
            IterationEnd::Interrupted => TrialEnd::Interrupted,
            IterationEnd::Abort(_) => TrialEnd::AbortedByPlugin,
            IterationEnd::Failed(IterationFailure { cause, .. }) => TrialEnd::of_cause(*cause),
        }
    }
}

impl Trial {
    /// What it comes to: the first, by its order, of all that went wrong.
    pub fn end(&self) -> TrialEnd {
        let calls = self.journeys.iter().flat_map(|journey| journey.setup.iter().chain(&journey.teardown));
        let calls = calls.map(|call| TrialEnd::of_call(&call.end));
        let users = self.users.iter().map(|user| TrialEnd::of_call(&user.end));
        let iterations = self.iterations.iter().map(|iteration| TrialEnd::of_iteration(&iteration.end));
        let seen = self.all_seen().map(|seen| {
            let requests = seen
                .requests()
                .any(|request| !request.ok && !request.interrupted)
                .then_some(TrialEnd::TargetFailed);
            let checks = seen.checks().any(|check| !check.passed).then_some(TrialEnd::CheckFailed);
            requests.or(checks).unwrap_or(TrialEnd::Well)
        });
        let packs = self.packs.iter().filter(|pack| pack.broke > 0).map(|_| TrialEnd::PluginBroke);
        let unmatched = self.unseen_thresholds.iter().filter(|one| one.is_certain());
        let others = [self.interrupted.then_some(TrialEnd::Interrupted)].into_iter().flatten();
        let all = calls.chain(users).chain(iterations).chain(seen).chain(packs).chain(others);
        all.chain(unmatched.map(|_| TrialEnd::Unmatched)).min().unwrap_or(TrialEnd::Well)
    }

    /// Everything that was measured.
    pub(super) fn all_seen(&self) -> impl Iterator<Item = &super::Seen> {
        let calls = self.journeys.iter().flat_map(|journey| journey.setup.iter().chain(&journey.teardown));
        let users = self.users.iter().map(|user| &user.seen);
        calls.map(|call| &call.seen).chain(users).chain(self.iterations.iter().map(|one| &one.seen))
    }

    /// Whether something kept parts of the journeys from being seen.
    pub(super) fn was_cut_short(&self) -> bool {
        let calls =
            self.journeys.iter().any(|one| one.setup.as_ref().is_none_or(|call| call.end != CallEnd::Done));
        let iterations =
            self.iterations.iter().any(|one| one.end != IterationEnd::Completed || one.seen.lost > 0);
        let users = self.users.iter().any(|one| one.end != CallEnd::Done || one.seen.lost > 0);
        self.interrupted || calls || iterations || users
    }
}
