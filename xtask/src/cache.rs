//! The per-user cache: tools and weights, outside git and shared by all clones.
//!
//! ```text
//! tools/<name>-<version>/          installed programs
//! weights/<model>/<file>           verified, ready to load
//! weights/<model>/.<file>.*        lock and stamp of that file
//! weights/pins.toml                hashes first seen here
//! partial/<model>/<file>-<key>/    what is being fetched
//! ```

use std::env;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Where the cache is, for people who want it elsewhere.
pub const CACHE_VARIABLE: &str = "BELLA_CACHE";

#[derive(Clone, Debug)]
pub struct Cache {
    root: PathBuf,
}

#[derive(Debug, thiserror::Error)]
#[error(
    "neither {CACHE_VARIABLE} nor HOME is set, so there is no place for the cache; set {CACHE_VARIABLE} to a folder"
)]
pub struct NoHome;

impl Cache {
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// `$BELLA_CACHE`, else `$XDG_CACHE_HOME/bella`, else `~/.cache/bella`.
    pub fn from_environment() -> Result<Self, NoHome> {
        let folder = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        folder(CACHE_VARIABLE)
            .or_else(|| folder("XDG_CACHE_HOME").map(|cache| cache.join("bella")))
            .or_else(|| env::home_dir().map(|home| home.join(".cache/bella")))
            .map(Self::at)
            .ok_or(NoHome)
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn tool(&self, name: &str, version: &str) -> PathBuf {
        self.root.join("tools").join(format!("{name}-{version}"))
    }

    pub fn weights(&self) -> PathBuf {
        self.root.join("weights")
    }

    pub fn weight(&self, model: &str, file: &str) -> PathBuf {
        self.weights().join(model).join(file)
    }

    pub(crate) fn partial(&self, model: &str, file: &str, key: &str) -> PathBuf {
        self.root.join("partial").join(model).join(format!("{file}-{key}"))
    }
}

/// Either the old content or the new is there, never half of one.
pub(crate) fn write_atomically(path: &Path, content: &[u8]) -> io::Result<()> {
    let beside = path.with_added_extension(format!("{}.new", std::process::id()));
    let mut file = File::create(&beside)?;
    file.write_all(content)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&beside, path).inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })
}
