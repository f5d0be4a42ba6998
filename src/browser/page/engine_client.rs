//! The page's end of the line to the engine.
//!
//! One message is one JavaScript object: `m` is the JSON of a [`ToEngine`] or a
//! [`FromEngine`], and a buffer that belongs to it is handed over as `b`, files as
//! `f`. While there is no engine to speak for itself, `public/worker.js` speaks for it.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use bella_companion::{Beat, Event, Pulse};
use bella_protocol::{FromEngine, Outcome, Reply, Request, RequestId, ToEngine};
use js_sys::{Array, Float32Array, Object, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::hand_over::{self, Files};
use super::{document, now};
use crate::browser::exception::describe;

const WORKER: &str = "./worker.js";
const BEAT_MS: i32 = 5_000;
/// The sign of life is asked for by this client, not by the companion, and by an
/// id the companion never comes to.
const SIGN_OF_LIFE: RequestId = RequestId(u32::MAX);

type OnMessage = Closure<dyn FnMut(MessageEvent)>;
type OnError = Closure<dyn FnMut(web_sys::Event)>;

/// Starts the worker and keeps an eye on it.
pub struct EngineClient {
    inner: Rc<Inner>,
}

struct Inner {
    tell: Box<dyn Fn(Event)>,
    running: RefCell<Option<Running>>,
    /// Made once and lent to each worker in turn: a worker is replaced from
    /// within these very callbacks.
    callbacks: Callbacks,
}

struct Running {
    worker: Worker,
    pulse: Pulse,
}

struct Callbacks {
    on_message: OnMessage,
    on_error: OnError,
    on_beat: Closure<dyn FnMut()>,
}

impl EngineClient {
    /// Nothing runs before [`EngineClient::restart`]. `tell` hears everything the
    /// engine says and how it ends.
    pub fn new(tell: impl Fn(Event) + 'static) -> Self {
        let inner = Rc::new_cyclic(|inner| Inner {
            tell: Box::new(tell),
            running: RefCell::new(None),
            callbacks: Callbacks::new(inner),
        });
        if let Some(window) = web_sys::window() {
            let on_beat = inner.callbacks.on_beat.as_ref().unchecked_ref();
            let _ = window.set_interval_with_callback_and_timeout_and_arguments_0(on_beat, BEAT_MS);
        }
        Self { inner }
    }

    /// Ends the worker, if there is one, and starts a new one.
    pub fn restart(&self) {
        self.inner.end();
        match self.inner.start() {
            Ok(running) => *self.inner.running.borrow_mut() = Some(running),
            Err(error) => (self.inner.tell)(Event::EngineLost { detail: describe(&error) }),
        }
    }

    /// Ends the worker, and gives back the memory it took.
    pub fn end(&self) {
        self.inner.end();
    }

    pub fn send(&self, message: &ToEngine) {
        self.inner.send(message, &[], &[]);
    }

    /// The same with files that were chosen, which the worker reads by itself.
    pub fn send_with_files(&self, message: &ToEngine, files: &Files) {
        self.inner.send(message, &[], &files.0);
    }

    /// The same with sound beside it.
    pub fn send_with(&self, message: &ToEngine, numbers: &[f32]) {
        self.inner.send(message, numbers, &[]);
    }
}

impl Inner {
    fn start(&self) -> Result<Running, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name("engine");
        let worker = Worker::new_with_options(&document::resolve(WORKER), &options)?;
        let on_error = Some(self.callbacks.on_error.as_ref().unchecked_ref());
        worker.set_onmessage(Some(self.callbacks.on_message.as_ref().unchecked_ref()));
        worker.set_onerror(on_error);
        worker.set_onmessageerror(on_error);
        Ok(Running { worker, pulse: Pulse::new(now::at_ms()) })
    }

    fn end(&self) {
        if let Some(Running { worker, .. }) = self.running.borrow_mut().take() {
            // A message may already be on its way; nobody is to hear it.
            worker.set_onmessage(None);
            worker.set_onerror(None);
            worker.set_onmessageerror(None);
            worker.terminate();
        }
    }

    fn lose(&self, detail: String) {
        self.end();
        (self.tell)(Event::EngineLost { detail });
    }

    fn send(&self, message: &ToEngine, numbers: &[f32], files: &[Blob]) {
        let sent = self.with_running(|Running { worker, pulse }| {
            pulse.sent(message.id, now::at_ms());
            let json = serde_json::to_string(message).map_err(|error| error.to_string())?;
            let envelope = Object::new();
            Reflect::set(&envelope, &"m".into(), &json.into())?;
            if !files.is_empty() {
                Reflect::set(&envelope, &"f".into(), &files.iter().collect::<Array>())?;
            }
            if numbers.is_empty() {
                return worker.post_message(&envelope);
            }
            let buffer = Float32Array::from(numbers).buffer();
            Reflect::set(&envelope, &"b".into(), &buffer)?;
            worker.post_message_with_transfer(&envelope, &Array::of1(&buffer))
        });
        if let Some(Err(error)) = sent {
            self.lose(describe(&error));
        }
    }

    fn hear(&self, envelope: &JsValue) {
        let message = text_of(envelope, "m").unwrap_or_default();
        match serde_json::from_str(&message) {
            Ok(FromEngine::Ready { build, .. }) => {
                self.with_running(|running| running.pulse.ready(now::at_ms()));
                (self.tell)(Event::EngineReady(build));
            }
            Ok(FromEngine::Crashed { detail }) => self.lose(detail),
            Ok(FromEngine::About { id, reply }) => {
                self.with_running(|running| {
                    running.pulse.heard(now::at_ms());
                    if reply.is_last() {
                        running.pulse.ended(id);
                    }
                });
                if let Reply::Done(Outcome::Exported { name }) = &reply {
                    save(name, envelope);
                }
                if id != SIGN_OF_LIFE {
                    (self.tell)(Event::Answered { request: id, reply });
                }
            }
            Err(error) => self.lose(format!("a message could not be read: {error}")),
        }
    }

    fn beat(&self) {
        match self.with_running(|running| running.pulse.beat(now::at_ms())) {
            Some(Beat::Ask) => {
                let status = ToEngine { id: SIGN_OF_LIFE, request: Request::Status };
                self.send(&status, &[], &[]);
            }
            Some(Beat::Dead) => self.lose("it no longer answers".into()),
            Some(Beat::Fine) | None => {}
        }
    }

    fn with_running<T>(&self, use_it: impl FnOnce(&mut Running) -> T) -> Option<T> {
        self.running.borrow_mut().as_mut().map(use_it)
    }
}

impl Callbacks {
    fn new(inner: &Weak<Inner>) -> Self {
        let on_message = OnMessage::new({
            let inner = inner.clone();
            move |event: MessageEvent| {
                if let Some(inner) = inner.upgrade() {
                    inner.hear(&event.data());
                }
            }
        });
        let on_error = OnError::new({
            let inner = inner.clone();
            move |event: web_sys::Event| {
                // Told here; the console need not say it again.
                event.prevent_default();
                if let Some(inner) = inner.upgrade() {
                    inner.lose(describe_event(&event));
                }
            }
        });
        let on_beat = Closure::<dyn FnMut()>::new({
            let inner = inner.clone();
            move || {
                if let Some(inner) = inner.upgrade() {
                    inner.beat();
                }
            }
        });
        Self { on_message, on_error, on_beat }
    }
}

impl std::fmt::Debug for EngineClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let running = self.inner.running.borrow().is_some();
        f.debug_struct("EngineClient").field("running", &running).finish()
    }
}

/// Hands a file that came beside a message on to the person.
fn save(name: &str, envelope: &JsValue) {
    let file = Reflect::get(envelope, &"f".into()).ok().and_then(|file| file.dyn_into().ok());
    if let Some(file) = file {
        let _: Option<()> = hand_over::save_blob(name, &file);
    }
}

fn text_of(envelope: &JsValue, field: &str) -> Option<String> {
    Reflect::get(envelope, &field.into()).ok()?.as_string()
}

/// A script that could not be fetched gives an event without a message.
fn describe_event(event: &web_sys::Event) -> String {
    match event.dyn_ref::<ErrorEvent>() {
        Some(error) if !error.message().is_empty() => error.message(),
        _ => format!("{WORKER} could not be run ({})", event.type_()),
    }
}
