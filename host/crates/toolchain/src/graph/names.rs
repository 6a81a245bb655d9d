//! What modules are called: their paths in the author's project.
//!
//! Names begin at the project's folder, the nearest with a `package.json`. Without one, or where modules lie outside of it, they begin at
//! the folder that holds all of the author's own modules, so that a journey in one file has that file's name. Packages
//! are called `node_modules/…` wherever they are installed.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

const PACKAGES: &str = "node_modules";

/// Whether a module belongs to an installed package.
pub(super) fn is_package(path: &Path) -> bool {
    path.components().any(|component| component.as_os_str() == PACKAGES)
}

/// The folder of the project that a module belongs to.
pub(super) fn project_of(module: &Path) -> Option<&Path> {
    module.ancestors().skip(1).find(|folder| folder.join("package.json").is_file())
}

/// A name for each path, unique, in their order.
pub(super) fn of(paths: &[&Path], project: Option<&Path>) -> Vec<String> {
    let own = paths.iter().filter(|path| !is_package(path)).filter_map(|path| path.parent());
    let shared = own.map(Path::to_owned).reduce(|root, folder| common(&root, &folder)).unwrap_or_default();
    let root = project.filter(|project| shared.starts_with(project)).map_or(shared.clone(), Path::to_owned);
    let mut taken = HashSet::new();
    paths.iter().map(|path| unique(&mut taken, &name(path, &root))).collect()
}

/// How a module names another in an import: `./…` or `../…`.
pub(super) fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let shared = from[..from.len() - 1].iter().zip(&to[..to.len() - 1]).take_while(|(a, b)| a == b).count();
    let up = from.len() - 1 - shared;
    let start = if up == 0 { "./".to_owned() } else { "../".repeat(up) };
    start + &to[shared..].join("/")
}

fn common(a: &Path, b: &Path) -> PathBuf {
    a.components().zip(b.components()).take_while(|(a, b)| a == b).map(|(component, _)| component).collect()
}

fn name(path: &Path, root: &Path) -> String {
    let mut parts: Vec<Component<'_>> = path.components().collect();
    match parts.iter().position(|part| part.as_os_str() == PACKAGES) {
        Some(packages) => parts.drain(..packages),
        None => parts.drain(..root.components().count()),
    };
    let text = |part: Component<'_>| part.as_os_str().to_string_lossy().replace(['?', '#', '%', '\\'], "_");
    parts.into_iter().map(text).collect::<Vec<_>>().join("/")
}

fn unique(taken: &mut HashSet<String>, name: &str) -> String {
    let mut candidate = name.to_owned();
    let mut number = 2;
    while !taken.insert(candidate.clone()) {
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "js"));
        candidate = format!("{stem}~{number}.{extension}");
        number += 1;
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[&str]) -> Vec<String> {
        of(&paths.iter().map(Path::new).collect::<Vec<_>>(), None)
    }

    #[test]
    fn one_file_is_called_by_its_name() {
        assert_eq!(names(&["/home/a/checkout.ts"]), ["checkout.ts"]);
    }

    #[test]
    fn names_begin_at_the_folder_that_holds_all() {
        let names = names(&["/p/journeys/a.ts", "/p/journeys/lib/b.ts", "/p/shared/c.ts"]);
        assert_eq!(names, ["journeys/a.ts", "journeys/lib/b.ts", "shared/c.ts"]);
    }

    #[test]
    fn names_begin_at_the_project_that_holds_all() {
        let names = |paths: [&str; 2]| of(&paths.map(Path::new), Some(Path::new("/p/shop")));
        assert_eq!(names(["/p/shop/src/a.ts", "/p/shop/src/b.ts"]), ["src/a.ts", "src/b.ts"]);
        assert_eq!(names(["/p/shop/src/a.ts", "/p/lib/b.ts"]), ["shop/src/a.ts", "lib/b.ts"]);
    }

    #[test]
    fn packages_are_called_by_their_path_in_node_modules() {
        let names = names(&["/p/q/a.ts", "/p/node_modules/x/index.js", "/p/q/node_modules/x/index.js"]);
        assert_eq!(names, ["a.ts", "node_modules/x/index.js", "node_modules/x/index~2.js"]);
    }

    #[test]
    fn imports_are_relative() {
        assert_eq!(relative("a.ts", "b.ts"), "./b.ts");
        assert_eq!(relative("a.ts", "lib/b.ts"), "./lib/b.ts");
        assert_eq!(relative("lib/a.ts", "b.ts"), "../b.ts");
        assert_eq!(relative("x/lib/a.ts", "x/y/b.ts"), "../y/b.ts");
    }
}
