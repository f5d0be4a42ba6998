//! The static server: what `cargo xtask serve` runs, and what tests run.
//!
//! One server for both, so that a test sees exactly the headers a person gets.
//! It knows how to misbehave on request ([`Fault`]) and remembers what it was
//! asked ([`Journal`]).
//!
//! Built on hyper: it speaks HTTP correctly and, unlike the frameworks above it,
//! compiles in seconds and lets a test cut a body short. Routing is one `match`.
//!
//! - [`site`]: what is served, and which file an address means
//! - [`answer`]: one request in, one response out
//! - [`range`]: the part of a file that was asked for
//! - [`headers`]: isolation, content security, media types
//! - [`body`]: a file on its way out, piece by piece
//! - [`fault`], [`journal`]: for tests

mod answer;
mod body;
pub mod fault;
pub(crate) mod headers;
pub mod journal;
mod range;
pub mod site;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

pub use fault::{Asked, Fault};
pub use headers::Headers;
pub use journal::{Exchange, Journal};
pub use site::Site;

/// How long a response under way may take once the server is told to stop.
const GRACE: Duration = Duration::from_millis(500);

/// A running server. Dropping it stops it.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    mount: String,
    journal: Arc<Journal>,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on this machine only; port 0 takes a free one.
    pub fn start(site: Site, port: u16) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener =
            runtime.block_on(TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let mount = site.mount().to_owned();
        let journal = Arc::clone(site.journal());
        let thread = std::thread::Builder::new().name("server".to_owned()).spawn(move || {
            runtime.block_on(accept(listener, Arc::new(site), stopped));
            // Threads still reading a file notice by themselves that nobody listens.
            runtime.shutdown_background();
        })?;
        Ok(Self { address, mount, journal, stop, thread: Some(thread) })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Where the site's start page is, with a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, self.mount)
    }

    /// The address of something on the site: `weights/tiny/model.gguf`.
    pub fn url_of(&self, path: &str) -> String {
        format!("{}{path}", self.url())
    }

    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Closes the socket, lets responses under way end for a moment, and returns
    /// when nothing listens any more.
    pub fn stop(mut self) {
        self.halt();
    }

    /// Waits for as long as the server runs: for a program that does nothing else.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has already been reported by itself.
            let _ = thread.join();
        }
    }

    fn halt(&mut self) {
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.halt();
    }
}

async fn accept(listener: TcpListener, site: Arc<Site>, mut stopped: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, Arc::clone(&site), stopped.clone()));
                }
                // Out of file handles, say: the next attempt may do better.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            _ = connections.join_next(), if !connections.is_empty() => {}
            _ = stopped.changed() => break,
        }
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GRACE, all).await;
}

async fn connection(stream: TcpStream, site: Arc<Site>, mut stopped: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let site = Arc::clone(&site);
        async move { answer::answer(site, request).await }
    });
    let served =
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::pin!(served);
    // How a connection ends is the browser's business: it may leave at any time.
    tokio::select! {
        _ = served.as_mut() => {}
        _ = stopped.changed() => {
            served.as_mut().graceful_shutdown();
            let _ = served.await;
        }
    }
}

/// What ends a connection that a fault hangs up on; nothing else fails.
#[derive(Debug, thiserror::Error)]
#[error("the server hung up on purpose")]
struct HungUp;
