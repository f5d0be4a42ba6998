//! From the raw form to the trusted one, field by field.

use crate::convert::CONVERTERS;

use super::{
    Content, Conversion, FIRST_FETCH_MARK, File, Manifest, Model, PackagePart, Place, Problem,
    PypiKind, Sha256, Source, first_duplicate, raw,
};

/// A problem and the path to its field.
pub(super) struct Wrong {
    pub(super) field: String,
    pub(super) problem: Problem,
}

/// Where in the manifest we are, for error messages.
#[derive(Clone)]
struct At(String);

impl At {
    fn field(&self, name: &str) -> At {
        At(format!("{}.{name}", self.0))
    }

    fn wrong<T>(&self, problem: Problem) -> Result<T, Wrong> {
        Err(Wrong { field: self.0.clone(), problem })
    }

    fn require<T>(&self, name: &str, value: Option<T>) -> Result<T, Wrong> {
        match value {
            Some(value) => Ok(value),
            None => self.field(name).wrong(Problem::Missing),
        }
    }

    fn refuse<T>(&self, name: &str, value: &Option<T>, why: &'static str) -> Result<(), Wrong> {
        match value {
            Some(_) => self.field(name).wrong(Problem::Unwanted(why)),
            None => Ok(()),
        }
    }

    /// A required text that is not blank.
    fn text(&self, name: &str, value: Option<String>) -> Result<String, Wrong> {
        let value = self.require(name, value)?;
        if value.trim().is_empty() {
            return self.field(name).wrong(Problem::Empty);
        }
        Ok(value)
    }
}

pub(super) fn manifest(raw: raw::Manifest) -> Result<Manifest, Wrong> {
    let models = raw
        .models
        .into_iter()
        .enumerate()
        .map(|(index, raw)| {
            // Until the id is known to be good the model goes by its place.
            let at = match &raw.id {
                Some(id) if is_plain_name(id) => At(format!("models[{id}]")),
                _ => At(format!("models[{index}]")),
            };
            model(&at, raw)
        })
        .collect::<Result<Vec<_>, _>>()?;
    if let Some((index, id)) = first_duplicate(models.iter().map(|model| model.id.as_str())) {
        return At(format!("models[{index}].id")).wrong(Problem::Duplicate(id.to_owned()));
    }
    for model in &models {
        if let Some(base) = &model.base {
            let is_base = |other: &Model| other.id == *base && other.base.is_none();
            if !models.iter().any(is_base) {
                return At(format!("models[{}].base", model.id))
                    .wrong(Problem::UnknownBase(base.clone()));
            }
        }
    }
    Ok(Manifest { models })
}

fn model(at: &At, raw: raw::Model) -> Result<Model, Wrong> {
    let id = plain_name(&at.field("id"), at.text("id", raw.id)?)?;
    let languages = at.require("languages", raw.languages)?;
    if languages.is_empty() {
        return at.field("languages").wrong(Problem::Empty);
    }
    if let Some(bad) = languages.iter().find(|code| !is_language_code(code)) {
        return at
            .field("languages")
            .wrong(Problem::Malformed(bad.clone(), "an ISO 639 code of two or three letters"));
    }
    if raw.files.is_empty() {
        return at.field("files").wrong(Problem::Missing);
    }
    let files = raw
        .files
        .into_iter()
        .enumerate()
        .map(|(index, raw)| {
            let at = match &raw.name {
                Some(name) if is_plain_name(name) => At(format!("{}.files[{name}]", at.0)),
                _ => At(format!("{}.files[{index}]", at.0)),
            };
            file(&at, raw)
        })
        .collect::<Result<Vec<_>, _>>()?;
    if let Some((index, name)) = first_duplicate(files.iter().map(|file| file.name.as_str())) {
        return At(format!("{}.files[{index}].name", at.0))
            .wrong(Problem::Duplicate(name.to_owned()));
    }
    inputs_exist(at, &files)?;
    Ok(Model {
        id,
        name: at.text("name", raw.name)?,
        task: at.require("task", raw.task)?,
        family: plain_name(&at.field("family"), at.text("family", raw.family)?)?,
        languages,
        licence: at.text("licence", raw.licence)?,
        default: at.require("default", raw.default)?,
        base: raw.base,
        offered: raw.offered.unwrap_or(true),
        files,
    })
}

/// A converter may read other files of its model, and they must be fetched
/// before it: so an input is another file, and one that needs no inputs itself.
fn inputs_exist(at: &At, files: &[File]) -> Result<(), Wrong> {
    let needs_inputs = |file: &File| {
        file.sources
            .iter()
            .any(|source| source.convert.as_ref().is_some_and(|convert| !convert.inputs.is_empty()))
    };
    for file in files {
        let inputs = file.sources.iter().filter_map(|source| source.convert.as_ref());
        for input in inputs.flat_map(|convert| &convert.inputs) {
            let found = files.iter().any(|other| {
                other.name == *input && other.name != file.name && !needs_inputs(other)
            });
            if !found {
                return At(format!("{}.files[{}].sources.inputs", at.0, file.name))
                    .wrong(Problem::UnknownInput(input.clone()));
            }
        }
    }
    Ok(())
}

fn file(at: &At, raw: raw::File) -> Result<File, Wrong> {
    let name = plain_name(&at.field("name"), at.text("name", raw.name)?)?;
    let hash = at.require("sha256", raw.sha256)?;
    let content = content(at, raw.bytes, hash)?;
    if raw.sources.is_empty() {
        return at.field("sources").wrong(Problem::Missing);
    }
    let sources = raw
        .sources
        .into_iter()
        .enumerate()
        .map(|(index, raw)| source(&At(format!("{}.sources[{index}]", at.0)), raw))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(File { name, content, sources })
}

fn content(at: &At, bytes: Option<u64>, hash: String) -> Result<Content, Wrong> {
    if bytes == Some(0) {
        return at.field("bytes").wrong(Problem::ZeroBytes);
    }
    if hash == FIRST_FETCH_MARK {
        return Ok(Content::FirstFetch { bytes });
    }
    match Sha256::from_hex(&hash) {
        Some(sha256) => Ok(Content::Known { bytes: at.require("bytes", bytes)?, sha256 }),
        None => at.field("sha256").wrong(Problem::BadHash(hash)),
    }
}

fn source(at: &At, raw: raw::Source) -> Result<Source, Wrong> {
    const ONE_KIND: &str = "a source is one of hub, npm, pypi, local and here";
    let delivers = match (raw.sha256, raw.bytes) {
        (Some(hash), bytes) => Some(content(at, bytes, hash)?),
        (None, Some(_)) => return at.field("sha256").wrong(Problem::Missing),
        (None, None) => None,
    };
    let convert = match raw.convert {
        Some(converter) => {
            // What is verified before a converter sees it cannot be the file it makes.
            if delivers.is_none() {
                return at.field("sha256").wrong(Problem::Missing);
            }
            if !CONVERTERS.contains(&converter.as_str()) {
                return at.field("convert").wrong(Problem::UnknownConverter(converter));
            }
            Some(Conversion { converter, inputs: raw.inputs.unwrap_or_default() })
        }
        None => {
            at.refuse("inputs", &raw.inputs, "only a converter reads other files")?;
            None
        }
    };
    if raw.pypi.is_none() {
        at.refuse("platform", &raw.platform, "only PyPI has wheels for a platform")?;
        at.refuse("sdist", &raw.sdist, "only PyPI has source archives")?;
    }
    if raw.npm.is_none() && raw.pypi.is_none() {
        at.refuse("path", &raw.path, "only a package has paths inside it")?;
    }
    let place = match (raw.hub, raw.npm, raw.pypi, raw.local, raw.here) {
        (Some(url), None, None, None, None) => Place::Hub { url: hub_url(&at.field("hub"), url)? },
        (None, Some(packages), None, None, None) => {
            Place::Npm { parts: parts(at, "npm", packages, raw.path, is_npm_package)? }
        }
        (None, None, Some(packages), None, None) => Place::Pypi {
            kind: pypi_kind(at, raw.platform, raw.sdist)?,
            parts: parts(at, "pypi", packages, raw.path, is_pypi_package)?,
        },
        (None, None, None, Some(path), None) => {
            Place::Local { path: relative_path(&at.field("local"), path)? }
        }
        (None, None, None, None, Some(path)) => {
            Place::Here { path: relative_path(&at.field("here"), path)? }
        }
        (None, None, None, None, None) => return at.wrong(Problem::Missing),
        _ => return at.wrong(Problem::Unwanted(ONE_KIND)),
    };
    Ok(Source { place, delivers, convert })
}

fn parts(
    at: &At,
    registry: &str,
    packages: raw::OneOrMany,
    paths: Option<raw::OneOrMany>,
    is_package: fn(&str) -> bool,
) -> Result<Vec<PackagePart>, Wrong> {
    let packages = packages.into_vec();
    let paths = at.require("path", paths)?.into_vec();
    if packages.is_empty() {
        return at.field(registry).wrong(Problem::Empty);
    }
    if packages.len() != paths.len() {
        let problem = Problem::PartsDiffer { packages: packages.len(), paths: paths.len() };
        return at.field("path").wrong(problem);
    }
    packages
        .into_iter()
        .zip(paths)
        .map(|(package, path)| {
            if !is_package(&package) {
                let problem = Problem::Malformed(package, "a package with an exact version");
                return at.field(registry).wrong(problem);
            }
            Ok(PackagePart { package, path: relative_path(&at.field("path"), path)? })
        })
        .collect()
}

fn pypi_kind(at: &At, platform: Option<String>, sdist: Option<bool>) -> Result<PypiKind, Wrong> {
    match (platform, sdist.unwrap_or(false)) {
        (Some(_), true) => {
            at.field("platform").wrong(Problem::Unwanted("a source archive has no platform"))
        }
        (Some(platform), false) => {
            Ok(PypiKind::WheelFor { platform: plain_name(&at.field("platform"), platform)? })
        }
        (None, true) => Ok(PypiKind::Sdist),
        (None, false) => Ok(PypiKind::Wheel),
    }
}

/// One path component that is safe on every file system and in an address.
fn plain_name(at: &At, name: String) -> Result<String, Wrong> {
    if is_absolute(&name) {
        return at.wrong(Problem::AbsolutePath(name));
    }
    if name.split(['/', '\\']).any(|component| component == "..") {
        return at.wrong(Problem::ClimbingPath(name));
    }
    if !is_plain_name(&name) {
        return at.wrong(Problem::Malformed(
            name,
            "a plain name of letters, digits, dots, dashes and underscores",
        ));
    }
    Ok(name)
}

/// Forward slashes only, each component a real one.
fn relative_path(at: &At, path: String) -> Result<String, Wrong> {
    if path.is_empty() {
        return at.wrong(Problem::Empty);
    }
    if is_absolute(&path) {
        return at.wrong(Problem::AbsolutePath(path));
    }
    if path.split(['/', '\\']).any(|component| component == "..") {
        return at.wrong(Problem::ClimbingPath(path));
    }
    let is_component = |part: &str| {
        !part.is_empty()
            && part != "."
            && !part.contains(['\\', ':'])
            && !part.contains(char::is_control)
    };
    if !path.split('/').all(is_component) {
        return at.wrong(Problem::Malformed(path, "a relative path with forward slashes"));
    }
    Ok(path)
}

/// On any system, not only on the one this runs on.
fn is_absolute(path: &str) -> bool {
    let drive = matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    path.starts_with(['/', '\\', '~']) || drive
}

fn is_plain_name(name: &str) -> bool {
    name.len() <= 128
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

fn is_language_code(code: &str) -> bool {
    matches!(code.len(), 2 | 3) && code.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Weights are checked by hash, but an unencrypted address still tells everyone
/// on the way what is being fetched: it is allowed on this machine alone.
fn hub_url(at: &At, url: String) -> Result<String, Wrong> {
    let encrypted = url.starts_with("https://");
    let on_this_machine = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"]
        .iter()
        .any(|prefix| url.starts_with(prefix) && !url.contains('@'));
    let printable = url.bytes().all(|byte| byte.is_ascii_graphic());
    if !(encrypted || on_this_machine) || !printable {
        return at.wrong(Problem::Malformed(url, "an https address"));
    }
    Ok(url)
}

/// `name@version` or `@scope/name@version`. The first character is checked so
/// that a package can never be read as an option by the client it is handed to.
fn is_npm_package(package: &str) -> bool {
    let unscoped = match package.strip_prefix('@') {
        Some(scoped) => match scoped.split_once('/') {
            Some((scope, rest)) if is_plain_name(scope) => rest,
            _ => return false,
        },
        None => package,
    };
    unscoped
        .split_once('@')
        .is_some_and(|(name, version)| is_plain_name(name) && is_version(version))
}

fn is_pypi_package(package: &str) -> bool {
    package
        .split_once("==")
        .is_some_and(|(name, version)| is_plain_name(name) && is_version(version))
}

fn is_version(version: &str) -> bool {
    version.starts_with(|first: char| first.is_ascii_digit())
        && version.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '!'))
}
