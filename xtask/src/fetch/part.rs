//! A file on its way in, and what is needed to go on with it another day.
//!
//! The state is written before the bytes it speaks of: whoever resumes knows
//! which version of the file the bytes belong to, or how many packages are in.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::trouble::{CacheError, at};
use crate::cache::write_atomically;

#[derive(Debug)]
pub(super) struct Part {
    folder: PathBuf,
    file: File,
    length: u64,
    state: State,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    /// The server's word for this version of the file: a strong entity tag or a
    /// date, as it is sent back in If-Range.
    validator: Option<String>,
    /// Packages whose piece is in, and the length they make together.
    pieces: usize,
    pieces_length: u64,
}

impl Part {
    /// Goes on where an earlier run stopped, if there was one.
    pub(super) fn open(folder: PathBuf) -> Result<Self, CacheError> {
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        let path = folder.join("data");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(at(&path))?;
        let length = file.seek(SeekFrom::End(0)).map_err(at(&path))?;
        // A state that cannot be read is one of a version long gone: start afresh.
        let state = fs::read_to_string(folder.join("state.toml"))
            .ok()
            .and_then(|text| toml::from_str(&text).ok());
        let mut part = Self { folder, file, length, state: State::default() };
        match state {
            Some(state) => part.state = state,
            None => part.restart(None)?,
        }
        Ok(part)
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// For a client program to work in; empty.
    pub(super) fn scratch(&self) -> Result<Scratch, CacheError> {
        let folder = self.folder.join("scratch");
        remove_folder(&folder).map_err(at(&folder))?;
        fs::create_dir(&folder).map_err(at(&folder))?;
        Ok(Scratch(folder))
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn validator(&self) -> Option<&str> {
        self.state.validator.as_deref()
    }

    pub(super) fn pieces(&self) -> usize {
        self.state.pieces
    }

    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), CacheError> {
        self.file.write_all(bytes).map_err(at(&self.folder))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Forgets all bytes; those to come are the version named by `validator`.
    pub(super) fn restart(&mut self, validator: Option<String>) -> Result<(), CacheError> {
        self.cut_to(0)?;
        self.state = State { validator, ..State::default() };
        self.save()
    }

    /// What was appended since the last piece is whole.
    pub(super) fn piece_done(&mut self) -> Result<(), CacheError> {
        self.file.sync_all().map_err(at(&self.folder))?;
        self.state.pieces += 1;
        self.state.pieces_length = self.length;
        self.save()
    }

    /// Drops what a run that was killed had unpacked of a piece.
    pub(super) fn back_to_last_piece(&mut self) -> Result<(), CacheError> {
        if self.state.pieces_length > self.length {
            return self.restart(None);
        }
        self.cut_to(self.state.pieces_length)
    }

    /// Everything is in: on the disk, and ready to be read by others.
    pub(super) fn finish(&mut self) -> Result<(), CacheError> {
        self.file.sync_all().map_err(at(&self.folder))
    }

    /// Moves the bytes to their place in one step and clears up.
    pub(super) fn move_to(self, home: &Path) -> Result<(), CacheError> {
        fs::rename(self.path(), home).map_err(at(home))?;
        self.discard()
    }

    pub(super) fn discard(self) -> Result<(), CacheError> {
        let Self { folder, file, .. } = self;
        drop(file);
        remove_folder(&folder).map_err(at(&folder))?;
        // The model's folder, if this was its last unfinished file.
        let _ = folder.parent().map(fs::remove_dir);
        Ok(())
    }

    fn cut_to(&mut self, length: u64) -> Result<(), CacheError> {
        self.file.set_len(length).map_err(at(&self.folder))?;
        self.file.seek(SeekFrom::Start(length)).map_err(at(&self.folder))?;
        self.length = length;
        Ok(())
    }

    fn save(&self) -> Result<(), CacheError> {
        let path = self.folder.join("state.toml");
        let text =
            toml::to_string(&self.state).map_err(|error| at(&path)(io::Error::other(error)))?;
        write_atomically(&path, text.as_bytes()).map_err(at(&path))
    }
}

/// A folder that goes when it is no longer needed.
#[derive(Debug)]
pub(super) struct Scratch(PathBuf);

impl Scratch {
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // The next run clears what cannot be removed now.
        let _ = remove_folder(&self.0);
    }
}

fn remove_folder(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
