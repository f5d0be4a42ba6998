//! Real weights, where this machine has them.

use std::path::{Path, PathBuf};

/// A file of a model: as fetched, or in the form the engine loads. `None`, said
/// aloud, where it is not on this machine.
pub fn find(model: &str, file: &str) -> Option<PathBuf> {
    let found = cache().and_then(|cache| {
        ["weights-raw", "weights"]
            .map(|folder| cache.join(folder).join(model).join(file))
            .into_iter()
            .find(|path| path.is_file())
    });
    if found.is_none() {
        eprintln!("skipped: {model}/{file} is not in the weights cache of this machine");
    }
    found
}

/// Where the weights are kept: the same rule as for the commands.
fn cache() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    variable("BELLA_CACHE")
        .map(PathBuf::from)
        .or_else(|| variable("XDG_CACHE_HOME").map(|base| Path::new(&base).join("bella")))
        .or_else(|| variable("HOME").map(|home| Path::new(&home).join(".cache/bella")))
}
