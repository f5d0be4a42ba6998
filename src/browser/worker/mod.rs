//! The worker's side of the protocol.
//!
//! Messages arrive between the engine's steps; each step is short and ends by
//! giving the thread back, so that "stop" is heard while the engine works.
//!
//! - [`entry`]: how it begins, on each of its threads; [`helpers`]: the others
//! - [`loading`]: a model on its way in; [`source`]: its bytes, [`download`]: from
//!   the network, [`shelf`]: from the device and onto it; [`tabs`]: the others that
//!   want the same
//! - [`keeping`]: what the device keeps, told and thrown away
//! - [`port`]: everything else that the browser does for it; [`turn`]: its turns

mod download;
mod entry;
mod helpers;
mod keeping;
mod loading;
mod port;
mod shelf;
mod source;
mod tabs;
mod turn;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use bella_engine::{Host, Model, Said};
use bella_protocol::{
    Build, Failure, FromEngine, ModelSpec, Outcome, Reply, Request, RequestId, ToEngine,
};
use web_sys::AbortController;

use helpers::Helpers;
use turn::Turn;

struct Worker {
    host: RefCell<Host>,
    /// Whether [`Worker::work`] is going.
    working: Cell<bool>,
    /// Downloads under way, to be stopped by name.
    loads: RefCell<HashMap<RequestId, AbortController>>,
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
            turn: Turn::new(),
        });
        port::listen(move |message| Rc::clone(&worker).receive(message));
        let version = env!("CARGO_PKG_VERSION").to_owned();
        port::post(&FromEngine::Ready { version, build });
    }

    fn receive(self: Rc<Self>, message: Result<(ToEngine, Vec<f32>), String>) {
        let (ToEngine { id, request }, numbers) = match message {
            Ok(message) => message,
            // Without an id there is no request to fail: the page's code and
            // ours do not belong together, and it has to start a fresh worker.
            Err(detail) => return port::post(&FromEngine::Crashed { detail }),
        };
        match request {
            Request::Load { spec } => wasm_bindgen_futures::spawn_local(self.load(id, spec)),
            Request::Kept => answer_later(id, keeping::kept()),
            Request::Forget { model } => answer_later(id, keeping::forget(model)),
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

    async fn load(self: Rc<Self>, id: RequestId, spec: ModelSpec) {
        let reply = match AbortController::new() {
            Ok(abort) => {
                self.loads.borrow_mut().insert(id, abort.clone());
                let started = port::now();
                let loaded = self.take_in(id, &spec, &abort).await;
                self.loads.borrow_mut().remove(&id);
                let cancelled = abort.signal().aborted();
                // What is still on its way of a file that was refused is not wanted.
                abort.abort();
                match loaded {
                    _ if cancelled => Reply::Done(Outcome::Cancelled),
                    Ok(model) => {
                        let took = port::now() - started;
                        let loaded = self.host.borrow_mut().add(&spec.id, model, took);
                        Reply::Done(Outcome::Loaded(loaded))
                    }
                    Err(failure) => Reply::Failed(failure),
                }
            }
            Err(error) => {
                Reply::Failed(Failure::Crashed { detail: super::exception::describe(&error) })
            }
        };
        self.flush();
        port::post(&FromEngine::About { id, reply });
    }

    /// Makes room for a model and lets it in.
    async fn take_in(
        &self,
        id: RequestId,
        spec: &ModelSpec,
        abort: &AbortController,
    ) -> Result<Model, Failure> {
        self.host.borrow_mut().make_room(spec)?;
        self.flush();
        let say = move |reply| port::post(&FromEngine::About { id, reply });
        loading::load(spec, &abort.signal(), Rc::new(say)).await
    }
}

/// Says how a request ended that has nothing to do with the engine.
fn answer_later(id: RequestId, outcome: impl Future<Output = Outcome> + 'static) {
    wasm_bindgen_futures::spawn_local(async move {
        port::post(&FromEngine::About { id, reply: Reply::Done(outcome.await) });
    });
}
