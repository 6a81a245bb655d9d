//! The scenarios of a run, and the load that some of them share.

use outrider_engine::ANY_SCENARIO;
use outrider_model::units::duration_text;
use outrider_model::{MixShare, ScenarioPlan};
use outrider_session::DryRun;
use serde_json::json;

use super::{List, load};
use crate::given::Origin;

/// The scenarios that share the mix, if all of them run. The part of a single one is a load of its own: its weight
/// alone would be all of the mix.
fn mixed(dry: &DryRun) -> Vec<&ScenarioPlan> {
    let mixed: Vec<&ScenarioPlan> =
        dry.plan.scenarios.iter().filter(|scenario| scenario.share.is_some()).collect();
    let shares = || mixed.iter().filter_map(|scenario| scenario.share);
    let taken: u64 = shares().map(|share| share.to - share.from).sum();
    if shares().all(|share| share.of == taken) { mixed } else { Vec::new() }
}

impl List<'_> {
    /// The load that scenarios share.
    pub(super) fn mix(&mut self, dry: &DryRun) {
        let mixed = mixed(dry);
        let Some(whole) = load::whole(&mixed) else { return };
        for (key, value) in load::keys(&whole) {
            self.push("mix", key, value, load::origin(self.asked, "mix", key));
        }
        self.start_time("mix", &["mix"], mixed[0]);
        // What a scenario has of its own is not the mix's.
        if let Some(one) = mixed.iter().find(|one| !self.stops_by_itself(one)) {
            self.graceful_stop("mix", &["mix", "run"], one);
        }
    }

    /// All scenarios.
    pub(super) fn scenarios(&mut self, dry: &DryRun) {
        let is_mixed = !mixed(dry).is_empty();
        dry.plan.scenarios.iter().for_each(|scenario| self.scenario(dry, scenario, is_mixed));
    }

    fn scenario(&mut self, dry: &DryRun, scenario: &ScenarioPlan, is_mixed: bool) {
        let table = format!("scenario.{}", scenario.name);
        let journey = dry.plan.journey(&scenario.journey);
        let plugin = journey.map_or("", |journey| journey.plugin.path.as_str());
        let origin = match &self.asked.document {
            Some(_) => self.asked.origin(&format!("{table}.plugin"), None),
            None => Origin::Flag("the command line".to_owned()),
        };
        self.push(&table, "plugin", plugin, origin);
        if scenario.plugin_scenario != ANY_SCENARIO {
            let origin = self.asked.of_plan(&format!("{table}.scenario"), "scenario");
            self.push(&table, "scenario", scenario.plugin_scenario.as_str(), origin);
        }
        if !scenario.weights.is_empty() {
            self.planned(&table, "weights", json!(scenario.weights));
        }
        match scenario.share {
            Some(share) if is_mixed => self.share(&table, scenario, share),
            share => self.load(&table, scenario, share),
        }
        let parameters = journey.map(|journey| &journey.parameters);
        for (key, value) in parameters.into_iter().flatten() {
            let origin = match self.asked.set.contains(key) {
                true => Origin::Flag("--set".to_owned()),
                false => self.asked.origin(&format!("{table}.parameters.{key}"), None),
            };
            self.push(&format!("{table}.parameters"), key, value.clone(), origin);
        }
        for (key, value) in &scenario.tags {
            self.planned(&format!("{table}.tags"), key, value.as_str());
        }
    }

    /// A share of the mix.
    fn share(&mut self, table: &str, scenario: &ScenarioPlan, MixShare { from, to, .. }: MixShare) {
        self.planned(table, "weight", to - from);
        if self.stops_by_itself(scenario) {
            self.graceful_stop(table, &[table], scenario);
        }
    }

    /// A load of its own, which may be what the mix would give it on average.
    fn load(&mut self, table: &str, scenario: &ScenarioPlan, share: Option<MixShare>) {
        let of_load = if share.is_some() { "mix" } else { table };
        for (key, value) in load::keys(&scenario.executor) {
            self.push(table, key, value, load::origin(self.asked, of_load, key));
        }
        self.start_time(table, &[of_load], scenario);
        self.graceful_stop(table, &[table, of_load, "run"], scenario);
    }

    /// Whether the plan gives it a graceful stop of its own, and no flag one for all.
    fn stops_by_itself(&self, scenario: &ScenarioPlan) -> bool {
        let key = format!("scenario.{}.graceful_stop", scenario.name);
        self.asked.given.origin("graceful_stop").is_none() && self.asked.written(&key).is_some()
    }

    fn start_time(&mut self, table: &str, tables: &[&str], scenario: &ScenarioPlan) {
        let written = self.asked.first_of(&within(tables, "start_time"), None);
        // One that runs alone begins at once, whatever the plan says.
        let origin = match (written, self.asked.given.origin("scenario")) {
            (Origin::Plan { .. }, Some(alone)) => alone.clone(),
            (written, _) => written,
        };
        self.push(table, "start_time", duration_text(scenario.start_time), origin);
    }

    fn graceful_stop(&mut self, table: &str, tables: &[&str], scenario: &ScenarioPlan) {
        let origin = self.asked.first_of(&within(tables, "graceful_stop"), Some("graceful_stop"));
        self.push(table, "graceful_stop", duration_text(scenario.graceful_stop), origin);
    }
}

fn within(tables: &[&str], key: &str) -> Vec<String> {
    tables.iter().map(|table| format!("{table}.{key}")).collect()
}
