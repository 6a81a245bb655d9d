//! One data set under way: which row is whose, and what is left.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};

use outrider_model::{IterationIndex, hash_of, mix64};

use super::shuffle::shuffled;
use super::{DataConfig, DataError, Exhausted, Exhaustion, RowFor, RowPolicy};

/// A data set and what its run made of it so far.
#[derive(Debug)]
pub(super) struct Set {
    name: String,
    rows: Vec<Box<str>>,
    policy: RowPolicy,
    /// The run's seed, and the name, so that two sets are not drawn alike.
    seed: u64,
    /// The scenarios that share the rows; an iteration's draw follows from its place among them.
    scenarios: Vec<Arc<str>>,
    users: RwLock<Vec<AskedBy>>,
    /// One more than the highest draw that was made.
    draws: AtomicU64,
    dropped: AtomicU64,
}

/// A scenario of the run, and of the plugin, whose iterations ask for rows. Few, and found at their
/// first iteration.
#[derive(Debug, PartialEq, Eq)]
struct AskedBy {
    scenario: Arc<str>,
    plugin_scenario: Arc<str>,
}

impl Set {
    pub(super) fn new(config: &DataConfig, rows: Vec<Box<str>>, scenarios: &[&str], seed: u64) -> Set {
        let shares =
            |name: &&&str| config.scenarios.is_empty() || config.scenarios.iter().any(|one| one == **name);
        Set {
            name: config.name.clone(),
            rows,
            policy: config.policy,
            seed: mix64(seed ^ hash_of(&config.name)),
            scenarios: scenarios.iter().filter(shares).map(|name| Arc::from(*name)).collect(),
            users: RwLock::default(),
            draws: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
        }
    }

    pub(super) fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    pub(super) fn may_refuse(&self) -> bool {
        matches!(self.policy, RowPolicy::Unique(Exhaustion::Stop | Exhaustion::Drop))
    }

    /// Whether no two iterations get the same row as long as there are enough.
    pub(super) fn is_unique(&self) -> bool {
        matches!(self.policy, RowPolicy::Unique(_))
    }

    /// How many rows it must have for all iterations of a scenario to have one each, if those before them have
    /// asked; zero if none has, or rows are not unique.
    pub(super) fn rows_for(&self, scenario: &str, iterations: u64) -> u64 {
        let users = self.users.read().unwrap_or_else(PoisonError::into_inner);
        let last = iterations.checked_sub(1).filter(|_| users.iter().any(|user| *user.scenario == *scenario));
        let draw = last.and_then(|last| self.draw(scenario, IterationIndex(last)));
        draw.map_or(0, |draw| draw.saturating_add(1))
    }

    /// The row of whoever asks.
    pub(super) fn row(&self, asks: RowFor<'_>) -> Result<&str, DataError> {
        let draw = self.draw_of(asks).map_err(|scenario| DataError::NotForScenario {
            name: self.name.clone(),
            scenario: scenario.to_string(),
        })?;
        if let RowFor::Iteration { scenario, plugin_scenario, .. } = asks
            && self.is_unique()
        {
            self.remember(scenario, plugin_scenario);
        }
        self.draws.fetch_max(draw.saturating_add(1), Relaxed);
        let row = usize::try_from(self.index(draw)).ok().and_then(|index| self.rows.get(index));
        row.map(AsRef::as_ref).ok_or_else(|| DataError::Exhausted {
            name: self.name.clone(),
            rows: self.len(),
            iteration: match asks {
                RowFor::Iteration { index, .. } => index,
                RowFor::User(_) | RowFor::Run => IterationIndex(draw),
            },
        })
    }

    /// The number of the row of whoever asks, from 0; it may be beyond the last one.
    pub(super) fn place(&self, asks: RowFor<'_>) -> Option<u64> {
        self.draw_of(asks).ok().map(|draw| self.index(draw))
    }

    /// The draw of whoever asks, or the scenario that the set was not given to.
    fn draw_of<'a>(&self, asks: RowFor<'a>) -> Result<u64, &'a str> {
        match asks {
            RowFor::Iteration { scenario, index, .. } => self.draw(scenario, index).ok_or(scenario),
            RowFor::User(vu) => Ok(u64::from(vu.0.saturating_sub(1))),
            RowFor::Run => Ok(0),
        }
    }

    /// The place of an iteration in the set's sequence of draws; `None` for a scenario that the set was
    /// not given to.
    ///
    /// The scenarios that share unique rows take turns, as workers do, so that none needs to know how
    /// far another is. Rows that are used again anyway begin with the first in every scenario.
    fn draw(&self, scenario: &str, index: IterationIndex) -> Option<u64> {
        let place = match self.scenarios.iter().position(|one| **one == *scenario) {
            Some(place) => place as u64,
            // A set without scenarios belongs to a run that has none yet.
            None if self.scenarios.is_empty() => 0,
            None => return None,
        };
        let turns = if self.policy == RowPolicy::Circular { 1 } else { self.scenarios.len().max(1) as u64 };
        Some(index.0.saturating_mul(turns).saturating_add(place % turns))
    }

    /// Whether an iteration finds a row of its own, or shares one, if it asks.
    pub(super) fn has_row(&self, scenario: &str, iteration: IterationIndex) -> bool {
        self.draw(scenario, iteration).is_none_or(|draw| self.index(draw) < self.len())
    }

    /// The row of a draw: a pure function.
    fn index(&self, draw: u64) -> u64 {
        let count = self.len().max(1);
        match self.policy {
            RowPolicy::Unique(Exhaustion::Stop | Exhaustion::Drop) => draw,
            RowPolicy::Unique(Exhaustion::Loop) | RowPolicy::Circular => draw % count,
            // The remainder favours low rows by less than one in 2^36 for the largest file.
            RowPolicy::Random => mix64(self.seed ^ mix64(draw)) % count,
            RowPolicy::Shuffled => shuffled(draw % count, count, mix64(self.seed ^ mix64(draw / count))),
        }
    }

    fn remember(&self, scenario: &Arc<str>, plugin_scenario: &Arc<str>) {
        if self.asked_by(scenario, plugin_scenario) {
            return;
        }
        let mut users = self.users.write().unwrap_or_else(PoisonError::into_inner);
        let asked = AskedBy { scenario: Arc::clone(scenario), plugin_scenario: Arc::clone(plugin_scenario) };
        if !users.contains(&asked) {
            users.push(asked);
        }
    }

    fn asked_by(&self, scenario: &str, plugin_scenario: &str) -> bool {
        let users = self.users.read().unwrap_or_else(PoisonError::into_inner);
        users.iter().any(|user| *user.scenario == *scenario && *user.plugin_scenario == *plugin_scenario)
    }

    /// Why an iteration that asks for a row of this set may not start.
    pub(super) fn refusal(
        &self,
        scenario: &str,
        plugin_scenario: &str,
        iteration: IterationIndex,
    ) -> Option<Exhausted> {
        let RowPolicy::Unique(exhaustion @ (Exhaustion::Stop | Exhaustion::Drop)) = self.policy else {
            return None;
        };
        let is_left = self.draw(scenario, iteration)? < self.len();
        if is_left || !self.asked_by(scenario, plugin_scenario) {
            return None;
        }
        let stops = exhaustion == Exhaustion::Stop;
        if !stops {
            self.dropped.fetch_add(1, Relaxed);
        }
        Some(Exhausted { reason: format!("data '{}' is exhausted: {}", self.name, self.used()), stops })
    }

    fn used(&self) -> String {
        let rows = if self.rows.len() == 1 { "its row was" } else { "all its rows were" };
        match self.scenarios.len() {
            0 | 1 => format!("{rows} used ({} in all)", self.len()),
            scenarios => {
                format!(
                    "{rows} used or kept for other scenarios ({} in all, shared by {scenarios})",
                    self.len()
                )
            }
        }
    }

    /// What is to be said of it after the run.
    pub(super) fn remark(&self) -> Option<String> {
        let (draws, dropped) = (self.draws.load(Relaxed), self.dropped.load(Relaxed));
        let rows = self.len();
        match self.policy {
            RowPolicy::Unique(Exhaustion::Loop) if draws > rows => Some(format!(
                "data '{}' was exhausted and used again: it has {rows} rows, and {draws} were asked for",
                self.name
            )),
            RowPolicy::Unique(Exhaustion::Drop) if dropped > 0 => Some(format!(
                "data '{}' was exhausted after {rows} rows: {dropped} iterations were dropped",
                self.name
            )),
            _ => None,
        }
    }
}
