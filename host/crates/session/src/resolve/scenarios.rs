//! What can be said of the scenarios before anything is loaded.

use outrider_engine::{MAX_NAME_BYTES, MAX_TAGS};

use crate::fault::Faults;
use crate::{Fault, ScenarioConfig, SessionConfig};

/// Scenarios that cannot be told apart, go through no journey, or have tags that would not be kept.
pub(super) fn check(config: &SessionConfig, faults: &mut Faults) {
    if config.scenarios.is_empty() && config.faults.is_empty() {
        faults.push(Fault::new("the run has no scenario: nothing would run"));
    }
    for (index, scenario) in config.scenarios.iter().enumerate() {
        let name = &scenario.name;
        if config.scenarios[..index].iter().any(|other| other.name == *name) {
            let hint = "rows are told apart by the scenario's name: give one of them another";
            let fault = Fault::new(format!("two scenarios are named '{name}'")).hint(hint);
            faults.push(fault.at(scenario.places.of("")));
        }
        if scenario.journey >= config.journeys.len() {
            faults.push(Fault::new(format!("scenario '{name}' goes through no journey of the run")));
        }
        check_tags(scenario, faults);
    }
}

fn check_tags(scenario: &ScenarioConfig, faults: &mut Faults) {
    let (name, tags) = (&scenario.name, &scenario.tags);
    if tags.len() > MAX_TAGS {
        let message = format!("scenario '{name}' has {} tags, and a sample carries {MAX_TAGS}", tags.len());
        let fault = Fault::new(message).hint("leave some to the journey: it sets tags too");
        faults.push(fault.at(scenario.places.of("tags")));
    }
    for (key, value) in tags {
        let complaint = match (key.as_str(), key.len().max(value.len())) {
            ("", _) => "without a name".to_owned(),
            ("scenario", _) => "'scenario', which every row has already".to_owned(),
            (key, bytes) if bytes > MAX_NAME_BYTES => {
                format!("'{key:.40}' of {bytes} bytes, and {MAX_NAME_BYTES} are kept")
            }
            _ => continue,
        };
        let fault = Fault::new(format!("scenario '{name}' has a tag {complaint}"));
        faults.push(fault.at(scenario.places.of(&format!("tags.{key}"))));
    }
}
