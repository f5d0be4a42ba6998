//! The conversation as the device keeps it: noted as it goes on, found again, taken
//! along, erased; under a passphrase if the person wants one.
//!
//! - [`state`]: what is kept beside the entries; [`lock`]: what is kept of a passphrase
//! - [`keeping`]: entries on their way to the database and back, and `sealing` under
//!   which form; [`changing`]: what a person does to all of them; [`outcome`]: what came of it
//!
//! Without a passphrase entries are kept as they are, for this browser's eyes. With
//! one, each is sealed by itself; a page that was just opened is locked, and what is
//! said meanwhile waits in memory until it is opened.

pub mod changing;
pub mod keeping;
pub mod lock;
pub mod outcome;
mod sealing;
pub mod state;

use std::collections::VecDeque;
use std::sync::Arc;

use bella_companion::history::{ConversationId, Entry, Note, last_of};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::page::history_cipher::Cipher;
use crate::browser::page::other_tabs::OtherTabs;
use crate::browser::page::storage::{self, Key};
use crate::browser::page::{now, other_tabs};
use outcome::Outcome;
use state::State;

/// A conversation that ended longer ago is not taken up by a new visit. One that a
/// reload or a crash cut is, whenever it was.
const TAKEN_UP_FOR_MS: u64 = 12 * 60 * 60 * 1000;

/// Whether what is kept can be read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nobody has looked yet.
    Opening,
    Open,
    /// It waits for its passphrase.
    Locked,
    /// The browser keeps nothing here, or what it keeps cannot be understood.
    Unavailable,
}

impl Access {
    /// A stable name, for tests and styles.
    pub fn name(self) -> &'static str {
        match self {
            Access::Opening => "opening",
            Access::Open => "open",
            Access::Locked => "locked",
            Access::Unavailable => "unavailable",
        }
    }
}

/// A handle to the one history of this tab.
#[derive(Clone, Copy, Debug)]
pub struct History {
    kept: StoredValue<Kept, LocalStorage>,
    others: StoredValue<Option<OtherTabs>, LocalStorage>,
    pub access: RwSignal<Access>,
    /// Whether there is a passphrase.
    pub is_sealed: RwSignal<bool>,
    /// Whether the person wants the conversation to be kept.
    pub is_wanted: RwSignal<bool>,
    /// Turns with every change of the entries; see [`History::with_entries`].
    pub turn: RwSignal<u32>,
    /// Whether older entries are still being read.
    pub is_reading: RwSignal<bool>,
    /// Whether something is done to all of them.
    pub is_busy: RwSignal<bool>,
    /// What came of what the person did last.
    pub outcome: RwSignal<Option<Outcome>>,
    /// Why what is said is not kept. It is told once.
    pub trouble: RwSignal<Option<Outcome>>,
    /// How many entries wait for the passphrase.
    pub waiting: RwSignal<usize>,
}

/// What this tab knows.
#[derive(Debug, Default)]
struct Kept {
    state: State,
    cipher: Option<Cipher>,
    /// In the order of their ids, without a gap from [`Kept::read_from`] on.
    entries: Vec<Arc<Entry>>,
    read_from: u64,
    /// Of those that were read, the ones that could not be understood.
    unreadable: usize,
    /// What was said and is not in the database yet.
    waiting: VecDeque<(ConversationId, Note)>,
    is_writing: bool,
    was_told: bool,
    conversation: Option<ConversationId>,
}

/// What [`History::is_wanted`] is called in storage and by tests.
pub fn wanted_name(is_wanted: bool) -> &'static str {
    if is_wanted { "yes" } else { "no" }
}

impl History {
    /// Looks at once; see [`History::when_open`].
    pub fn start() -> Self {
        let is_refused = storage::recall(Key::KeepsHistory).as_deref() == Some(wanted_name(false));
        let history = Self {
            kept: StoredValue::new_local(Kept::default()),
            others: StoredValue::new_local(None),
            access: RwSignal::new(Access::Opening),
            is_sealed: RwSignal::new(false),
            is_wanted: RwSignal::new(!is_refused),
            turn: RwSignal::new(0),
            is_reading: RwSignal::new(false),
            is_busy: RwSignal::new(false),
            outcome: RwSignal::new(None),
            trouble: RwSignal::new(None),
            waiting: RwSignal::new(0),
        };
        let others = OtherTabs::new(move |word| history.hear(word));
        history.others.set_value(Some(others));
        Effect::watch(
            move || history.is_wanted.get(),
            |it, _, _| storage::remember(Key::KeepsHistory, Some(wanted_name(*it))),
            false,
        );
        spawn_local(history.look());
        history
    }

    /// Keeps something that was said to its end.
    pub fn note(self, note: Note) {
        if !self.is_wanted.get_untracked() {
            return;
        }
        let conversation = self.conversation(note.at_ms);
        self.kept.update_value(|kept| kept.waiting.push_back((conversation, note)));
        self.write_soon();
    }

    /// The last turns of the conversation that this tab is to go on with, at most so
    /// many: the one a reload or a crash cut, or else the last one, if that was not
    /// long ago and nobody ended it. What is noted from now on belongs to it.
    pub fn recent(self, most: usize) -> Vec<Arc<Entry>> {
        let Some(conversation) = self.to_be_taken_up() else { return Vec::new() };
        self.go_on_with(conversation);
        self.with_entries(|entries| {
            last_of(entries, conversation, most).into_iter().cloned().collect()
        })
    }

    /// Ends the conversation: what is noted next begins another. Answers which one it
    /// was, for [`History::go_on_with`].
    pub fn begin_conversation(self) -> Option<ConversationId> {
        let ended = self.kept.try_update_value(|kept| kept.conversation.take()).flatten();
        storage::leave_conversation("");
        if let Some(ended) = ended {
            storage::remember(Key::EndedConversation, Some(&ended.number().to_string()));
        }
        ended
    }

    /// Takes a conversation up again.
    pub fn go_on_with(self, conversation: ConversationId) {
        self.kept.update_value(|kept| kept.conversation = Some(conversation));
        let number = conversation.number().to_string();
        storage::leave_conversation(&number);
        if storage::recall(Key::EndedConversation) == Some(number) {
            storage::remember(Key::EndedConversation, None);
        }
    }

    /// Does something once the newest of the history was read: at once, or when it was
    /// opened. If it never is, it is never done.
    pub fn when_open(self, then: impl FnOnce() + 'static) {
        let then = StoredValue::new_local(Some(then));
        Effect::new(move |_| {
            let is_read = self.is_whole() || self.with_entries(|entries| !entries.is_empty());
            if self.access.get() == Access::Open
                && is_read
                && let Some(then) = then.try_update_value(Option::take).flatten()
            {
                untrack(then);
            }
        });
    }

    /// What is in memory, in the order of time; the newest always is.
    pub fn with_entries<T>(self, look: impl FnOnce(&[Arc<Entry>]) -> T) -> T {
        self.kept.with_value(|kept| look(&kept.entries))
    }

    /// Whether everything there is is in memory.
    pub fn is_whole(self) -> bool {
        self.turn.track();
        self.kept.with_value(Kept::is_whole)
    }

    /// How many entries could not be understood.
    pub fn unreadable(self) -> usize {
        self.kept.with_value(|kept| kept.unreadable)
    }

    /// Whether anything is kept, even if nobody can read it now.
    pub fn is_anything_kept(self) -> bool {
        self.turn.track();
        self.kept.with_value(|kept| match kept.is_whole() {
            true => !kept.entries.is_empty() || kept.unreadable > 0,
            false => kept.state.first_id < kept.state.next_id,
        })
    }

    fn conversation(self, at_ms: u64) -> ConversationId {
        if let Some(conversation) = self.kept.with_value(|kept| kept.conversation) {
            return conversation;
        }
        let conversation = ConversationId::new(bella_companion::Now { at_ms, ..now::now() });
        self.go_on_with(conversation);
        conversation
    }

    fn to_be_taken_up(self) -> Option<ConversationId> {
        let read = |text: String| ConversationId::from_number(text.parse().ok()?);
        match storage::left_conversation() {
            // Ended, and nothing begun since.
            Some(left) if left.is_empty() => None,
            Some(left) => read(left),
            None => {
                let (last, at_ms) = self.with_entries(|entries| {
                    entries.last().map(|entry| (entry.conversation, entry.at_ms))
                })?;
                let is_fresh = now::at_ms().saturating_sub(at_ms) < TAKEN_UP_FOR_MS;
                let ended = storage::recall(Key::EndedConversation).and_then(read);
                (is_fresh && ended != Some(last)).then_some(last)
            }
        }
    }

    fn tell_others(self, word: other_tabs::Word) {
        self.others.with_value(|others| others.iter().for_each(|others| others.tell(word)));
    }
}

pub fn provide_history() {
    provide_context(History::start());
}

pub fn use_history() -> History {
    expect_context()
}
