//! The server behind a test: the product's own, with a switch and a temper.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use xtask::server::{Asked, Exchange, Fault, Headers, Server, Site};

use crate::devtools::lock;

/// What is to be served.
#[derive(Clone, Debug)]
pub struct Serving {
    pub page: PathBuf,
    pub weights: Option<PathBuf>,
    /// The folder of the address space, `/` for its root.
    pub mount: String,
    pub headers: Headers,
}

impl Serving {
    /// A folder at the root, with the headers the product is served with.
    pub fn folder(page: impl Into<PathBuf>) -> Self {
        Self { page: page.into(), weights: None, mount: "/".into(), headers: Headers::Isolated }
    }

    /// The built page and the weights, where the environment says they are.
    pub fn bella() -> Result<Self, String> {
        let page = folder_in("BELLA_DIST", "index.html")?;
        let weights = folder_in("BELLA_WEIGHTS", "")?;
        Ok(Self { weights: Some(weights), ..Self::folder(page) })
    }
}

fn folder_in(variable: &str, must_hold: &str) -> Result<PathBuf, String> {
    let folder = env::var_os(variable).map(PathBuf::from).ok_or(format!(
        "{variable} is not set: `cargo xtask test` builds the page, fetches the weights and sets it"
    ))?;
    if folder.join(must_hold).exists() {
        Ok(folder)
    } else {
        Err(format!("{variable} is {}, and there is no {must_hold} in it", folder.display()))
    }
}

type Temper = Box<dyn Fn(&Asked) -> Fault + Send + Sync>;

/// A server that can be stopped, started again at the same address, and told to
/// misbehave while it runs.
pub struct Host {
    serving: Serving,
    port: u16,
    url: String,
    temper: Arc<Mutex<Option<Temper>>>,
    running: Mutex<Running>,
}

#[derive(Default)]
struct Running {
    server: Option<Server>,
    /// What was asked before the last stop.
    before: Vec<Exchange>,
}

impl Host {
    pub fn start(serving: Serving) -> std::io::Result<Self> {
        let temper = Arc::default();
        let server = Server::start(site(&serving, &temper), 0)?;
        Ok(Self {
            port: server.port(),
            url: server.url(),
            running: Mutex::new(Running { server: Some(server), before: Vec::new() }),
            serving,
            temper,
        })
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The address of something on the site; `""` is its start page.
    pub fn url_of(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    pub fn weights(&self) -> Option<&Path> {
        self.serving.weights.as_deref()
    }

    /// From now on nothing listens there.
    pub fn stop(&self) {
        let mut running = lock(&self.running);
        if let Some(server) = running.server.take() {
            let journal = server.journal().exchanges();
            server.stop();
            running.before.extend(journal);
        }
    }

    /// Listens again, at the same address.
    #[track_caller]
    pub fn start_again(&self) {
        let mut running = lock(&self.running);
        assert!(running.server.is_none(), "the server runs already");
        match Server::start(site(&self.serving, &self.temper), self.port) {
            Ok(server) => running.server = Some(server),
            Err(error) => panic!("port {} cannot be had again: {error}", self.port),
        }
    }

    /// Asked from now on about every request.
    pub fn misbehave(&self, temper: impl Fn(&Asked) -> Fault + Send + Sync + 'static) {
        *lock(&self.temper) = Some(Box::new(temper));
    }

    pub fn behave(&self) {
        *lock(&self.temper) = None;
    }

    /// Every request that arrived here, in order.
    pub fn exchanges(&self) -> Vec<Exchange> {
        let running = lock(&self.running);
        let now = running.server.as_ref().map(|server| server.journal().exchanges());
        running.before.iter().cloned().chain(now.into_iter().flatten()).collect()
    }
}

fn site(serving: &Serving, temper: &Arc<Mutex<Option<Temper>>>) -> Site {
    let temper = Arc::clone(temper);
    let site = Site::new(&serving.page)
        .mounted_at(&serving.mount)
        .with_headers(serving.headers)
        .with_faults(move |asked| {
            lock(&temper).as_ref().map_or_else(Fault::none, |temper| temper(asked))
        })
        .with_journal();
    match &serving.weights {
        Some(weights) => site.with_weights(weights),
        None => site,
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host")
            .field("serving", &self.serving)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}
