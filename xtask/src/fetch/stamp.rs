//! "This file was checked": so that a second start does not read gigabytes.
//!
//! The stamp holds for exactly the file it was made for. Another size or another
//! time, and the bytes are read again.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use bella_weights::manifest::Sha256;
use serde::{Deserialize, Serialize};

use crate::cache::write_atomically;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    sha256: String,
    bytes: u64,
    /// Seconds and nanoseconds: TOML has no integer for both together.
    modified: (u64, u32),
    /// For people who wonder.
    from: String,
}

pub(super) fn write(file: &Path, sha256: Sha256, from: &str) -> io::Result<()> {
    let metadata = fs::metadata(file)?;
    let stamp = Stamp {
        sha256: sha256.to_string(),
        bytes: metadata.len(),
        modified: modified(&metadata),
        from: from.to_owned(),
    };
    let text = toml::to_string(&stamp).map_err(io::Error::other)?;
    write_atomically(&path_for(file), text.as_bytes())
}

/// The hash the file had when it was checked, if it has not been touched since.
pub(super) fn read(file: &Path) -> Option<Sha256> {
    let metadata = fs::metadata(file).ok()?;
    let stamp: Stamp = toml::from_str(&fs::read_to_string(path_for(file)).ok()?).ok()?;
    let untouched = stamp.bytes == metadata.len() && stamp.modified == modified(&metadata);
    untouched.then(|| Sha256::from_hex(&stamp.sha256)).flatten()
}

fn path_for(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!(".{name}.verified"))
}

fn modified(metadata: &Metadata) -> (u64, u32) {
    metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .map_or((0, 0), |since| (since.as_secs(), since.subsec_nanos()))
}
