//! What a run would be, without running it.

use outrider_capability::Redactor;
use outrider_engine::Description;
use outrider_model::RunPlan;

use crate::resolve::Resolved;

/// A run that was resolved and checked as [`Session::prepare`](crate::Session::prepare) does it, and not begun:
/// nothing is written, nothing was sent. Its run id is claimed by nobody.
#[derive(Clone, Debug)]
pub struct DryRun {
    /// The plan, resolved and valid, without secrets.
    pub plan: RunPlan,
    /// What the journeys say of themselves, in the plan's order.
    pub descriptions: Vec<Description>,
    /// What the run would let the plugins use, as the user would grant it, without secrets.
    pub grants: Vec<String>,
    /// The data files and their rows.
    pub data: Vec<DataNeed>,
    /// The names of the secrets that the journeys may use.
    pub secrets: Vec<String>,
    /// By scenario, in the plan's order: the ceiling of VUs that it would have by default, where this machine
    /// holds fewer and the plan has what it holds.
    pub lowered_ceilings: Vec<Option<u32>>,
    /// What all users take of this machine.
    pub room: RoomNeed,
    /// Keeps the run's secrets out of what is said about it.
    pub redactor: Redactor,
}

impl DryRun {
    pub(crate) fn of(resolved: Resolved) -> DryRun {
        let Resolved { journeys, plan, grants, data, shared, lowered_ceilings, room, .. } = resolved;
        DryRun {
            plan,
            descriptions: journeys.into_iter().map(|journey| journey.description).collect(),
            grants,
            data,
            secrets: shared.secrets.names().map(str::to_owned).collect(),
            lowered_ceilings,
            room,
            redactor: shared.redactor.clone(),
        }
    }
}

/// A data file of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataNeed {
    /// The name that journeys read it by.
    pub name: String,
    /// The file, as the user named it.
    pub path: String,
    /// Which row an iteration gets, as `--data` has it: `circular`, `unique:stop`, …
    pub policy: String,
    /// How many rows it has.
    pub rows: u64,
}

/// What the users of a run take of this machine when there are most of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RoomNeed {
    /// The most users at once.
    pub max_vus: u32,
    /// The linear memory of their instances before the first iteration, packs' included, in bytes. What an
    /// iteration needs comes on top of it, up to the limit of each user.
    pub memory_bytes: u64,
}

impl RoomNeed {
    /// Some users more, each of whom takes `memory_bytes`.
    pub(crate) fn add(&mut self, vus: u32, memory_bytes: u64) {
        self.max_vus = self.max_vus.saturating_add(vus);
        self.memory_bytes = self.memory_bytes.saturating_add(memory_bytes.saturating_mul(u64::from(vus)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_of_all_scenarios_add_up() {
        let mut need = RoomNeed::default();
        need.add(10, 100);
        need.add(5, 1);
        assert_eq!(need, RoomNeed { max_vus: 15, memory_bytes: 1_005 });
    }
}
