//! A model on its way in, from the device and the network.
//!
//! One thing is done at a time: [`Fetching::begin`] asks for the first, and each
//! event that tells what came of it is answered with the next. Bytes go to whoever
//! feeds the engine, in the order of the files, whichever of the two they come
//! from. Stopping needs no word: what was stored is held, and the next visit goes
//! on from there.
//!
//! The engine checks each file as a whole. Only when one turns out wrong are the
//! chunks that were stored looked at one by one: those that do not fit their own
//! hash are fetched again, alone; if all of them do, the whole file is, once.

mod mending;
mod state;

use bella_protocol::Failure;
use sha2::{Digest, Sha256};

use crate::answer::{Answer, Meaning, is_strong};
use crate::hex;
use crate::patience::Patience;
use crate::record::{ChunkAt, Record};
use crate::step::{Ask, Effect, Event, Portion};
use state::{AfterThat, Audit, Receiving, Source, State};

/// How often a file may change while it is fetched.
const CHANGES: u32 = 3;
/// After so many beginnings the device is not believed any more.
const STARTS: u32 = 12;

#[derive(Debug)]
pub struct Fetching {
    record: Record,
    keeps: bool,
    /// The file at hand, and how much of it has gone by since it began.
    at: usize,
    position: u64,
    hasher: Sha256,
    /// Of the whole file, where the engine has nothing to compare it with.
    whole: Sha256,
    state: State,
    audit: Option<Audit>,
    /// Whether something of this file came from the device.
    relied: bool,
    /// The files that were fetched a second time from the beginning.
    anew: Vec<bool>,
    patience: Patience,
    changes: u32,
    starts: u32,
}

impl Fetching {
    /// `record` is what is held already; nothing is stored where nothing can be.
    pub fn new(record: Record, keeps: bool) -> Self {
        Self {
            anew: vec![false; record.files.len()],
            record,
            keeps,
            at: 0,
            position: 0,
            hasher: Sha256::new(),
            whole: Sha256::new(),
            state: State::Starting,
            audit: None,
            relied: false,
            patience: Patience::default(),
            changes: 0,
            starts: 0,
        }
    }

    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The chunk that the next bytes belong to.
    pub fn chunk_at_hand(&self) -> ChunkAt {
        ChunkAt { file: self.at, chunk: self.chunk() }
    }

    /// Whether what comes is stored.
    pub fn keeps(&self) -> bool {
        self.keeps
    }

    pub fn begin(&mut self) -> Effect {
        self.restart()
    }

    pub fn hear(&mut self, event: Event) -> Effect {
        match (self.state.clone(), event) {
            (_, Event::Refused(failure)) => self.refused(failure),
            (State::Starting | State::Waiting, Event::Done) => self.go_on(),
            (State::Finding(at), Event::Found { bytes }) => self.found(at, bytes),
            (State::Finding(at), Event::Missing) => self.not_held(at),
            (State::Asking { until }, Event::Answered(answer)) => self.answered(&answer, until),
            (State::Asking { .. }, Event::Forbidden) => {
                let file = self.name_at_hand();
                self.end(Err(Failure::Forbidden { file }))
            }
            (State::Asking { .. }, Event::Broke { detail }) => {
                let failure = self.unreachable(detail);
                self.stumble(failure)
            }
            (State::Receiving(body), Event::Ended) => self.body_ended(body, None),
            (State::Receiving(body), Event::Broke { detail }) => {
                self.body_ended(body, Some(detail))
            }
            (State::Storing(body), Event::Done) => self.chunk_done(body),
            (State::Storing(body), Event::NotStored) => self.keep_nothing(AfterThat::GoOn(body)),
            (State::EndingFile, Event::Done) => self.file_done(),
            (State::Committing, Event::Done) => self.end(Ok(())),
            (State::Committing, Event::NotStored) => self.keep_nothing(AfterThat::End(Ok(()))),
            (State::Forgetting(then), Event::Done | Event::NotStored) => match *then {
                AfterThat::GoOn(body) => self.chunk_done(body),
                AfterThat::Start => self.restart(),
                AfterThat::End(result) => self.end(result),
            },
            (state, event) => {
                let detail = format!("{event:?} while {state:?}");
                self.end(Err(Failure::Crashed { detail }))
            }
        }
    }

    /// Bytes of the body at hand.
    pub fn receive(&mut self, piece: &[u8]) -> Portion {
        let State::Receiving(mut body) = self.state.clone() else {
            let detail = format!("bytes while {:?}", self.state);
            let then = self.end(Err(Failure::Crashed { detail }));
            return Portion { skip: piece.len(), take: 0, then };
        };
        // Both fit: neither is longer than the piece.
        let skip = body.skip.min(piece.len() as u64) as usize;
        let end = self.chunk_end();
        let take = (end - self.position).min((piece.len() - skip) as u64) as usize;
        body.skip -= skip as u64;
        self.state = State::Receiving(body);
        self.position += take as u64;
        if body.from == Source::Network && take > 0 {
            self.patience.after_success();
        }
        if self.is_hashed(body.from) {
            self.hasher.update(&piece[skip..skip + take]);
        }
        if self.audit.is_none() && self.is_unknown() {
            self.whole.update(&piece[skip..skip + take]);
        }
        // What is only looked at is not fed; nor is its end, with which that may be over.
        let feeds = self.audit.is_none();
        let then =
            if take > 0 && self.position == end { self.chunk_whole(body) } else { Effect::Receive };
        match feeds {
            true => Portion { skip, take, then },
            false => Portion { skip: skip + take, take: 0, then },
        }
    }
}

/// From one thing to the next.
impl Fetching {
    fn restart(&mut self) -> Effect {
        self.starts += 1;
        if self.starts > STARTS && self.keeps {
            return self.keep_nothing(AfterThat::Start);
        }
        self.at = 0;
        self.audit = None;
        self.begin_file();
        self.state = State::Starting;
        Effect::Start
    }

    fn begin_file(&mut self) {
        self.position = 0;
        self.relied = false;
        self.hasher.reset();
        self.whole.reset();
    }

    fn go_on(&mut self) -> Effect {
        if self.audit.is_some() {
            return self.audit_on();
        }
        let Some(file) = self.record.files.get(self.at) else { return self.all_done() };
        if self.position == file.bytes {
            self.state = State::EndingFile;
            return Effect::EndFile;
        }
        let chunk = self.chunk();
        let is_between = self.position.is_multiple_of(self.record.chunk_bytes);
        match file.chunks.get(chunk) {
            Some(Some(_)) if is_between => self.find(chunk),
            _ => self.ask(),
        }
    }

    fn find(&mut self, chunk: usize) -> Effect {
        let at = ChunkAt { file: self.at, chunk };
        self.hasher.reset();
        self.state = State::Finding(at);
        Effect::Read(at)
    }

    fn found(&mut self, at: ChunkAt, bytes: u64) -> Effect {
        if bytes != self.record.length(at) {
            return self.not_held(at);
        }
        self.relied = true;
        let until = self.chunk_end();
        self.state = State::Receiving(Receiving { from: Source::Device, skip: 0, until });
        Effect::Receive
    }

    /// Nothing of it was fed, so that it can be fetched in its place.
    fn not_held(&mut self, at: ChunkAt) -> Effect {
        self.drop_chunk(at);
        if self.audit.is_some() {
            self.position = self.chunk_end();
        }
        self.go_on()
    }

    /// For all that is missing from here to the next chunk that is held.
    fn ask(&mut self) -> Effect {
        let chunk = self.chunk();
        let Some(file) = self.record.files.get(self.at) else { return self.all_done() };
        let held = (chunk + 1..file.chunks.len()).find(|&next| file.chunks[next].is_some());
        let until = held.map_or(file.bytes, |next| next as u64 * self.record.chunk_bytes);
        let start = self.position;
        let range = match (start, until) {
            (0, end) if end == file.bytes => None,
            (start, end) if end == file.bytes => Some(format!("bytes={start}-")),
            (start, end) => Some(format!("bytes={start}-{}", end - 1)),
        };
        let if_range = file.tag.clone().filter(|tag| range.is_some() && is_strong(tag));
        self.state = State::Asking { until };
        Effect::Ask(Ask { file: self.at, range, if_range })
    }

    fn answered(&mut self, answer: &Answer, until: u64) -> Effect {
        let position = self.position;
        let Some(file) = self.record.files.get_mut(self.at) else { return self.all_done() };
        let (name, expected) = (file.name.clone(), file.bytes);
        let short = |got| Failure::ShortFile { file: name.clone(), got, expected };
        let bad_status = Failure::BadStatus { file: name.clone(), status: answer.status };
        match answer.meaning(&(position..until)) {
            Meaning::BytesFrom(first) => {
                let has_some = position > 0 || file.holds_anything();
                if has_some && answer.is_other_than(file.tag.as_deref()) {
                    return self.changed();
                }
                match answer.whole_length() {
                    Some(length) if length < expected => return self.end(Err(short(length))),
                    _ if first > position => {
                        let detail = "another part came than was asked for".to_owned();
                        let failure = self.unreachable(detail);
                        return self.stumble(failure);
                    }
                    _ => {}
                }
                file.tag = answer.tag.clone().or(file.tag.take());
                if file.sha256.is_none() && file.pinned.is_none() {
                    file.pinned.clone_from(&answer.sha256);
                }
                let (from, skip) = (Source::Network, position - first);
                self.state = State::Receiving(Receiving { from, skip, until });
                Effect::Receive
            }
            Meaning::EndsAt(length) => self.end(Err(short(length.unwrap_or(position)))),
            Meaning::TryAgain => self.stumble(bad_status),
            Meaning::Refused => self.end(Err(bad_status)),
        }
    }

    fn body_ended(&mut self, body: Receiving, detail: Option<String>) -> Effect {
        if body.from == Source::Device {
            // Shorter than it was said to be a moment before.
            let at = ChunkAt { file: self.at, chunk: self.chunk() };
            self.drop_chunk(at);
            return self.restart();
        }
        let failure = match detail {
            Some(detail) => self.unreachable(detail),
            None => {
                let file = self.record.files.get(self.at);
                let (name, expected) =
                    file.map_or_else(Default::default, |file| (file.name.clone(), file.bytes));
                Failure::ShortFile { file: name, got: self.position, expected }
            }
        };
        self.stumble(failure)
    }

    /// Tries again after a while, or gives up.
    fn stumble(&mut self, failure: Failure) -> Effect {
        match self.patience.after_failure() {
            Some(ms) => {
                self.state = State::Waiting;
                Effect::Wait { ms, attempt: self.patience.attempt() }
            }
            None => self.end(Err(failure)),
        }
    }

    fn chunk_whole(&mut self, body: Receiving) -> Effect {
        let hash = hex(&self.hasher.finalize_reset());
        // The position is at its end already.
        let at = ChunkAt { file: self.at, chunk: self.chunk_before() };
        if body.from == Source::Device {
            let is_checked = self.is_hashed(Source::Device);
            let kept = self.record.files.get(at.file).and_then(|file| file.chunks.get(at.chunk));
            if !is_checked || kept.is_some_and(|kept| kept.as_ref() == Some(&hash)) {
                return self.go_on();
            }
            self.drop_chunk(at);
            return if self.audit.is_some() { self.go_on() } else { self.restart() };
        }
        if !self.keeps {
            return self.chunk_done(body);
        }
        let file = self.record.files.get_mut(at.file);
        if let Some(chunk) = file.and_then(|file| file.chunks.get_mut(at.chunk)) {
            *chunk = Some(hash);
        }
        self.record.committed = false;
        self.state = State::Storing(body);
        Effect::Store(at)
    }

    fn chunk_done(&mut self, body: Receiving) -> Effect {
        if self.position == body.until {
            return self.go_on();
        }
        self.state = State::Receiving(body);
        Effect::Receive
    }

    fn file_done(&mut self) -> Effect {
        if self.is_unknown()
            && let Some(file) = self.record.files.get_mut(self.at)
        {
            let got = hex(&self.whole.finalize_reset());
            let expected = file.pinned.get_or_insert_with(|| got.clone());
            if *expected != got {
                let (file, expected) = (file.name.clone(), expected.clone());
                return self.refused(Failure::WrongHash { file, expected, got });
            }
        }
        self.at += 1;
        self.begin_file();
        self.go_on()
    }

    fn all_done(&mut self) -> Effect {
        if !self.keeps || self.record.committed {
            return self.end(Ok(()));
        }
        self.record.committed = true;
        self.state = State::Committing;
        Effect::Commit
    }

    fn end(&mut self, result: Result<(), Failure>) -> Effect {
        self.state = State::Over;
        Effect::End(result)
    }
}

/// Where it stands.
impl Fetching {
    fn chunk(&self) -> usize {
        (self.position / self.record.chunk_bytes) as usize
    }

    /// The one that ends here, or within which this is.
    fn chunk_before(&self) -> usize {
        (self.position.saturating_sub(1) / self.record.chunk_bytes) as usize
    }

    fn chunk_end(&self) -> u64 {
        let bytes = self.record.files.get(self.at).map_or(0, |file| file.bytes);
        let next =
            (self.position / self.record.chunk_bytes + 1).saturating_mul(self.record.chunk_bytes);
        next.min(bytes)
    }

    /// What arrives is hashed to be stored; what is stored only when nothing else
    /// can tell whether it is right.
    fn is_hashed(&self, from: Source) -> bool {
        match from {
            Source::Network => self.keeps,
            Source::Device => self.audit.is_some() || self.is_unknown(),
        }
    }

    /// Whether the manifest does not say what the file at hand must be.
    fn is_unknown(&self) -> bool {
        self.record.files.get(self.at).is_some_and(|file| file.sha256.is_none())
    }

    fn name_at_hand(&self) -> String {
        self.record.files.get(self.at).map_or(String::new(), |file| file.name.clone())
    }

    fn unreachable(&self, detail: String) -> Failure {
        Failure::Unreachable { file: self.name_at_hand(), detail }
    }
}
