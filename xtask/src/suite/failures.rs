//! What went wrong in a run of tests, found in all that it printed.

/// Lines of one test's last words that are worth repeating.
const LAST_WORDS: usize = 8;

/// Each test that failed and what it said at its end, in the order of the log.
/// Runs that print what succeeded too would bury this a thousand lines up, among the
/// last words of tests that are meant to panic.
pub(super) fn failures(log: &str) -> Vec<String> {
    let failed: Vec<&str> = log.lines().filter_map(failed_test).collect();
    let mut found: Vec<String> = Vec::new();
    let mut lines = log.lines().peekable();
    let mut running = "";
    while let Some(line) = lines.next() {
        if let Some(program) = line.trim_start().strip_prefix("Running ") {
            running = program.split(" (").next().unwrap_or(program);
        } else if let Some(name) = failed_test(line) {
            found.push(format!("{running}: {name}"));
        } else if panicked(line).is_some_and(|name| failed.contains(&name)) {
            let mut words = format!("    {line}");
            let mut shown = 1;
            while shown < LAST_WORDS
                && let Some(next) = lines.next_if(|line| !ends_last_words(line))
            {
                words.push_str("\n    ");
                words.push_str(next);
                shown += 1;
            }
            found.push(words);
        }
    }
    found
}

/// Which tests failed, and of which program, learned while they run.
#[derive(Debug, Default)]
pub(super) struct Failed {
    /// The one that runs.
    program: Option<String>,
    tests: Vec<FailedTest>,
    /// Whether a program ended before it told how its tests did.
    is_broken_off: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FailedTest {
    /// As cargo names it, from the root of the repository.
    pub program: String,
    pub name: String,
}

impl Failed {
    pub fn read(&mut self, line: &str) {
        let running = line.trim_start().strip_prefix("Running ");
        let program = running.and_then(|it| it.split_once(" (")?.1.strip_suffix(')'));
        if let Some(program) = program {
            self.is_broken_off |= self.program.replace(program.to_owned()).is_some();
        } else if let (Some(name), Some(program)) = (failed_test(line), &self.program) {
            self.tests.push(FailedTest { program: program.clone(), name: name.to_owned() });
        } else if line.starts_with("test result: ") {
            self.program = None;
        }
    }

    /// Those that may be run again. Nothing is known of what was not even run.
    pub fn take(&mut self) -> Vec<FailedTest> {
        let Self { program, tests, is_broken_off } = std::mem::take(self);
        if is_broken_off || program.is_some() { Vec::new() } else { tests }
    }
}

fn failed_test(line: &str) -> Option<&str> {
    let name = line.strip_prefix("test ")?;
    name.strip_suffix(" ... FAILED").or_else(|| name.strip_suffix(" ... FAIL"))
}

/// Whose last words begin here: a thread has the name of its test.
fn panicked(line: &str) -> Option<&str> {
    let (name, rest) = line.strip_prefix("thread '")?.split_once('\'')?;
    rest.contains(" panicked at ").then_some(name)
}

fn ends_last_words(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with("note: ") || line.starts_with("---- ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_test_is_named_with_its_last_words() {
        let log = "     Running e2e/lab.rs (target/debug/deps/lab-12ab)\n\
            test opens ... ok\n\
            test closes ... FAILED\n\
            \n\
            successes:\n\
            \n\
            ---- opens stdout ----\n\
            all is well\n\
            \n\
            failures:\n\
            \n\
            ---- closes stdout ----\n\
            thread 'closes' (12) panicked at e2e/lab.rs:7:5:\n\
            assertion failed: it is open\n\
            note: run with `RUST_BACKTRACE=1`\n";
        let expected = [
            "e2e/lab.rs: closes",
            "    thread 'closes' (12) panicked at e2e/lab.rs:7:5:\n    assertion failed: it is open",
        ];
        assert_eq!(failures(log), expected);
    }

    #[test]
    fn a_failed_test_can_be_run_again() {
        let talk = "     Running e2e/talk.rs (target/debug/deps/talk-34cd)\n\
            test says ... ok\n\
            test result: ok. 1 passed; 0 failed\n";
        let lab = "     Running e2e/lab.rs (target/debug/deps/lab-12ab)\n\
            test deep::closes ... FAILED\n";
        let result = "test result: FAILED. 0 passed; 1 failed\n";
        let check = |log: &str, expected: &[&str]| {
            let mut failed = Failed::default();
            log.lines().for_each(|line| failed.read(line));
            let found = failed.take();
            let found: Vec<_> =
                found.iter().map(|it| format!("{} {}", it.program, it.name)).collect();
            assert_eq!(found, expected, "{log}");
        };
        let closes = "target/debug/deps/lab-12ab deep::closes";
        check(&[talk, lab, result].concat(), &[closes]);
        check(&[lab, result, talk].concat(), &[closes]);
        check(&[talk, talk].concat(), &[]);
        // The program died.
        check(&[talk, lab].concat(), &[]);
        check(&[lab, talk].concat(), &[]);
    }

    #[test]
    fn the_panic_of_another_test_is_no_failure() {
        let log = "test a ... ok\ntest b ... FAILED\nthread 'a' panicked at a.rs:1:1:\nboo\n";
        assert_eq!(failures(log), [": b"]);
        assert!(failures("test a ... ok\nthread 'a' panicked at a.rs:1:1:\nboo\n").is_empty());
    }

    #[test]
    fn last_words_are_few() {
        let log =
            format!("test a ... FAILED\nthread 'a' panicked at a.rs:1:1:\n{}", "x\n".repeat(50));
        assert_eq!(failures(&log)[1].lines().count(), LAST_WORDS);
    }
}
