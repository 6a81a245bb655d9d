//! The route at the top of ARCHITECTURE.md, by which a newcomer reads the code, leads through names that exist.

use std::path::{Path, PathBuf};

use crate::repository::{sources, text};

/// The route is the paragraph below this heading: names in backticks.
const HEADING: &str = "## The main path, by name";
/// The crate that is not named like its folder.
const PROGRAM: (&str, &str) = ("outrider", "host/src");

#[test]
fn every_name_of_the_route_exists() {
    let sources = sources("host");
    let names = names(&text("ARCHITECTURE.md"));
    assert!(names.len() >= 10, "ARCHITECTURE.md has no route below `{HEADING}`: {names:?}");
    let missing: Vec<_> = names.iter().filter(|name| !exists(name, &sources)).collect();
    assert!(missing.is_empty(), "the route of ARCHITECTURE.md names what does not exist: {missing:?}");
}

fn names(architecture: &str) -> Vec<String> {
    let section = architecture.split_once(HEADING).map_or("", |(_, section)| section).trim_start();
    let paragraph = section.split("\n\n").next().unwrap_or_default();
    // Every second piece is between backticks.
    paragraph.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Whether a name is a type, a function, or a function of a type, module or crate.
fn exists(name: &str, sources: &[(PathBuf, String)]) -> bool {
    match name.rsplit_once("::") {
        None if is_type(name) => sources.iter().any(|(_, text)| defines_type(text, name)),
        None => sources.iter().any(|(_, text)| has_word_after(text, "fn ", name)),
        Some((owner, function)) => sources.iter().any(|(path, text)| {
            let owner_is_here = owner.split("::").all(|part| belongs(part, path, text));
            owner_is_here && has_word_after(text, "fn ", function)
        }),
    }
}

fn is_type(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_uppercase())
}

/// A type belongs where it is defined or implemented, a module or crate where the path has its name.
fn belongs(part: &str, path: &Path, text: &str) -> bool {
    if part == PROGRAM.0 {
        return path.starts_with(PROGRAM.1);
    }
    if is_type(part) {
        return defines_type(text, part)
            || text.lines().any(|line| line.starts_with("impl") && has_word(line, part));
    }
    path.with_extension("").iter().any(|folder| folder == part)
}

fn defines_type(text: &str, name: &str) -> bool {
    ["struct ", "enum ", "trait ", "type "].iter().any(|keyword| has_word_after(text, keyword, name))
}

fn has_word_after(text: &str, keyword: &str, name: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
    text.match_indices(keyword).any(|(at, _)| text[at + keyword.len()..].strip_prefix(name).is_some_and(ends))
}

fn has_word(line: &str, name: &str) -> bool {
    line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').any(|word| word == name)
}

#[test]
fn a_route_is_read_and_its_names_are_told_apart() {
    let route = format!(
        "# A\n\n{HEADING}\n\n`outrider::run` → `GuestVu` → the guest →\n`http::send`\n\n`more::names`\n"
    );
    assert_eq!(names(&route), ["outrider::run", "GuestVu", "http::send"]);
}

#[test]
fn a_name_exists_only_where_its_owner_is() {
    let sources =
        [("host/crates/capability/src/http/send.rs".into(), "pub async fn send<T>() {}".to_owned())];
    assert!(exists("capability::http::send", &sources) && exists("send", &sources));
    assert!(!exists("capability::http::sen", &sources));
    assert!(!exists("engine::http::send", &sources) && !exists("outrider::send", &sources));
    let sources =
        [("host/crates/engine/src/vu.rs".into(), "impl Vu for GuestVu {\n  fn iterate(".to_owned())];
    assert!(exists("Vu::iterate", &sources) && exists("GuestVu::iterate", &sources));
    assert!(!exists("GuestVu", &sources));
}
