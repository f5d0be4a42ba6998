//! A model on its way into the engine: what [`bella_keep::Fetching`] wants is done
//! here, one thing after the other.

use bella_engine::{Model, ModelLoader};
use bella_keep::{Ask, CHUNK_BYTES, ChunkAt, Effect, Event, Fetching, Pace, Record};
use bella_protocol::{Failure, ModelSpec, NotKept, Notice, Progress, Reply};
use js_sys::Uint8Array;
use web_sys::AbortSignal;

use super::shelf::{Shelf, Thrown};
use super::source::Source;
use super::tabs::{Hold, Listener, Lock, Speaker};
use super::turn::Turn;
use super::{download, port};

/// "Stop" is to be heard while somebody waits.
const LOOK_EVERY_MS: u32 = 50;

/// Says something about the request.
pub(super) type Say = std::rc::Rc<dyn Fn(Reply)>;

struct Loading<'a> {
    spec: &'a ModelSpec,
    abort: &'a AbortSignal,
    say: Say,
    fetching: Fetching,
    /// Absent before the first start.
    loader: Option<ModelLoader>,
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
pub(super) async fn load(
    spec: &ModelSpec,
    abort: &AbortSignal,
    say: Say,
) -> Result<Model, Failure> {
    let shelf = match Shelf::open().await {
        Ok(shelf) => Some(shelf),
        Err(refusal) => {
            not_kept(&say, NotKept::Refused { detail: refusal.detail });
            None
        }
    };
    let (lock, record) = ours_to_load(spec, shelf.as_ref(), abort, &say).await;
    let mut loading = Loading {
        spec,
        abort,
        say,
        fetching: Fetching::new(record, shelf.is_some()),
        loader: None,
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
    let mut effect = loading.fetching.begin();
    loop {
        if abort.aborted() {
            let (file, detail) = (String::new(), "stopped".to_owned());
            return Err(Failure::Unreachable { file, detail });
        }
        effect = match effect {
            Effect::End(result) => {
                result?;
                let Some(loader) = loading.loader else { break };
                return loader.finish();
            }
            Effect::Receive => loading.receive().await,
            other => {
                let event = loading.carry_out(other).await;
                loading.fetching.hear(event)
            }
        };
    }
    Err(Failure::Crashed { detail: "a model ended before it began".to_owned() })
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
    async fn carry_out(&mut self, effect: Effect) -> Event {
        match effect {
            Effect::Start => self.start(),
            Effect::Read(at) => self.find(at).await,
            Effect::Ask(ask) => self.ask(ask).await,
            Effect::Store(at) => self.store(at).await,
            Effect::Wait { ms, attempt } => self.wait(ms, attempt).await,
            Effect::EndFile => match self.loader.as_mut().map(ModelLoader::end_file) {
                Some(Err(failure)) => Event::Refused(failure),
                _ => Event::Done,
            },
            Effect::Commit => match &self.shelf {
                Some(shelf) => self.note(shelf.put_record(self.fetching.record()).await),
                None => Event::Done,
            },
            Effect::Forget => self.forget().await,
            // Done elsewhere.
            Effect::Receive | Effect::End(_) => Event::Done,
        }
    }

    fn start(&mut self) -> Event {
        // Gives back what it holds before another takes as much.
        self.loader = None;
        self.source = Source::empty();
        (self.chunk, self.filled) = (None, 0);
        match ModelLoader::new(self.spec.clone()) {
            Ok(loader) => {
                self.loader = Some(loader);
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
        let url = self.spec.files.get(ask.file).map_or("", |file| &file.url);
        match download::ask(url, &ask, self.abort).await {
            Ok((answer, download)) => {
                self.source.turn_to_download(download);
                Event::Answered(answer)
            }
            Err(detail) => Event::Broke { detail },
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
        let fed = match &mut self.loader {
            Some(loader) if !taken.is_empty() => loader.push(taken),
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
        let told = self.loader.as_mut().and_then(ModelLoader::progress_worth_telling);
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

    async fn forget(&mut self) -> Event {
        let Some(shelf) = &self.shelf else { return Event::Done };
        let records = shelf.records().await.unwrap_or_default();
        // Where it cannot be deleted, the next visit checks it and finds it wanting.
        let _ = shelf.forget(&self.spec.id).await;
        if self.fetching.keeps() {
            return Event::Done;
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
        not_kept(&self.say, why);
        Event::Done
    }
}
