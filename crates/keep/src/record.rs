//! What the device holds of a model, chunk by chunk.

use bella_protocol::{ModelFile, ModelSpec};
use serde::{Deserialize, Serialize};

/// Written beside the chunks and read again by the next visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub model: String,
    pub chunk_bytes: u64,
    pub files: Vec<FileRecord>,
    /// Whether everything is there and was checked as a whole.
    pub committed: bool,
    /// When it was used last, in milliseconds since 1970.
    #[serde(default)]
    pub used_ms: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    pub name: String,
    pub bytes: u64,
    /// Of the whole, as the manifest has it.
    pub sha256: Option<String>,
    /// Where the manifest has none: the hash that the host declared or, without
    /// that, the one that came first. Whatever comes later is held to it.
    #[serde(default)]
    pub pinned: Option<String>,
    /// The entity tag under which all of its chunks came.
    pub tag: Option<String>,
    /// The hash of every chunk that is held.
    pub chunks: Vec<Option<String>>,
}

/// Where a chunk belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChunkAt {
    /// Index of its file.
    pub file: usize,
    pub chunk: usize,
}

impl Record {
    /// Of a model that nothing is held of.
    pub fn blank(spec: &ModelSpec, chunk_bytes: u64) -> Self {
        let chunk_bytes = chunk_bytes.max(1);
        let files = spec.files.iter().map(|file| FileRecord::blank(file, chunk_bytes)).collect();
        Self { model: spec.id.clone(), chunk_bytes, files, committed: false, used_ms: 0 }
    }

    /// What of an earlier record is still true of this model. A file that has
    /// another length or hash by now is another file, and so is one whose record
    /// does not add up.
    pub fn renewed(spec: &ModelSpec, earlier: Option<Record>, chunk_bytes: u64) -> Self {
        let mut record = Self::blank(spec, chunk_bytes);
        let Some(earlier) = earlier.filter(|earlier| {
            earlier.model == spec.id && earlier.chunk_bytes == record.chunk_bytes
        }) else {
            return record;
        };
        record.used_ms = earlier.used_ms;
        let is_all = earlier.files.len() == record.files.len();
        let committed = earlier.committed;
        let mut kept = 0;
        for file in &mut record.files {
            let same = |one: &&FileRecord| one.is_about_the_same_as(file);
            if let Some(held) = earlier.files.iter().find(same) {
                file.clone_from(held);
                kept += 1;
            }
        }
        let is_whole = record.files.iter().all(FileRecord::is_whole);
        record.committed = committed && is_all && kept == record.files.len() && is_whole;
        record
    }

    /// Files of an earlier record of which chunks may be stored that nobody counts on.
    pub fn stale<'a>(&self, earlier: &'a Record) -> impl Iterator<Item = &'a str> {
        let is_held =
            |name: &str| self.files.iter().any(|file| file.name == name && file.holds_anything());
        earlier.files.iter().map(|file| file.name.as_str()).filter(move |name| !is_held(name))
    }

    pub fn held_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.held_bytes(self.chunk_bytes)).sum()
    }

    pub fn total_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// The files of which something has to be fetched still.
    pub fn missing_files(&self) -> impl Iterator<Item = usize> {
        let missing = |(index, file): (usize, &FileRecord)| (!file.is_whole()).then_some(index);
        self.files.iter().enumerate().filter_map(missing)
    }

    /// How long this chunk has to be.
    pub fn length(&self, at: ChunkAt) -> u64 {
        self.files.get(at.file).map_or(0, |file| file.length(at.chunk, self.chunk_bytes))
    }
}

impl FileRecord {
    fn blank(file: &ModelFile, chunk_bytes: u64) -> Self {
        let mut record = Self {
            name: file.name.clone(),
            bytes: file.bytes,
            sha256: file.sha256.clone(),
            pinned: None,
            tag: None,
            chunks: Vec::new(),
        };
        // A manifest may claim any length; what no 32-bit memory could list is
        // refused by whoever loads it, before a byte is fetched.
        let count = file.bytes.div_ceil(chunk_bytes).min(u64::from(u32::MAX) >> 8);
        record.chunks.resize(count as usize, None);
        record
    }

    /// Forgets every chunk.
    pub(crate) fn clear(&mut self) {
        self.tag = None;
        self.chunks.iter_mut().for_each(|chunk| *chunk = None);
    }

    pub(crate) fn holds_anything(&self) -> bool {
        self.chunks.iter().any(Option::is_some)
    }

    fn is_whole(&self) -> bool {
        self.chunks.iter().all(Option::is_some)
    }

    fn is_about_the_same_as(&self, other: &Self) -> bool {
        self.name == other.name
            && self.bytes == other.bytes
            && self.sha256 == other.sha256
            && self.chunks.len() == other.chunks.len()
    }

    fn length(&self, chunk: usize, chunk_bytes: u64) -> u64 {
        let start = (chunk as u64).saturating_mul(chunk_bytes);
        self.bytes.saturating_sub(start).min(chunk_bytes)
    }

    fn held_bytes(&self, chunk_bytes: u64) -> u64 {
        let held = self.chunks.iter().enumerate().filter(|(_, chunk)| chunk.is_some());
        held.map(|(index, _)| self.length(index, chunk_bytes)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bella_protocol::Task;

    fn spec(files: &[(&str, u64, &str)]) -> ModelSpec {
        let file = |&(name, bytes, hash): &(&str, u64, &str)| ModelFile {
            name: name.into(),
            url: name.into(),
            mirror: None,
            bytes,
            sha256: Some(hash.into()),
        };
        let files = files.iter().map(file).collect();
        ModelSpec { id: "model".into(), task: Task::Chat, files, base: None }
    }

    fn whole(spec: &ModelSpec) -> Record {
        let mut record = Record::blank(spec, 10);
        for file in &mut record.files {
            file.chunks.fill(Some("hash".into()));
        }
        record.committed = true;
        record
    }

    #[track_caller]
    fn check(now: &[(&str, u64, &str)], held: u64, committed: bool) {
        let earlier = whole(&spec(&[("weights", 25, "a"), ("words", 7, "b")]));
        let crossed = serde_json::to_string(&earlier).expect("writes");
        let earlier = serde_json::from_str(&crossed).expect("reads");
        let record = Record::renewed(&spec(now), Some(earlier), 10);
        assert_eq!((record.held_bytes(), record.committed), (held, committed), "{now:?}");
    }

    #[test]
    fn a_file_that_is_another_now_leaves_chunks_to_clear_away() {
        let earlier = whole(&spec(&[("weights", 25, "a"), ("words", 7, "b"), ("more", 3, "c")]));
        let now = spec(&[("weights", 25, "a"), ("words", 7, "new")]);
        let record = Record::renewed(&now, Some(earlier.clone()), 10);
        assert_eq!(record.stale(&earlier).collect::<Vec<_>>(), ["words", "more"]);
    }

    #[test]
    fn what_has_not_changed_since_is_held_and_nothing_else() {
        check(&[("weights", 25, "a"), ("words", 7, "b")], 32, true);
        check(&[("weights", 25, "a"), ("words", 7, "new")], 25, false);
        check(&[("weights", 24, "a"), ("words", 7, "b")], 7, false);
        check(&[("weights", 25, "a")], 25, false);
        check(&[("weights", 25, "a"), ("words", 7, "b"), ("more", 1, "c")], 32, false);
        check(&[("other", 25, "a")], 0, false);
    }

    #[test]
    fn a_record_that_does_not_add_up_is_not_believed() {
        let spec = spec(&[("weights", 25, "a")]);
        let mut short = whole(&spec);
        short.files[0].chunks.pop();
        assert_eq!(Record::renewed(&spec, Some(short), 10).held_bytes(), 0);
        let mut hollow = whole(&spec);
        hollow.files[0].chunks[1] = None;
        let renewed = Record::renewed(&spec, Some(hollow), 10);
        assert_eq!((renewed.held_bytes(), renewed.committed), (15, false));
        let other_size = Record::renewed(&spec, Some(whole(&spec)), 5);
        assert_eq!(other_size, Record::blank(&spec, 5));
    }

    #[test]
    fn the_last_chunk_is_as_long_as_what_is_left() {
        let record = Record::blank(&spec(&[("weights", 25, "a"), ("none", 0, "b")]), 10);
        let lengths = [0, 1, 2, 3].map(|chunk| record.length(ChunkAt { file: 0, chunk }));
        assert_eq!(lengths, [10, 10, 5, 0]);
        assert_eq!(record.files[1].chunks.len(), 0);
    }
}
