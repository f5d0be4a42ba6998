//! The programs that build the page, in the cache and pinned to a version.
//!
//! Nothing is taken prebuilt from a web site: what is written in Rust is built
//! from crates.io, and wasm-opt comes from npm. They are built for a short wait
//! rather than for speed: each runs for seconds at a time.
//!
//! A tool is built beside its place and moved there whole, so what is there
//! works. Trunk looks for wasm-bindgen and wasm-opt on the search path and takes
//! what it finds if the version fits; [`Tools::on_path`] puts ours first.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cache::Cache;
use crate::process::{Event, complaint, program, run};
use crate::report::{Report, duration};

pub const TRUNK: Tool = Tool {
    name: "trunk",
    version: "0.21.14",
    program: "bin/trunk",
    origin: Origin::Crate { features: &["--no-default-features", "--features", "rustls"] },
    wait: "about 4 minutes on 2 cores",
};

/// Equal to the crate of that name to the last digit, or it refuses the page.
pub const WASM_BINDGEN: Tool = Tool {
    name: "wasm-bindgen-cli",
    version: "0.2.129",
    program: "bin/wasm-bindgen",
    origin: Origin::Crate { features: &[] },
    wait: "about 2 minutes on 2 cores",
};

pub const BINARYEN: Tool = Tool {
    name: "binaryen",
    version: "132.0.0",
    program: "node_modules/.bin/wasm-opt",
    origin: Origin::Npm,
    wait: "a few seconds",
};

/// For the end-to-end tests: what assistive technology would stumble over.
pub const AXE_CORE: Tool = Tool {
    name: "axe-core",
    version: "4.14.1",
    program: "node_modules/axe-core/axe.min.js",
    origin: Origin::Npm,
    wait: "a few seconds",
};

#[derive(Clone, Copy, Debug)]
pub struct Tool {
    name: &'static str,
    version: &'static str,
    /// Below the tool's folder.
    program: &'static str,
    origin: Origin,
    wait: &'static str,
}

#[derive(Clone, Copy, Debug)]
enum Origin {
    Crate { features: &'static [&'static str] },
    Npm,
}

/// Everything a build needs, installed.
#[derive(Clone, Debug)]
pub struct Tools {
    pub trunk: PathBuf,
    pub wasm_bindgen: PathBuf,
    pub wasm_test_runner: PathBuf,
    pub wasm_opt: PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    #[error("{program} is not installed, and {tool} comes by it: {advice}")]
    Missing { program: &'static str, tool: &'static str, advice: &'static str },
    #[error("{tool} {version} could not be installed: {message}")]
    Failed { tool: &'static str, version: &'static str, message: String },
    #[error("{} cannot be written: {error}", path.display())]
    Cache { path: PathBuf, error: io::Error },
}

impl Tools {
    /// Installs what is missing.
    pub fn ready(cache: &Cache, report: &dyn Report) -> Result<Self, ToolError> {
        let wasm_bindgen = WASM_BINDGEN.ready(cache, report)?;
        Ok(Self {
            wasm_test_runner: wasm_bindgen.with_file_name(executable("wasm-bindgen-test-runner")),
            wasm_bindgen,
            wasm_opt: BINARYEN.ready(cache, report)?,
            trunk: TRUNK.ready(cache, report)?,
        })
    }

    /// A search path on which these come before any others.
    pub fn on_path(&self) -> OsString {
        let ours = [&self.trunk, &self.wasm_bindgen, &self.wasm_opt];
        let folders = ours.into_iter().filter_map(|program| program.parent().map(Path::to_owned));
        let others = env::var_os("PATH").unwrap_or_default();
        // Only a folder with a separator in its name cannot be joined.
        env::join_paths(folders.chain(env::split_paths(&others))).unwrap_or(others)
    }
}

impl Tool {
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// The program, installed if it was not.
    pub fn ready(&self, cache: &Cache, report: &dyn Report) -> Result<PathBuf, ToolError> {
        let home = cache.tool(self.name, self.version);
        let program = home.join(executable(self.program));
        if program.exists() {
            return Ok(program);
        }
        let tools = home.parent().unwrap_or(&home);
        fs::create_dir_all(tools).map_err(at(tools))?;
        let lock_path = tools.join(format!(".{}.lock", self.name));
        let lock = File::create(&lock_path).map_err(at(&lock_path))?;
        if lock.try_lock().is_err() {
            report.say(&format!("{} is being installed by another process, waiting", self.name));
            lock.lock().map_err(at(&lock_path))?;
        }
        if !program.exists() {
            let unfinished = tools.join(format!(".{}-{}.new", self.name, self.version));
            clear(&unfinished)?;
            fs::create_dir(&unfinished).map_err(at(&unfinished))?;
            self.install(&unfinished, report)?;
            clear(&home)?;
            fs::rename(&unfinished, &home).map_err(at(&home))?;
        }
        Ok(program)
    }

    fn install(&self, folder: &Path, report: &dyn Report) -> Result<(), ToolError> {
        let Self { name, version, wait, .. } = self;
        let build = folder.with_extension("build");
        let mut command = match self.origin {
            Origin::Crate { features } => {
                report.say(&format!(
                    "building {name} {version}, {wait} (once: the cache keeps it) …"
                ));
                cargo_install(self, features, folder, &build)
            }
            Origin::Npm => {
                report.say(&format!("installing {name} {version}, {wait} …"));
                npm_install(self, folder)
            }
        };
        let mut crates = 0;
        let mut latest = String::new();
        let finished = run(&mut command, |event| match event {
            Event::Line(line) => {
                if let Some(compiling) = line.trim_start().strip_prefix("Compiling ") {
                    crates += 1;
                    latest = format!(", {crates} crates, {compiling}");
                }
            }
            Event::Tick(time) => {
                report.progress(&format!("  {name}: {}{latest}", duration(time)));
            }
        })
        .map_err(|error| match (error.kind(), self.origin) {
            (io::ErrorKind::NotFound, Origin::Npm) => ToolError::Missing {
                program: "npm",
                tool: name,
                advice: "install Node.js, which brings npm, and try again",
            },
            _ => self.failed(error.to_string()),
        })?;
        clear(&build)?;
        if !finished.status.success() {
            return Err(self.failed(complaint(&finished)));
        }
        if !folder.join(executable(self.program)).exists() {
            return Err(self.failed(format!("it has no {}", self.program)));
        }
        report.say(&format!("  {name} {version}: ready after {}", duration(finished.time)));
        Ok(())
    }

    fn failed(&self, message: String) -> ToolError {
        ToolError::Failed { tool: self.name, version: self.version, message }
    }
}

/// With cargo's own lock file, in a folder of its own: neither this project's
/// settings nor its target folder have a say.
fn cargo_install(tool: &Tool, features: &[&str], root: &Path, build: &Path) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["install", "--locked", "--no-track", tool.name])
        .args(["--version", &format!("={}", tool.version)])
        .args(features)
        .arg("--root")
        .arg(root)
        .current_dir(root)
        .env("CARGO_TARGET_DIR", build)
        .env("CARGO_PROFILE_RELEASE_LTO", "false")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "false")
        .env("CARGO_TERM_PROGRESS_WHEN", "never")
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    cargo
}

fn npm_install(tool: &Tool, folder: &Path) -> Command {
    let mut npm = Command::new(program("npm"));
    npm.args(["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"])
        .arg(folder)
        .arg(format!("{}@{}", tool.name, tool.version))
        .current_dir(folder)
        .env("npm_config_update_notifier", "false");
    npm
}

fn executable(program: &str) -> String {
    match (cfg!(windows), program.starts_with("node_modules")) {
        (true, true) => format!("{program}.cmd"),
        (true, false) => format!("{program}.exe"),
        (false, _) => program.to_owned(),
    }
}

fn clear(folder: &Path) -> Result<(), ToolError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(folder)(error)),
        _ => Ok(()),
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> ToolError {
    move |error| ToolError::Cache { path: path.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The crate and the program refuse each other when they differ.
    #[test]
    fn the_wasm_bindgen_program_is_the_one_the_page_is_built_against() {
        let lock = fs::read_to_string(crate::repo::root().join("Cargo.lock")).expect("reads");
        let locked = lock
            .split("[[package]]")
            .find(|package| package.contains("name = \"wasm-bindgen\"\n"))
            .expect("is locked");
        let version = format!("version = \"{}\"", WASM_BINDGEN.version);
        assert!(locked.contains(&version), "{locked} but the tool is {}", WASM_BINDGEN.version);
    }
}
