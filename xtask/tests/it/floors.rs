//! Dependencies point down: a crate names only crates on lower floors, and each heavy dependency has one home.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::repository::{packages, text};

/// Every crate of the workspace that has a floor. A new one is entered here and in ARCHITECTURE.md.
const FLOORS: &[(&str, u8)] = &[
    ("outrider-cache", 0),
    ("outrider-model", 0),
    ("outrider-plan", 1),
    ("outrider-wit", 1),
    ("outrider-telemetry", 1),
    ("outrider-capability", 2),
    ("outrider-export", 2),
    ("outrider-scheduler", 2),
    ("outrider-storage", 2),
    ("outrider-engine", 3),
    ("outrider-query", 3),
    ("outrider-report", 3),
    ("outrider-session", 4),
    ("outrider-toolchain", 5),
    ("outrider", 8),
];

/// Crates beside the floors, with what of ours they may name. The first two serve tests and demo only, so that a crate
/// with a floor may name them as a development dependency and in no other way; the next two write the bindings of two
/// SDKs, and the last builds before all others.
const BESIDE: &[(&str, &[&str])] = &[
    ("outrider-shop", &["outrider-model"]),
    ("outrider-test-util", &["outrider-model"]),
    ("outrider-go-bindings", &[]),
    ("outrider-rust-bindings", &[]),
    ("xtask", &[]),
];

/// Heavy dependencies and the only crates whose product, as opposed to tests, may name them: what they cost to build,
/// and what their versions force on others, is decided in one place.
const HOMES: &[(&str, &[&str])] = &[
    // In the toolchain it is the version of componentize-qjs, which runs while a plugin is built and in no run.
    ("wasmtime", &["outrider-wit", "outrider-toolchain"]),
    ("wasmtime-wasi", &["outrider-engine", "outrider-toolchain"]),
    ("wasmtime-wizer", &["outrider-toolchain"]),
    ("componentize-qjs", &["outrider-toolchain"]),
    ("wit-dylib", &["outrider-toolchain"]),
    ("wit-component", &["outrider-toolchain"]),
    ("wit-bindgen-go", &["outrider-go-bindings"]),
    ("wit-bindgen-rust", &["outrider-rust-bindings"]),
    ("swc_ts_fast_strip", &["outrider-toolchain"]),
    ("parquet", &["outrider-telemetry", "outrider-storage", "outrider-report"]),
    ("object_store", &["outrider-storage", "outrider-report"]),
    ("datafusion", &["outrider-query"]),
    ("indicatif", &["outrider"]),
    ("prost", &["outrider-export"]),
    ("reqwest", &["outrider-export"]),
];

/// One dependency as a manifest states it.
#[derive(Debug)]
struct Edge {
    from: String,
    to: String,
    in_tests_only: bool,
}

#[test]
fn every_crate_has_a_place() {
    for package in packages() {
        let name = name(&package);
        let placed =
            FLOORS.iter().any(|(known, _)| *known == name) || BESIDE.iter().any(|(known, _)| *known == name);
        assert!(placed, "{name} has no place: enter it in FLOORS, and in the table of ARCHITECTURE.md");
    }
}

#[test]
fn the_table_of_architecture_has_the_same_floors() {
    // | 2 | `scheduler` | … |
    let row = |line: &str| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        let floor: u8 = cells.next()?.parse().ok()?;
        Some((format!("outrider-{}", cells.next()?.trim_matches('`')), floor))
    };
    let mut in_table: Vec<_> = text("ARCHITECTURE.md").lines().filter_map(row).collect();
    // The program stands above all floors, and without a number.
    let numbered = FLOORS.iter().filter(|(name, _)| *name != "outrider");
    let mut expected: Vec<_> = numbered.map(|(name, floor)| ((*name).to_owned(), *floor)).collect();
    in_table.sort();
    expected.sort();
    assert_eq!(in_table, expected);
}

#[test]
fn a_crate_names_only_crates_on_lower_floors() {
    let floors: BTreeMap<_, _> = FLOORS.iter().copied().collect();
    for edge in edges() {
        let Some(below) = floors.get(edge.to.as_str()) else {
            continue;
        };
        let Some(above) = floors.get(edge.from.as_str()) else {
            continue;
        };
        assert!(below < above, "{} (floor {above}) names {} (floor {below})", edge.from, edge.to);
    }
}

#[test]
fn crates_beside_the_floors_stay_out_of_the_product() {
    for edge in edges() {
        let beside = |name: &str| BESIDE.iter().find(|(known, _)| *known == name);
        if beside(&edge.to).is_some() {
            assert!(edge.in_tests_only, "{} names {} outside its tests", edge.from, edge.to);
        }
        if let Some((_, allowed)) = beside(&edge.from)
            && edge.to.starts_with("outrider")
            && !edge.in_tests_only
        {
            assert!(allowed.contains(&edge.to.as_str()), "{} names {}", edge.from, edge.to);
        }
    }
}

#[test]
fn each_heavy_dependency_is_named_in_its_home_only() {
    for (heavy, homes) in HOMES {
        let named: Vec<_> =
            edges().into_iter().filter(|edge| edge.to == *heavy && !edge.in_tests_only).collect();
        assert!(!named.is_empty(), "nothing names {heavy} any more: take it out of HOMES");
        for edge in named {
            assert!(
                homes.contains(&edge.from.as_str()),
                "{} names {heavy}, whose home is {homes:?}",
                edge.from
            );
        }
    }
}

#[test]
fn every_crate_says_in_a_sentence_what_it_is_for() {
    for package in packages() {
        let description = package["description"].as_str().unwrap_or_default();
        assert!(description.ends_with('.') && description.len() > 20, "{}: {description:?}", name(&package));
    }
}

fn name(package: &Value) -> String {
    package["name"].as_str().unwrap().to_owned()
}

fn edges() -> Vec<Edge> {
    let of_package = |package: &Value| {
        let from = name(package);
        let dependencies = package["dependencies"].as_array().unwrap().clone();
        dependencies.into_iter().map(move |dependency| Edge {
            from: from.clone(),
            to: name(&dependency),
            in_tests_only: dependency["kind"] == "dev",
        })
    };
    packages().iter().flat_map(of_package).collect()
}
