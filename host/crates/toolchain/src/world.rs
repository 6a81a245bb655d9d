//! The worlds of the contract that a plugin may belong to, and what the SDK of JavaScript offers in each.

use outrider_wit::{PACKAGE, VERSION};
use serde::Deserialize;
use wasmparser::{Encoding, Parser, Payload};

/// Which world a plugin belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum World {
    /// What one user does; all functions are plain ones.
    Journey,
    /// What one user does; a function is `async`.
    JourneyAsync,
    /// What must hold about every answer of any journey.
    AssertionPack,
    /// From raw records to rows.
    Transform,
    /// How people are told that a monitor fails.
    AlertChannel,
}

/// What is particular to a world.
struct Traits {
    name: &'static str,
    /// With its article, for sentences.
    words: &'static str,
    /// The interface that it exports: as the contract names it and as JavaScript does.
    exports: (&'static str, &'static str),
    /// The interfaces of the contract that journeys import and it does not.
    without: &'static [&'static str],
    /// The names of the SDK that mean nothing in it.
    lacks: &'static [&'static str],
    /// What it has instead of them.
    has: &'static str,
    /// The shortest one.
    shortest: &'static str,
}

const JOURNEY: Traits = Traits {
    name: "journey",
    words: "journey",
    exports: ("user-journey", "userJourney"),
    without: &[],
    lacks: &["accepted", "column", "refuse", "reject", "tryAgain"],
    has: "column and reject are for transforms; accepted, tryAgain and refuse for alert channels",
    shortest: "import { http } from \"@outrider/sdk\"; export default function () { http.get(\"/\"); }",
};

const JOURNEY_ASYNC: Traits =
    Traits { name: "journey-async", exports: ("user-journey-async", "userJourneyAsync"), ..JOURNEY };

const ASSERTION_PACK: Traits = Traits {
    name: "assertion-pack",
    words: "assertion pack",
    exports: ("assertions", "assertions"),
    without: &["data", "http", "random"],
    lacks: &[
        "accepted", "column", "data", "http", "random", "refuse", "reject", "step", "tag", "think",
        "tryAgain",
    ],
    has: "it judges what journeys do, by check and expect; it has the clock, its parameters, metrics and logs",
    shortest: "import { assertionPack, expect } from \"@outrider/sdk\"; export default assertionPack({ checkExchange({ response }) \
               { expect(response?.status, \"status is 200\").toBe(200); } })",
};

const TRANSFORM: Traits = Traits {
    name: "transform",
    words: "transform",
    exports: ("transforms", "transforms"),
    without: &["clock", "data", "http", "random", "responses"],
    lacks: &[
        "abort", "accepted", "check", "data", "elapsed", "expect", "fail", "http", "now", "random", "refuse",
        "sleep", "step", "tag", "think", "tryAgain",
    ],
    has: "it says the same of the same record: it has its parameters, metrics and logs, and record.received",
    shortest: "import { transform } from \"@outrider/sdk\"; export default transform({ table: \"lines\", transform: (record) => \
               ({ line: record.text }) })",
};

const ALERT_CHANNEL: Traits = Traits {
    name: "alert-channel",
    words: "alert channel",
    exports: ("alerts", "alerts"),
    without: &["data", "random"],
    lacks: &[
        "abort", "check", "column", "data", "expect", "fail", "random", "reject", "step", "tag", "think",
    ],
    has: "it ends with accepted, tryAgain or refuse, and has requests, the clock, parameters, secrets, metrics and logs",
    shortest: "import { alertChannel, http } from \"@outrider/sdk\"; export default alertChannel({ deliver: (alert) => \
               void http.post(\"https://chat.test/hook\", { json: { text: alert.summary } }) })",
};

impl World {
    /// All of them.
    pub(crate) const ALL: [World; 5] =
        [World::Journey, World::JourneyAsync, World::AssertionPack, World::Transform, World::AlertChannel];

    /// Its name in the contract.
    pub fn name(self) -> &'static str {
        self.traits().name
    }

    /// What a plugin of it is, in words without an article.
    pub(crate) fn words(self) -> &'static str {
        self.traits().words
    }

    /// The interface that it exports, as JavaScript calls it.
    pub(crate) fn export(self) -> &'static str {
        self.traits().exports.1
    }

    /// The interfaces of the contract that the SDK calls and that it does not import.
    pub(crate) fn without(self) -> &'static [&'static str] {
        self.traits().without
    }

    /// Whether a name of the SDK means something in it.
    pub(crate) fn offers(self, name: &str) -> bool {
        !self.traits().lacks.contains(&name)
    }

    /// What it has in place of what it does not offer.
    pub(crate) fn has(self) -> &'static str {
        self.traits().has
    }

    /// The shortest plugin of it.
    pub(crate) fn shortest(self) -> &'static str {
        self.traits().shortest
    }

    /// The world that a module is for which takes these names from the SDK, if they say it.
    pub(crate) fn of_names<'a>(mut names: impl Iterator<Item = &'a str>) -> Option<World> {
        names.find_map(|name| match name {
            "assertionPack" => Some(World::AssertionPack),
            "transform" => Some(World::Transform),
            "alertChannel" => Some(World::AlertChannel),
            _ => None,
        })
    }

    /// The world that a component belongs to, by what it exports.
    pub(crate) fn of_component(component: &[u8]) -> Option<World> {
        let exports = exports(component).ok()?;
        World::ALL.into_iter().find(|world| {
            let interface = format!("{PACKAGE}/{}@{VERSION}", world.traits().exports.0);
            exports.contains(&interface)
        })
    }

    fn traits(self) -> &'static Traits {
        match self {
            World::Journey => &JOURNEY,
            World::JourneyAsync => &JOURNEY_ASYNC,
            World::AssertionPack => &ASSERTION_PACK,
            World::Transform => &TRANSFORM,
            World::AlertChannel => &ALERT_CHANNEL,
        }
    }
}

fn exports(component: &[u8]) -> wasmparser::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::Version { encoding: Encoding::Component | Encoding::Module, .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentExportSection(section) if depth == 1 => {
                for export in section {
                    found.push(export?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use outrider_wit::SOURCES;
    use wit_parser::{Resolve, SourceMap};

    use super::*;
    use crate::sdk;

    /// Or a component would import what its world does not have, or the SDK would call what is not there.
    #[test]
    fn what_a_world_is_without_is_what_the_contract_says() {
        let mut files = SourceMap::default();
        SOURCES.iter().for_each(|(name, content)| files.push_str(name, *content));
        let mut resolve = Resolve::default();
        let package = resolve.push_group(files.parse().map_err(|(_, error)| error).unwrap()).unwrap();
        let called = ["clock", "data", "http", "measure", "random", "responses", "vars"];
        for world in World::ALL {
            let id = resolve.select_world(&[package], Some(world.name())).unwrap();
            let name = |key| resolve.name_world_key(key);
            let imports: Vec<String> = resolve.worlds[id].imports.keys().map(name).collect();
            let has = |interface: &str| imports.contains(&format!("{PACKAGE}/{interface}@{VERSION}"));
            let without: Vec<&str> = called.into_iter().filter(|interface| !has(interface)).collect();
            assert_eq!(world.without(), without, "{}", world.name());
            let exports: Vec<String> = resolve.worlds[id].exports.keys().map(name).collect();
            assert_eq!(exports, [format!("{PACKAGE}/{}@{VERSION}", world.traits().exports.0)]);
        }
    }

    /// Each stands in for the host's functions that the SDK takes from it.
    #[test]
    fn there_is_a_stand_in_for_every_interface_that_a_world_is_without() {
        let code = |name: &str| sdk::FILES.iter().find(|(file, _)| *file == name).map(|(_, code)| *code);
        for interface in World::ALL.into_iter().flat_map(World::without) {
            let stand_in = code(&format!("src/absent/{interface}.js")).unwrap();
            let contract = SOURCES.iter().find(|(file, _)| *file == format!("{interface}.wit")).unwrap().1;
            let functions = contract.lines().filter_map(|line| line.trim().split_once(": func(")).count();
            assert_eq!(stand_in.matches("export const ").count(), functions, "{interface}");
        }
    }

    #[test]
    fn what_a_world_lacks_is_in_the_sdk() {
        for world in World::ALL {
            for name in world.traits().lacks {
                assert!(sdk::exports().contains(name), "{name}");
            }
        }
    }

    #[test]
    fn what_defines_a_plugin_says_its_world() {
        let of = |names: &[&str]| World::of_names(names.iter().copied());
        assert_eq!(of(&["check", "assertionPack"]), Some(World::AssertionPack));
        assert_eq!(of(&["journey", "http"]), None);
    }
}
