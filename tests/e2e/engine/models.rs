//! The models of the manifest, as the page would ask for them.

use std::env;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bella_engine::{Model, ModelLoader};
use bella_protocol::ModelSpec;
use bella_tests::models::spec;
use bella_tests::stage::skip;
use bella_tests::{Stage, builds};
use bella_weights::manifest::{self, Manifest};
use xtask::fetch::read_manifest;
use xtask::repo;

/// A stage with these models in its server. `None`, after saying why, when their
/// weights are not there: those of a first start have to be where all tests have
/// to run, the others are taken as they are found.
#[track_caller]
pub fn stage_with<const N: usize>(models: [&str; N]) -> Option<(Stage, [ModelSpec; N])> {
    let stage = builds::stage()?;
    let manifest = read_manifest(&repo::manifest()).unwrap_or_else(|error| panic!("{error}"));
    for model in models.map(|id| find(&manifest, id)) {
        let missing = model.files.iter().find(|file| !path(&model.id, &file.name).is_file());
        if let Some(file) = missing {
            let why = format!("{}/{} is not among the weights", model.id, file.name);
            return if model.default { skip(&why) } else { pass_over(&why) };
        }
    }
    Some((stage, models.map(|id| spec(find(&manifest, id)))))
}

/// The same model in this process.
#[track_caller]
pub fn natively(spec: &ModelSpec) -> Model {
    let mut loader = ModelLoader::new(spec.clone()).unwrap_or_else(|error| panic!("{error}"));
    while let Some(file) = loader.wanted() {
        let bytes = read(&spec.id, &file.name);
        for chunk in bytes.chunks(1 << 20) {
            loader.push(chunk).unwrap_or_else(|error| panic!("{error}"));
        }
        loader.end_file().unwrap_or_else(|error| panic!("{error}"));
    }
    loader.finish().unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
pub fn read(model: &str, file: &str) -> Vec<u8> {
    fs::read(path(model, file)).unwrap_or_else(|error| panic!("{model}/{file}: {error}"))
}

/// Says that a test did not run, which nothing requires of it.
pub fn pass_over<T>(why: &str) -> Option<T> {
    // Written past the test runner, which keeps what passing tests print.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
    None
}

#[track_caller]
fn find<'a>(manifest: &'a Manifest, id: &str) -> &'a manifest::Model {
    manifest.model(id).unwrap_or_else(|| panic!("the manifest has no model \"{id}\""))
}

fn path(model: &str, file: &str) -> PathBuf {
    let weights = env::var_os(xtask::suite::WEIGHTS_VARIABLE).map(PathBuf::from);
    weights.unwrap_or_default().join(Path::new(model)).join(file)
}
