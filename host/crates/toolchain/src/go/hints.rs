//! What to do about what Go says, where Go does not say so itself or says what does not help here.

use std::path::Path;

use outrider_model::nearest;

use super::sdk;

/// What is known of a build besides Go's words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Circumstances<'a> {
    /// The go.work that would count for Go alone.
    pub(super) workspace: Option<&'a Path>,
    /// The folder of vendored modules that would count for Go alone.
    pub(super) vendored: Option<&'a Path>,
    /// Whether a file is built that is in no module.
    pub(super) is_loose: bool,
    /// The version of the SDK that go.mod asks for, if it is another than the one inside.
    pub(super) other_sdk: Option<&'a str>,
}

/// All that helps.
pub(super) fn hint(said: &str, about: Circumstances<'_>) -> Option<String> {
    let of_sdk = package_of_sdk(said).or_else(|| like_the_sdk(said));
    let lacks_module = of_sdk.is_none() && said.contains(LACKS_MODULE.1);
    let mut hints: Vec<String> = of_sdk.into_iter().collect();
    hints.extend(lacks_module.then(|| if about.is_loose { LOOSE } else { GO_GET }.to_owned()));
    if let Some(workspace) = about.workspace.filter(|_| lacks_module || said.contains(" is not in std ")) {
        let file = workspace.display();
        hints.push(format!("{file} is not read: name the other module in go.mod, with require and replace"));
    }
    hints.extend(
        about.vendored.filter(|_| said.contains("go: ") && !said.contains(LACKS_MODULE.1)).map(unread_vendor),
    );
    hints.extend(FIXED.iter().filter(|(words, _)| said.contains(words)).map(|(_, hint)| (*hint).to_owned()));
    hints.extend(about.other_sdk.map(other_version));
    (!hints.is_empty()).then(|| hints.join("; "))
}

/// What follows where go.mod asks for another SDK.
pub(super) fn other_version(asked: &str) -> String {
    let (module, version) = (sdk::MODULE, sdk::VERSION);
    format!("go.mod asks for {module} {asked}, and this host builds with the {version} inside it")
}

/// What follows where modules are vendored. With the SDK in it, go.mod would not agree with `vendor/modules.txt` any more.
pub(super) fn unread_vendor(folder: &Path) -> String {
    format!(
        "{} is not read: modules come from Go's own cache (go mod download), as go.mod and go.sum say",
        folder.display()
    )
}

/// How Go says that go.mod names no module with a package: what stands before the package, and after it.
const LACKS_MODULE: (&str, &str) =
    ("cannot find module providing package ", ": import lookup disabled by -mod=readonly");

const LOOSE: &str = "a file that needs other modules is in one itself: go mod init NAME, then go get PACKAGE";

const GO_GET: &str = "go get PACKAGE enters its module into go.mod; host adds none by itself";

/// Words that Go uses, and what helps.
const FIXED: [(&str, &str); 4] = [
    ("requires exactly one main package", "a plugin is a package main with an empty func main()"),
    ("no Go files in", "name the folder of the package, or the file"),
    ("GOTOOLCHAIN=local", "install that version of Go: host downloads none"),
    ("missing go.sum entry", "go mod tidy writes it"),
];

/// A package that the SDK does not have.
fn package_of_sdk(said: &str) -> Option<String> {
    let (_, rest) = said.split_once(LACKS_MODULE.0)?;
    let (package, _) = rest.split_once(LACKS_MODULE.1)?;
    let wanted = package.strip_prefix(sdk::MODULE)?.strip_prefix('/')?;
    let offered = offered();
    Some(match nearest(wanted, offered.iter().copied()) {
        Some(near) => format!("did you mean {}/{near}?", sdk::MODULE),
        None => format!("the SDK has {}", offered.join(", ")),
    })
}

/// A package with our name in it that is another module's: the author means the SDK.
fn like_the_sdk(said: &str) -> Option<String> {
    let missing =
        [LACKS_MODULE, ("package ", " is not in std")].into_iter().find_map(|(before, after)| {
            let (rest, _) = said.split_once(after)?;
            let (_, package) = rest.rsplit_once(before)?;
            Some(package)
        })?;
    let last = missing.rsplit('/').next().filter(|name| offered().contains(name));
    let meant = last.map(|name| format!("{}/{name}", sdk::MODULE)).unwrap_or_else(|| sdk::MODULE.to_owned());
    missing.contains("outrider").then(|| format!("the SDK is built in: import \"{meant}\""))
}

/// The SDK's packages but its root, in the alphabet's order.
fn offered() -> Vec<&'static str> {
    let files = sdk::FILES.iter().filter_map(|(name, _)| name.rsplit_once('/'));
    let mut folders: Vec<&str> =
        files.map(|(folder, _)| folder).filter(|folder| !folder.starts_with("internal")).collect();
    folders.dedup();
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Circumstances<'_> =
        Circumstances { workspace: None, vendored: None, is_loose: false, other_sdk: None };

    fn lacks(package: &str) -> String {
        format!("shop.go:4:2: {}{package}{}\n", LACKS_MODULE.0, LACKS_MODULE.1)
    }

    #[test]
    fn a_package_that_the_sdk_lacks_is_told_by_its_neighbour() {
        let told = |name: &str| hint(&lacks(&format!("outrider.dev/outrider/{name}")), NOTHING).unwrap();
        assert_eq!(told("htp"), "did you mean outrider.dev/outrider/http?");
        let all = told("websocket");
        assert!(all.starts_with("the SDK has alerts, assertions, ") && all.contains(", http, "), "{all}");
        assert!(!all.contains("internal"), "{all}");
    }

    #[test]
    fn a_module_that_is_almost_the_sdk_is_told_which_one_it_is() {
        let std = "visit.go:4:2: package outrider/http is not in std (/usr/local/go/src/outrider/http)";
        let meant = |name: &str| Some(format!("the SDK is built in: import \"outrider.dev/outrider{name}\""));
        assert_eq!(hint(std, NOTHING), meant("/http"));
        assert_eq!(hint(&lacks("github.com/outrider/sdk-go"), NOTHING), meant(""));
        assert_eq!(hint("visit.go:4:2: package shop/http is not in std (/go/src/shop/http)", NOTHING), None);
    }

    #[test]
    fn vendored_modules_are_said_to_count_for_nothing() {
        let vendored = Circumstances { vendored: Some(Path::new("/p/vendor")), ..NOTHING };
        let said = "go: example.com/a@v1.0.0: module lookup disabled by GOPROXY=off";
        assert!(hint(said, vendored).unwrap().starts_with("/p/vendor is not read: "));
        assert_eq!(hint("./visit.go:3:15: undefined: visit", vendored), None);
    }

    #[test]
    fn what_go_says_well_needs_no_hint() {
        assert_eq!(hint("./visit.go:3:15: undefined: visit", NOTHING), None);
    }

    #[test]
    fn a_missing_module_is_added_where_there_is_a_go_mod() {
        let said = lacks("example.com/a");
        assert_eq!(hint(&said, NOTHING).as_deref(), Some(GO_GET));
        let loose = Circumstances { is_loose: true, ..NOTHING };
        assert_eq!(hint(&said, loose).as_deref(), Some(LOOSE));
        let workspace = Circumstances { workspace: Some(Path::new("/w/go.work")), ..NOTHING };
        assert!(hint(&said, workspace).unwrap().contains("; /w/go.work is not read: "));
    }
}
