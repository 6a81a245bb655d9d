//! What Go prints when it ends itself: a panic that nobody catches, a deadlock, memory that has run out.
//!
//! ```text
//! fatal error: all goroutines are asleep - deadlock!
//!
//! goroutine 1 gp=0x142e000 m=0 mp=0x7e5c60 [chan receive]:
//! runtime.gopark(0x0, 0x0, 0xe, 0x7, 0x2)
//!     runtime/proc.go:462 +0x13 fp=0x144fd80 sp=0x144fd58 pc=0x13b30013
//! main.waitsForEver(0x1410060)
//!     ./journey.go:80 +0x3
//! ```

/// Packages whose frames are Go's own or the SDK's, by how their functions begin.
const NOT_THE_AUTHORS: [&str; 6] =
    ["runtime.", "runtime/", "internal/", "outrider.dev/outrider", "panic(", "outrider:"];

/// The author's frames of the first goroutine that has any, in the form in which the SDK gives stacks.
/// `root` is the module's path, which Go puts before those of its files.
pub(super) fn stack(stderr: &[String], root: Option<&str>) -> Option<String> {
    let goroutines = stderr.iter().enumerate().filter(|(_, line)| line.starts_with("goroutine "));
    goroutines
        .map(|(at, _)| frames(&stderr[at + 1..], root))
        .find(|frames| !frames.is_empty())
        .map(|frames| frames.join("\n"))
}

/// How the names of functions begin that are Go's own, the SDK's or the WASI adapter's, in WebAssembly, where Go writes `_` for
/// all but letters, digits and points.
const NOT_THE_AUTHORS_IN_WASM: [&str; 10] = [
    "runtime.",
    "runtime_",
    "internal_",
    "outrider.dev_outrider",
    "outrider_plugin_",
    "os.",
    "syscall.",
    "wasm_pc_f_loop",
    "_rt0_wasm",
    "proc_exit",
];

/// Whether a function of a module is not its author's, by its name in WebAssembly. A path of Rust is the adapter's or none of Go.
pub(super) fn is_runtime(name: &str) -> bool {
    let is_path = name.contains("::");
    name.starts_with("wasi_snapshot_preview1::")
        || !is_path && NOT_THE_AUTHORS_IN_WASM.iter().any(|begin| name.starts_with(begin))
}

fn frames(lines: &[String], root: Option<&str>) -> Vec<String> {
    let of_goroutine = lines.iter().take_while(|line| !line.starts_with("goroutine "));
    let pairs: Vec<&String> = of_goroutine.collect();
    pairs.windows(2).filter_map(|pair| frame(pair[0], pair[1], root)).collect()
}

/// `main.first(0x1)` and `    ./journey.go:80 +0x3` (a tab before it) become `at main.first (journey.go:80)`.
fn frame(function: &str, place: &str, root: Option<&str>) -> Option<String> {
    let function = function.strip_prefix("created by ").map_or_else(
        || function.rsplit_once('(').map(|(name, _)| name),
        |created| Some(created.split(" in goroutine").next().unwrap_or(created)),
    )?;
    let place = place.trim_start().trim_start_matches("./").split(' ').next()?;
    let place = root.and_then(|root| place.strip_prefix(root)?.strip_prefix('/')).unwrap_or(place);
    let has_line = place.rsplit_once(".go:").is_some_and(|(_, line)| line.parse::<u32>().is_ok());
    let is_the_authors = !NOT_THE_AUTHORS.iter().any(|begin| function.starts_with(begin));
    (has_line && is_the_authors).then(|| format!("at {function} ({place})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_authors_frames_are_found_among_gos_own() {
        let text = "fatal error: all goroutines are asleep - deadlock!\n\
                    \n\
                    goroutine 5 gp=0x1 m=nil [finalizer wait]:\n\
                    runtime.gopark(0x0)\n\
                    \truntime/proc.go:462 +0x13\n\
                    created by runtime.createfing in goroutine 1\n\
                    \truntime/mfinal.go:1 +0x1\n\
                    \n\
                    goroutine 1 gp=0x142e000 m=0 mp=0x7e5c60 [chan receive]:\n\
                    runtime.gopark(0x0, 0x0)\n\
                    \truntime/proc.go:462 +0x13 fp=0x144fd80\n\
                    main.(*shop).waits.func1(...)\n\
                    \t./journey.go:80 +0x3\n\
                    outrider.dev/outrider.Step({0x1, 0x2}, 0x3)\n\
                    \toutrider.dev/outrider@v0.1.0/step.go:30 +0x3\n\
                    main.buy(0x1410060)\n\
                    \tshop/buy.go:9 +0x3 fp=0x1\n";
        let expected = "at main.(*shop).waits.func1 (journey.go:80)\nat main.buy (shop/buy.go:9)";
        assert_eq!(stack(&printed(text), None).as_deref(), Some(expected));
        assert_eq!(stack(&printed(text), Some("sho")).as_deref(), Some(expected));
        assert_eq!(stack(&printed(text), Some("shop")).unwrap(), expected.replace("shop/", ""));
    }

    #[test]
    fn frames_of_a_trap_are_the_authors_alone() {
        for name in
            ["runtime.morestack", "internal_runtime_atomic.Load", "outrider.dev_outrider.__guest_.Iterate"]
        {
            assert!(is_runtime(name), "{name}");
        }
        for name in ["main.recurses", "shop_pages.__page_.open", "internal_tools::run", "JS_Call"] {
            assert!(!is_runtime(name), "{name}");
        }
    }

    #[test]
    fn what_is_no_trace_of_go_has_no_frames() {
        assert_eq!(stack(&printed("panicked at src/lib.rs:3:5: no (really)\n\tsrc/lib.rs:3\n"), None), None);
        assert_eq!(stack(&printed("goroutine 1 [running]:\nmain.main()\n"), None), None);
    }
}
