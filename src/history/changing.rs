//! What a person does to the whole history.
//!
//! Whatever changes all of it (a passphrase set, changed or taken away, a file that is
//! brought) goes the same way: everything is read and opened, made anew in memory, and
//! put in the place of what there was in one transaction together with the new state.
//! So an end at any moment, of the tab, the browser or the power, leaves either all of
//! the old under the old passphrase or all of the new under the new one. If another tab
//! was faster, nothing is written and it begins once more. What could not be opened is
//! carried along as it was.

use std::future::Future;
use std::sync::Arc;

use bella_companion::history::{self, ConversationId, Entry, file, merge};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::keeping::AT_ONCE;
use super::lock::{Lock, Recipe, fit};
use super::outcome::Outcome;
use super::sealing::{Plain, Unread, plain, read, to_be_stored};
use super::state::{State, Stored};
use super::{Access, History};
use crate::browser::page::hand_over::{self, Files};
use crate::browser::page::history_cipher::{Cipher, fresh_salt};
use crate::browser::page::history_store::{HistoryStore, StoreError};
use crate::browser::page::other_tabs::Word;
use crate::browser::page::{calendar, frame, now};
use crate::secret::Secret;

/// How often somebody may be faster before the person is told.
const TRIES: usize = 4;

/// The passphrase.
impl History {
    /// Opens what is sealed, until the page is left or [`History::lock`].
    pub fn unlock(self, passphrase: Secret) {
        self.work(|history| async move {
            let (lock, cipher) = history.key_of(&passphrase).await?;
            history.kept.update_value(|kept| {
                (kept.state.lock, kept.cipher) = (Some(lock), Some(cipher));
            });
            history.look().await;
            Ok(None)
        });
    }

    /// Forgets the key, and all that it opened.
    pub fn lock(self) {
        self.work(|history| async move {
            history.kept.update_value(|kept| kept.cipher = None);
            history.look().await;
            Ok(Some(Outcome::Locked))
        });
    }

    pub fn set_passphrase(self, new: Secret, again: Secret) {
        self.work(|history| async move {
            let passphrase = fit(new, &again)?;
            let (lock, cipher) = new_key(&passphrase).await?;
            history.rewrite(Some((lock, cipher)), Ok).await?;
            Ok(Some(Outcome::PassphraseSet))
        });
    }

    /// Takes the one there is as well: whoever passes by an open page is not to shut
    /// its owner out.
    pub fn change_passphrase(self, current: Secret, new: Secret, again: Secret) {
        self.work(|history| async move {
            let passphrase = fit(new, &again)?;
            history.key_of(&current).await?;
            let (lock, cipher) = new_key(&passphrase).await?;
            history.rewrite(Some((lock, cipher)), Ok).await?;
            Ok(Some(Outcome::PassphraseChanged))
        });
    }

    pub fn remove_passphrase(self, current: Secret) {
        self.work(|history| async move {
            history.key_of(&current).await?;
            history.rewrite(None, Ok).await?;
            Ok(Some(Outcome::PassphraseRemoved))
        });
    }

    /// The key that a passphrase makes, if it is the right one.
    async fn key_of(self, passphrase: &Secret) -> Result<(Lock, Cipher), Outcome> {
        let lock = HistoryStore::open().await?.state().await?.lock;
        let lock = lock.ok_or(Outcome::Crossed)?;
        let cipher = Cipher::of(lock.recipe.key(passphrase)?).await?;
        cipher.opens(&lock.word).await?;
        Ok((lock, cipher))
    }
}

async fn new_key(passphrase: &Secret) -> Result<(Lock, Cipher), Outcome> {
    let recipe = Recipe::new(&fresh_salt()?);
    let cipher = Cipher::of(recipe.key(passphrase)?).await?;
    let word = cipher.seal_word().await?;
    Ok((Lock { recipe, word }, cipher))
}

/// Taken along, and brought.
impl History {
    /// Saves everything as files that anybody can read.
    pub fn export(self) {
        self.work(|history| async move {
            history.must_be_whole().await?;
            let at_ms = now::at_ms();
            let (entries, texts) = history.with_entries(|entries| {
                (entries.len(), history::write(entries.iter().map(AsRef::as_ref), at_ms))
            });
            let files = texts.len();
            let day = calendar::exact(at_ms).chars().take(10).collect::<String>();
            for (number, text) in (1..).zip(&texts) {
                let name = match files {
                    1 => format!("{}-{day}.json", file::NAME),
                    _ => format!("{}-{day}-{number}.json", file::NAME),
                };
                if !hand_over::save_file(&name, file::MEDIA_TYPE, text) {
                    return Err(Outcome::NotSaved);
                }
            }
            Ok(Some(Outcome::Saved { entries, files }))
        });
    }

    /// Adds what a file holds and is not there yet.
    pub fn import(self, files: Files) {
        if files.is_empty() {
            return;
        }
        self.work(|history| async move {
            let bytes = hand_over::read_first(&files, history::reading::MOST_BYTES).await?;
            let brought = history::read(&bytes)?;
            drop(bytes);
            let (mut added, mut known) = (0, 0);
            let key = history
                .kept
                .with_value(|kept| Some((kept.state.lock.clone()?, kept.cipher.clone()?)));
            let merged = |kept: Vec<Entry>| {
                let merged = merge(&kept, brought.clone());
                (added, known) = (merged.added, merged.known);
                // Then there is nothing to write.
                if merged.added > 0 { Ok(merged.entries) } else { Err(Nothing) }
            };
            history.rewrite(key, merged).await?;
            Ok(Some(Outcome::Brought { added, known }))
        });
    }
}

/// Erased.
impl History {
    /// Erases everything, and with it a passphrase that nobody has entered: what is
    /// kept from now on could not be opened by anybody else.
    pub fn erase_all(self) {
        self.work(|history| async move {
            let is_open = history.access.get_untracked() == Access::Open;
            let store = HistoryStore::open().await?;
            let after = store.clear(|before| {
                let lock = before.lock.clone().filter(|_| is_open);
                before.rewritten(0, None, lock)
            });
            let after = after.await?;
            let cipher = history
                .kept
                .with_value(|kept| kept.cipher.clone().filter(|_| kept.state.lock == after.lock));
            history.settle(after, cipher, Vec::new(), 0);
            Ok(Some(Outcome::Erased { everything: true }))
        });
    }

    pub fn erase(self, conversation: ConversationId) {
        self.work(move |history| async move {
            let store = HistoryStore::open().await?;
            for _ in 0..TRIES {
                history.must_be_whole().await?;
                let (before, ids) =
                    history.kept.with_value(|kept| (kept.state.clone(), kept.ids_of(conversation)));
                let after = before.changed();
                match store.delete(&before, &after, &ids).await {
                    Ok(()) => {
                        history.forget(after, conversation);
                        return Ok(Some(Outcome::Erased { everything: false }));
                    }
                    Err(StoreError::Crossed) => history.look().await,
                    Err(why) => return Err(why.into()),
                }
            }
            Err(Outcome::Crossed)
        });
    }

    fn forget(self, state: State, conversation: ConversationId) {
        self.kept.update_value(|kept| {
            kept.state = state;
            kept.entries.retain(|entry| entry.conversation != conversation);
        });
        self.has_changed();
        self.tell_others(Word::Changed);
    }
}

/// There is nothing to write.
struct Nothing;

/// How all of it changes.
impl History {
    /// One thing after another; whatever comes of it is told.
    fn work<F>(self, what: impl FnOnce(Self) -> F + 'static)
    where
        F: Future<Output = Result<Option<Outcome>, Outcome>> + 'static,
    {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.outcome.set(None);
        spawn_local(async move {
            // A key takes a moment in which nothing else moves.
            frame::be_seen().await;
            let outcome = what(self).await.unwrap_or_else(Some);
            self.is_busy.set(false);
            self.outcome.set(outcome);
        });
    }

    /// Makes everything anew, under this key or none.
    async fn rewrite(
        self,
        key: Option<(Lock, Cipher)>,
        mut change: impl FnMut(Vec<Entry>) -> Result<Vec<Entry>, Nothing>,
    ) -> Result<(), Outcome> {
        let (lock, cipher) = key.unzip();
        let store = HistoryStore::open().await?;
        for _ in 0..TRIES {
            let before = store.state().await?;
            let (known, current) =
                self.kept.with_value(|kept| (kept.state.lock.clone(), kept.cipher.clone()));
            // Another tab has changed the passphrase: this one has to be opened first.
            if known != before.lock || known.is_some() != current.is_some() {
                self.look().await;
                return Err(Outcome::Crossed);
            }
            let (entries, unreadable) = read_everything(&store, &before, current.as_ref()).await?;
            let Ok(mut entries) = change(entries) else { return Ok(()) };
            for (entry, id) in entries.iter_mut().zip(before.next_id..) {
                entry.id = id;
            }
            let unreadable_from = unreadable.first().map(|(id, _)| *id);
            let after = before.rewritten(entries.len(), unreadable_from, lock.clone());
            let count = unreadable.len();
            let (mut texts, mut stored) = apart(unreadable);
            texts.extend(entries.iter().map(plain));
            stored.extend(to_be_stored(texts, cipher.as_ref()).await?);
            match store.replace(&before, &after, &stored).await {
                Ok(()) => {
                    self.settle(after, cipher, entries, count);
                    return Ok(());
                }
                Err(StoreError::Crossed) => {}
                Err(why) => return Err(why.into()),
            }
        }
        Err(Outcome::Crossed)
    }

    /// Goes on with what there is now. It is known: nobody need see the list go and
    /// come back.
    fn settle(self, state: State, cipher: Option<Cipher>, entries: Vec<Entry>, unreadable: usize) {
        self.kept.update_value(|kept| {
            kept.state.lock.clone_from(&state.lock);
            kept.cipher = cipher;
        });
        self.take_over(state);
        self.kept.update_value(|kept| {
            kept.entries = entries.into_iter().map(Arc::new).collect();
            kept.unreadable = unreadable;
            kept.read_from = kept.state.first_id;
        });
        self.has_changed();
        self.write_soon();
        self.tell_others(Word::Changed);
    }
}

async fn read_everything(
    store: &HistoryStore,
    state: &State,
    cipher: Option<&Cipher>,
) -> Result<(Vec<Entry>, Vec<(u64, Unread)>), Outcome> {
    let (mut entries, mut unreadable) = (Vec::new(), Vec::new());
    let mut from = state.first_id;
    while from < state.next_id {
        let before = from.saturating_add(AT_ONCE).min(state.next_id);
        let read = read(store.range(from, before).await?, cipher).await?;
        entries.extend(read.entries);
        unreadable.extend(read.unreadable);
        from = before;
        frame::let_others().await;
    }
    Ok((entries, unreadable))
}

/// What goes with the rest, and what stays as it is.
fn apart(unreadable: Vec<(u64, Unread)>) -> (Vec<Plain>, Vec<(u64, Stored)>) {
    let (mut texts, mut as_found) = (Vec::new(), Vec::new());
    for (id, unread) in unreadable {
        match unread {
            Unread::Text(text) => texts.push((id, text)),
            Unread::AsFound(stored) => as_found.push((id, stored)),
        }
    }
    (texts, as_found)
}
