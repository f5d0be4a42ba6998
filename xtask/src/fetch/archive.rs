//! One file out of a package.
//!
//! Nothing is ever unpacked to a path that an archive names: the one member that
//! is wanted is read, up to the size it may have, and everything else is skipped.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::read::GzDecoder;

/// What one archive may unpack to while its member is looked for: a bomb is not
/// to keep us busy for ever.
const LARGEST: u64 = 32 << 30;

#[derive(Debug, thiserror::Error)]
pub(super) enum ArchiveError {
    #[error("it is neither a wheel nor a tar.gz")]
    UnknownKind,
    #[error("there is no such file inside")]
    NotInside,
    #[error("the file inside is a link or a folder")]
    NotAFile,
    #[error(transparent)]
    Damaged(#[from] io::Error),
    #[error(transparent)]
    DamagedZip(#[from] zip::result::ZipError),
}

/// Calls `take` with the member's bytes, as a reader.
pub(super) fn read_member<T>(
    archive: &Path,
    member: &str,
    take: impl FnOnce(&mut dyn Read) -> T,
) -> Result<T, ArchiveError> {
    let file = BufReader::new(File::open(archive)?);
    let name = archive.file_name().and_then(|name| name.to_str()).unwrap_or("");
    if name.ends_with(".whl") || name.ends_with(".zip") {
        from_zip(file, member, take)
    } else if name.ends_with(".tar.gz") || name.ends_with(".tgz") {
        from_tar(GzDecoder::new(file).take(LARGEST), member, take)
    } else {
        Err(ArchiveError::UnknownKind)
    }
}

fn from_zip<T>(
    file: BufReader<File>,
    member: &str,
    take: impl FnOnce(&mut dyn Read) -> T,
) -> Result<T, ArchiveError> {
    let mut archive = zip::ZipArchive::new(file)?;
    let mut entry = match archive.by_name(member) {
        Err(zip::result::ZipError::FileNotFound) => return Err(ArchiveError::NotInside),
        entry => entry?,
    };
    if !entry.is_file() {
        return Err(ArchiveError::NotAFile);
    }
    Ok(take(&mut entry))
}

fn from_tar<T>(
    stream: impl Read,
    member: &str,
    take: impl FnOnce(&mut dyn Read) -> T,
) -> Result<T, ArchiveError> {
    let mut archive = tar::Archive::new(stream);
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.path_bytes().as_ref() != member.as_bytes() {
            continue;
        }
        if !entry.header().entry_type().is_file() {
            return Err(ArchiveError::NotAFile);
        }
        return Ok(take(&mut entry));
    }
    Err(ArchiveError::NotInside)
}
