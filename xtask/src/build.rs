//! The release page in `dist/`: the engine's worker first, then the page, which
//! Trunk builds and puts together with it.
//!
//! cargo knows by itself what is up to date. What comes after it (wasm-bindgen,
//! wasm-opt, Trunk) takes half a minute even when nothing has changed, so it is
//! repeated only when something it works on has: see [`recipe`]. At the end the
//! page gets its service worker: see [`offline`].

pub mod offline;
mod recipe;

use std::env;
use std::fs::{self, File};
use std::io;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use crate::process::{Event, run};
use crate::repo;
use crate::report::{Report, duration};
use crate::server;
use crate::tools::Tools;
use recipe::Recipe;

/// The page itself, among its files.
pub(crate) const HOME: &str = "index.html";

/// For size: see Cargo.toml.
const PAGE_PROFILE: &str = "page";

/// Where index.html picks the engines up, whatever cargo's target folder is.
const ENGINES: &str = "target/engine";

/// Unfinished engines and stamps.
const WORK: &str = "target/page-work";

/// The end of a failed command's output that is shown.
const SHOWN_LINES: usize = 200;

/// One way to compile the engine's worker; the page picks one by probing.
#[derive(Clone, Copy, Debug)]
pub struct EngineBuild {
    /// Its folder beside the others.
    pub name: &'static str,
    /// What the compiler and the linker are told beyond `.cargo/config.toml`.
    flags: &'static [&'static str],
    /// Whether it shares memory between threads. The standard library that comes
    /// with the compiler cannot, so it is compiled anew.
    threads: bool,
    /// What wasm-opt may assume: exactly what this build may use.
    wasm_features: &'static [&'static str],
}

/// Runs in every browser that is supported: simd128 and one thread.
pub const BASELINE: EngineBuild = EngineBuild {
    name: "baseline",
    flags: &[],
    threads: false,
    wasm_features: &[
        "--enable-bulk-memory",
        "--enable-multivalue",
        "--enable-mutable-globals",
        "--enable-nontrapping-float-to-int",
        "--enable-reference-types",
        "--enable-sign-ext",
        "--enable-simd",
    ],
};

/// Relaxed SIMD, and threads over shared memory.
///
/// The pinned compiler makes this one too. Shared memory is not stable in it, so
/// it is told to pass for a nightly one (`RUSTC_BOOTSTRAP`) for this build alone:
/// a real nightly would be a second toolchain to download, to pin, and to hold
/// responsible when the two builds differ.
pub const TURBO: EngineBuild = EngineBuild {
    name: "turbo",
    flags: &[
        "-Ctarget-feature=+relaxed-simd,+atomics,+bulk-memory,+mutable-globals",
        "-Clink-arg=--shared-memory",
        "-Clink-arg=--import-memory",
        // `public/worker.js` makes the memory: a little more than this, which
        // must hold what is there from the beginning, up to at most that.
        "-Clink-arg=--initial-memory=2097152",
        "-Clink-arg=--max-memory=4294967296",
        // wasm-bindgen gives every thread a stack and variables of its own.
        "-Clink-arg=--export=__wasm_init_tls",
        "-Clink-arg=--export=__tls_size",
        "-Clink-arg=--export=__tls_align",
        "-Clink-arg=--export=__tls_base",
    ],
    threads: true,
    wasm_features: &[
        "--enable-bulk-memory",
        "--enable-multivalue",
        "--enable-mutable-globals",
        "--enable-nontrapping-float-to-int",
        "--enable-reference-types",
        "--enable-relaxed-simd",
        "--enable-sign-ext",
        "--enable-simd",
        "--enable-threads",
    ],
};

pub const ENGINE_BUILDS: [EngineBuild; 2] = [BASELINE, TURBO];

impl EngineBuild {
    /// Where cargo works on it. What is compiled with other flags, or as if by
    /// another compiler, has a folder of its own: in one, the two would throw out
    /// each other's dependencies.
    fn target(&self) -> PathBuf {
        if self.threads { repo::target().join(self.name) } else { repo::target() }
    }

    /// What cargo makes of the worker's program.
    fn module(&self) -> PathBuf {
        module(&self.target(), "release", "bella-engine-worker")
    }

    fn compile(&self, report: &dyn Report) -> Result<(), BuildError> {
        let mut cargo = compile_for_browsers("release");
        cargo.args(["--bin", "bella-engine-worker", "--features", "worker", "--target-dir"]);
        cargo.arg(self.target());
        if !self.flags.is_empty() {
            // Added to those of the configuration, as RUSTFLAGS would not be.
            let flags = format!("target.wasm32-unknown-unknown.rustflags={:?}", self.flags);
            cargo.args(["--config", &flags]);
        }
        if self.threads {
            cargo.arg("-Zbuild-std=std,panic_abort").env("RUSTC_BOOTSTRAP", "1");
        }
        step(&format!("compiling the engine ({})", self.name), &mut cargo, report)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("{what} failed:\n{output}")]
    Failed { what: String, output: String },
    #[error("{program} cannot be run: {error}")]
    NotRun { program: String, error: io::Error },
    #[error("{} cannot be written or read: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
}

/// Builds whatever is not up to date and returns the folder of the page.
pub fn page(tools: &Tools, report: &dyn Report) -> Result<PathBuf, BuildError> {
    let _lock = lock()?;
    // At the same time as the other: each program ends in a minute of optimising all of
    // it at once, on one processor.
    thread::scope(|scope| {
        let turbo = scope.spawn(|| engine(&TURBO, tools, report));
        let others = engine(&BASELINE, tools, report).and_then(|()| page_program(report));
        turbo.join().unwrap_or_else(|panic| resume_unwind(panic)).and(others)
    })?;

    let page = repo::dist();
    let recipe = Recipe::new()
        .with_tools()
        .with_file(&module(&repo::target(), PAGE_PROFILE, "bella"))?
        .with_file(&repo::root().join(HOME))?
        .with_file(&repo::root().join("Trunk.toml"))?
        .with_folder(&repo::root().join("public"))?
        .with_folder(&repo::root().join("src"))?
        .with_folder(&repo::root().join(ENGINES))?
        .with_words(&server::headers::ISOLATED.map(|(_, value)| value));
    let stamp = stamp("page");
    if recipe.made(&page.join("sw.js"), &stamp) {
        return Ok(page);
    }
    let mut trunk = Command::new(&tools.trunk);
    trunk
        .args(["build", "--release", "--cargo-profile", PAGE_PROFILE])
        .current_dir(repo::root())
        .env("PATH", tools.on_path())
        // Trunk takes this for a flag of its own and stumbles over its value.
        .env_remove("NO_COLOR")
        // Its own call stack says nothing about what is wrong with the page.
        .env("RUST_BACKTRACE", "0");
    step("putting the page together", &mut trunk, report)?;
    offline::write(&page, &service_worker()?)?;
    recipe.note(&stamp)?;
    Ok(page)
}

/// The service worker as it is written, without what it must know of a build.
pub fn service_worker() -> Result<String, BuildError> {
    let path = repo::root().join("public/sw.js");
    fs::read_to_string(&path).map_err(at(&path))
}

/// As Trunk will call it: what it finds built it need not build, and cargo fetches here
/// what it needs, because Trunk is kept off the network.
fn page_program(report: &dyn Report) -> Result<(), BuildError> {
    let mut cargo = compile_for_browsers(PAGE_PROFILE);
    cargo.args(["--bin", "bella", "--no-default-features", "--features", "page"]);
    step("compiling the page", &mut cargo, report)
}

fn engine(build: &EngineBuild, tools: &Tools, report: &dyn Report) -> Result<(), BuildError> {
    let name = build.name;
    let what = format!("the engine ({name})");
    build.compile(report)?;

    let module = build.module();
    let home = repo::root().join(ENGINES).join(name);
    let recipe = Recipe::new().with_tools().with_file(&module)?.with_words(build.wasm_features);
    let stamp = stamp(name);
    if recipe.made(&home.join("engine_bg.wasm"), &stamp) {
        return Ok(());
    }
    let unfinished = repo::root().join(WORK).join(name);
    clear(&unfinished)?;
    fs::create_dir_all(&unfinished).map_err(at(&unfinished))?;

    let mut bind = Command::new(&tools.wasm_bindgen);
    bind.args(["--target", "web", "--no-typescript", "--out-name", "engine", "--out-dir"])
        .arg(&unfinished)
        .arg(&module);
    step(&format!("binding {what}"), &mut bind, report)?;

    let bound = unfinished.join("engine_bg.wasm");
    let mut optimise = Command::new(&tools.wasm_opt);
    optimise.arg("-O3").args(build.wasm_features).arg(&bound).arg("-o").arg(&bound);
    step(&format!("optimising {what}"), &mut optimise, report)?;

    clear(&home)?;
    let engines = repo::root().join(ENGINES);
    fs::create_dir_all(&engines).map_err(at(&engines))?;
    fs::rename(&unfinished, &home).map_err(at(&home))?;
    recipe.note(&stamp)
}

/// Compiles one of the root package's programs.
fn compile_for_browsers(profile: &str) -> Command {
    let mut cargo = cargo();
    cargo.args(["build", "--profile", profile]);
    cargo.args(["--target", "wasm32-unknown-unknown", "--package", "bella"]);
    cargo
}

/// What cargo made of a program.
fn module(target: &Path, profile: &str, program: &str) -> PathBuf {
    let built = target.join("wasm32-unknown-unknown").join(profile);
    built.join(program).with_extension("wasm")
}

/// Where it is noted from what something was made; out of Trunk's sight.
fn stamp(name: &str) -> PathBuf {
    repo::root().join(WORK).join(format!("{name}.stamp"))
}

pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(repo::root())
        .env("CARGO_TERM_PROGRESS_WHEN", "never")
        .env("CARGO_TERM_COLOR", "never");
    cargo
}

/// Runs one command, shows how long it takes, and its output only if it fails.
fn step(what: &str, command: &mut Command, report: &dyn Report) -> Result<(), BuildError> {
    let mut doing = String::new();
    report.progress(&format!("{what} …"));
    let finished = run(command, |event| match event {
        Event::Line(line) => {
            if let Some(compiling) = line.trim_start().strip_prefix("Compiling ") {
                doing = format!(", {compiling}");
            }
        }
        Event::Tick(time) => report.progress(&format!("{what}: {}{doing}", duration(time))),
    })
    .map_err(|error| {
        let program = command.get_program().to_string_lossy().into_owned();
        BuildError::NotRun { program, error }
    })?;
    if !finished.status.success() {
        let from = finished.lines.len().saturating_sub(SHOWN_LINES);
        let output = finished.lines[from..].join("\n");
        return Err(BuildError::Failed { what: what.to_owned(), output });
    }
    // A step that had nothing to do says nothing.
    if finished.time.as_secs() >= 2 {
        report.say(&format!("{what}: done in {}", duration(finished.time)));
    }
    Ok(())
}

/// Two builds at once would write over each other's page.
fn lock() -> Result<File, BuildError> {
    let folder = repo::root().join(WORK);
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    let path = folder.join("lock");
    let file = File::create(&path).map_err(at(&path))?;
    file.lock().map_err(at(&path))?;
    Ok(file)
}

fn clear(folder: &Path) -> Result<(), BuildError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(folder)(error)),
        _ => Ok(()),
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> BuildError {
    move |error| BuildError::File { path: path.to_owned(), error }
}
