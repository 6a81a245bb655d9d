//! Packs as a run attaches them, and all of one user's.

use std::sync::Arc;

use outrider_capability::HttpClient;
use outrider_model::{Origin, VuId};

use super::account::{PackAccount, Tally};
use super::judge::{Subject, SubjectKind};
use super::witness::Witness;
use super::{Pack, PackDescription, PackInterest};
use crate::fault::PluginFault;
use crate::state::RunShared;

/// A pack with its parameters, for some or all scenarios of a run. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AttachedPack(Arc<Attached>);

#[derive(Debug)]
pub(super) struct Attached {
    pub(super) pack: Pack,
    pub(super) name: Arc<str>,
    pub(super) interest: PackInterest,
    /// Those of the run; none means all.
    pub(super) scenarios: Vec<String>,
    /// The run as the pack sees it: its own parameters and limits.
    pub(super) run: Arc<RunShared>,
    /// Of the run, beside whichever journey.
    pub(super) tally: Arc<Tally>,
}

impl AttachedPack {
    /// Attaches a pack to the scenarios of `run` that are named, or to all of them if none is. `parameters`
    /// is a JSON object that fits the pack's schema, its defaults filled in.
    pub fn new(
        pack: Pack,
        description: &PackDescription,
        parameters: String,
        scenarios: Vec<String>,
        run: &RunShared,
    ) -> AttachedPack {
        AttachedPack(Arc::new(Attached {
            pack,
            name: description.name.as_str().into(),
            interest: description.interest,
            scenarios,
            run: Arc::new(run.of_pack(parameters)),
            tally: Arc::default(),
        }))
    }

    /// The same pack beside another journey, whose run this is: it sees what that one's `setup` returned. Its
    /// calls count with all others.
    #[must_use]
    pub fn beside(&self, run: &RunShared) -> AttachedPack {
        let Attached { pack, name, interest, scenarios, run: own, tally } = &*self.0;
        AttachedPack(Arc::new(Attached {
            pack: pack.clone(),
            name: Arc::clone(name),
            interest: *interest,
            scenarios: scenarios.clone(),
            run: Arc::new(run.of_pack(own.parameters.clone())),
            tally: Arc::clone(tally),
        }))
    }

    /// Whether it watches a scenario of the run.
    pub fn watches(&self, scenario: &str) -> bool {
        includes(&self.0.scenarios, scenario)
    }

    /// What became of its calls so far.
    pub fn account(&self) -> PackAccount {
        self.0.tally.account(&self.0.name)
    }
}

impl Attached {
    /// Whether it is to judge such a thing in a scenario. Calls outside of iterations (a journey's `start`
    /// and `stop`) belong to no scenario, so only packs for all scenarios see what happens there.
    fn wants(&self, kind: SubjectKind, scenario: &str) -> bool {
        let wanted = match kind {
            SubjectKind::Exchange => self.interest.exchanges,
            SubjectKind::Step => self.interest.steps,
            SubjectKind::Iteration => self.interest.iterations,
        };
        wanted && includes(&self.scenarios, scenario)
    }
}

/// Whether a scenario is among those that are named, of which none means all.
fn includes(named: &[String], scenario: &str) -> bool {
    named.is_empty() || named.iter().any(|name| name == scenario)
}

/// All packs of one user.
#[derive(Default)]
pub(crate) struct Packs(Vec<Witness>);

impl Packs {
    /// Makes an instance of each pack and calls its `start`. A fault comes with its pack's name.
    pub(crate) async fn start(attached: &[AttachedPack], vu: VuId) -> Result<Packs, PluginFault> {
        let mut witnesses = Vec::with_capacity(attached.len());
        for AttachedPack(attached) in attached {
            let witness = Witness::start(Arc::clone(attached), vu).await.map_err(|fault| PluginFault {
                message: format!("assertion pack '{}': {}", attached.name, fault.message),
                pack: Some(Arc::clone(&attached.name)),
                ..fault
            })?;
            witnesses.push(witness);
        }
        Ok(Packs(witnesses))
    }

    /// Whether any of them is to judge such a thing.
    pub(crate) fn want(&self, kind: SubjectKind, scenario: &str) -> bool {
        self.0.iter().any(|witness| witness.attached().wants(kind, scenario))
    }

    /// Has each of them that wants to judge it. `http` has the answers, which are lent to one after the
    /// other.
    pub(crate) async fn judge(&mut self, subject: &Subject, origin: &Origin, http: &mut HttpClient) {
        for witness in &mut self.0 {
            if witness.attached().wants(subject.kind(), &origin.scenario) {
                witness.judge(subject, origin, http).await;
            }
        }
    }

    /// What they printed in an iteration becomes rows, and their bounds begin anew.
    pub(crate) fn end_iteration(&mut self) {
        self.0.iter_mut().for_each(Witness::end_iteration);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_without_scenarios_watches_all_and_what_is_outside_of_them() {
        assert!(includes(&[], "buy"));
        assert!(includes(&[], ""));
        let named = ["buy".to_owned(), "browse".to_owned()];
        assert!(includes(&named, "browse"));
        assert!(!includes(&named, "search"));
        assert!(!includes(&named, ""));
    }
}
