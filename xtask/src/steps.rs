//! What this program says: steps with their durations, faults with their causes. Talk goes to standard error,
//! results to standard output.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the one place that prints")]

use std::time::{Duration, Instant};

use anyhow::Result;

/// Runs one step, saying its name before and how long it took after.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    say(&format!("== {name}"));
    let watch = Stopwatch::start();
    let outcome = work();
    let verdict = if outcome.is_ok() { "done" } else { "FAILED" };
    say(&format!("== {name}: {verdict} in {}", plain(watch.elapsed())));
    outcome
}

/// Talk, for a person who watches.
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}

/// A result, for a person or a program that reads it.
pub(crate) fn result(text: &str) {
    println!("{text}");
}

/// What went wrong, and every cause below it.
pub(crate) fn say_fault(fault: &anyhow::Error) {
    eprintln!("error: {fault}");
    for cause in fault.chain().skip(1) {
        eprintln!("  caused by: {cause}");
    }
}

/// Measures how long something takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "no run is measured here, and xtask names none of our crates"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// A duration as a person says it.
pub(crate) fn plain(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds >= 60 {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    } else {
        format!("{:.1} s", duration.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_a_person_says_them() {
        assert_eq!(plain(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(plain(Duration::from_secs(125)), "2 min 05 s");
    }
}
