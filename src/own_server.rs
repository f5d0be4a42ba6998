//! A server of a person's own that speaks as OpenAI's does (Ollama, llama.cpp, vLLM):
//! added, tried, and taken away again. Nothing of a conversation is sent to it.
//!
//! - [`address`]: what may be added; [`verdict`]: what came of trying it
//!
//! What is kept of it is the address and the key as it was sealed; where the page may
//! ask at all is the policy's to say, and that is the service worker's.

pub mod address;
#[cfg(test)]
mod addresses;
pub mod verdict;

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use crate::browser::page::own_server::{ask_for_models, page_is_encrypted, take_apart};
use crate::browser::page::service_worker::{self, NoHosts};
use crate::browser::page::storage::{self, Key};
use crate::browser::page::vault::{self, VaultError};
use crate::secret::{LONGEST_SECRET, Purpose, Sealed, Secret};
use address::{Address, Unfit};
use verdict::Verdict;

const PURPOSE: Purpose = Purpose::OwnServer;

/// As it is kept between visits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    pub address: Address,
    pub key: Option<Sealed>,
}

/// The same in storage, where anybody may write.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    address: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<Sealed>,
}

/// Why a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnfitKey {
    Empty,
    TooLong,
    /// It holds something that cannot be sent along.
    Signs,
}

/// What a person is told of what they did last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    UnfitAddress(Unfit),
    UnfitKey(UnfitKey),
    /// The service worker has another opinion of the address.
    NotTaken,
    NoServiceWorker,
    /// The page is not kept on the device yet.
    TooEarly,
    /// The browser keeps nothing for this page.
    NotKept,
    NotSealed {
        detail: String,
    },
    /// The stored key does not open any more.
    KeyLost,
    KeyStored,
    KeyDeleted,
    Deleted,
    Tried(Verdict),
}

impl Outcome {
    /// For tests, which do not read words.
    pub fn name(&self) -> &'static str {
        match self {
            Outcome::UnfitAddress(unfit) => unfit.name(),
            Outcome::UnfitKey(UnfitKey::Empty) => "key-empty",
            Outcome::UnfitKey(UnfitKey::TooLong) => "key-too-long",
            Outcome::UnfitKey(UnfitKey::Signs) => "key-signs",
            Outcome::NotTaken => "not-taken",
            Outcome::NoServiceWorker => "no-service-worker",
            Outcome::TooEarly => "too-early",
            Outcome::NotKept => "not-kept",
            Outcome::NotSealed { .. } => "not-sealed",
            Outcome::KeyLost => "key-lost",
            Outcome::KeyStored => "key-stored",
            Outcome::KeyDeleted => "key-deleted",
            Outcome::Deleted => "deleted",
            Outcome::Tried(verdict) => verdict.name(),
        }
    }

    pub fn is_good(&self) -> bool {
        matches!(
            self,
            Outcome::KeyStored
                | Outcome::KeyDeleted
                | Outcome::Deleted
                | Outcome::Tried(Verdict::Answered { .. })
        )
    }

    pub fn is_about_address(&self) -> bool {
        matches!(self, Outcome::UnfitAddress(_) | Outcome::NotTaken)
    }

    pub fn is_about_key(&self) -> bool {
        matches!(
            self,
            Outcome::UnfitKey(_)
                | Outcome::KeyLost
                | Outcome::Tried(Verdict::KeyRefused | Verdict::KeyWanted)
        )
    }
}

impl From<NoHosts> for Outcome {
    fn from(why: NoHosts) -> Self {
        match why {
            NoHosts::NoServiceWorker => Outcome::NoServiceWorker,
            NoHosts::NoAnswer => Outcome::TooEarly,
        }
    }
}

impl From<VaultError> for Outcome {
    fn from(why: VaultError) -> Self {
        match why {
            VaultError::KeyGone | VaultError::DoesNotOpen => Outcome::KeyLost,
            VaultError::Unavailable { detail } => Outcome::NotSealed { detail },
        }
    }
}

/// A handle to the one server of a person's own.
#[derive(Clone, Copy, Debug)]
pub struct OwnServer {
    pub server: RwSignal<Option<Server>>,
    pub is_busy: RwSignal<bool>,
    pub outcome: RwSignal<Option<Outcome>>,
    /// A key is stored that does not open.
    pub key_is_lost: RwSignal<bool>,
}

/// What a person does about it.
impl OwnServer {
    pub fn recall() -> Self {
        let own = Self {
            server: RwSignal::new(stored()),
            is_busy: RwSignal::default(),
            outcome: RwSignal::default(),
            key_is_lost: RwSignal::default(),
        };
        storage::on_change_elsewhere(move || own.follow());
        own
    }

    /// There is one for all tabs, and any of them may have changed it.
    fn follow(self) {
        let stored = stored();
        if self.server.with_untracked(|server| *server != stored) {
            self.show(stored);
            self.outcome.set(None);
        }
    }

    /// Has the policy name what is kept, no more and no less: storage may have been
    /// deleted in part.
    pub fn settle(self) {
        // What was told on an earlier look is old news.
        self.outcome.set(None);
        self.follow();
        let server = self.server.get_untracked();
        spawn_local(async move {
            // Where there is nobody to tell, adding will say so.
            let _ = allow(server.as_ref().map(|server| &server.address)).await;
        });
    }

    /// Adds it and tries it.
    pub fn add(self, typed: String, key: Secret) {
        self.work(|own| async move {
            let address = Address::read(&typed, take_apart).map_err(Outcome::UnfitAddress)?;
            let key = fit(key).map_err(Outcome::UnfitKey)?;
            // Before the policy hears of it: this may fail, and then nothing was added.
            let sealed = match &key {
                None => None,
                Some(key) => Some(vault::seal(PURPOSE, &address.base(), key).await?),
            };
            allow(Some(&address)).await?;
            own.keep(Server { address: address.clone(), key: sealed }).await?;
            Ok(ask(&address, key.as_ref()).await)
        });
    }

    /// Asks it for its models, with the key that is stored.
    pub fn try_it(self) {
        self.work_on(|own, server| async move {
            let address = &server.address;
            // What the service worker noted may have been deleted.
            allow(Some(address)).await?;
            let key = match &server.key {
                None => None,
                Some(sealed) => Some(own.open(address, sealed).await?),
            };
            Ok(ask(address, key.as_ref()).await)
        });
    }

    /// Stores a key in the place of the one there was.
    pub fn store_key(self, key: Secret) {
        self.work_on(|own, server| async move {
            let key = fit(key).map_err(Outcome::UnfitKey)?;
            let key = key.ok_or(Outcome::UnfitKey(UnfitKey::Empty))?;
            let sealed = vault::seal(PURPOSE, &server.address.base(), &key).await?;
            own.keep(Server { key: Some(sealed), ..server }).await?;
            Ok(Outcome::KeyStored)
        });
    }

    pub fn delete_key(self) {
        self.work_on(|own, server| async move {
            own.keep(Server { key: None, ..server }).await?;
            forget_key().await;
            Ok(Outcome::KeyDeleted)
        });
    }

    /// Deletes all there is of it.
    pub fn delete(self) {
        self.work_on(|own, _| async move {
            storage::remember(Key::OwnServer, None);
            own.show(None);
            forget_key().await;
            // If nobody hears it now, `settle` says it once more.
            let _ = allow(None).await;
            Ok(Outcome::Deleted)
        });
    }

    fn work_on<F>(self, what: impl FnOnce(Self, Server) -> F)
    where
        F: Future<Output = Result<Outcome, Outcome>> + 'static,
    {
        if let Some(server) = self.server.get_untracked() {
            self.work(|own| what(own, server));
        }
    }

    /// One thing after another; whatever comes of it is told.
    fn work<F>(self, what: impl FnOnce(Self) -> F)
    where
        F: Future<Output = Result<Outcome, Outcome>> + 'static,
    {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.outcome.set(None);
        let work = what(self);
        spawn_local(async move {
            let outcome = work.await.unwrap_or_else(|why| why);
            self.is_busy.set(false);
            self.outcome.set(Some(outcome));
        });
    }

    async fn open(self, address: &Address, sealed: &Sealed) -> Result<Secret, Outcome> {
        let opened = vault::open(PURPOSE, &address.base(), sealed).await.map_err(Outcome::from);
        self.key_is_lost.set(matches!(opened, Err(Outcome::KeyLost)));
        opened
    }

    /// Keeps it, or takes everything back.
    async fn keep(self, server: Server) -> Result<(), Outcome> {
        let json = write(&server);
        storage::remember(Key::OwnServer, json.as_deref());
        // Storing fails in silence where it is forbidden.
        if json.is_none() || storage::recall(Key::OwnServer) != json {
            let before = self.server.get_untracked();
            let _ = allow(before.as_ref().map(|server| &server.address)).await;
            return Err(Outcome::NotKept);
        }
        self.show(Some(server));
        Ok(())
    }

    fn show(self, server: Option<Server>) {
        self.key_is_lost.set(false);
        self.server.set(server);
    }
}

/// Has the policy name this address or none.
async fn allow(address: Option<&Address>) -> Result<(), Outcome> {
    let hosts: Vec<&str> = address.map(Address::origin).into_iter().collect();
    let taken = service_worker::allow_hosts(&hosts).await?;
    if taken == hosts { Ok(()) } else { Err(Outcome::NotTaken) }
}

async fn ask(address: &Address, key: Option<&Secret>) -> Outcome {
    let reached = ask_for_models(address, key).await;
    Outcome::Tried(Verdict::of(&reached, address, key.is_some(), page_is_encrypted()))
}

/// What it sealed is deleted already; a key that is left behind opens nothing.
async fn forget_key() {
    let _ = vault::forget(PURPOSE).await;
}

fn stored() -> Option<Server> {
    let Stored { address, key } = serde_json::from_str(&storage::recall(Key::OwnServer)?).ok()?;
    Some(Server { address: Address::read(&address, take_apart).ok()?, key })
}

fn write(server: &Server) -> Option<String> {
    let stored = Stored { address: server.address.base(), key: server.key.clone() };
    serde_json::to_string(&stored).ok()
}

/// A key as it can be sent; none if nothing was typed.
fn fit(typed: Secret) -> Result<Option<Secret>, UnfitKey> {
    let key = typed.reveal().trim();
    if key.is_empty() {
        return Ok(None);
    }
    if key.len() > LONGEST_SECRET {
        return Err(UnfitKey::TooLong);
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(UnfitKey::Signs);
    }
    Ok(Some(Secret::new(key.to_owned())))
}

pub fn provide_own_server() {
    provide_context(OwnServer::recall());
}

pub fn use_own_server() -> OwnServer {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_key_that_can_be_sent_is_taken() {
        let long = "k".repeat(LONGEST_SECRET + 1);
        for (typed, expected) in [
            ("sk-abc_123.DEF~+/=", Ok(Some("sk-abc_123.DEF~+/="))),
            ("  sk-1\n", Ok(Some("sk-1"))),
            ("", Ok(None)),
            (" \t", Ok(None)),
            ("two words", Err(UnfitKey::Signs)),
            ("line\r\nhost: evil", Err(UnfitKey::Signs)),
            ("열쇠", Err(UnfitKey::Signs)),
            (long.as_str(), Err(UnfitKey::TooLong)),
        ] {
            let taken = fit(Secret::new(typed.to_owned()));
            let taken = taken.as_ref().map(|key| key.as_ref().map(Secret::reveal));
            assert_eq!(taken.map_err(|why| *why), expected, "{typed}");
        }
    }
}
