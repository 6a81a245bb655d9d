//! What is wrong with a plugin in Go, and how its author is told.

use std::fs;

use crate::harness::{Place, Said, shows};

/// A module `shop` with these files.
fn module(files: &[(&str, &str)]) -> Place {
    let place = Place::new();
    for (name, content) in files {
        let path = place.path().join("shop").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    place
}

const MANIFEST: (&str, &str) = ("go.mod", "module shop\n\ngo 1.25\n");

/// A journey with more imports and another body.
fn journey(imports: &str, body: &str) -> String {
    format!(
        "package main\n\nimport (\n\t\"outrider.dev/outrider\"\n{imports})\n\n\
         func init() {{ outrider.Journey(outrider.Definition{{Name: \"shop\", Run: run}}) }}\n\n\
         func run(*outrider.Iteration) error {{\n{body}\treturn nil\n}}\n\nfunc main() {{}}\n"
    )
}

/// What is said of the fault with its stack, without what is said before it.
fn told(said: &Said) -> String {
    let lines: Vec<&str> = said.stderr.lines().skip_while(|line| !line.starts_with("error:")).collect();
    format!("exit {}\n{}\n", said.code.unwrap_or(-1), lines.join("\n"))
}

#[test]
fn all_that_the_compiler_finds_is_said_with_its_place() {
    let place = module(&[MANIFEST, ("shop.go", &journey("", "\tcount := 1\n\tvar name string = 2\n"))]);
    shows!(told(&place.host(["build", "shop"])), @r"
    exit 104
    error: # shop
    ./shop.go:10:2: declared and not used: count
    ./shop.go:11:6: declared and not used: name
    ./shop.go:11:20: cannot use 2 (untyped int constant) as string value in variable declaration
    ");
    assert!(!place.path().join("shop.wasm").exists());

    let place = module(&[MANIFEST, ("shop.go", &journey("", "\tif true {\n"))]);
    shows!(told(&place.host(["build", "shop"])), @r"
    exit 104
    error: # shop
    ./shop.go:14:6: syntax error: unexpected name main, expected (
    ");
}

#[test]
fn a_module_that_is_not_there_is_not_taken_from_somewhere() {
    let source = journey("\t\"golang.org/x/text/language\"\n", "\t_ = language.English\n");
    let place = module(&[MANIFEST, ("shop.go", &source)]);
    shows!(told(&place.host(["build", "shop"])), @r"
    exit 104
    error: shop.go:5:2: cannot find module providing package golang.org/x/text/language: import lookup disabled by -mod=readonly
    hint: go get PACKAGE enters its module into go.mod; host adds none by itself
    ");
    assert_eq!(fs::read_to_string(place.path().join("shop/go.mod")).unwrap(), MANIFEST.1);

    fs::write(place.path().join("go.work"), "go 1.25\n\nuse ./shop\n").unwrap();
    let said = told(&place.host(["build", "shop"]));
    assert!(said.contains("go.work is not read: name the other module in go.mod"), "{said}");

    place.file("loose.go", &source);
    let said = told(&place.host(["build", "loose.go"]));
    assert!(
        said.contains("hint: a file that needs other modules is in one itself: go mod init NAME"),
        "{said}"
    );
}

#[test]
fn a_package_that_the_sdk_does_not_have_is_told_by_its_neighbour() {
    let source = journey("\t\"outrider.dev/outrider/htp\"\n", "\thttp.Get(\"/\")\n");
    let place = module(&[MANIFEST, ("shop.go", &source)]);
    let said = told(&place.host(["build", "shop"]));
    assert!(said.starts_with("exit 104\nerror: shop.go:5:2: "), "{said}");
    assert!(said.ends_with("hint: did you mean outrider.dev/outrider/http?\n"), "{said}");
}

#[test]
fn a_package_that_is_almost_the_sdks_is_told_by_its_right_name() {
    let place = module(&[MANIFEST, ("shop.go", &journey("\t\"outrider/http\"\n", "\t_ = http.Get\n"))]);
    let said = place.host(["build", "shop"]);
    assert_eq!(said.code, Some(104), "{}", said.show());
    let hint = "hint: the SDK is built in: import \"outrider.dev/outrider/http\"";
    assert!(said.stderr.contains(hint), "{}", said.show());
}

/// What lies around a module neither breaks its build nor changes it.
#[test]
fn a_module_is_built_by_its_go_mod_alone_wherever_it_lies() {
    let place = module(&[]);
    let folder = place.path().join("my plugins").join("the shop");
    fs::create_dir_all(folder.join("vendor")).unwrap();
    fs::write(place.path().join("go.work"), "this is no go.work\n").unwrap();
    fs::write(folder.join("vendor/modules.txt"), "# example.com/a v1.0.0\nexample.com/a\n").unwrap();
    fs::write(folder.join("go.mod"), MANIFEST.1).unwrap();
    fs::write(folder.join("shop.go"), journey("", "")).unwrap();
    let said = place.host(["inspect", "my plugins/the shop"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stderr.contains("/vendor is not read: modules come from Go's own cache"), "{}", said.show());
}

#[test]
fn another_version_of_the_sdk_is_told_which_one_counts() {
    let manifest = "module shop\n\ngo 1.25\n\nrequire outrider.dev/outrider v0.7.0\n";
    let place = module(&[("go.mod", manifest), ("shop.go", &journey("", ""))]);
    let said = place.host(["inspect", "shop"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let words = "warning: go.mod asks for outrider.dev/outrider v0.7.0, and this host builds with the v0.1.0 inside it";
    assert!(said.stderr.contains(words), "{}", said.show());

    fs::write(place.path().join("shop/shop.go"), journey("", "\toutrider.Newer()\n")).unwrap();
    let said = told(&place.host(["build", "shop"]));
    assert!(said.contains("undefined: outrider.Newer") && said.contains("hint: go.mod asks for"), "{said}");
}

#[test]
fn what_is_no_plugin_is_told_what_makes_one() {
    let place = module(&[MANIFEST, ("shop.go", "package main\n\nfunc main() {}\n")]);
    shows!(told(&place.host(["build", "shop"])), @r#"
    exit 104
    error: shop is no plugin: it imports none of the packages outrider, assertions, transforms and alerts of the SDK
    hint: func init() { outrider.Journey(outrider.Definition{Name: "visit", Run: visit}) }; main is never called
    "#);

    let place = module(&[MANIFEST, ("shop.go", "package shop\n\nfunc Open() {}\n")]);
    shows!(told(&place.host(["build", "shop"])), @r"
    exit 104
    error: -buildmode=c-shared requires exactly one main package
    hint: a plugin is a package main with an empty func main()
    ");

    let place = module(&[MANIFEST, ("visit/visit.go", "package main\n\nfunc main() {}\n")]);
    shows!(told(&place.host(["build", "shop"])), @r"
    exit 104
    error: no Go files in [PLACE]/shop
    hint: name the folder of the package, or the file
    ");
}

#[test]
fn a_plugin_of_two_worlds_at_once_is_refused() {
    let pack = "package main\n\nimport \"outrider.dev/outrider/assertions\"\n\nvar _ = assertions.Fits\n";
    let place = module(&[MANIFEST, ("shop.go", &journey("", "")), ("rules.go", pack)]);
    shows!(told(&place.host(["build", "shop"])), @r"
    exit 104
    error: shop is a journey and an assertion pack at once: it imports package outrider and package assertions
    hint: a plugin is one thing: put each into a folder of its own; what they share goes into a package that imports neither
    ");
}

/// `main` is never run: what it registers is not there.
#[test]
fn what_is_registered_nowhere_is_told_so() {
    let source = journey("", "")
        .replace("func main() {}", "func main() { register() }")
        .replace("func init", "func register");
    let place = module(&[MANIFEST, ("shop.go", &source)]);
    shows!(told(&place.host(["inspect", "shop"])), @r"
    exit 107
    error: the journey broke in describe
      caused by: panic: there is no journey: nothing calls outrider.Journey in func init(); main is never run
    ");
}

#[test]
fn a_panic_in_init_is_told_with_its_place() {
    let source = journey("", "")
        + "\nvar prices map[string]int\n\nfunc init() { fill() }\n\nfunc fill() { prices[\"tent\"] = 1 }\n";
    let place = module(&[MANIFEST, ("shop.go", &source)]);
    shows!(told(&place.host(["inspect", "shop"])), @r"
    exit 107
    error: the journey broke in describe
      caused by: panic: assignment to entry in nil map
      caused by: stack
        at main.fill (shop.go:19)
        at main.init.1 (shop.go:17)
    ");
}

/// The author says which files belong to a build; what else GOFLAGS say is not for this one.
#[test]
fn build_tags_count_and_other_flags_do_not() {
    let tagged = "//go:build staging\n\npackage main\n\nfunc init() { name = \"staging\" }\n";
    let source = journey("", "").replace("Name: \"shop\"", "Name: name") + "\nvar name = \"production\"\n";
    // Files are initialised in the alphabet's order.
    let place = module(&[MANIFEST, ("shop.go", &source), ("a_staging.go", tagged)]);
    let name = |flags: &str| {
        let output = place.command(["inspect", "shop"]).env("GOFLAGS", flags).output().unwrap();
        let said = Said::of(output, place.path());
        said.stdout.lines().next().unwrap_or_else(|| panic!("{}", said.show())).to_owned()
    };
    assert_eq!(name("-tags=staging -mod=vendor"), "name        staging");
    assert_eq!(name("-ldflags=-nonsense"), "name        production");
}

/// Go's stack grows on WebAssembly's own, which ends first: there is no trace of Go, and WebAssembly's has the author's
/// functions.
#[test]
fn calls_without_end_name_the_function() {
    let source = journey("", "\tdeeper(1)\n") + "\nfunc deeper(n int) int { return deeper(n+1) + 1 }\n";
    let place = module(&[MANIFEST, ("shop.go", &source)]);
    shows!(told(&place.host(["run", "shop"])), @r"
    exit 107
    error: the journey broke in every iteration
      caused by: trap: overflowed its stack
      caused by: stack
        main.deeper
    ");
}

#[test]
fn a_guest_that_ends_itself_is_told_that_there_is_nothing_to_end() {
    let source = journey("\t\"os\"\n", "\tleave(3)\n") + "\nfunc leave(code int) { os.Exit(code) }\n";
    let place = module(&[MANIFEST, ("shop.go", &source)]);
    shows!(told(&place.host(["run", "shop"])), @r"
    exit 107
    error: the journey broke in every iteration
      caused by: exit: ended itself as failed: a plugin has no process to end
      caused by: stack
        main.run
    ");
}
