//! Hashes that nobody could take beforehand: what came the first time is written
//! down, and everything after is held to it.

use std::fs::{self, File};
use std::path::PathBuf;

use bella_weights::manifest::{Conversion, Place, Sha256, Source};
use serde::{Deserialize, Serialize};

use super::trouble::{CacheError, at};
use crate::cache::{Cache, write_atomically};

#[derive(Debug)]
pub(super) struct Pins {
    path: PathBuf,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Book {
    #[serde(default)]
    pins: Vec<Pin>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Pin {
    from: String,
    sha256: String,
}

impl Pins {
    pub(super) fn of(cache: &Cache) -> Self {
        Self { path: cache.weights().join("pins.toml") }
    }

    pub(super) fn get(&self, key: &str) -> Result<Option<Sha256>, CacheError> {
        Ok(self.read()?.find(key))
    }

    /// Writes down what was seen, unless another process was quicker.
    pub(super) fn add(&self, key: &str, seen: Sha256) -> Result<(), CacheError> {
        let lock_path = self.path.with_extension("lock");
        let lock = File::create(&lock_path).map_err(at(&lock_path))?;
        lock.lock().map_err(at(&lock_path))?;
        let mut book = self.read()?;
        if book.find(key).is_some() {
            return Ok(());
        }
        book.pins.push(Pin { from: key.to_owned(), sha256: seen.to_string() });
        let text = toml::to_string(&book).map_err(|error| self.unreadable(error))?;
        write_atomically(&self.path, text.as_bytes()).map_err(at(&self.path))
    }

    fn read(&self) -> Result<Book, CacheError> {
        match fs::read_to_string(&self.path) {
            Ok(text) => toml::from_str(&text).map_err(|error| self.unreadable(error)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Book::default()),
            Err(error) => Err(at(&self.path)(error)),
        }
    }

    fn unreadable(&self, error: impl std::error::Error + Send + Sync + 'static) -> CacheError {
        at(&self.path)(std::io::Error::other(error))
    }
}

impl Book {
    fn find(&self, key: &str) -> Option<Sha256> {
        self.pins.iter().find(|pin| pin.from == key).and_then(|pin| Sha256::from_hex(&pin.sha256))
    }
}

/// Names what a source delivers, to the last path inside it.
pub(super) fn delivery_key(source: &Source) -> String {
    let (registry, parts) = match &source.place {
        Place::Hub { url } => return url.clone(),
        Place::Local { path } => return format!("local {path}"),
        Place::Here { path } => return format!("here {path}"),
        Place::Npm { parts } => ("npm", parts),
        Place::Pypi { parts, .. } => ("pypi", parts),
    };
    parts
        .iter()
        .fold(registry.to_owned(), |key, part| format!("{key} {}:{}", part.package, part.path))
}

/// Names what a converter makes of that.
pub(super) fn result_key(source: &Source, conversion: &Conversion) -> String {
    format!("{} | {}", delivery_key(source), conversion.converter)
}
