//! What is said when the guest panics.
//!
//! A panic traps, and a trap has no words. The host captures standard error and shows its last lines with
//! the trap, so the hook writes one line there: place and message. Without unwinding nothing runs after it.

use std::io::Write as _;
use std::panic::PanicHookInfo;
use std::sync::Once;

/// Installs the hook, once in the life of an instance.
pub(crate) fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| std::panic::set_hook(Box::new(report)));
}

fn report(info: &PanicHookInfo<'_>) {
    let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let message = info.payload_as_str().unwrap_or("a value that is no text");
    let line = format!("panicked at {place}: {}\n", in_one_line(message));
    // There is nobody left to tell if this fails.
    std::io::stderr().write_all(line.as_bytes()).ok();
}

/// The host's unit is the line, and `assert_eq!` speaks in three.
fn in_one_line(message: &str) -> String {
    message.lines().map(str::trim).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_several_lines_becomes_one() {
        let message = "assertion `left == right` failed\n  left: 1\n right: 2";
        assert_eq!(in_one_line(message), "assertion `left == right` failed; left: 1; right: 2");
    }
}
