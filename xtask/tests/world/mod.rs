//! A server, a cache of its own, and a manifest of one file.

#![allow(dead_code, reason = "each test program uses its own part of this")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bella_weights::manifest::Manifest;
use sha2::{Digest, Sha256};
use xtask::cache::{CACHE_VARIABLE, Cache};
use xtask::fetch::{FetchError, Fetcher, LOCAL_VARIABLE};
use xtask::report::Notes;
use xtask::server::{Asked, Exchange, Fault, Server, Site};

pub const MODEL: &str = "tiny";
pub const FILE: &str = "model.bin";

pub struct World {
    folder: tempfile::TempDir,
    cache: Cache,
    notes: Notes,
    pub server: Server,
}

impl World {
    pub fn new(faults: impl Fn(&Asked) -> Fault + Send + Sync + 'static) -> Self {
        let folder = tempfile::tempdir().expect("makes a folder");
        let public = folder.path().join("public");
        fs::create_dir(&public).expect("makes a folder");
        let server = Server::start(Site::new(public).with_faults(faults), 0).expect("starts");
        let cache = Cache::at(folder.path().join("cache"));
        Self { folder, cache, notes: Notes::default(), server }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts a file onto the server, replacing one of that name.
    pub fn publish(&self, name: &str, content: &[u8]) {
        fs::write(self.folder.path().join("public").join(name), content).expect("writes");
    }

    pub fn url(&self, name: &str) -> String {
        self.server.url_of(name)
    }

    pub fn asked(&self, name: &str) -> Vec<Exchange> {
        self.server.journal().of(&format!("/{name}"))
    }

    pub fn fetch(&self, manifest: &str) -> Result<(), FetchError> {
        self.run(manifest, self.fetcher())
    }

    pub fn fetch_rereading(&self, manifest: &str) -> Result<(), FetchError> {
        self.run(manifest, self.fetcher().rereading())
    }

    fn fetcher(&self) -> Fetcher<'_> {
        Fetcher::new(&self.cache, &self.notes).with_local_folder(self.local())
    }

    fn run(&self, manifest: &str, fetcher: Fetcher<'_>) -> Result<(), FetchError> {
        let manifest = Manifest::parse("manifest.toml", manifest).expect("is good");
        fetcher.models(&manifest.models.iter().collect::<Vec<_>>())
    }

    pub fn notes(&self) -> Vec<String> {
        self.notes.lines()
    }

    pub fn local(&self) -> PathBuf {
        self.folder.path().join("local")
    }

    pub fn write_manifest(&self, manifest: &str) -> PathBuf {
        let path = self.folder.path().join("manifest.toml");
        fs::write(&path, manifest).expect("writes");
        path
    }

    /// The program itself, with this world's cache.
    pub fn xtask_fetch(&self, manifest: &Path) -> Command {
        let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
        xtask
            .args(["fetch", "--manifest"])
            .arg(manifest)
            .env(CACHE_VARIABLE, self.cache.root())
            .env_remove(LOCAL_VARIABLE)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        xtask
    }

    /// Where the file belongs.
    pub fn home(&self) -> PathBuf {
        self.cache.weight(MODEL, FILE)
    }

    pub fn cached(&self) -> Option<Vec<u8>> {
        fs::read(self.home()).ok()
    }

    /// Everything that is neither the file nor what is known about it.
    pub fn unfinished(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        walk(self.cache.root(), &mut found);
        let belongs = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            name == FILE
                || name.ends_with(".lock")
                || name.ends_with(".verified")
                || name == "pins.toml"
        };
        found.retain(|path| !belongs(path));
        found
    }

    #[track_caller]
    pub fn wait_until(&self, what: &str, condition: impl Fn() -> bool) {
        let began = Instant::now();
        while !condition() {
            assert!(began.elapsed() < Duration::from_secs(30), "{what} has not come about");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        match entry.path() {
            path if path.is_dir() => walk(&path, found),
            path => found.push(path),
        }
    }
}

/// Bytes without a pattern that a shifted copy would share.
pub fn bytes(count: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    (0..count)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[3]
        })
        .collect()
}

pub fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One model of one file that must be `content`.
pub fn manifest(content: &[u8], sources: &[String]) -> String {
    let known = format!("bytes = {}\nsha256 = \"{}\"\n", content.len(), sha256(content));
    with_content(&known, sources)
}

/// The same, for a file of which nothing is known.
pub fn hub_without_hash(url: &str) -> String {
    with_content("sha256 = \"pinned on first fetch\"\n", &[hub(url)])
}

fn with_content(content: &str, sources: &[String]) -> String {
    format!(
        "[[models]]\nid = \"{MODEL}\"\nname = \"Tiny\"\ntask = \"chat\"\nfamily = \"llama\"\n\
         languages = [\"en\"]\nlicence = \"MIT\"\ndefault = true\n\
         [[models.files]]\nname = \"{FILE}\"\n{content}{}",
        sources.concat()
    )
}

pub fn hub(url: &str) -> String {
    format!("[[models.files.sources]]\nhub = \"{url}\"\n")
}
