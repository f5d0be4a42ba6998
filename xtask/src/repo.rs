//! Where this clone is.

use std::env;
use std::path::{Path, PathBuf};

/// The folder of the root package: xtask's own is one below it.
pub fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// The manifest, and the models made here.
pub fn models() -> PathBuf {
    root().join("models")
}

pub fn manifest() -> PathBuf {
    models().join("manifest.toml")
}

/// Where cargo puts what it builds.
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR").filter(|folder| !folder.is_empty()) {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The built page.
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// The same for a static host.
pub fn site() -> PathBuf {
    root().join("target/site")
}
