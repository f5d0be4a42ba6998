//! Real weights for tests, from the same cache the fetcher fills.

#![allow(dead_code, reason = "each test takes what it needs")]

pub(crate) mod clips;
pub(crate) mod synthetic;
pub(crate) mod tiny;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use bella_engine::llm::LanguageModel;
use bella_engine::{Model, ModelLoader};
use bella_protocol::{Failure, ModelFile, ModelSpec, Task};

/// Where a model's file is, or `None` after saying so: a clone without weights
/// still passes, and nobody takes a skipped test for a passed one.
pub(crate) fn weights(model: &str, file: &str) -> Option<PathBuf> {
    let path = weights_folder().join(model).join(file);
    if path.is_file() {
        return Some(path);
    }
    assert!(std::env::var_os("BELLA_WEIGHTS").is_none(), "{} is missing", path.display());
    eprintln!("SKIPPED: {model}/{file} is not in the cache; `cargo xtask fetch {model}` brings it");
    None
}

/// The folder with recordings (audio/) and rows to evaluate by (eval/), or `None`
/// after saying that there is none.
pub(crate) fn shared() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("BELLA_SHARED").map_or_else(beside, PathBuf::from);
    if shared.is_dir() {
        return Some(shared);
    }
    assert!(std::env::var_os("BELLA_SHARED").is_none(), "{} is missing", shared.display());
    eprintln!(
        "SKIPPED: no recordings or rows; BELLA_SHARED may name the folder with audio/ and eval/"
    );
    None
}

fn weights_folder() -> PathBuf {
    let cache = || {
        let home = std::env::var_os("BELLA_CACHE").map(PathBuf::from);
        let xdg =
            || std::env::var_os("XDG_CACHE_HOME").map(|cache| PathBuf::from(cache).join("bella"));
        let user = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/bella"));
        home.or_else(xdg).or_else(user).unwrap_or_default().join("weights")
    };
    std::env::var_os("BELLA_WEIGHTS").map_or_else(cache, PathBuf::from)
}

/// The language model that `model` has to be.
pub(crate) fn chat_model(model: Model) -> Box<LanguageModel> {
    match model {
        Model::Chat { model, .. } => model,
        other => panic!("{:?} is no task for a language model", other.task()),
    }
}

/// Streams files into a loader in pieces of the size a network would deliver.
pub(crate) fn load(id: &str, task: Task, paths: &[PathBuf]) -> Model {
    load_on(id, task, paths, None)
}

/// The same for a model that may be an addition to another.
pub(crate) fn load_on(id: &str, task: Task, paths: &[PathBuf], base: Option<&str>) -> Model {
    load_by(ModelLoader::new, id, task, paths, base)
}

/// The same without rounding a Whisper's weights.
pub(crate) fn load_exactly(id: &str, task: Task, paths: &[PathBuf]) -> Model {
    load_by(|spec| ModelLoader::new(spec).map(ModelLoader::exactly), id, task, paths, None)
}

fn load_by(
    loader: impl Fn(ModelSpec) -> Result<ModelLoader, Failure>,
    id: &str,
    task: Task,
    paths: &[PathBuf],
    base: Option<&str>,
) -> Model {
    let files = paths.iter().map(|path| ModelFile {
        name: path.file_name().expect("a file").to_string_lossy().into_owned(),
        url: String::new(),
        mirror: None,
        bytes: path.metadata().expect("readable").len(),
        sha256: None,
    });
    let spec = ModelSpec {
        id: id.to_owned(),
        task,
        files: files.collect(),
        base: base.map(str::to_owned),
    };
    let mut loader = loader(spec).expect("a model with files");
    let mut piece = vec![0; 1 << 20];
    for path in paths {
        let mut file = File::open(path).expect("readable");
        loop {
            let read = file.read(&mut piece).expect("readable");
            if read == 0 {
                break;
            }
            loader.push(&piece[..read]).expect("a good file");
        }
        loader.end_file().expect("a whole file");
    }
    loader.finish().expect("a model this engine runs")
}
