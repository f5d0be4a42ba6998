//! The worker's side of the protocol.
//!
//! Messages arrive between the engine's steps; each step is short and ends by
//! giving the thread back, so that "stop" is heard while the engine works.
//!
//! - [`entry`]: how it begins, on each of its threads; [`helpers`]: the others
//! - [`download`]: weights over the network
//! - [`port`]: everything else that the browser does for it; [`turn`]: its turns

mod download;
mod entry;
mod helpers;
mod port;
mod turn;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use bella_engine::{Host, Model, ModelLoader, Said};
use bella_protocol::{
    Build, Failure, FromEngine, ModelSpec, Outcome, Reply, Request, RequestId, ToEngine,
};
use web_sys::{AbortController, RequestCache};

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
                let loaded = self.stream_in(id, spec, &abort).await;
                self.loads.borrow_mut().remove(&id);
                let cancelled = abort.signal().aborted();
                // What is still on its way of a file that was refused is not wanted.
                abort.abort();
                match loaded {
                    _ if cancelled => Reply::Done(Outcome::Cancelled),
                    Ok((name, model)) => {
                        let took = port::now() - started;
                        Reply::Done(Outcome::Loaded(self.host.borrow_mut().add(&name, model, took)))
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

    /// Every file of a model. What the browser's own cache kept of an earlier
    /// attempt may be half a file, or one that has changed since: bytes that turn
    /// out wrong are asked for once more, past that cache.
    async fn stream_in(
        &self,
        id: RequestId,
        spec: ModelSpec,
        abort: &AbortController,
    ) -> Result<(String, Model), Failure> {
        self.host.borrow_mut().make_room(&spec)?;
        self.flush();
        let name = spec.id.clone();
        let model = match self.stream_once(id, spec.clone(), abort, RequestCache::Default).await {
            Err(failure) if is_about_content(&failure) => {
                self.stream_once(id, spec, abort, RequestCache::Reload).await?
            }
            outcome => outcome?,
        };
        Ok((name, model))
    }

    /// From the network straight into tensors.
    async fn stream_once(
        &self,
        id: RequestId,
        spec: ModelSpec,
        abort: &AbortController,
        cache: RequestCache,
    ) -> Result<Model, Failure> {
        let mut loader = ModelLoader::new(spec)?;
        // Chunks that have arrived follow one another without a break, and "stop"
        // would be heard when there are no more.
        let turn = Turn::new();
        while let Some(file) = loader.wanted() {
            let file = file.clone();
            let mut download = download::open(&file, &abort.signal(), cache).await?;
            while let Some(chunk) = download.next().await? {
                loader.push(chunk)?;
                if let Some(progress) = loader.progress_worth_telling() {
                    port::post(&FromEngine::About { id, reply: Reply::Progress(progress) });
                }
                turn.wait().await;
            }
            loader.end_file()?;
        }
        loader.finish()
    }
}

/// Whether the bytes came, but were not the right ones.
fn is_about_content(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::ShortFile { .. } | Failure::WrongHash { .. } | Failure::BadModel { .. }
    )
}
