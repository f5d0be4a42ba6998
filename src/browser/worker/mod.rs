//! The worker's side of the protocol.
//!
//! Messages arrive between the engine's steps; each step is short and ends by
//! giving the thread back, so that "stop" is heard while the engine works.
//!
//! - [`entry`]: how it begins, on each of its threads; [`helpers`]: the others
//! - [`loading`]: a model on its way in; [`taker`]: who takes it; [`source`]: its
//!   bytes, [`download`]: from the network, [`chosen`]: from files, [`shelf`]: from
//!   the device and onto it; [`tabs`]: the others that want the same
//! - [`keeping`]: what the device keeps: told, made a file of, and thrown away
//! - [`capacity`]: how much memory can be had
//! - [`port`]: everything else that the browser does for it; [`turn`]: its turns

mod capacity;
mod chosen;
mod download;
mod entry;
mod helpers;
mod keeping;
mod loading;
mod port;
mod shelf;
mod source;
mod tabs;
mod taker;
mod turn;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use bella_engine::{Host, Said};
use bella_protocol::{
    Build, Failure, FromEngine, ModelSpec, Origin, Outcome, Reply, Request, RequestId, ToEngine,
};
use web_sys::{AbortController, AbortSignal, Blob};

use chosen::Chosen;
use helpers::Helpers;
use loading::Errand;
use port::Parcel;
use taker::Use;
use turn::Turn;

struct Worker {
    host: RefCell<Host>,
    /// Whether [`Worker::work`] is going.
    working: Cell<bool>,
    /// Downloads under way, to be stopped by name.
    loads: RefCell<HashMap<RequestId, AbortController>>,
    /// How much of the device all models together may take.
    keeps_at_most: Cell<Option<u64>>,
    turn: Turn,
}

impl Worker {
    /// Hears the page from now on.
    fn start(build: Build) {
        std::panic::set_hook(Box::new(|panic| {
            port::post(&FromEngine::Crashed { detail: panic.to_string() });
        }));
        Helpers::take_into_service();
        let worker = Rc::new(Self {
            host: RefCell::new(Host::new(Box::new(port::now))),
            working: Cell::new(false),
            loads: RefCell::default(),
            keeps_at_most: Cell::default(),
            turn: Turn::new(),
        });
        port::listen(move |message| Rc::clone(&worker).receive(message));
        let version = env!("CARGO_PKG_VERSION").to_owned();
        port::post(&FromEngine::Ready { version, build });
    }

    fn receive(self: Rc<Self>, parcel: Result<Parcel, String>) {
        let Parcel { message: ToEngine { id, request }, numbers, files } = match parcel {
            Ok(parcel) => parcel,
            // Without an id there is no request to fail: the page's code and
            // ours do not belong together, and it has to start a fresh worker.
            Err(detail) => return port::post(&FromEngine::Crashed { detail }),
        };
        match request {
            Request::Load { spec } => self.bring(id, spec, Use::Load, None),
            Request::Keep { spec, from } => {
                let files = (from == Origin::Files).then_some(files);
                self.bring(id, spec, Use::Keep, files);
            }
            Request::Kept => answer_later(id, keeping::kept()),
            Request::Forget { model } => answer_later(id, keeping::forget(model)),
            Request::Export { model } => wasm_bindgen_futures::spawn_local(export(id, model)),
            Request::KeepAtMost { bytes } => {
                self.keeps_at_most.set(bytes);
                answer(id, Reply::Done(Outcome::Limited));
            }
            Request::Probe => {
                let memory_bytes = capacity::memory_bytes();
                answer(id, Reply::Done(Outcome::Probed { memory_bytes }));
            }
            request => {
                if let Request::Cancel { target } = &request
                    && let Some(load) = self.loads.borrow().get(target)
                {
                    load.abort();
                }
                self.host.borrow_mut().submit(id, request, numbers, port::memory_bytes());
                self.flush();
                if !self.working.get() && self.host.borrow().has_work() {
                    self.working.set(true);
                    wasm_bindgen_futures::spawn_local(self.work());
                }
            }
        }
    }

    /// Steps until nothing is left, hearing messages in between.
    async fn work(self: Rc<Self>) {
        while self.host.borrow().has_work() {
            self.host.borrow_mut().step();
            self.flush();
            self.turn.wait().await;
        }
        self.working.set(false);
    }

    fn flush(&self) {
        let said: Vec<Said> = self.host.borrow_mut().take_replies().collect();
        for Said { id, reply, numbers } in said {
            port::post_with(&FromEngine::About { id, reply }, &numbers);
        }
    }

    /// Lets a model come, from the files if there are any.
    fn bring(
        self: Rc<Self>,
        id: RequestId,
        spec: ModelSpec,
        what_for: Use,
        files: Option<Vec<Blob>>,
    ) {
        let abort = match AbortController::new() {
            Ok(abort) => abort,
            Err(error) => {
                let detail = super::exception::describe(&error);
                return answer(id, Reply::Failed(Failure::Crashed { detail }));
            }
        };
        self.loads.borrow_mut().insert(id, abort.clone());
        wasm_bindgen_futures::spawn_local(async move {
            let chosen = match &files {
                Some(files) => Some(Chosen::among(files, &spec).await),
                None => None,
            };
            let signal = abort.signal();
            let say = Rc::new(move |reply| answer(id, reply));
            let limit_bytes = self.keeps_at_most.get();
            let errand = Errand { spec: &spec, abort: &signal, say, chosen, limit_bytes };
            let brought = match what_for {
                Use::Load => self.load(errand).await,
                Use::Keep => loading::keep(errand).await.map(|()| None),
            };
            self.loads.borrow_mut().remove(&id);
            let reply = match brought {
                _ if signal.aborted() => Reply::Done(Outcome::Cancelled),
                Ok(Some(loaded)) => Reply::Done(loaded),
                Ok(None) => Reply::Done(keeping::kept().await),
                Err(failure) => Reply::Failed(failure),
            };
            // What is still on its way of a file that was refused is not wanted.
            abort.abort();
            self.flush();
            answer(id, reply);
        });
    }

    /// Makes room for a model and lets it in.
    async fn load(&self, errand: Errand<'_>) -> Result<Option<Outcome>, Failure> {
        let started = port::now();
        self.host.borrow_mut().make_room(errand.spec)?;
        self.flush();
        let (spec, abort): (&ModelSpec, &AbortSignal) = (errand.spec, errand.abort);
        let model = loading::load(errand).await?;
        if abort.aborted() {
            return Ok(None);
        }
        let took = port::now() - started;
        Ok(Some(Outcome::Loaded(self.host.borrow_mut().add(&spec.id, model, took))))
    }
}

async fn export(id: RequestId, model: String) {
    match keeping::export(&model).await {
        Ok((name, file)) => {
            let reply = Reply::Done(Outcome::Exported { name });
            port::post_file(&FromEngine::About { id, reply }, &file);
        }
        Err(failure) => answer(id, Reply::Failed(failure)),
    }
}

fn answer(id: RequestId, reply: Reply) {
    port::post(&FromEngine::About { id, reply });
}

/// Says how a request ended that has nothing to do with the engine.
fn answer_later(id: RequestId, outcome: impl Future<Output = Outcome> + 'static) {
    wasm_bindgen_futures::spawn_local(async move {
        answer(id, Reply::Done(outcome.await));
    });
}
