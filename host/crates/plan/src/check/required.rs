//! Keys that a table must have.

use crate::read::Source;
use crate::{Place, PlanFault, PlanFile, Written};

/// Says which are missing.
pub(super) fn check(file: &PlanFile, source: &Source<'_>) {
    for (name, scenario) in super::scenarios(file) {
        let table = format!("scenario.{name}");
        let (at, scenario) = (scenario.at, &scenario.value);
        let hint = "plugin = \"browse.ts\" names the journey";
        need(&scenario.plugin, &scenario.unsound, "plugin", &table, at, hint, source);
    }
    for (number, pack) in numbered(&file.assert) {
        let (at, pack) = (pack.at, &pack.value);
        let hint = "plugin = \"assert-http.wasm\" names the pack";
        need(&pack.plugin, &pack.unsound, "plugin", &format!("assert[{number}]"), at, hint, source);
    }
    for (number, data) in numbered(&file.data) {
        let (table, at, data) = (format!("data[{number}]"), data.at, &data.value);
        need(&data.name, &data.unsound, "name", &table, at, "journeys ask for it by its name", source);
        need(&data.file, &data.unsound, "file", &table, at, "file = \"users.csv\" names it", source);
    }
    for (number, secret) in numbered(&file.secret) {
        let (table, at, secret) = (format!("secret[{number}]"), secret.at, &secret.value);
        need(&secret.name, &secret.unsound, "name", &table, at, "journeys ask for it by its name", source);
    }
    let agents = file.http.as_ref().and_then(|http| http.value.user_agents.as_ref());
    for (number, agent) in agents.iter().flat_map(|agents| agents.value.iter().enumerate()) {
        let (table, at, agent) = (format!("http.user_agents[{}]", number + 1), agent.at, &agent.value);
        need(&agent.text, &agent.unsound, "text", &table, at, "text = \"…\" is the header", source);
    }
}

fn numbered<T>(list: &Option<Written<Vec<Written<T>>>>) -> impl Iterator<Item = (usize, &Written<T>)> {
    list.iter().flat_map(|list| list.value.iter().enumerate()).map(|(index, one)| (index + 1, one))
}

/// Says that a key is missing. One that is there and not sound was complained of already.
pub(crate) fn need<T>(
    value: &Option<Written<T>>,
    unsound: &[&'static str],
    key: &'static str,
    table: &str,
    at: Place,
    hint: &str,
    source: &Source<'_>,
) {
    if value.is_none() && !unsound.contains(&key) {
        source.push(PlanFault::new(at, format!("[{table}] has no {key}")).hint(hint));
    }
}
