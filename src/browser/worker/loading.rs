//! A model on its way onto the device and into the engine: what
//! [`bella_keep::Fetching`] wants is done here, one thing after the other.

use bella_engine::Model;
use bella_keep::{Ask, CHUNK_BYTES, ChunkAt, Effect, Event, Fetching, Pace, Record};
use bella_protocol::{Failure, ModelSpec, NotKept, Notice, Progress, Reply};
use js_sys::Uint8Array;
use web_sys::AbortSignal;

use super::chosen::Chosen;
use super::shelf::{Shelf, Thrown};
use super::source::Source;
use super::tabs::{Hold, Listener, Lock, Speaker};
use super::taker::{Taker, Use};
use super::turn::Turn;
use super::{download, port};
use download::NoAnswer;

/// "Stop" is to be heard while somebody waits.
const LOOK_EVERY_MS: u32 = 50;

/// Says something about the request.
pub(super) type Say = std::rc::Rc<dyn Fn(Reply)>;

/// What is wanted of a model.
pub(super) struct Errand<'a> {
    pub(super) spec: &'a ModelSpec,
    pub(super) abort: &'a AbortSignal,
    pub(super) say: Say,
    /// Files that somebody chose, to be asked instead of the network.
    pub(super) chosen: Option<Chosen>,
    /// How much all models together may take of the device.
    pub(super) limit_bytes: Option<u64>,
}

struct Loading<'a> {
    spec: &'a ModelSpec,
    abort: &'a AbortSignal,
    say: Say,
    what_for: Use,
    fetching: Fetching,
    /// Absent before the first start.
    taker: Option<Taker>,
    chosen: Option<Chosen>,
    shelf: Option<Shelf>,
    lock: Lock,
    source: Source,
    /// The chunk at hand, of which so much has come. It stays outside of the
    /// module's memory, which never shrinks.
    chunk: Option<Uint8Array>,
    filled: u32,
    /// Why the last chunk was not stored.
    refusal: Option<Thrown>,
    pace: Pace,
    speaker: Speaker,
    turn: Turn,
}

/// Loads a model from what the device keeps and, for what it does not, from the
/// network. Once the signal is given, whatever comes of it is meaningless.
pub(super) async fn load(errand: Errand<'_>) -> Result<Model, Failure> {
    match bring(errand, Use::Load).await? {
        Some(Taker::Engine(loader)) => loader.finish(),
        _ => Err(Failure::Crashed { detail: "a model ended before it began".to_owned() }),
    }
}

/// Brings a model onto the device and leaves it there.
pub(super) async fn keep(errand: Errand<'_>) -> Result<(), Failure> {
    bring(errand, Use::Keep).await.map(drop)
}

async fn bring(errand: Errand<'_>, what_for: Use) -> Result<Option<Taker>, Failure> {
    let Errand { spec, abort, say, chosen, limit_bytes } = errand;
    let opened = Shelf::open().await.map_err(|it| NotKept::Refused { detail: it.detail });
    let (shelf, mut why_not) = match opened {
        Ok(shelf) => (Some(shelf), None),
        Err(why) => (None, Some(why)),
    };
    let (lock, record) = ours_to_load(spec, shelf.as_ref(), abort, &say).await;
    if let (Some(shelf), Some(limit), false) = (&shelf, limit_bytes, record.committed) {
        why_not = over_limit(&record, shelf, limit).await;
    }
    if let Some(chosen) = &chosen
        && let Some(missing) = record.missing_files().find(|&file| !chosen.has(file))
    {
        let file = spec.files.get(missing).map_or(String::new(), |file| file.name.clone());
        return Err(Failure::NotInFile { file });
    }
    let keeps = why_not.is_none();
    match why_not {
        Some(why) if what_for == Use::Keep => return Err(Failure::NotKept(why)),
        Some(why) => not_kept(&say, why),
        None => {}
    }
    let mut loading = Loading {
        spec,
        abort,
        say,
        what_for,
        fetching: Fetching::new(record, keeps),
        taker: None,
        chosen,
        shelf,
        lock,
        source: Source::empty(),
        chunk: None,
        filled: 0,
        refusal: None,
        pace: Pace::default(),
        speaker: Speaker::new(),
        turn: Turn::new(),
    };
    loading.run().await?;
    loading.note_use().await;
    Ok(loading.taker)
}

/// Whether it would be more than the person wants to give.
async fn over_limit(record: &Record, shelf: &Shelf, limit_bytes: u64) -> Option<NotKept> {
    let others = shelf.records().await.unwrap_or_default();
    let others_bytes = others
        .iter()
        .filter(|other| other.model != record.model)
        .map(Record::held_bytes)
        .fold(0, u64::saturating_add);
    let needed_bytes = record.total_bytes();
    (others_bytes.saturating_add(needed_bytes) > limit_bytes).then_some(NotKept::OverLimit {
        needed_bytes,
        limit_bytes,
        others_bytes,
    })
}

/// Waits until no other tab is at it, and tells what is held by then.
async fn ours_to_load(
    spec: &ModelSpec,
    shelf: Option<&Shelf>,
    abort: &AbortSignal,
    say: &Say,
) -> (Lock, Record) {
    let Some(shelf) = shelf else {
        let record = Record::blank(spec, CHUNK_BYTES);
        return (Lock::none(), record);
    };
    let told = std::rc::Rc::clone(say);
    // Until it is our turn, whoever fetches it tells how far it has come.
    let _others = Listener::new(&spec.id, move |progress| told(Reply::Progress(progress)));
    let lock = Lock::take(&spec.id, Hold::Shared, abort).await;
    let record = look(spec, shelf).await;
    if record.committed {
        return (lock, record);
    }
    drop(lock);
    let lock = Lock::take(&spec.id, Hold::Alone, abort).await;
    let record = look(spec, shelf).await;
    (lock, record)
}

/// What is held of this version of the model; what is left of others goes.
async fn look(spec: &ModelSpec, shelf: &Shelf) -> Record {
    // What cannot be read is as good as not there, and will not be written either.
    let earlier = shelf.record(&spec.id).await.ok().flatten();
    let record = Record::renewed(spec, earlier.clone(), CHUNK_BYTES);
    if let Some(earlier) = earlier {
        for file in record.stale(&earlier) {
            let _ = shelf.forget_file(&spec.id, file).await;
        }
    }
    record
}

fn not_kept(say: &Say, why: NotKept) {
    say(Reply::Notice(Notice::NotKept(why)));
}

impl Loading<'_> {
    async fn run(&mut self) -> Result<(), Failure> {
        let mut effect = self.fetching.begin();
        loop {
            if self.abort.aborted() {
                let (file, detail) = (String::new(), "stopped".to_owned());
                return Err(Failure::Unreachable { file, detail });
            }
            effect = match effect {
                Effect::End(result) => return result,
                Effect::Receive => self.receive().await,
                Effect::Forget => {
                    let why_not = self.forget().await;
                    if let (Some(why), Use::Keep) = (why_not, self.what_for) {
                        return Err(Failure::NotKept(why));
                    }
                    self.fetching.hear(Event::Done)
                }
                other => {
                    let event = self.carry_out(other).await;
                    self.fetching.hear(event)
                }
            };
        }
    }

    /// So that what was not used for long can be told.
    async fn note_use(&self) {
        let mut record = self.fetching.record().clone();
        if let (Some(shelf), true) = (&self.shelf, record.committed) {
            record.used_ms = port::date_ms();
            // It is there all the same.
            let _ = shelf.put_record(&record).await;
        }
    }

    async fn carry_out(&mut self, effect: Effect) -> Event {
        match effect {
            Effect::Start => self.start(),
            Effect::Read(at) => self.find(at).await,
            Effect::Ask(ask) => self.ask(ask).await,
            Effect::Store(at) => self.store(at).await,
            Effect::Wait { ms, attempt } => self.wait(ms, attempt).await,
            Effect::EndFile => match self.taker.as_mut().map(Taker::end_file) {
                Some(Err(failure)) => Event::Refused(failure),
                _ => Event::Done,
            },
            Effect::Commit => match &self.shelf {
                Some(shelf) => self.note(shelf.put_record(self.fetching.record()).await),
                None => Event::Done,
            },
            // Done elsewhere.
            Effect::Forget | Effect::Receive | Effect::End(_) => Event::Done,
        }
    }

    fn start(&mut self) -> Event {
        // Gives back what it holds before another takes as much.
        self.taker = None;
        self.source = Source::empty();
        (self.chunk, self.filled) = (None, 0);
        match Taker::new(self.spec, self.what_for) {
            Ok(taker) => {
                self.taker = Some(taker);
                Event::Done
            }
            Err(failure) => Event::Refused(failure),
        }
    }

    async fn find(&mut self, at: ChunkAt) -> Event {
        let Some(shelf) = &self.shelf else { return Event::Missing };
        match shelf.chunk(self.fetching.record(), at).await {
            Ok(Some(chunk)) => {
                let bytes = u64::from(chunk.length());
                self.source.turn_to_chunk(chunk);
                Event::Found { bytes }
            }
            Ok(None) | Err(_) => Event::Missing,
        }
    }

    async fn ask(&mut self, ask: Ask) -> Event {
        if self.shelf.is_some() && self.lock.hold == Hold::Shared {
            // Something is to be mended.
            self.lock = Lock::none();
            self.lock = Lock::take(&self.spec.id, Hold::Alone, self.abort).await;
        }
        self.source = Source::empty();
        let Some(file) = self.spec.files.get(ask.file) else { return Event::Missing };
        let answered = match &self.chosen {
            Some(chosen) => chosen.ask(&ask),
            None => download::ask(file, &ask, self.abort).await,
        };
        match answered {
            Ok((answer, download)) => {
                self.source.turn_to_download(download);
                Event::Answered(answer)
            }
            Err(NoAnswer::Forbidden) => Event::Forbidden,
            Err(NoAnswer::Broke { detail }) => Event::Broke { detail },
        }
    }

    async fn receive(&mut self) -> Effect {
        let from_network = self.source.is_network();
        let piece = match self.source.fill().await {
            Ok([]) => return self.fetching.hear(Event::Ended),
            Ok(piece) => piece,
            Err(detail) => return self.fetching.hear(Event::Broke { detail }),
        };
        let at = self.fetching.chunk_at_hand();
        let portion = self.fetching.receive(piece);
        let taken = &piece[portion.skip..portion.skip + portion.take];
        let fed = match &mut self.taker {
            Some(taker) if !taken.is_empty() => taker.push(taken),
            _ => Ok(()),
        };
        if from_network {
            self.pace.note(port::now(), taken.len() as u64);
        }
        if from_network && self.fetching.keeps() {
            let length = self.fetching.record().length(at) as u32;
            let chunk = self.chunk.get_or_insert_with(|| Uint8Array::new_with_length(length));
            let end = self.filled + taken.len() as u32;
            chunk.subarray(self.filled, end).copy_from(taken);
            self.filled = end;
        }
        self.source.take(portion.skip + portion.take);
        if let Err(failure) = fed {
            return self.fetching.hear(Event::Refused(failure));
        }
        self.tell_progress();
        // What has arrived follows without a break, and "stop" would be heard when
        // there is no more.
        self.turn.wait().await;
        portion.then
    }

    fn tell_progress(&mut self) {
        let told = self.taker.as_mut().and_then(Taker::progress_worth_telling);
        if let Some(progress) = told {
            let bytes_per_second = self.pace.bytes_per_second(port::now());
            let progress = Progress { bytes_per_second, ..progress };
            self.speaker.tell(&self.spec.id, &progress);
            (self.say)(Reply::Progress(progress));
        }
    }

    async fn store(&mut self, at: ChunkAt) -> Event {
        self.filled = 0;
        let (Some(shelf), Some(chunk)) = (&self.shelf, self.chunk.take()) else {
            return Event::NotStored;
        };
        let stored = shelf.put_chunk(self.fetching.record(), at, &chunk).await;
        self.note(stored)
    }

    async fn wait(&self, ms: u32, attempt: u32) -> Event {
        let file = self.spec.files.get(self.fetching.chunk_at_hand().file);
        let file = file.map_or(String::new(), |file| file.name.clone());
        (self.say)(Reply::Notice(Notice::Retrying { file, attempt, wait_ms: ms }));
        let mut left = ms;
        while left > 0 && !self.abort.aborted() {
            let now = left.min(LOOK_EVERY_MS);
            port::pause(now as i32).await;
            left -= now;
        }
        Event::Done
    }

    fn note(&mut self, stored: Result<(), Thrown>) -> Event {
        match stored {
            Ok(()) => Event::Done,
            Err(refusal) => {
                self.refusal = Some(refusal);
                Event::NotStored
            }
        }
    }

    /// Tells why nothing is kept from now on, if that is so.
    async fn forget(&mut self) -> Option<NotKept> {
        let shelf = self.shelf.as_ref()?;
        let records = shelf.records().await.unwrap_or_default();
        // Where it cannot be deleted, the next visit checks it and finds it wanting.
        let _ = shelf.forget(&self.spec.id).await;
        if self.fetching.keeps() {
            return None;
        }
        let (ours, others): (Vec<_>, Vec<_>) =
            records.iter().partition(|record| record.model == self.spec.id);
        let held = |records: &[&Record]| records.iter().map(|record| record.held_bytes()).sum();
        let why = match self.refusal.take() {
            Some(refusal) if refusal.is_full() => NotKept::Full {
                needed_bytes: self.fetching.record().total_bytes(),
                fit_bytes: held(&ours),
                others_bytes: held(&others),
            },
            Some(refusal) => NotKept::Refused { detail: refusal.detail },
            None => NotKept::Unreliable,
        };
        if self.what_for == Use::Load {
            not_kept(&self.say, why.clone());
        }
        Some(why)
    }
}
