//! Several files read as one: large files come cut into packages.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

#[derive(Debug)]
pub(super) struct Joined {
    parts: Vec<Part>,
    at: u64,
}

#[derive(Debug)]
struct Part {
    file: File,
    begin: u64,
    end: u64,
}

impl Joined {
    /// An error says which file it is about.
    pub(super) fn open(paths: &[&PathBuf]) -> Result<Self, (PathBuf, io::Error)> {
        let mut begin = 0;
        let mut parts = Vec::with_capacity(paths.len());
        for path in paths {
            let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
            let (bytes, file) = opened.map_err(|error| ((*path).clone(), error))?;
            parts.push(Part { file, begin, end: begin + bytes });
            begin += bytes;
        }
        Ok(Self { parts, at: 0 })
    }
}

impl Read for Joined {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(part) = self.parts.iter_mut().find(|part| self.at < part.end) else {
            return Ok(0);
        };
        part.file.seek(SeekFrom::Start(self.at - part.begin))?;
        let count = part.file.read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Joined {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let end = self.parts.last().map_or(0, |part| part.end);
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => end.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
