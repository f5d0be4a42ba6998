//! A model's files as they pass by: how far they have come, and whether they are
//! what they should be. The engine loads by it, and so is kept what is not loaded.

use bella_protocol::{Failure, ModelFile, ModelSpec, Progress};
use sha2::{Digest, Sha256};

use crate::hex;

/// Progress is told once a percent, so that a bar moves and a queue does not fill.
const STEPS: u64 = 100;

/// Takes a model's files in their order and holds nothing of them.
#[derive(Debug)]
pub struct Check {
    spec: ModelSpec,
    /// Index of the file that is wanted now.
    at: usize,
    hasher: Sha256,
    received: u64,
    told: u64,
}

impl Check {
    pub fn new(spec: ModelSpec) -> Self {
        Self { spec, at: 0, hasher: Sha256::new(), received: 0, told: 0 }
    }

    pub fn spec(&self) -> &ModelSpec {
        &self.spec
    }

    /// The file whose bytes are to come next; `None` when all are there.
    pub fn wanted(&self) -> Option<&ModelFile> {
        self.spec.files.get(self.at)
    }

    pub fn push(&mut self, piece: &[u8]) -> Result<(), Failure> {
        let Some(ModelFile { name, bytes, .. }) = self.spec.files.get(self.at) else {
            return Ok(());
        };
        self.received += piece.len() as u64;
        if self.received > *bytes {
            let detail = format!("is longer than the {bytes} bytes it should have");
            let field = "size".to_owned();
            return Err(Failure::BadModel { file: name.clone(), field, detail });
        }
        self.hasher.update(piece);
        Ok(())
    }

    /// How far the current file has come, when there is something new to tell.
    pub fn progress_worth_telling(&mut self) -> Option<Progress> {
        let file = self.spec.files.get(self.at)?;
        let step = self.received.saturating_mul(STEPS) / file.bytes.max(1);
        if step == self.told {
            return None;
        }
        self.told = step;
        Some(Progress {
            file: file.name.clone(),
            done_bytes: self.received,
            total_bytes: file.bytes,
            bytes_per_second: None,
        })
    }

    /// Checks length and hash of the file that is over, and turns to the next. Its
    /// hash, in lower-case hex.
    pub fn end_file(&mut self) -> Result<String, Failure> {
        let got = hex(&self.hasher.finalize_reset());
        let Some(ModelFile { name, bytes, sha256, .. }) = self.spec.files.get(self.at) else {
            return Ok(got);
        };
        let file = name.clone();
        if self.received != *bytes {
            return Err(Failure::ShortFile { file, got: self.received, expected: *bytes });
        }
        if let Some(expected) = sha256.clone().filter(|expected| *expected != got) {
            return Err(Failure::WrongHash { file, expected, got });
        }
        (self.at, self.received, self.told) = (self.at + 1, 0, 0);
        Ok(got)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bella_protocol::{ModelFile, Task};

    /// Of `abc`.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[track_caller]
    fn check(
        pieces: &[&[u8]],
        sha256: Option<&str>,
        is_right: fn(&Result<String, Failure>) -> bool,
    ) {
        let file = ModelFile {
            name: "f".into(),
            url: String::new(),
            mirror: None,
            bytes: 3,
            sha256: sha256.map(Into::into),
        };
        let files = vec![file.clone(), file];
        let spec = ModelSpec { id: "m".into(), task: Task::Chat, files, base: None };
        let mut check = Check::new(spec);
        // The second file fares like the first.
        for _ in 0..2 {
            let pushed = pieces.iter().try_for_each(|piece| check.push(piece));
            let ended = pushed.and_then(|()| check.end_file());
            assert!(is_right(&ended), "{ended:?}");
            if ended.is_err() {
                return;
            }
        }
        assert_eq!(check.wanted(), None);
        assert_eq!(check.progress_worth_telling(), None);
    }

    #[test]
    fn a_file_is_right_if_its_length_and_hash_are() {
        check(&[b"a", b"bc"], Some(ABC), Result::is_ok);
        check(&[b"xyz"], None, Result::is_ok);
        check(&[b"abd"], Some(ABC), |it| matches!(it, Err(Failure::WrongHash { .. })));
        check(&[b"ab"], None, |it| matches!(it, Err(Failure::ShortFile { got: 2, .. })));
        check(&[b"ab", b"cd"], None, |it| matches!(it, Err(Failure::BadModel { .. })));
    }
}
