//! `cargo xtask bench`: the built page's engine measured in a real Chromium, and
//! with `--rivals` other engines beside it.
//!
//! Here is what has to be there first: the page, the weights, the browser, and the
//! rivals from npm. What is measured, and how, is the program `bella-bench` of the
//! package of end-to-end tests.

use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use bella_weights::manifest::Model;

use crate::build::{self, cargo};
use crate::cache::Cache;
use crate::fetch::{Fetcher, read_manifest, select};
use crate::process::{complaint, program, run as run_quietly};
use crate::repo;
use crate::report::Report;
use crate::suite::{self, BROWSER_VARIABLE, DIST_VARIABLE, WEIGHTS_VARIABLE};
use crate::tools::Tools;

/// What is measured beyond the models of a first start.
const MORE_MODELS: [&str; 1] = ["whisper-base"];

/// As people get them today. transformers.js names the one build of its runtime
/// that it works with, and npm brings that.
const RIVALS: [&str; 2] = ["@wllama/wllama@3.8.1", "@huggingface/transformers@4.3.1"];

/// What npm brings for Node and no page loads: half a gigabyte.
const NODE_ONLY: [&str; 2] = ["onnxruntime-node", "@img"];

pub fn run(arguments: &[OsString], report: &dyn Report) -> Result<ExitStatus, Box<dyn Error>> {
    let Wanted { page, passed_on } = wanted(arguments)?;
    let cache = Cache::from_environment()?;
    let out = repo::root().join("target/bench");
    fs::create_dir_all(&out)?;
    fetch(&repo::manifest(), &cache, report, |manifest| {
        let mut models = select(manifest, &[])?;
        models.extend(select(manifest, &MORE_MODELS.map(str::to_owned))?);
        Ok(models)
    })?;
    if passed_on.contains(&OsStr::new("--rivals")) {
        let theirs = repo::root().join("tests/bench/rivals.toml");
        fetch(&theirs, &cache, report, |manifest| Ok(manifest.models.iter().collect()))?;
        install_rivals(&out.join("rivals"), report)?;
    }
    let page = match page {
        Some(page) => page,
        None => build::page(&Tools::ready(&cache, report)?, report)?,
    };
    let mut bench = cargo();
    bench
        .args(["run", "--quiet", "--package", "bella-tests", "--bin", "bella-bench", "--"])
        .arg("--out")
        .arg(&out)
        .args(passed_on)
        .env(DIST_VARIABLE, page)
        .env(WEIGHTS_VARIABLE, cache.weights())
        .env(BROWSER_VARIABLE, suite::browser::chromium(report)?);
    Ok(bench.status()?)
}

struct Wanted<'a> {
    /// Built already, and not to be built here.
    page: Option<PathBuf>,
    /// What the program makes sense of.
    passed_on: Vec<&'a OsStr>,
}

fn wanted(arguments: &[OsString]) -> Result<Wanted<'_>, String> {
    let mut wanted = Wanted { page: None, passed_on: Vec::new() };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if argument == "--page" {
            let folder = arguments.next().map(Path::new).ok_or("--page wants a folder")?;
            let found = fs::canonicalize(folder);
            wanted.page =
                Some(found.map_err(|error| format!("--page {}: {error}", folder.display()))?);
        } else {
            wanted.passed_on.push(argument);
        }
    }
    Ok(wanted)
}

fn fetch(
    manifest: &Path,
    cache: &Cache,
    report: &dyn Report,
    choose: impl Fn(&bella_weights::manifest::Manifest) -> Result<Vec<&Model>, crate::fetch::FetchError>,
) -> Result<(), Box<dyn Error>> {
    let manifest = read_manifest(manifest)?;
    Ok(Fetcher::new(cache, report).models(&choose(&manifest)?)?)
}

/// Installed beside its place and moved there whole, so that what is there works.
fn install_rivals(home: &Path, report: &dyn Report) -> Result<(), Box<dyn Error>> {
    let wanted = RIVALS.join("\n");
    let stamp = home.join("installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    report.say(&format!("installing {} …", RIVALS.join(" and ")));
    let unfinished = home.with_extension("new");
    remove(&unfinished)?;
    fs::create_dir_all(&unfinished)?;
    let mut npm = Command::new(program("npm"));
    npm.args(["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"])
        .arg(&unfinished)
        .args(RIVALS)
        .current_dir(&unfinished)
        .env("npm_config_update_notifier", "false");
    let finished = run_quietly(&mut npm, |_| ())
        .map_err(|error| format!("npm cannot be run ({error}); it comes with Node.js"))?;
    if !finished.status.success() {
        return Err(format!("the rivals could not be installed: {}", complaint(&finished)).into());
    }
    for package in NODE_ONLY {
        remove(&unfinished.join("node_modules").join(package))?;
    }
    fs::write(unfinished.join("installed"), wanted)?;
    remove(home)?;
    Ok(fs::rename(&unfinished, home)?)
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_built_is_taken_and_the_rest_is_passed_on() {
        let arguments = ["--rivals", "--page", ".", "--only", "smollm2"].map(OsString::from);
        let Wanted { page, passed_on } = wanted(&arguments).expect("two arguments are one");
        assert!(page.is_some_and(|page| page.is_absolute()));
        assert_eq!(passed_on, ["--rivals", "--only", "smollm2"]);
        assert!(wanted(&[OsString::from("--page")]).is_err());
    }
}
