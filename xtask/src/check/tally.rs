//! How many tests passed and failed, read from what cargo's, node's and Go's test runners print.

use std::fmt::{self, Display, Formatter};

/// Tests counted so far.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    passed: u64,
    failed: u64,
}

impl Tally {
    /// Counts a line of a test runner; any other line counts nothing.
    pub(super) fn read(&mut self, line: &str) {
        if let Some(numbers) = line.strip_prefix("test result: ") {
            self.passed += number_before(numbers, " passed");
            self.failed += number_before(numbers, " failed");
        }
        self.passed += u64::from(line.starts_with("--- PASS: "));
        self.failed += u64::from(line.starts_with("--- FAIL: "));
        // Node prints the first form into a pipe and the second on a terminal.
        for mark in ["# ", "ℹ "] {
            self.passed += number_after(line, &format!("{mark}pass "));
            self.failed += number_after(line, &format!("{mark}fail "));
        }
    }

    /// A check that failed without a test saying so, a lint for example, is one failure.
    pub(super) fn count_the_failure(&mut self) {
        self.failed = self.failed.max(1);
    }
}

impl Display for Tally {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

fn number_before(text: &str, word: &str) -> u64 {
    let before = text.split_once(word).map_or("", |(before, _)| before);
    before
        .rsplit(|letter: char| !letter.is_ascii_digit())
        .next()
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

fn number_after(line: &str, start: &str) -> u64 {
    line.trim().strip_prefix(start).and_then(|digits| digits.trim().parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_runners_are_counted_and_other_lines_are_not() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test steps::tests::a ... ok",
            "test result: FAILED. 12 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s",
            "test result: ok. 2 passed; 0 failed; 0 ignored",
            "# pass 5",
            "ℹ fail 2",
            "# passing thoughts 9",
            "--- PASS: TestFits (0.00s)",
            "    --- PASS: TestFits/a_part_of_it (0.00s)",
            "--- FAIL: TestNot (0.00s)",
        ] {
            tally.read(line);
        }
        assert_eq!(tally.to_string(), "20 passed, 4 failed");
    }

    #[test]
    fn a_failure_is_never_closed_by_zero_failed() {
        let mut tally = Tally::default();
        tally.count_the_failure();
        assert_eq!(tally.to_string(), "0 passed, 1 failed");
    }
}
