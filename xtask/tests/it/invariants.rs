//! An invariant that is stated has a name, and the name stands where the invariant is upheld: none is only prose.

use std::collections::BTreeSet;

use crate::repository::{sources, text};

/// What names begin with; a number follows.
const PREFIX: &str = "INV-";

#[test]
fn every_invariant_is_named_where_it_is_upheld_and_every_name_is_an_invariant() {
    let sources = sources("host");
    let texts = || sources.iter().map(|(_, text)| text.as_str());
    let architecture = text("ARCHITECTURE.md");
    let stated: BTreeSet<String> =
        texts().chain([architecture.as_str()]).flat_map(|text| names(text, is_stated)).collect();
    assert!(stated.len() >= 5, "the invariants of ARCHITECTURE.md are not found: {stated:?}");
    let upheld: BTreeSet<String> = texts().flat_map(upheld_in).collect();
    let only_prose: Vec<_> = stated.difference(&upheld).collect();
    assert!(only_prose.is_empty(), "no code says that it upholds {only_prose:?}: name them where it does");
    let unknown: Vec<_> = upheld.difference(&stated).collect();
    assert!(unknown.is_empty(), "no invariant is stated under the names {unknown:?}");
}

/// An invariant is stated where its name is bold.
fn is_stated(line: &str, name: &str) -> bool {
    line.contains(&format!("**{name}**"))
}

/// The names that code refers to. A header that states invariants may speak of all of them and upholds none.
fn upheld_in(source: &str) -> BTreeSet<String> {
    let states_some = !names(source, is_stated).is_empty();
    names(source, |line, name| !(is_stated(line, name) || states_some && line.starts_with("//!")))
}

/// The names in a text whose lines are wanted.
fn names(text: &str, wanted: impl Fn(&str, &str) -> bool) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in text.lines() {
        for (at, _) in line.match_indices(PREFIX) {
            let number = &line[at + PREFIX.len()..];
            let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
            let name = format!("{PREFIX}{}", &number[..digits]);
            if digits > 0 && wanted(line, &name) {
                found.insert(name);
            }
        }
    }
    found
}

#[test]
fn names_are_read_whole_and_statements_told_from_references() {
    let text = "* **INV-1** Every …\n// INV-12, and INV-1 too.\n// INV-x is none.";
    let stated: Vec<_> = names(text, is_stated).into_iter().collect();
    assert_eq!(stated, ["INV-1"]);
    let upheld: Vec<_> = upheld_in(text).into_iter().collect();
    assert_eq!(upheld, ["INV-1", "INV-12"]);
    assert_eq!(upheld_in("//! * **INV-1** Each.\n//! INV-2 means that.\n/// INV-3.").len(), 1);
}
