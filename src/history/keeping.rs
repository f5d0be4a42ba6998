//! Entries on their way to the database and back.

use std::sync::Arc;

use bella_companion::history::{ConversationId, Entry, Note};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::outcome::Outcome;
use super::sealing::{ReadError, plain, read, to_be_stored};
use super::state::State;
use super::{Access, History, Kept};
use crate::browser::page::frame;
use crate::browser::page::history_store::HistoryStore;
use crate::browser::page::other_tabs::Word;

/// Entries that are read at once when the page opens: more than a conversation takes
/// up again, and nothing that anybody waits for.
const AT_FIRST: usize = 200;
/// How many ids are looked at before the page has its turn again.
pub(super) const AT_ONCE: u64 = 500;
/// What is said while nothing can be kept does not fill the memory.
const MOST_WAITING: usize = 2000;

/// Reading.
impl History {
    /// Finds out how things stand, and reads the newest.
    pub(super) async fn look(self) {
        match self.try_to_look().await {
            Ok(()) => self.write_soon(),
            Err(why) => {
                set_if_new(self.access, Access::Unavailable);
                // Whoever says nothing misses nothing.
                if self.kept.with_value(|kept| !kept.waiting.is_empty()) {
                    self.tell(why);
                }
            }
        }
    }

    /// For whoever looks at all of it: everything that is not in memory yet is read,
    /// and what stands in the way is told.
    pub fn show(self) {
        match self.access.get_untracked() {
            Access::Open => self.read_all(),
            Access::Unavailable => spawn_local(async move {
                if let Err(why) = self.try_to_look().await {
                    self.outcome.set(Some(why));
                }
            }),
            Access::Opening | Access::Locked => {}
        }
    }

    async fn try_to_look(self) -> Result<(), Outcome> {
        let store = HistoryStore::open().await?;
        let state = store.state().await?;
        self.take_over(state);
        if self.access.get_untracked() == Access::Open {
            self.read_back(&store, AT_FIRST).await?;
        }
        Ok(())
    }

    /// Forgets what was read before, and the key if it is not the one any more.
    pub(super) fn take_over(self, state: State) {
        let is_sealed = state.lock.is_some();
        let is_locked = self.kept.try_update_value(|kept| {
            if kept.state.lock != state.lock {
                kept.cipher = None;
            }
            kept.entries.clear();
            kept.unreadable = 0;
            kept.read_from = state.next_id;
            kept.state = state;
            is_sealed && kept.cipher.is_none()
        });
        let access = if is_locked == Some(true) { Access::Locked } else { Access::Open };
        set_if_new(self.is_sealed, is_sealed);
        set_if_new(self.access, access);
        self.has_changed();
    }

    pub(super) fn read_all(self) {
        let is_whole = self.kept.with_value(Kept::is_whole);
        let is_open = self.access.get_untracked() == Access::Open;
        if is_whole || !is_open || self.is_reading.get_untracked() {
            return;
        }
        self.is_reading.set(true);
        spawn_local(async move {
            if let Err(why) = self.must_be_whole().await {
                self.outcome.set(Some(why));
            }
            self.is_reading.set(false);
        });
    }

    pub(super) async fn must_be_whole(self) -> Result<(), Outcome> {
        let store = HistoryStore::open().await?;
        Ok(self.read_back(&store, usize::MAX).await?)
    }

    /// Reads on into the past until so many entries are in memory, or all.
    async fn read_back(self, store: &HistoryStore, enough: usize) -> Result<(), ReadError> {
        loop {
            let (before, first, has, cipher, generation) = self.kept.with_value(|kept| {
                let State { first_id, generation, .. } = kept.state;
                let has = kept.entries.len();
                (kept.read_from, first_id, has, kept.cipher.clone(), generation)
            });
            if before <= first || has >= enough {
                return Ok(());
            }
            let from = before.saturating_sub(AT_ONCE).max(first);
            let stored = store.range(from, before).await?;
            let read = read(stored, cipher.as_ref()).await?;
            let was_added = self.kept.try_update_value(|kept| {
                // Whoever was faster has begun anew.
                let is_next = kept.state.generation == generation && kept.read_from == before;
                if is_next {
                    kept.read_from = from;
                    kept.unreadable += read.unreadable.len();
                    kept.entries.splice(0..0, read.entries.into_iter().map(Arc::new));
                }
                is_next
            });
            if was_added == Some(true) {
                self.has_changed();
            }
            if self.access.get_untracked() != Access::Open {
                return Ok(());
            }
            frame::let_others().await;
        }
    }

    /// What another tab did.
    pub(super) fn hear(self, word: Word) {
        spawn_local(async move {
            let known = self.kept.with_value(|kept| kept.state.generation);
            match word {
                Word::Added { generation, from, before } if generation == known => {
                    // If that fails, the next look finds it.
                    let _ = self.catch_up(from, before).await;
                }
                _ => self.look().await,
            }
        });
    }

    async fn catch_up(self, from: u64, before: u64) -> Result<(), ReadError> {
        if self.access.get_untracked() != Access::Open || before.saturating_sub(from) > AT_ONCE {
            return Ok(());
        }
        let (generation, cipher) =
            self.kept.with_value(|kept| (kept.state.generation, kept.cipher.clone()));
        let stored = HistoryStore::open().await?.range(from, before).await?;
        let read = read(stored, cipher.as_ref()).await?;
        self.put_in_place(generation, read.entries, before);
        Ok(())
    }

    /// Puts entries among the others, each once, unless these are others by now.
    fn put_in_place(self, generation: u64, entries: Vec<Entry>, before: u64) {
        self.kept.update_value(|kept| {
            if kept.state.generation != generation {
                return;
            }
            kept.state.next_id = kept.state.next_id.max(before);
            for entry in entries {
                let place = kept.entries.binary_search_by_key(&entry.id, |it| it.id);
                if let (Err(place), true) = (place, entry.id >= kept.read_from) {
                    kept.entries.insert(place, Arc::new(entry));
                }
            }
        });
        self.has_changed();
    }

    pub(super) fn has_changed(self) {
        self.turn.update(|turn| *turn = turn.wrapping_add(1));
    }
}

/// Writing.
impl History {
    /// One batch after the other, each with everything that came meanwhile.
    pub(super) fn write_soon(self) {
        let access = self.access.get_untracked();
        let begins = self.kept.try_update_value(|kept| {
            let excess = kept.waiting.len().saturating_sub(MOST_WAITING);
            kept.waiting.drain(..excess);
            let begins = !kept.is_writing && !kept.waiting.is_empty() && may_write(access);
            kept.is_writing |= begins;
            begins
        });
        self.show_waiting();
        if begins == Some(true) {
            spawn_local(async move {
                self.write_all().await;
                self.kept.update_value(|kept| kept.is_writing = false);
                self.show_waiting();
            });
        }
    }

    async fn write_all(self) {
        loop {
            // What failed at the beginning may work now.
            if self.access.get_untracked() == Access::Unavailable
                && let Err(why) = self.try_to_look().await
            {
                return self.tell(why);
            }
            if self.access.get_untracked() != Access::Open {
                return;
            }
            let notes = self.kept.try_update_value(|kept| std::mem::take(&mut kept.waiting));
            let Some(notes) = notes.filter(|notes| !notes.is_empty()) else { return };
            let notes: Vec<_> = notes.into();
            let why = match self.keep(&notes).await {
                Ok(()) => {
                    self.kept.update_value(|kept| kept.was_told = false);
                    continue;
                }
                Err(why) => why,
            };
            self.kept.update_value(|kept| {
                for note in notes.into_iter().rev() {
                    kept.waiting.push_front(note);
                }
            });
            match why {
                // Another tab was faster: once more, as things are now.
                Outcome::Crossed => {
                    if let Err(why) = self.try_to_look().await {
                        return self.tell(why);
                    }
                }
                why => return self.tell(why),
            }
        }
    }

    async fn keep(self, notes: &[(ConversationId, Note)]) -> Result<(), Outcome> {
        let store = HistoryStore::open().await?;
        let (state, from) = store.reserve(notes.len()).await?;
        let (generation, cipher) =
            self.kept.with_value(|kept| (kept.state.generation, kept.cipher.clone()));
        if state.generation != generation {
            return Err(Outcome::Crossed);
        }
        let entries = notes.iter().zip(from..);
        let entries: Vec<Entry> = entries
            .map(|((conversation, note), id)| Entry::new(id, *conversation, note.clone()))
            .collect();
        let plain = entries.iter().map(plain).collect();
        let stored = to_be_stored(plain, cipher.as_ref()).await?;
        store.append(generation, &stored).await?;
        self.put_in_place(generation, entries, state.next_id);
        self.tell_others(Word::Added { generation, from, before: state.next_id });
        Ok(())
    }

    fn show_waiting(self) {
        set_if_new(self.waiting, self.kept.with_value(|kept| kept.waiting.len()));
    }

    /// Says why nothing is kept, until something is again.
    fn tell(self, why: Outcome) {
        let was_told =
            self.kept.try_update_value(|kept| std::mem::replace(&mut kept.was_told, true));
        if was_told == Some(false) {
            self.trouble.set(Some(why));
        }
    }
}

/// Whoever types into what is drawn from it is not to be interrupted for nothing.
fn set_if_new<T: Copy + PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.get_untracked() != value {
        signal.set(value);
    }
}

fn may_write(access: Access) -> bool {
    matches!(access, Access::Open | Access::Unavailable)
}

impl Kept {
    /// Whether everything there is is in memory.
    pub(super) fn is_whole(&self) -> bool {
        self.read_from <= self.state.first_id
    }

    /// Ids of everything of one conversation that is in memory.
    pub(super) fn ids_of(&self, conversation: ConversationId) -> Vec<u64> {
        let of_it = self.entries.iter().filter(|entry| entry.conversation == conversation);
        of_it.map(|entry| entry.id).collect()
    }
}
