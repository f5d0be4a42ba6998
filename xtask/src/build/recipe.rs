//! Everything that something was made from, in one comparable text.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use bella_weights::manifest::Sha256;
use sha2::Digest;

use super::{BuildError, at};
use crate::tools::{BINARYEN, TRUNK, WASM_BINDGEN};

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Recipe(String);

impl Recipe {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn with_tools(self) -> Self {
        self.with_words(&[TRUNK.version(), WASM_BINDGEN.version(), BINARYEN.version()])
    }

    pub(super) fn with_words(mut self, words: &[&str]) -> Self {
        for word in words {
            let _ = writeln!(self.0, "{word}");
        }
        self
    }

    pub(super) fn with_file(mut self, path: &Path) -> Result<Self, BuildError> {
        let bytes = fs::read(path).map_err(at(path))?;
        let hash = Sha256(sha2::Sha256::digest(bytes).into());
        let _ = writeln!(self.0, "{hash} {}", path.display());
        Ok(self)
    }

    /// All files below it. Rust sources count by the module they are compiled to.
    pub(super) fn with_folder(self, folder: &Path) -> Result<Self, BuildError> {
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder).map_err(at(folder))? {
            paths.push(entry.map_err(at(folder))?.path());
        }
        paths.sort();
        paths.iter().try_fold(self, |recipe, path| {
            if path.is_dir() {
                recipe.with_folder(path)
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                Ok(recipe)
            } else {
                recipe.with_file(path)
            }
        })
    }

    /// Whether what is there was made from exactly this.
    pub(super) fn made(&self, product: &Path, stamp: &Path) -> bool {
        product.exists() && fs::read_to_string(stamp).is_ok_and(|noted| noted == self.0)
    }

    pub(super) fn note(&self, stamp: &Path) -> Result<(), BuildError> {
        fs::write(stamp, &self.0).map_err(at(stamp))
    }
}
