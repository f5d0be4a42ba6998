//! What was said, kept: one entry after another, as data.
//!
//! - [`file`]: the form in which a history is taken along; [`reading`]: the same from
//!   outside, where nothing of it is to be believed
//! - [`merging`]: a history that was brought, put to the one that is there
//! - [`search`]: entries found again by what is remembered of them
//! - [`days`]: entries as they are looked through, by day and conversation
//!
//! Where entries are kept, and under which lock, is the page's to know.

pub mod days;
pub mod file;
pub mod merging;
pub mod reading;
pub mod search;
#[cfg(test)]
mod tests;

use std::borrow::Borrow;

use bella_protocol::Mood;
use serde::Serialize;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::{Language, Now};

pub use days::Group;
pub use file::write;
pub use merging::{Merged, merge};
pub use reading::{NotRead, Unfit, read};
pub use search::Query;

/// What one entry may say. A longer one is cut where it is noted and refused where it
/// is read: nobody speaks or writes that much in one breath.
pub const MOST_TEXT_BYTES: usize = 32 << 10;

/// Numbers of a history can be read by anything that reads JSON: a browser's own
/// numbers are exact up to here.
pub const LARGEST_NUMBER: u64 = (1 << 53) - 1;

/// What a text that was cut ends in.
const CUT: &str = "…";

/// Entries that belong together: said in one sitting, in one tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ConversationId(u64);

impl ConversationId {
    /// Two tabs that begin in the same millisecond are told apart by chance.
    pub fn new(now: Now) -> Self {
        const CHANCE_BITS: u32 = 10;
        let chance = now.random & ((1 << CHANCE_BITS) - 1);
        Self((now.at_ms << CHANCE_BITS | chance) & LARGEST_NUMBER)
    }

    pub fn from_number(number: u64) -> Option<Self> {
        (number <= LARGEST_NUMBER).then_some(Self(number))
    }

    pub fn number(self) -> u64 {
        self.0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Speaker {
    Person,
    Bella,
}

/// How words came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    Typed,
    Spoken,
}

/// How they ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    Done,
    Stopped,
    Failed,
}

/// The names that files and tests go by.
macro_rules! named {
    ($Kind:ident { $($One:ident: $name:literal),+ }) => {
        impl $Kind {
            pub fn name(self) -> &'static str {
                match self { $($Kind::$One => $name),+ }
            }

            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some($Kind::$One),)+ _ => None }
            }
        }
    };
}

named!(Speaker { Person: "person", Bella: "bella" });
named!(Way { Typed: "typed", Spoken: "spoken" });
named!(Ending { Done: "done", Stopped: "stopped", Failed: "failed" });

/// Something that was said to its end, before it has a place among the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// Milliseconds since the Unix epoch.
    pub at_ms: u64,
    pub speaker: Speaker,
    pub text: String,
    pub language: Option<Language>,
    pub mood: Option<Mood>,
    pub came: Way,
    pub ended: Ending,
}

/// One entry. Its text is composed (NFC) and no longer than [`MOST_TEXT_BYTES`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// Grows from entry to entry and is never given twice on a device.
    pub id: u64,
    pub at_ms: u64,
    pub conversation: ConversationId,
    pub speaker: Speaker,
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mood: Option<Mood>,
    pub came: Way,
    pub ended: Ending,
}

impl Entry {
    pub fn new(id: u64, conversation: ConversationId, note: Note) -> Self {
        let Note { at_ms, speaker, text, language, mood, came, ended } = note;
        let text = cut(composed(text));
        Self { id, at_ms, conversation, speaker, text, language, mood, came, ended }
    }

    /// As it is kept.
    pub fn to_json(&self) -> String {
        // Plain data is always written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Of entries in their order, the last `most` of one conversation.
pub fn last_of<E: Borrow<Entry>>(
    entries: &[E],
    conversation: ConversationId,
    most: usize,
) -> Vec<&E> {
    let is_of = |entry: &&E| (*entry).borrow().conversation == conversation;
    let mut last: Vec<&E> = entries.iter().rev().filter(is_of).take(most).collect();
    last.reverse();
    last
}

/// Letters in one piece wherever there is one for them, so that the same word is
/// always the same bytes.
fn composed(text: String) -> String {
    if is_nfc(&text) { text } else { text.nfc().collect() }
}

fn cut(mut text: String) -> String {
    if text.len() <= MOST_TEXT_BYTES {
        return text;
    }
    let mut end = MOST_TEXT_BYTES - CUT.len();
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text.push_str(CUT);
    text
}
