//! Counting tests by what the runners print.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
    pub skipped: usize,
    /// Of those that passed, how many did so only when they were run once more.
    pub unsteady: usize,
    /// Tests that were counted as skipped and are yet to be counted as passed.
    pub(super) owed: usize,
}

impl Tally {
    pub fn is_good(&self) -> bool {
        self.failed == 0
    }

    /// Adds what one line of a test runner says.
    pub(super) fn read(&mut self, line: &str) {
        if let Some(result) = line.trim_start().strip_prefix("test result: ") {
            let count = |word: &str| {
                result
                    .split([';', '.'])
                    .filter_map(|part| part.trim().strip_suffix(word))
                    .find_map(|number| number.trim().parse::<usize>().ok())
                    .unwrap_or(0)
            };
            self.passed += count("passed");
            self.failed += count("failed");
            self.skipped += count("ignored");
        } else if line.to_ascii_lowercase().starts_with("skipped:") {
            // A test that returned because something it needs is not here. Its
            // runner takes it for passed, and says so before or after this line.
            self.skipped += 1;
            self.owed += 1;
        }
        let settled = self.owed.min(self.passed);
        self.passed -= settled;
        self.owed -= settled;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
            unsteady: self.unsteady + other.unsteady,
            owed: self.owed + other.owed,
        }
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(output: &str, expected: &str) {
        let mut tally = Tally::default();
        output.lines().for_each(|line| tally.read(line));
        assert_eq!(tally.to_string(), expected);
    }

    #[test]
    fn every_runner_of_a_run_counts() {
        check("", "0 passed, 0 failed, 0 skipped");
        check(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.51s\n\
             test a ... ok\n\
             test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
            "4 passed, 2 failed, 1 skipped",
        );
    }

    #[test]
    fn a_test_that_could_do_nothing_has_not_passed() {
        let result = "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out";
        let skipped = "SKIPPED: tiny/model.gguf is not in the cache";
        check(&format!("{skipped}\n{result}"), "2 passed, 0 failed, 1 skipped");
        check(&format!("{result}\n{skipped}"), "2 passed, 0 failed, 1 skipped");
    }

    #[test]
    fn what_a_test_prints_is_not_a_result() {
        check("my test result: 5 passed\nI skipped: it", "0 passed, 0 failed, 0 skipped");
    }
}
