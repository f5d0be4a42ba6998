//! A server, a device and an engine as small as can be, and somebody who carries
//! out what is to be done.

use std::collections::BTreeMap;

use bella_keep::{Answer, Ask, ChunkAt, Effect, Event, Fetching, Record};
use bella_protocol::{Failure, ModelFile, ModelSpec, Task};
use sha2::{Digest, Sha256};

pub const CHUNK: u64 = 16;
/// No visit takes as many; one that does goes in circles.
const MOST_STEPS: usize = 20_000;

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Numbers that come out the same every time.
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.below(256) as u8).collect()
    }
}

/// What is wrong with one answer.
#[derive(Clone, Debug, Default)]
pub struct Flaw {
    pub hang_up: bool,
    pub status: Option<u16>,
    pub ignore_range: bool,
    /// A part, but another than was asked for.
    pub wrong_part: bool,
    pub tag: Option<&'static str>,
    pub no_tag: bool,
    /// The body stops after so many bytes,
    pub stop_after: Option<usize>,
    /// and it seems as if that was all.
    pub quietly: bool,
    pub flip_at: Option<usize>,
    /// As another host's are: without anything but the length.
    pub hides_headers: bool,
    /// The hash of the whole file, right or not.
    pub declares: Option<&'static str>,
    /// On a host that the page may not talk to.
    pub is_forbidden: bool,
}

#[derive(Debug)]
pub struct World {
    pub spec: ModelSpec,
    pub files: Vec<Vec<u8>>,
    /// How the server is at its n-th answer.
    pub temper: fn(usize) -> Flaw,
    pub asked: Vec<Ask>,
    /// How often each byte has come and was wanted.
    pub came: Vec<Vec<u32>>,
    pub device: Device,
    pub waited_ms: u32,
    pub pieces: Dice,
}

/// What is stored, and what the device is like.
#[derive(Clone, Debug, Default)]
pub struct Device {
    pub chunks: BTreeMap<ChunkAt, Vec<u8>>,
    pub record: Option<String>,
    /// So many chunks fit.
    pub room: Option<usize>,
    /// Every third time, what is read is not what was written.
    pub rots: bool,
    pub reads: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Over(Result<(), Failure>),
    Interrupted,
}

impl World {
    pub fn with_files(sizes: &[usize]) -> Self {
        let mut dice = Dice(7);
        let files: Vec<Vec<u8>> = sizes.iter().map(|&size| dice.bytes(size)).collect();
        let file = |(index, bytes): (usize, &Vec<u8>)| ModelFile {
            name: format!("file {index}"),
            url: String::new(),
            mirror: None,
            bytes: bytes.len() as u64,
            sha256: Some(sha256(bytes)),
        };
        let described = files.iter().enumerate().map(file).collect();
        Self {
            spec: ModelSpec { id: "m".into(), task: Task::Chat, files: described, base: None },
            came: files.iter().map(|bytes| vec![0; bytes.len()]).collect(),
            files,
            temper: |_| Flaw::default(),
            asked: Vec::new(),
            device: Device::default(),
            waited_ms: 0,
            pieces: dice,
        }
    }

    pub fn served(mut self, temper: fn(usize) -> Flaw) -> Self {
        self.temper = temper;
        self
    }

    pub fn record(&self) -> Option<Record> {
        self.device.record.as_ref().map(|json| serde_json::from_str(json).expect("a record"))
    }

    /// Whether everything is on the device, and checked.
    pub fn is_home(&self) -> bool {
        let whole: usize = self.files.iter().map(|file| file.len().div_ceil(CHUNK as usize)).sum();
        self.record().is_some_and(|record| record.committed) && self.device.chunks.len() == whole
    }

    pub fn visit(&mut self) -> Outcome {
        self.visit_for(usize::MAX)
    }

    /// A visit that ends after so many steps, whatever is under way.
    pub fn visit_for(&mut self, steps: usize) -> Outcome {
        let record = Record::renewed(&self.spec, self.record(), CHUNK);
        let mut visit = Visit {
            fetching: Fetching::new(record, true),
            fed: Vec::new(),
            body: Vec::new(),
            body_breaks: false,
            chunk: Vec::new(),
            from_network: false,
            world: self,
        };
        let mut effect = visit.fetching.begin();
        for step in 0.. {
            if let Effect::End(result) = effect {
                return Outcome::Over(result);
            }
            if step == steps {
                return Outcome::Interrupted;
            }
            assert!(step < MOST_STEPS, "it goes in circles: {effect:?}");
            effect = visit.carry_out(effect);
        }
        Outcome::Interrupted
    }
}

struct Visit<'a> {
    world: &'a mut World,
    fetching: Fetching,
    /// What the engine was fed, file by file.
    fed: Vec<Vec<u8>>,
    body: Vec<u8>,
    body_breaks: bool,
    from_network: bool,
    /// What has come of the chunk at hand.
    chunk: Vec<u8>,
}

impl Visit<'_> {
    fn carry_out(&mut self, effect: Effect) -> Effect {
        let event = match effect {
            Effect::Start => {
                self.fed = vec![Vec::new()];
                self.chunk.clear();
                Event::Done
            }
            Effect::Read(at) => self.find(at),
            Effect::Ask(ask) => self.ask(ask),
            Effect::Receive if self.body.is_empty() && self.body_breaks => {
                Event::Broke { detail: "broken".into() }
            }
            Effect::Receive if self.body.is_empty() => Event::Ended,
            Effect::Receive => return self.receive(),
            Effect::Store(at) => self.store(at),
            Effect::Wait { ms, .. } => {
                self.world.waited_ms += ms;
                Event::Done
            }
            Effect::EndFile => {
                let at = self.fed.len() - 1;
                let (got, expected) = (sha256(&self.fed[at]), sha256(&self.world.files[at]));
                if got == expected {
                    self.fed.push(Vec::new());
                    Event::Done
                } else {
                    Event::Refused(Failure::WrongHash { file: format!("{at}"), expected, got })
                }
            }
            Effect::Commit => self.remember(),
            Effect::Forget => {
                self.world.device.chunks.clear();
                self.world.device.record = None;
                Event::Done
            }
            Effect::End(_) => unreachable!("looked at before"),
        };
        self.fetching.hear(event)
    }

    fn find(&mut self, at: ChunkAt) -> Event {
        let Some(chunk) = self.world.device.chunks.get(&at) else { return Event::Missing };
        self.body.clone_from(chunk);
        self.world.device.reads += 1;
        if self.world.device.rots && self.world.device.reads.is_multiple_of(3) {
            self.body[0] ^= 1;
        }
        self.body_breaks = false;
        self.from_network = false;
        Event::Found { bytes: self.body.len() as u64 }
    }

    fn ask(&mut self, ask: Ask) -> Event {
        let flaw = (self.world.temper)(self.world.asked.len());
        self.world.asked.push(ask.clone());
        if flaw.hang_up {
            return Event::Broke { detail: "nobody there".into() };
        }
        if flaw.is_forbidden {
            return Event::Forbidden;
        }
        let mut file = self.world.files[ask.file].clone();
        if let Some(bit) = flaw.flip_at {
            file[bit] ^= 1;
        }
        let tag = flaw.tag.unwrap_or("\"first\"");
        let is_same =
            flaw.hides_headers || ask.if_range.as_deref().is_none_or(|known| known == tag);
        let range = ask.range.filter(|_| is_same && !flaw.ignore_range);
        let (status, bytes) = match range.as_deref().map(|range| part(range, file.len())) {
            None => (200, 0..file.len()),
            Some(part) if part.is_empty() => (416, 0..0),
            Some(part) => (206, part),
        };
        let shown = if flaw.wrong_part { bytes.start + 1 } else { bytes.start };
        let range =
            (status == 206).then(|| format!("bytes {shown}-{}/{}", bytes.end - 1, file.len()));
        let stop = flaw.stop_after.unwrap_or(usize::MAX).min(bytes.len());
        self.body_breaks = stop < bytes.len() && !flaw.quietly;
        self.body = file[bytes.start..bytes.start + stop].to_vec();
        self.from_network = true;
        Event::Answered(Answer {
            status: flaw.status.unwrap_or(status),
            tag: (!flaw.no_tag && !flaw.hides_headers).then(|| tag.to_owned()),
            range: range.filter(|_| !flaw.hides_headers),
            length: Some(bytes.len() as u64),
            sha256: flaw.declares.map(str::to_owned),
            media_type: None,
        })
    }

    fn receive(&mut self) -> Effect {
        let length = 1 + self.world.pieces.below(2 * CHUNK as usize);
        let piece = self.body[..length.min(self.body.len())].to_vec();
        let portion = self.fetching.receive(&piece);
        let taken = &piece[portion.skip..portion.skip + portion.take];
        let at = self.fed.len() - 1;
        if self.from_network {
            let from = self.fed[at].len();
            self.world.came[at][from..from + taken.len()].iter_mut().for_each(|times| *times += 1);
        }
        self.fed[at].extend_from_slice(taken);
        assert!(self.fed[at].len() <= self.world.files[at].len(), "fed more than there is");
        if self.from_network && self.fetching.keeps() {
            self.chunk.extend_from_slice(taken);
        }
        self.body.drain(..portion.skip + portion.take);
        portion.then
    }

    fn store(&mut self, at: ChunkAt) -> Event {
        let chunk = std::mem::take(&mut self.chunk);
        let device = &mut self.world.device;
        if device.room.is_some_and(|room| device.chunks.len() >= room) {
            return Event::NotStored;
        }
        assert_eq!(chunk.len() as u64, self.fetching.record().length(at), "{at:?}");
        device.chunks.insert(at, chunk);
        self.remember()
    }

    fn remember(&mut self) -> Event {
        let record = serde_json::to_string(self.fetching.record()).expect("writes");
        self.world.device.record = Some(record);
        Event::Done
    }
}

fn part(range: &str, length: usize) -> std::ops::Range<usize> {
    let (first, last) =
        range.strip_prefix("bytes=").and_then(|range| range.split_once('-')).expect(range);
    let first: usize = first.parse().expect("a number");
    let end = if last.is_empty() { length } else { last.parse::<usize>().expect("a number") + 1 };
    first.min(length)..end.min(length)
}
