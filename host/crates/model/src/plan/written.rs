//! Plans as they were written, by this version or an earlier one.
//!
//! Until the dataset's layout 2 a run had one journey, written as `plugin` and `parameters` of the plan itself.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{JourneyPlan, PackPlan, PluginRef, RunPlan, ScenarioPlan};
use crate::RunId;
use crate::threshold::Threshold;

#[derive(Deserialize)]
pub(super) struct WrittenPlan {
    run_id: RunId,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    journeys: Vec<JourneyPlan>,
    #[serde(default)]
    plugin: Option<PluginRef>,
    #[serde(default)]
    parameters: BTreeMap<String, Value>,
    target: Option<String>,
    allow_net: Vec<String>,
    seed: u64,
    scenarios: Vec<ScenarioPlan>,
    #[serde(default)]
    packs: Vec<PackPlan>,
    #[serde(default)]
    thresholds: Vec<Threshold>,
}

impl From<WrittenPlan> for RunPlan {
    fn from(written: WrittenPlan) -> RunPlan {
        let WrittenPlan { mut journeys, mut scenarios, plugin, parameters, .. } = written;
        if let Some(plugin) = plugin {
            for scenario in &mut scenarios {
                scenario.journey.clone_from(&plugin.name);
            }
            journeys.push(JourneyPlan { name: plugin.name.clone(), plugin, parameters });
        }
        RunPlan {
            run_id: written.run_id,
            name: written.name,
            journeys,
            target: written.target,
            allow_net: written.allow_net,
            seed: written.seed,
            scenarios,
            packs: written.packs,
            thresholds: written.thresholds,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_plan_of_layout_1_has_one_journey() {
        let plugin = json!({"name": "checkout", "path": "checkout.wasm", "digest": "sha256:00"});
        let executor = json!({"executor": "constant-vus", "vus": 1, "duration": {"secs": 1, "nanos": 0}});
        let time = json!({"secs": 0, "nanos": 0});
        let plan: RunPlan = serde_json::from_value(json!({
            "run_id": "20260131T120000Z-4f2a9c",
            "plugin": plugin,
            "target": null,
            "allow_net": [],
            "parameters": {"think_ms": 5},
            "seed": 1,
            "scenarios": [{
                "name": "default", "plugin_scenario": "main", "start_time": time, "graceful_stop": time,
                "executor": executor,
            }],
        }))
        .unwrap();
        let [journey] = &plan.journeys[..] else { panic!("{plan:?}") };
        assert_eq!((journey.name.as_str(), &journey.parameters["think_ms"]), ("checkout", &json!(5)));
        assert_eq!(plan.scenarios[0].journey, "checkout");
        assert_eq!(plan.title(), "checkout");
        let again: RunPlan = serde_json::from_value(serde_json::to_value(&plan).unwrap()).unwrap();
        assert_eq!(again, plan);
    }
}
