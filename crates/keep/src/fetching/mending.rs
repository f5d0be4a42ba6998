//! When something is not what it should be.

use bella_protocol::Failure;

use super::state::{AfterThat, Audit, State};
use super::{CHANGES, Fetching};
use crate::record::{ChunkAt, FileRecord};
use crate::step::Effect;

impl Fetching {
    /// There is another version than the one of which something is held.
    pub(super) fn changed(&mut self) -> Effect {
        self.changes += 1;
        if self.changes > CHANGES {
            let failure = self.unreachable("it changes while it is fetched".to_owned());
            return self.end(Err(failure));
        }
        self.clear_file();
        self.restart()
    }

    pub(super) fn refused(&mut self, why: Failure) -> Effect {
        if !self.relied || self.audit.is_some() {
            return self.unfit(why);
        }
        self.audit = Some(Audit { found_bad: false, why });
        self.position = 0;
        self.audit_on()
    }

    pub(super) fn audit_on(&mut self) -> Effect {
        let from = self.position.div_ceil(self.record.chunk_bytes) as usize;
        let chunks = self.record.files.get(self.at).map_or(&[][..], |file| &file.chunks);
        if let Some(next) = (from..chunks.len()).find(|&next| chunks[next].is_some()) {
            self.position = next as u64 * self.record.chunk_bytes;
            return self.find(next);
        }
        match self.audit.take() {
            Some(Audit { found_bad: false, why }) => self.unfit(why),
            _ => self.restart(),
        }
    }

    /// Every chunk is what came, and what came is wrong.
    pub(super) fn unfit(&mut self, why: Failure) -> Effect {
        self.clear_file();
        match self.anew.get_mut(self.at) {
            Some(anew) if !*anew => {
                *anew = true;
                self.restart()
            }
            _ if self.keeps => self.forget(AfterThat::End(Err(why))),
            _ => self.end(Err(why)),
        }
    }

    /// From now on everything only goes by.
    pub(super) fn keep_nothing(&mut self, then: AfterThat) -> Effect {
        self.keeps = false;
        // What is coming is still of the same version.
        let tag = self.record.files.get(self.at).and_then(|file| file.tag.clone());
        self.record.files.iter_mut().for_each(FileRecord::clear);
        self.record.committed = false;
        if let Some(file) = self.record.files.get_mut(self.at) {
            file.tag = tag;
        }
        self.forget(then)
    }

    pub(super) fn forget(&mut self, then: AfterThat) -> Effect {
        self.state = State::Forgetting(Box::new(then));
        Effect::Forget
    }

    pub(super) fn clear_file(&mut self) {
        self.record.committed = false;
        if let Some(file) = self.record.files.get_mut(self.at) {
            file.clear();
        }
    }

    pub(super) fn drop_chunk(&mut self, at: ChunkAt) {
        self.record.committed = false;
        if let Some(audit) = &mut self.audit {
            audit.found_bad = true;
        }
        let file = self.record.files.get_mut(at.file);
        if let Some(chunk) = file.and_then(|file| file.chunks.get_mut(at.chunk)) {
            *chunk = None;
        }
    }
}
