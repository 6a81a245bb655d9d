//! Where in the author's source a failure was, from its stack.

/// What a frame's file lies in if it is not the author's: the languages' own libraries, what package managers brought,
/// and the SDKs.
const FOREIGN: [&str; 11] = [
    "/rustc/",
    // As `host build` has them in components, and as cargo alone does.
    "/cargo/registry/",
    "/rustup/toolchains/",
    "/.cargo/",
    "/.rustup/",
    "/go/src/runtime/",
    "/go/pkg/mod/",
    "node_modules/",
    "@outrider/sdk",
    "sdk-js/src/",
    "sdk-rust/src/",
];

/// The first frame in a file of the author's (`partial.ts:2:17`), else the first one as it is.
pub(super) fn place_of(stack: &str) -> Option<&str> {
    let own = stack.lines().filter_map(file_and_line).find(|place| is_own(place));
    let first = || stack.lines().map(frame).find(|frame| !frame.is_empty());
    own.or_else(first)
}

fn is_own(place: &str) -> bool {
    !FOREIGN.iter().any(|foreign| place.contains(foreign))
}

/// A line of a stack without the `at` that it may begin with.
fn frame(line: &str) -> &str {
    let line = line.trim();
    line.strip_prefix("at ").unwrap_or(line)
}

/// The file with its line of `at buy (shop.ts:2:17)`, `at shop.ts:2:17` and `shop::buy at src/lib.rs:2:17`.
fn file_and_line(line: &str) -> Option<&str> {
    let frame = frame(line);
    let inner = frame.strip_suffix(')').and_then(|frame| frame.rsplit_once('('));
    let place = match inner {
        Some((_, place)) => place,
        None => frame.rsplit_once(" at ").map_or(frame, |(_, place)| place),
    };
    let (file, line) = place.rsplit_once(':')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(line) && !file.is_empty()).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_frame_in_the_authors_file_is_the_place() {
        let places = [
            ("    at pay (partial.ts:2:17)\n    at iterate (partial.ts:9:3)", "partial.ts:2:17"),
            ("    at partial.ts:2:17", "partial.ts:2:17"),
            ("  at get (node_modules/x/index.js:1:1)\n  at pay (lib/cart.ts:7:31)", "lib/cart.ts:7:31"),
            (
                "core::f at /rustc/ab/library/core/src/f.rs:3:4\nshop::pay at src/lib.rs:12:5",
                "src/lib.rs:12:5",
            ),
            ("main.pay at /home/me/my shop/main.go:8:2", "/home/me/my shop/main.go:8:2"),
            ("shop::pay\nshop::iterate", "shop::pay"),
            ("    at <anonymous>\n", "<anonymous>"),
        ];
        for (stack, place) in places {
            assert_eq!(place_of(stack), Some(place), "{stack}");
        }
        assert_eq!(place_of("\n  \n"), None);
    }
}
