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
