//! What is served, and which file an address means.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::fault::{Asked, Fault};
use super::headers::Headers;
use super::journal::Journal;
use crate::build::HOME;
use crate::site::NOT_FOUND;

type FaultHook = dyn Fn(&Asked) -> Fault + Send + Sync;

/// A built page, and the weights beside it.
pub struct Site {
    page: PathBuf,
    weights: Option<PathBuf>,
    mount: String,
    headers: Headers,
    journal: Arc<Journal>,
    fault: Option<Box<FaultHook>>,
}

/// What an address leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    File(PathBuf),
    /// The same address with a slash at its end: relative addresses in the page
    /// resolve against the folder.
    Redirect(String),
    Nothing,
}

impl Site {
    /// `page` is the folder that holds index.html.
    pub fn new(page: impl Into<PathBuf>) -> Self {
        Self {
            page: page.into(),
            weights: None,
            mount: "/".to_owned(),
            headers: Headers::Isolated,
            journal: Arc::default(),
            fault: None,
        }
    }

    /// Serves `folder/<model>/<file>` as `weights/<model>/<file>`.
    pub fn with_weights(mut self, folder: impl Into<PathBuf>) -> Self {
        self.weights = Some(folder.into());
        self
    }

    /// Serves everything below a folder of the address space instead of at its
    /// root, as static hosts do.
    pub fn mounted_at(mut self, folder: &str) -> Self {
        let folder = folder.trim_matches('/');
        self.mount = if folder.is_empty() { "/".to_owned() } else { format!("/{folder}/") };
        self
    }

    pub fn with_headers(mut self, headers: Headers) -> Self {
        self.headers = headers;
        self
    }

    /// Asked once for every request, before it is answered. Keeps a journal, from
    /// which [`Asked::nth`] is counted.
    pub fn with_faults(mut self, fault: impl Fn(&Asked) -> Fault + Send + Sync + 'static) -> Self {
        self.fault = Some(Box::new(fault));
        self.with_journal()
    }

    /// Remembers every request. A server that runs for days has no journal.
    pub fn with_journal(mut self) -> Self {
        self.journal = Arc::new(Journal::keeping());
        self
    }

    pub(super) fn mount(&self) -> &str {
        &self.mount
    }

    pub(super) fn headers(&self) -> Headers {
        self.headers
    }

    pub(super) fn journal(&self) -> &Arc<Journal> {
        &self.journal
    }

    pub(super) fn fault(&self, asked: &Asked) -> Fault {
        self.fault.as_ref().map_or_else(Fault::default, |fault| fault(asked))
    }

    /// Every component of the decoded path is checked by itself, so what is
    /// joined to a folder can never lead out of it.
    pub(super) fn find(&self, path: &str) -> Target {
        let Some(inside) = path.strip_prefix(self.mount.as_str()) else {
            let with_slash = format!("{path}/");
            return if with_slash == self.mount {
                Target::Redirect(with_slash)
            } else {
                Target::Nothing
            };
        };
        let Some(components) = components(inside) else {
            return Target::Nothing;
        };
        let components: Vec<&str> = components.iter().map(String::as_str).collect();
        match components.as_slice() {
            [] => Target::File(self.page.join(HOME)),
            ["weights", model, file] => match &self.weights {
                Some(weights) => existing(weights.join(model).join(file)),
                None => self.page_file(&components),
            },
            ["weights", ..] if self.weights.is_some() => Target::Nothing,
            [route] if !route.contains('.') => match self.page_file(&components) {
                // One of the page's own routes: the page decides what it shows.
                Target::Nothing if self.not_found_page().is_none() => {
                    Target::File(self.page.join(HOME))
                }
                found => found,
            },
            _ => self.page_file(&components),
        }
    }

    /// Goes out for whatever is not there. A page that brings one was made for hosts
    /// that know nothing of its routes, and is served as by one of those.
    pub(super) fn not_found_page(&self) -> Option<PathBuf> {
        Some(self.page.join(NOT_FOUND)).filter(|path| path.is_file())
    }

    fn page_file(&self, components: &[&str]) -> Target {
        existing(components.iter().fold(self.page.clone(), |path, component| path.join(component)))
    }
}

fn existing(path: PathBuf) -> Target {
    if Path::is_file(&path) { Target::File(path) } else { Target::Nothing }
}

/// The decoded components of a path, or `None` for one that no file here has:
/// empty, hidden, climbing, or with a separator smuggled in by an escape.
fn components(path: &str) -> Option<Vec<String>> {
    if path.is_empty() {
        return Some(Vec::new());
    }
    path.split('/')
        .map(|component| {
            let component = percent_decoded(component)?;
            let plain = !component.is_empty()
                && !component.starts_with('.')
                && !component.contains(['/', '\\', ':', '\0']);
            plain.then_some(component)
        })
        .collect()
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16);
            let value = digit()? * 16 + digit()?;
            decoded.push(u8::try_from(value).ok()?);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site")
            .field("page", &self.page)
            .field("weights", &self.weights)
            .field("mount", &self.mount)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}
