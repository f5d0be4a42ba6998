//! An engine's worker, driven as the page drives it, from outside the browser.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bella_protocol::{
    EngineStatus, Failure, FromEngine, LoadedModel, ModelSpec, Outcome, Reply, Request, RequestId,
    ToEngine,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::builds;
use crate::conversation::THINKING_TIME;
use crate::timeline::At;
use crate::{Page, Visit};

/// How long the page waits for a message before it says that none came.
const LISTEN_MS: u32 = 5_000;

/// The debugging protocol gives up on an answer a moment later.
const UNDISTURBED_MS: u32 = 25_000;

/// Tells the worker of the test from the one of the page.
const NAME: &str = "engine under test";

/// A worker of the test's own, beside any that the page starts.
#[derive(Debug)]
pub struct Engine {
    page: Page,
    name: String,
    next_id: Cell<u32>,
    heard: RefCell<Vec<Heard>>,
}

/// A request that was sent, and when.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub id: RequestId,
    pub at: At,
}

/// Everything said about one request.
#[derive(Clone, Debug)]
pub struct Answer {
    pub asked: At,
    /// In order, with the times at which they reached the page.
    pub replies: Vec<(At, Reply)>,
    /// What travelled beside the last.
    pub numbers: Vec<f32>,
}

#[derive(Clone, Debug)]
struct Heard {
    at: At,
    message: FromEngine,
    numbers: Vec<f32>,
}

impl Heard {
    fn is_ready(&self) -> bool {
        matches!(self.message, FromEngine::Ready { .. })
    }
}

/// A message as the page wrote it down.
#[derive(Debug, Deserialize)]
struct Noted {
    at: At,
    message: String,
    /// In base64: the debugging protocol knows no bytes.
    numbers: Option<String>,
}

impl Engine {
    /// Opens the site, starts a worker and waits until it answers.
    #[track_caller]
    pub fn start(visit: &Visit) -> Self {
        builds::deny(visit);
        visit.meet();
        let engine = Self::beside(&visit.page, NAME, "./worker.js");
        builds::must_be_wished(engine.first_words());
        engine
    }

    /// A worker of this name and address beside a page that is open. Several can
    /// be driven from one page, if their names differ.
    #[track_caller]
    pub fn beside(page: &Page, name: &str, url: &str) -> Self {
        let engine = Self {
            page: page.clone(),
            name: name.to_owned(),
            next_id: Cell::new(1),
            heard: RefCell::default(),
        };
        engine.page.call::<()>(CLIENT, &[json!(name), json!(url)]);
        engine.wait_until("its first words", |heard| heard.iter().any(Heard::is_ready));
        engine
    }

    /// What the engine said of itself when it was ready.
    pub fn first_words(&self) -> Option<FromEngine> {
        let heard = self.heard.borrow();
        heard.iter().find(|one| one.is_ready()).map(|one| one.message.clone())
    }

    /// Ends the worker.
    #[track_caller]
    pub fn end(self) {
        self.page.call::<()>("name => __engines.get(name).end()", &[json!(self.name)]);
    }

    /// A worker with this model in it.
    #[track_caller]
    pub fn with(visit: &Visit, model: &ModelSpec) -> Self {
        let engine = Self::start(visit);
        engine.load(model);
        engine
    }

    #[track_caller]
    pub fn load(&self, model: &ModelSpec) -> LoadedModel {
        match self.ask(Request::Load { spec: model.clone() }).outcome() {
            Outcome::Loaded(loaded) => loaded,
            other => panic!("{} was not loaded: {other:?}", model.id),
        }
    }

    #[track_caller]
    pub fn status(&self) -> EngineStatus {
        match self.ask(Request::Status).outcome() {
            Outcome::Status(status) => status,
            other => panic!("no status: {other:?}"),
        }
    }

    /// Asks without waiting for anything.
    #[track_caller]
    pub fn send(&self, request: Request) -> Asked {
        self.send_with(request, &[])
    }

    /// The same with sound beside it.
    #[track_caller]
    pub fn send_with(&self, request: Request, numbers: &[f32]) -> Asked {
        let id = RequestId(self.next_id.replace(self.next_id.get() + 1));
        let message = json!(ToEngine { id, request }).to_string();
        let at = self.post(&[json!(message), to_base64(numbers)]);
        Asked { id, at }
    }

    /// Hands over something that is no message of the protocol.
    #[track_caller]
    pub fn send_raw(&self, message: &str) {
        let _: At = self.post(&[json!(message), Value::Null]);
    }

    /// Leaves nothing for the module to grow into, and tells how many bytes it has.
    #[track_caller]
    pub fn take_all_memory(&self) -> u64 {
        let workers = self.page.workers();
        // A thread of the engine works for ever, and answers nobody.
        let mut engines = workers.iter().filter(|worker| worker.url().contains("worker.js"));
        let ours = engines.find(|worker| worker.eval::<String>("self.name") == self.name);
        ours.unwrap_or_else(|| panic!("the worker is gone")).take_all_memory()
    }

    #[track_caller]
    pub fn ask(&self, request: Request) -> Answer {
        self.wait(self.send(request))
    }

    #[track_caller]
    pub fn ask_with(&self, request: Request, numbers: &[f32]) -> Answer {
        self.wait(self.send_with(request, numbers))
    }

    /// The same without asking the page anything until the answer is whole: what
    /// is being timed is left alone.
    #[track_caller]
    pub fn ask_undisturbed(&self, request: Request, numbers: &[f32]) -> Answer {
        let asked = self.send_with(request, numbers);
        let end = "(name, id, within) => __engines.get(name).end_of(id, within)";
        self.take(end, &[json!(asked.id), json!(UNDISTURBED_MS)]);
        self.wait(asked)
    }

    /// Waits for the end of a request.
    #[track_caller]
    pub fn wait(&self, asked: Asked) -> Answer {
        self.wait_for(asked, Reply::is_last);
        let heard = self.heard.borrow();
        let mut answer = Answer { asked: asked.at, replies: Vec::new(), numbers: Vec::new() };
        for Heard { at, message, numbers } in heard.iter() {
            if let FromEngine::About { id, reply } = message
                && *id == asked.id
            {
                answer.replies.push((*at, reply.clone()));
                answer.numbers.clone_from(numbers);
            }
        }
        let last = answer.replies.iter().filter(|(_, reply)| reply.is_last()).count();
        assert_eq!(last, 1, "a request ends once");
        answer
    }

    /// Waits until something is said about a request.
    #[track_caller]
    pub fn wait_for(&self, asked: Asked, wanted: impl Fn(&Reply) -> bool) {
        self.wait_until(&format!("request {} to come so far", asked.id.0), |heard| {
            heard.iter().any(|one| match &one.message {
                FromEngine::About { id, reply } => *id == asked.id && wanted(reply),
                _ => false,
            })
        });
    }

    /// Waits for the engine's last words.
    #[track_caller]
    pub fn last_words(&self) -> String {
        let said = |heard: &[Heard]| {
            heard.iter().find_map(|one| match &one.message {
                FromEngine::Crashed { detail } => Some(detail.clone()),
                _ => None,
            })
        };
        self.wait_until_any("the engine's last words", |heard| said(heard).is_some());
        said(&self.heard.borrow()).unwrap_or_default()
    }

    #[track_caller]
    fn wait_until(&self, what: &str, done: impl Fn(&[Heard]) -> bool) {
        self.wait_until_any(what, |heard| {
            let crash = heard.iter().find_map(|one| match &one.message {
                FromEngine::Crashed { detail } => Some(detail),
                _ => None,
            });
            assert!(crash.is_none(), "the engine crashed while waiting for {what}: {crash:?}");
            done(heard)
        });
    }

    #[track_caller]
    fn wait_until_any(&self, what: &str, done: impl Fn(&[Heard]) -> bool) {
        let until = Instant::now() + THINKING_TIME;
        while !done(&self.heard.borrow()) {
            let last = self.heard.borrow().last().map(|one| one.message.clone());
            assert!(Instant::now() < until, "waited {THINKING_TIME:?} for {what}; heard {last:?}");
            self.listen();
        }
    }

    /// Takes what the worker said since the last time, and waits if that is nothing.
    #[track_caller]
    fn listen(&self) {
        self.take("(name, within) => __engines.get(name).next(within)", &[json!(LISTEN_MS)]);
    }

    #[track_caller]
    fn take(&self, function: &str, arguments: &[Value]) {
        let arguments: Vec<Value> =
            [json!(self.name)].into_iter().chain(arguments.iter().cloned()).collect();
        let noted: Vec<Noted> = self.page.call(function, &arguments);
        let read = |Noted { at, message, numbers }| Heard {
            at,
            message: serde_json::from_str(&message)
                .unwrap_or_else(|error| panic!("{error} in {message}")),
            numbers: numbers.map_or_else(Vec::new, |numbers| from_base64(&numbers)),
        };
        self.heard.borrow_mut().extend(noted.into_iter().map(read));
    }

    #[track_caller]
    fn post(&self, arguments: &[Value]) -> At {
        let arguments: Vec<Value> =
            [json!(self.name)].into_iter().chain(arguments.iter().cloned()).collect();
        self.page.call("(name, ...message) => __engines.get(name).post(...message)", &arguments)
    }
}

impl Answer {
    /// The outcome, of a request that must not have failed.
    #[track_caller]
    pub fn outcome(self) -> Outcome {
        match self.replies.into_iter().last() {
            Some((_, Reply::Done(outcome))) => outcome,
            other => panic!("a request that should have gone well ended with {other:?}"),
        }
    }

    /// Why the request failed, as it must have.
    #[track_caller]
    pub fn failure(self) -> Failure {
        match self.replies.into_iter().last() {
            Some((_, Reply::Failed(failure))) => failure,
            other => panic!("a request that should have failed ended with {other:?}"),
        }
    }

    /// All the words of a chat.
    pub fn text(&self) -> String {
        let text = |(_, reply): &(At, Reply)| match reply {
            Reply::Text(text) => Some(text.clone()),
            _ => None,
        };
        self.replies.iter().filter_map(text).collect()
    }

    /// When it ended.
    pub fn ended(&self) -> At {
        self.replies.last().map_or(self.asked, |(at, _)| *at)
    }

    /// From the question to the end of the answer.
    pub fn took(&self) -> Duration {
        Duration::from_secs_f64((self.ended() - self.asked) / 1000.0)
    }
}

fn to_base64(numbers: &[f32]) -> Value {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    if bytes.is_empty() { Value::Null } else { json!(BASE64.encode(bytes)) }
}

#[track_caller]
fn from_base64(text: &str) -> Vec<f32> {
    let bytes = BASE64.decode(text).unwrap_or_else(|error| panic!("the page's base64: {error}"));
    let (numbers, rest) = bytes.as_chunks::<4>();
    assert!(rest.is_empty(), "{} bytes are no whole numbers", bytes.len());
    numbers.iter().map(|number| f32::from_le_bytes(*number)).collect()
}

/// Times are taken in the page: the way out of the browser would blur them.
const CLIENT: &str = "(name, url) => {
    const heard = [];
    const ended = new Set();
    let wake = () => {};
    const woken = within => new Promise(done => { wake = done; setTimeout(done, within); });
    const note = (message, buffer) => {
        const numbers = buffer ? new Uint8Array(buffer).toBase64() : null;
        heard.push({ at: performance.now(), message, numbers });
        const { About: about, Crashed: crashed } = JSON.parse(message);
        if (crashed) ended.add('all');
        if (about?.reply.Done || about?.reply.Failed) ended.add(about.id);
        wake();
    };
    const worker = new Worker(url, { type: 'module', name });
    worker.onmessage = ({ data }) => note(data.m, data.b);
    worker.onerror = event => {
        event.preventDefault();
        note(JSON.stringify({ Crashed: { detail: `onerror: ${event.message}` } }));
    };
    globalThis.__engines ??= new Map();
    __engines.set(name, {
        post(message, numbers) {
            const buffer = numbers && Uint8Array.fromBase64(numbers).buffer;
            const at = performance.now();
            worker.postMessage(buffer ? { m: message, b: buffer } : { m: message }, buffer ? [buffer] : []);
            return at;
        },
        async next(within) {
            if (!heard.length) await woken(within);
            return heard.splice(0);
        },
        async end_of(id, within) {
            const until = performance.now() + within;
            while (!ended.has(id) && !ended.has('all') && performance.now() < until) {
                await woken(until - performance.now());
            }
            return heard.splice(0);
        },
        end() {
            worker.terminate();
            __engines.delete(name);
        },
    });
}";
