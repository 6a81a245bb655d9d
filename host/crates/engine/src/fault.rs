//! From what wasmtime says to what the author needs to know.

mod go;
mod javascript;

use std::sync::Arc;

use outrider_capability::TimeLimit;
use outrider_model::{FailureCause, IterationFailure, IterationOutcome};
use outrider_wit::v0_1::journey::outrider::plugin::types::{Failure, FailureKind};
use outrider_wit::wasmtime::{Error, Trap, WasmBacktrace};

use crate::limits::{MAX_FRAME_BYTES, MAX_FRAMES, MAX_TEXT_BYTES};
use crate::output::printable;
use crate::state::{VuState, cut};

/// A guest used up its CPU time. Raised inside the guest at an epoch.
#[derive(Debug, thiserror::Error)]
#[error("used more CPU time than allowed")]
pub(crate) struct CpuLimit;

/// How a call of a guest ended badly. The guest cannot be used again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PluginFault {
    /// A short stable name: `exception`, `trap`, `cpu limit`, `memory limit`, `timeout`, `exit`,
    /// `instantiation`.
    pub kind: &'static str,
    /// What happened, in one sentence.
    pub message: String,
    /// The stack, innermost first, one frame a line.
    pub stack: Option<String>,
    /// Whose fault it is: `Plugin`, or `Generator` where this machine ran out of something.
    pub cause: FailureCause,
    /// The last lines that the guest printed or logged before, outside of iterations.
    pub said: Vec<String>,
    /// The assertion pack whose fault it is; `None` for a journey's.
    pub pack: Option<Arc<str>>,
}

impl PluginFault {
    /// What the guest's author has to mend, without a place.
    pub(crate) fn exception(message: String) -> PluginFault {
        PluginFault {
            kind: "exception",
            message,
            stack: None,
            cause: FailureCause::Plugin,
            said: Vec::new(),
            pack: None,
        }
    }

    /// A call that took longer than it may.
    pub(crate) fn timeout(limit: TimeLimit) -> PluginFault {
        PluginFault {
            kind: "timeout",
            message: limit.message(),
            stack: None,
            cause: FailureCause::Plugin,
            said: Vec::new(),
            pack: None,
        }
    }

    /// Reads an error of wasmtime. `stderr` is what the guest printed in this call: Rust and Go print a
    /// panic's message and place there before they trap.
    pub(crate) fn from_wasm(error: &Error, state: &VuState, stderr: &[String]) -> PluginFault {
        let uncaught = javascript::uncaught(stderr);
        let stack = match &uncaught {
            Some((_, stack)) => stack.as_deref().and_then(shown_stack),
            None => go::stack(stderr, state.source_root.as_deref())
                .or_else(|| error.downcast_ref::<WasmBacktrace>().and_then(stack)),
        };
        let (kind, message) = if error.downcast_ref::<CpuLimit>().is_some() {
            ("cpu limit", format!("used more than {:?} of CPU time", state.run.limits.cpu_time))
        } else if state.memory.exceeded {
            (
                "memory limit",
                format!("asked for more than {} MiB of memory", state.run.limits.memory_bytes >> 20),
            )
        } else if let Some(exit) = error.downcast_ref::<wasmtime_wasi::I32Exit>() {
            ("exit", exit_message(exit.0))
        } else if let Some((words, _)) = uncaught {
            ("exception", one_line(&words))
        } else if let Some(panic) = panic_message(stderr) {
            ("exception", panic)
        } else if let Some(trap) = error.downcast_ref::<Trap>() {
            ("trap", trap_message(*trap))
        } else {
            ("trap", one_line(&error.root_cause().to_string()))
        };
        let (cause, said) = (FailureCause::Plugin, Vec::new());
        let mut fault = PluginFault { kind, message, stack, cause, said, pack: None };
        let redactor = &state.run.redactor;
        redactor.clean(&mut fault.message);
        fault.stack.as_mut().into_iter().for_each(|stack| redactor.clean(stack));
        fault
    }

    /// The first line of what the language printed of the fault, if it was understood from there.
    pub(crate) fn told_from(&self, stderr: &[String]) -> Option<usize> {
        let is_told =
            self.kind == "exception" || self.kind == "memory limit" && go::stack(stderr, None).is_some();
        let mut first = stderr.iter().rposition(|line| tells_of_a_panic(line)).filter(|_| is_told)?;
        // The words of an exception may be those of a panic, and Go has lines of its own before what it calls fatal.
        while first > 0
            && (tells_of_a_panic(&stderr[first - 1]) || stderr[first - 1].starts_with("runtime: "))
        {
            first -= 1;
        }
        Some(first)
    }
}

impl From<PluginFault> for IterationFailure {
    fn from(fault: PluginFault) -> IterationFailure {
        let PluginFault { cause, kind, message, stack, said: _, pack: _ } = fault;
        IterationFailure { cause, kind, message, stack: stack.map(Arc::from) }
    }
}

/// The outcome of an iteration that ended with the guest's own failure. A guest blames the target for a
/// request that failed; where this machine ran out of something (`generator_limit`), that is wrong.
pub(crate) fn outcome(failure: Failure, generator_limit: bool) -> IterationOutcome {
    let message = one_line(&failure.message);
    let stack = failure.stack.as_deref().and_then(shown_stack).map(Arc::from);
    match failure.kind {
        FailureKind::AbortRun => IterationOutcome::AbortRun { reason: message },
        FailureKind::Target => IterationOutcome::Failed(IterationFailure {
            cause: cause(failure.kind, generator_limit),
            kind: if generator_limit { "generator limit" } else { "journey" },
            message,
            stack,
        }),
        FailureKind::Plugin => IterationOutcome::Failed(IterationFailure {
            cause: FailureCause::Plugin,
            kind: "exception",
            message,
            stack,
        }),
    }
}

/// Whose fault a guest's own failure is.
pub(crate) fn cause(kind: FailureKind, generator_limit: bool) -> FailureCause {
    match kind {
        FailureKind::Plugin => FailureCause::Plugin,
        FailureKind::Target if generator_limit => FailureCause::Generator,
        // A journey that ends the run has judged the site.
        FailureKind::Target | FailureKind::AbortRun => FailureCause::Target,
    }
}

/// Messages are bounded: they end up in rows and are grouped.
pub(crate) fn one_line(message: &str) -> String {
    let text: Vec<_> = message.split_whitespace().collect();
    cut(&printable(&text.join(" ")), MAX_TEXT_BYTES).to_owned()
}

/// A guest's own stack as it may be shown and kept: a bounded number of bounded lines without control characters.
pub(crate) fn shown_stack(stack: &str) -> Option<String> {
    let mut lines = stack.lines().filter(|line| !line.trim().is_empty());
    let mut frames: Vec<String> = lines.by_ref().take(MAX_FRAMES).map(frame).collect();
    let more = lines.count();
    if more > 0 {
        frames.push(format!("… {more} more"));
    }
    (!frames.is_empty()).then(|| frames.join("\n"))
}

fn frame(text: &str) -> String {
    cut(&printable(cut(text, 4 * MAX_FRAME_BYTES)), MAX_FRAME_BYTES).to_owned()
}

/// Finds `panicked at src/lib.rs:3:5: message` in what was printed, in the forms of Rust's own hook (two
/// lines), of the SDK's (one), and Go's `panic: message` and `fatal error: message`.
fn panic_message(stderr: &[String]) -> Option<String> {
    let at = stderr.iter().rposition(|line| tells_of_a_panic(line))?;
    let line = &stderr[at];
    let Some(place) = line.find("panicked at ") else { return Some(one_line(line)) };
    let head = &line[place..];
    let message = match head.ends_with(':') {
        true => format!("{head} {}", stderr.get(at + 1).map(String::as_str).unwrap_or_default()),
        false => head.to_owned(),
    };
    Some(one_line(&message))
}

fn tells_of_a_panic(line: &str) -> bool {
    line.contains("panicked at ") || line.starts_with("panic: ") || line.starts_with("fatal error: ")
}

/// WASI's `exit` tells success from failure, and no code.
fn exit_message(code: i32) -> String {
    let how = if code == 0 { "as done" } else { "as failed" };
    format!("ended itself {how}: a plugin has no process to end")
}

fn trap_message(trap: Trap) -> String {
    match trap {
        Trap::UnreachableCodeReached => "reached unreachable code (a panic or an abort)".into(),
        Trap::StackOverflow => "overflowed its stack".into(),
        Trap::MemoryOutOfBounds => "read or wrote outside its memory".into(),
        Trap::IntegerDivisionByZero => "divided by zero".into(),
        Trap::OutOfFuel => "used up its fuel".into(),
        other => other.to_string(),
    }
}

fn stack(backtrace: &WasmBacktrace) -> Option<String> {
    let mut frames: Vec<String> = Vec::new();
    for entry in backtrace.frames() {
        let Some(name) = entry.func_name().map(readable) else { continue };
        if is_runtime(&name) || go::is_runtime(&name) {
            continue;
        }
        let place = entry.symbols().iter().find_map(|symbol| {
            let file = symbol.file().filter(|file| !file.starts_with("/rustc/"))?;
            Some(format!(" at {file}:{}:{}", symbol.line()?, symbol.column().unwrap_or(0)))
        });
        let frame = frame(&format!("{name}{}", place.unwrap_or_default()));
        // A runaway recursion shows one frame, not a screenful.
        if frames.last() != Some(&frame) && frames.len() < MAX_FRAMES {
            frames.push(frame);
        }
    }
    (!frames.is_empty()).then(|| frames.join("\n"))
}

/// A name as the author wrote it: Rust's mangling is undone, other languages' names stay.
fn readable(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
}

/// Frames of the language's own machinery say nothing to an author.
fn is_runtime(name: &str) -> bool {
    [
        "core::panicking",
        "std::panicking",
        "std::alloc",
        "alloc::",
        "__rustc::",
        "rust_begin_unwind",
        "abort",
        "std::sys",
        "core::ops::function",
    ]
    .iter()
    .any(|runtime| name.contains(runtime))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn panics_are_found_in_both_forms() {
        let hook =
            lines("noise\nthread 'main' panicked at src/lib.rs:12:5:\nindex out of bounds\nnote: run with");
        assert_eq!(panic_message(&hook).unwrap(), "panicked at src/lib.rs:12:5: index out of bounds");
        let sdk = lines("panicked at src/lib.rs:3:9: boom");
        assert_eq!(panic_message(&sdk).unwrap(), "panicked at src/lib.rs:3:9: boom");
        assert_eq!(
            panic_message(&lines("panic: runtime error\n\ngoroutine 1")).unwrap(),
            "panic: runtime error"
        );
        assert_eq!(panic_message(&lines("nothing")), None);
    }

    #[test]
    fn what_the_language_printed_of_a_fault_is_told_from_what_the_guest_printed() {
        let told = |kind, text: &str| {
            PluginFault { kind, ..PluginFault::exception(String::new()) }.told_from(&lines(text))
        };
        let quickjs = "mine\nthread '<unnamed>' panicked at crates/runtime/src/interpreter.rs:51:31:\n\
                       Failed to call 'check-step': Value(\"outrider-uncaught:panicked at x\")\nnote: run with";
        assert_eq!(told("exception", quickjs), Some(1));
        let go = "mine\nruntime: out of memory: cannot allocate\nfatal error: out of memory\n\n\
                  goroutine 1 [running]:\nmain.buy(0x1)\n\t./journey.go:9 +0x3";
        assert_eq!(told("exception", go), Some(1));
        assert_eq!(told("memory limit", go), Some(1));
        assert_eq!(told("cpu limit", "panic: is what my journey says"), None);
        assert_eq!(told("memory limit", "panic: is what my journey says"), None);
        assert_eq!(told("exception", "mine alone"), None);
    }

    #[test]
    fn a_guests_stack_is_bounded_and_cannot_drive_a_terminal() {
        assert_eq!(
            shown_stack("  at \u{1b}[2Ja (x.ts:1:2)\r\n\n  at b\u{202e}\n").unwrap(),
            "  at [2Ja (x.ts:1:2)\n  at b"
        );
        assert_eq!(shown_stack(" \n\n"), None);
        let endless = format!("{}\n", "x".repeat(100_000)).repeat(50);
        let shown = shown_stack(&endless).unwrap();
        let lines: Vec<_> = shown.lines().collect();
        assert_eq!(lines.len(), MAX_FRAMES + 1);
        assert!(lines.iter().all(|line| line.len() <= MAX_FRAME_BYTES));
        assert_eq!(*lines.last().unwrap(), "… 30 more");
    }

    #[test]
    fn names_are_those_of_the_author() {
        assert_eq!(readable("_ZN8checkout3buy17h1d64087af79088a1E"), "checkout::buy");
        assert_eq!(
            readable("outrider:plugin/user-journey@0.1.0#iterate"),
            "outrider:plugin/user-journey@0.1.0#iterate"
        );
        assert!(is_runtime(&readable("_RNvNtCshXfaRvt2tfW_3std9panicking15panic_with_hook")));
    }
}
