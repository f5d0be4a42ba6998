//! Programs of this workspace that work with models on the machine itself: what
//! they need is fetched, they are built, and everything else is theirs.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use bella_weights::manifest::{Manifest, Model, Task};

use crate::cache::{Cache, NoHome};
use crate::fetch::{self, FetchError, Fetcher};
use crate::repo;
use crate::report::Report;

#[derive(Debug, thiserror::Error)]
pub enum NativeError {
    #[error(transparent)]
    NoHome(#[from] NoHome),
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("cargo could not be started: {0}")]
    Cargo(io::Error),
}

/// The encoder that feelings are learnt on.
const LAB_BASE: &str = "multilingual-e5-small";

/// `cargo xtask run …`: the engine without a browser.
pub fn run(arguments: &[OsString], report: &dyn Report) -> Result<ExitStatus, NativeError> {
    let manifest = fetch::read_manifest(&repo::manifest())?;
    let cache = Cache::from_environment()?;
    let fetcher = Fetcher::new(&cache, report);
    for model in wanted(&manifest, arguments) {
        fetcher.model(model)?;
    }
    let paths = [
        OsString::from("--manifest"),
        repo::manifest().into(),
        "--weights".into(),
        cache.weights().into(),
    ];
    cargo("bella-native", paths.iter().chain(arguments))
}

/// `cargo xtask lab …`: training and evaluation.
pub fn lab(arguments: &[OsString], report: &dyn Report) -> Result<ExitStatus, NativeError> {
    let manifest = fetch::read_manifest(&repo::manifest())?;
    let cache = Cache::from_environment()?;
    fetch::select(&manifest, &[LAB_BASE.to_owned()])?
        .into_iter()
        .try_for_each(|model| Fetcher::new(&cache, report).model(model).map(drop))?;
    let base = ["--base".into(), cache.weights().join(LAB_BASE).into_os_string()];
    let (command, options) = arguments.split_at(arguments.len().min(1));
    cargo("bella-lab", command.iter().chain(&base).chain(options))
}

/// The model that was named, or else the first for the task; and the one it is
/// an addition to. Arguments that make no sense are the program's to refuse.
fn wanted<'a>(manifest: &'a Manifest, arguments: &[OsString]) -> Vec<&'a Model> {
    let named = arguments.iter().skip_while(|argument| *argument != "--model").nth(1);
    let model = match named.and_then(|id| id.to_str()) {
        Some(id) => manifest.model(id),
        None => arguments
            .iter()
            .find_map(|argument| task_of(argument))
            .and_then(|task| manifest.models.iter().find(|model| model.task == task)),
    };
    let base = model.and_then(|model| model.base.as_deref()).and_then(|id| manifest.model(id));
    base.into_iter().chain(model).collect()
}

fn task_of(argument: &OsStr) -> Option<Task> {
    Some(match argument.to_str()? {
        "transcribe" => Task::Transcribe,
        "chat" => Task::Chat,
        "embed" => Task::Embed,
        "feel" => Task::Feel,
        "vad" => Task::Vad,
        _ => return None,
    })
}

/// Input and output stay the caller's, and so does the folder: paths among the
/// arguments are the person's own.
fn cargo<'a>(
    package: &str,
    arguments: impl Iterator<Item = &'a OsString>,
) -> Result<ExitStatus, NativeError> {
    let cargo = env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    let manifest = repo::root().join("Cargo.toml");
    Command::new(cargo)
        .args(["run", "--quiet", "--profile", "native", "--package", package, "--manifest-path"])
        .arg(manifest)
        .arg("--")
        .args(arguments)
        .status()
        .map_err(NativeError::Cargo)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &[&str], expected: &[&str]) {
        let manifest = fetch::read_manifest(&repo::manifest()).expect("our own list");
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let ids: Vec<&str> =
            wanted(&manifest, &arguments).iter().map(|model| &model.id[..]).collect();
        assert_eq!(ids, expected, "{arguments:?}");
    }

    #[test]
    fn what_a_task_needs_is_fetched_for_it() {
        check(&["vad"], &["silero-vad"]);
        check(
            &["chat", "--model", "qwen2.5-coder-0.5b-instruct"],
            &["qwen2.5-coder-0.5b-instruct"],
        );
        check(&["--purpose", "query", "embed", "a.txt"], &["multilingual-e5-small"]);
        check(&["dance"], &[]);
        check(&["chat", "--model", "nobody"], &[]);
        check(&[], &[]);
    }
}
