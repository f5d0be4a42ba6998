//! `cargo xtask test`: everything that must hold, the quickest first.
//!
//! Each stage writes all its output to `target/test-logs/<stage>.log` and shows
//! only how it is getting on; of one that fails, the end of the log is printed and
//! what the failed tests said. A stage that fails does not keep the others from
//! running, except the ones that need what it builds.
//!
//! - [`tally`]: counting tests by what the runners print
//! - [`failures`]: the failed tests and their last words, found in a log
//! - [`browser`]: a Chromium, a driver, a Korean font, voices and a reader, found or installed

pub(crate) mod browser;
mod failures;
mod tally;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;
use std::time::{Duration, Instant};

use crate::build::{self, cargo};
use crate::cache::Cache;
use crate::fetch::{Fetcher, read_manifest, select};
use crate::process::{Event, run};
use crate::repo;
use crate::report::{Report, duration};
use crate::tools::Tools;
use failures::{Failed, FailedTest, failures};
pub use tally::Tally;

/// Where the end-to-end tests find the built page.
pub const DIST_VARIABLE: &str = "BELLA_DIST";
/// Where they find the weights, as `<model>/<file>`.
pub const WEIGHTS_VARIABLE: &str = "BELLA_WEIGHTS";
/// With the value `required`, a test that cannot run is a test that fails.
pub const REQUIRED_VARIABLE: &str = "BELLA_E2E";
/// The build of the engine that the tests of the engine must run on.
pub const BUILD_VARIABLE: &str = "BELLA_ENGINE_BUILD";
/// The browser they drive.
pub const BROWSER_VARIABLE: &str = "CHROME";

/// The end of a failed stage's log that is printed.
const SHOWN_LINES: usize = 30;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Fmt,
    Clippy,
    Native,
    Wasm,
    Page,
    E2e,
}

impl Stage {
    pub const ALL: [Stage; 6] =
        [Stage::Fmt, Stage::Clippy, Stage::Native, Stage::Wasm, Stage::Page, Stage::E2e];

    pub fn name(self) -> &'static str {
        match self {
            Stage::Fmt => "fmt",
            Stage::Clippy => "clippy",
            Stage::Native => "native",
            Stage::Wasm => "wasm",
            Stage::Page => "page",
            Stage::E2e => "e2e",
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("there is no stage {0:?}; there are {names}", names = Stage::ALL.map(Stage::name).join(", "))]
pub struct UnknownStage(String);

impl FromStr for Stage {
    type Err = UnknownStage;

    fn from_str(name: &str) -> Result<Self, UnknownStage> {
        Self::ALL
            .into_iter()
            .find(|stage| stage.name() == name)
            .ok_or_else(|| UnknownStage(name.to_owned()))
    }
}

/// More tests than these do not fail by accident.
const MOST_UNSTEADY: usize = 2;

/// How one stage ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub stage: Stage,
    pub tally: Tally,
    pub time: Duration,
}

/// Runs these stages, in their own order, and tells how each ended.
pub fn run_stages(stages: &[Stage], report: &dyn Report) -> io::Result<Vec<Outcome>> {
    let logs = repo::root().join("target/test-logs");
    fs::create_dir_all(&logs)?;
    let mut outcomes: Vec<Outcome> = Vec::new();
    for stage in Stage::ALL.into_iter().filter(|stage| stages.contains(stage)) {
        let began = Instant::now();
        let page_failed =
            |outcome: &Outcome| outcome.stage == Stage::Page && !outcome.tally.is_good();
        if stage == Stage::E2e && outcomes.iter().any(page_failed) {
            report.say("e2e: not run, because there is no page to test");
            let tally = Tally { skipped: 1, ..Tally::default() };
            outcomes.push(Outcome { stage, tally, time: began.elapsed() });
            continue;
        }
        let path = logs.join(format!("{}.log", stage.name()));
        let mut running = Running {
            stage,
            report,
            log: BufWriter::new(File::create(&path)?),
            began,
            tally: Tally::default(),
            failed: Failed::default(),
        };
        if let Err(trouble) = running.all_of_it() {
            running.tally.failed = running.tally.failed.max(1);
            let _ = writeln!(running.log, "\n{trouble}");
        }
        let Running { mut log, tally, .. } = running;
        log.flush()?;
        let time = began.elapsed();
        let verdict = if tally.is_good() { "ok" } else { "FAILED" };
        report.say(&format!("{}: {verdict}, {tally}, {}", stage.name(), duration(time)));
        if !tally.is_good() {
            show_end(&path, report);
        } else if tally.unsteady > 0 {
            report.say("and these failed at first:");
            failures(&fs::read_to_string(&path)?).iter().for_each(|failure| report.say(failure));
        }
        outcomes.push(Outcome { stage, tally, time });
    }
    Ok(outcomes)
}

/// The table, and the sum as a plain last line.
pub fn summary(outcomes: &[Outcome]) -> String {
    let mut text = String::from("\nstage    result   passed  failed  skipped  seconds\n");
    for Outcome { stage, tally, time } in outcomes {
        let result = match tally {
            Tally { passed: 0, failed: 0, .. } => "not run",
            tally if tally.is_good() => "ok",
            _ => "FAILED",
        };
        let Tally { passed, failed, skipped, .. } = tally;
        let (name, seconds) = (stage.name(), time.as_secs_f64());
        text += &format!(
            "{name:<8} {result:<8} {passed:>6}  {failed:>6}  {skipped:>7}  {seconds:>7.1}\n"
        );
    }
    let total: Tally = outcomes.iter().map(|outcome| outcome.tally).sum();
    if total.unsteady > 0 {
        text += &format!("\n{} passed only when run once more\n", total.unsteady);
    }
    text + &format!("\n{total}\n")
}

/// Why a stage could not go on; what its commands said is in its log.
type Trouble = Box<dyn std::error::Error>;

struct Running<'a> {
    stage: Stage,
    report: &'a dyn Report,
    log: BufWriter<File>,
    began: Instant,
    tally: Tally,
    failed: Failed,
}

impl Running<'_> {
    fn all_of_it(&mut self) -> Result<(), Trouble> {
        match self.stage {
            Stage::Fmt => self.check(cargo().args(["fmt", "--all", "--check"])),
            Stage::Clippy => self.clippy(),
            Stage::Native => self.native(),
            Stage::Wasm => self.wasm(),
            Stage::Page => self.page(),
            Stage::E2e => self.e2e(),
        }
    }

    fn clippy(&mut self) -> Result<(), Trouble> {
        let denied = ["--", "--deny", "warnings"];
        self.check(cargo().args(["clippy", "--workspace", "--all-targets"]).args(denied))?;
        // The two programs of the page, each with the features it is built with.
        for (feature, bin) in [("page", "bella"), ("worker", "bella-engine-worker")] {
            let mut clippy = cargo();
            clippy
                .args(["clippy", "--package", "bella", "--target", "wasm32-unknown-unknown"])
                .args(["--lib", "--bin", bin, "--tests", "--features", feature])
                .args(denied);
            self.check(&mut clippy)?;
        }
        Ok(())
    }

    fn native(&mut self) -> Result<(), Trouble> {
        let cache = self.weights()?;
        let mut test = cargo();
        test.args(["test", "--workspace", "--exclude", "bella-tests", "--no-fail-fast"])
            // The page is a feature that is off by default; most of what it decides
            // needs no browser.
            .args(["--features", "bella/page"])
            // So that a test which passes because it could do nothing is seen.
            .args(["--", "--show-output"])
            .env(crate::cache::CACHE_VARIABLE, cache.root());
        self.tests(&mut test)
    }

    /// In a worker of a real browser, where the engine lives. A crate has such
    /// tests if it has a `tests/wasm.rs`.
    fn wasm(&mut self) -> Result<(), Trouble> {
        let crates = crates_with_wasm_tests()?;
        if crates.is_empty() {
            self.tally.skipped += 1;
            return Ok(());
        }
        let tools = Tools::ready(&Cache::from_environment()?, self.report)?;
        let driver = browser::driver(self.report)?;
        for name in crates {
            // What differs between the builds of the engine, threads apart: those are
            // tested natively and end to end.
            for features in ["+simd128", "+simd128,+relaxed-simd"] {
                let flags = format!(
                    "target.wasm32-unknown-unknown.rustflags=[\"-Ctarget-feature={features}\"]"
                );
                let mut test = cargo();
                test.args(["test", "--package", &name, "--target", "wasm32-unknown-unknown"])
                    .args(["--test", "wasm", "--no-fail-fast", "--config", &flags])
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &tools.wasm_test_runner)
                    .env("CHROMEDRIVER", &driver)
                    .env("WASM_BINDGEN_USE_DEDICATED_WORKER", "1")
                    .env("WASM_BINDGEN_TEST_TIMEOUT", "300")
                    .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
                self.tests(&mut test)?;
            }
        }
        Ok(())
    }

    fn page(&mut self) -> Result<(), Trouble> {
        let cache = self.weights()?;
        let tools = Tools::ready(&cache, self.report)?;
        build::page(&tools, self.report)?;
        self.tally.passed += 1;
        Ok(())
    }

    fn e2e(&mut self) -> Result<(), Trouble> {
        let cache = self.weights()?;
        let browser = browser::chromium(self.report)?;
        browser::korean_font(self.report)?;
        browser::voices(self.report)?;
        browser::reader(self.report);
        // Everything on the build that the browser gets by itself, and what the
        // engine itself has to do once more on the other.
        for (build, which) in
            [(build::TURBO, &[][..]), (build::BASELINE, &["--test", "engine"][..])]
        {
            self.report.say(&format!("e2e: on the engine's {} build", build.name));
            let environment = [
                (DIST_VARIABLE, repo::dist().into_os_string()),
                (WEIGHTS_VARIABLE, cache.weights().into_os_string()),
                (REQUIRED_VARIABLE, "required".into()),
                (BUILD_VARIABLE, build.name.into()),
                (BROWSER_VARIABLE, browser.clone().into_os_string()),
            ];
            let mut test = cargo();
            test.args(["test", "--package", "bella-tests", "--no-fail-fast"])
                .args(which)
                .args(["--", "--show-output"])
                .envs(environment.clone());
            self.tests(&mut test)?;
            self.once_more(&environment)?;
        }
        Ok(())
    }

    /// Runs what failed once more, alone: sound that comes in its own time, a browser and
    /// a machine that others use too let one of hundreds fail by accident. It is told and
    /// counted all the same, so that it gets mended.
    fn once_more(&mut self, environment: &[(&str, OsString)]) -> Result<(), Trouble> {
        let failed = self.failed.take();
        if self.tally.unsteady + failed.len() > MOST_UNSTEADY {
            return Ok(());
        }
        for FailedTest { program, name } in failed {
            self.report.say(&format!("e2e: {name} failed, and is run once more"));
            let mut test = Command::new(repo::root().join(program));
            test.args(["--exact", &name, "--show-output"])
                .current_dir(repo::root().join("tests"))
                .envs(environment.iter().cloned());
            let before = self.tally;
            let passed = self.run(&mut test)? && self.tally.passed == before.passed + 1;
            self.tally = before;
            if passed {
                self.tally.failed -= 1;
                self.tally.passed += 1;
                self.tally.unsteady += 1;
            }
        }
        Ok(())
    }

    /// Those of a first start, in the cache.
    fn weights(&self) -> Result<Cache, Trouble> {
        let cache = Cache::from_environment()?;
        let manifest = read_manifest(&repo::manifest())?;
        Fetcher::new(&cache, self.report).models(&select(&manifest, &[])?)?;
        Ok(cache)
    }

    /// A command that either succeeds or does not.
    fn check(&mut self, command: &mut Command) -> Result<(), Trouble> {
        if self.run(command)? {
            self.tally.passed += 1;
        } else {
            self.tally.failed += 1;
        }
        Ok(())
    }

    /// A command that runs tests and counts them itself.
    fn tests(&mut self, command: &mut Command) -> Result<(), Trouble> {
        let before = self.tally;
        let succeeded = self.run(command)?;
        if succeeded && self.tally == before {
            return Err("it ran no test".into());
        }
        if !succeeded && self.tally.failed == before.failed {
            // It did not compile, say, or crashed.
            self.tally.failed += 1;
        }
        Ok(())
    }

    fn run(&mut self, command: &mut Command) -> Result<bool, Trouble> {
        let Self { stage, report, log, began, tally, failed } = self;
        let name = stage.name();
        writeln!(log, "$ {}", in_words(command))?;
        let mut doing = String::new();
        let mut written = Ok(());
        let finished = run(command, |event| match event {
            Event::Line(line) => {
                tally.read(line);
                failed.read(line);
                doing = what_it_does(line).unwrap_or(std::mem::take(&mut doing));
                if written.is_ok() {
                    written = writeln!(log, "{line}");
                }
            }
            Event::Tick(_) => {
                report.progress(&format!("{name}: {}, {tally}{doing}", duration(began.elapsed())));
            }
        })
        .map_err(|error| format!("{} cannot be run: {error}", in_words(command)))?;
        written?;
        Ok(finished.status.success())
    }
}

/// What is worth showing of a line that cargo or a test runner prints.
fn what_it_does(line: &str) -> Option<String> {
    let line = line.trim_start();
    ["Compiling ", "Checking ", "Running "]
        .iter()
        .any(|word| line.starts_with(word))
        .then(|| format!(", {line}"))
        .or_else(|| Some(format!(", {}", line.strip_prefix("test ")?.split(" ... ").next()?)))
        .filter(|shown| !shown.starts_with(", result"))
        .map(|shown| shown.chars().take(80).collect())
}

fn in_words(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    std::iter::once(program)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

fn crates_with_wasm_tests() -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(repo::root().join("crates"))? {
        let path: PathBuf = entry?.path();
        if let Some(name) = path.file_name().and_then(|name| name.to_str())
            && path.join("tests/wasm.rs").is_file()
        {
            found.push(format!("bella-{name}"));
        }
    }
    found.sort();
    Ok(found)
}

/// The last lines are read first, so what failed stands there.
fn show_end(log: &Path, report: &dyn Report) {
    let Ok(text) = fs::read_to_string(log) else { return };
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(SHOWN_LINES);
    report.say(&lines[from..].join("\n"));
    for failure in failures(&text) {
        report.say(&failure);
    }
    report.say(&format!("(all of it is in {})", log.display()));
}
