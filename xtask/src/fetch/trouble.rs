//! Everything that can go wrong with a fetch, in words for the person waiting.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use bella_weights::manifest::{ManifestError, Sha256};

use crate::cache::CACHE_VARIABLE;
use crate::report::size;

#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("{path} cannot be read: {error}", path = path.display())]
    NoManifest { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error("there is no model {id:?}; there are {known}")]
    UnknownModel { id: String, known: String },
    #[error(
        "{model}/{file} could not be fetched ({tried}): connect to the network or put right what is \
         missing, then run `cargo xtask fetch {model}` again"
    )]
    NoSource { model: String, file: String, tried: Tried },
    #[error(transparent)]
    Cache(#[from] CacheError),
}

/// The disk is to blame: another source would fail in the same way.
#[derive(Debug, thiserror::Error)]
#[error(
    "{} cannot be written or read: {error}; make room or set {CACHE_VARIABLE} to another folder",
    path.display()
)]
pub struct CacheError {
    path: PathBuf,
    error: io::Error,
}

/// What each source said.
#[derive(Debug, Default)]
pub struct Tried(pub Vec<(String, Reason)>);

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (place, reason)) in self.0.iter().enumerate() {
            let between = if index == 0 { "" } else { "; " };
            write!(f, "{between}{place}: {reason}")?;
        }
        Ok(())
    }
}

/// Why one source did not do.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    #[error("cannot be reached, {0}")]
    Unreachable(String),
    #[error("answered with status {0}")]
    Status(u16),
    #[error("broke off again and again, the last time after {}, {error}", size(*at))]
    Broke { at: u64, error: String },
    #[error("has {offered} bytes and not {expected}")]
    WrongSize { expected: u64, offered: u64 },
    #[error("has more than the {limit} bytes expected")]
    TooLong { limit: u64 },
    #[error("has other content (sha256 {seen}) than it must have ({expected})")]
    WrongBytes { expected: Sha256, seen: Sha256 },
    #[error("{0} is not installed")]
    ProgramMissing(&'static str),
    #[error("{program} says: {message}")]
    Client { program: &'static str, message: String },
    #[error("has no file {path} inside {package}")]
    NotInside { package: String, path: String },
    #[error("{package} cannot be unpacked, {error}")]
    Unpack { package: String, error: String },
    #[error("{} is not set", super::LOCAL_VARIABLE)]
    NoLocalFolder,
    #[error("there is no {}", .0.display())]
    NoLocalFile(PathBuf),
    #[error("cannot be converted, {0}")]
    Convert(String),
}

/// Inside the fetcher: a reason to try the next source, or a reason to stop.
#[derive(Debug)]
pub(super) enum Trouble {
    Source(Reason),
    Cache(CacheError),
}

impl From<Reason> for Trouble {
    fn from(reason: Reason) -> Self {
        Trouble::Source(reason)
    }
}

impl From<CacheError> for Trouble {
    fn from(error: CacheError) -> Self {
        Trouble::Cache(error)
    }
}

/// `fs::rename(…).map_err(at(path))?`
pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> CacheError {
    move |error| CacheError { path: path.to_owned(), error }
}
