//! Names that a Go module cannot have.

/// Why Go would refuse or misunderstand a module of this name, if it would.
pub(crate) fn reserved(name: &str) -> Option<&'static str> {
    if LIBRARY.contains(&name) {
        return Some("it is a package of Go's own library");
    }
    if PATTERNS.contains(&name) {
        return Some("it means something else to Go");
    }
    let is_device = DEVICES.iter().any(|device| device.eq_ignore_ascii_case(name));
    is_device.then_some("Go takes no name that is a device on Windows")
}

/// Its import paths without a slash: a test asks Go whether the list is whole. Such a module's own package cannot be named.
const LIBRARY: [&str; 41] = [
    "bufio", "bytes", "cmp", "context", "crypto", "embed", "encoding", "errors", "expvar", "flag", "fmt",
    "hash", "html", "image", "io", "iter", "log", "maps", "math", "mime", "net", "os", "path", "plugin",
    "reflect", "regexp", "runtime", "slices", "sort", "strconv", "strings", "structs", "sync", "syscall",
    "testing", "time", "unicode", "unique", "unsafe", "weak", "C",
];

/// `go help packages`, and `go` itself, which a go.mod cannot name.
const PATTERNS: [&str; 6] = ["all", "cmd", "go", "std", "tool", "work"];

/// What `golang.org/x/mod/module.CheckPath` refuses in any path.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
    "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn what_go_does_not_take_is_reserved() {
        for name in ["fmt", "C", "std", "go", "work", "NUL", "com7"] {
            assert!(reserved(name).is_some(), "{name}");
        }
        for name in ["visit", "main", "http", "outrider", "console"] {
            assert_eq!(reserved(name), None, "{name}");
        }
    }

    #[test]
    fn the_whole_library_is_reserved() {
        let output = Command::new("go").args(["list", "std"]).output().unwrap();
        let listed = String::from_utf8(output.stdout).unwrap();
        let missing: Vec<&str> =
            listed.lines().filter(|path| !path.contains('/') && reserved(path).is_none()).collect();
        assert!(missing.is_empty() && listed.contains("\nfmt\n"), "{missing:?}");
    }
}
