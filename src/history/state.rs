//! What is kept beside the entries of a history, and one entry as it is kept.

use bella_companion::history::{Entry, LARGEST_NUMBER, reading};
use serde::{Deserialize, Serialize};

use super::lock::Lock;

const VERSION: u32 = 1;

/// There is one for all tabs. A tab that changes something compares it, in the same
/// transaction, with what it knew: so nobody writes on top of what they never saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    version: u32,
    /// Grows with every change that is more than one entry more.
    pub generation: u64,
    /// No entry has an id below this one.
    pub first_id: u64,
    /// The next id to be given. None is given twice, so that no sealed entry ever fits
    /// in the place of another.
    pub next_id: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<Lock>,
}

impl Default for State {
    fn default() -> Self {
        Self { version: VERSION, generation: 0, first_id: 1, next_id: 1, lock: None }
    }
}

/// Why what is kept cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("it was written by a later version")]
    Later,
    #[error("it was damaged")]
    Damaged,
}

impl State {
    pub fn read(json: &str) -> Result<Self, Unreadable> {
        #[derive(Deserialize)]
        struct Head {
            version: u32,
        }
        let Head { version } = serde_json::from_str(json).map_err(|_| Unreadable::Damaged)?;
        if version > VERSION {
            return Err(Unreadable::Later);
        }
        let state: Self = serde_json::from_str(json).map_err(|_| Unreadable::Damaged)?;
        let is_sound = state.first_id <= state.next_id && state.next_id <= LARGEST_NUMBER;
        if is_sound { Ok(state) } else { Err(Unreadable::Damaged) }
    }

    pub fn write(&self) -> String {
        // Plain data is always written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// After a change that is more than one entry more.
    #[must_use]
    pub fn changed(&self) -> Self {
        Self { generation: self.generation.wrapping_add(1), ..self.clone() }
    }

    /// After everything was written anew: this many entries, under ids that were never
    /// given before, and what could not be opened where it was.
    #[must_use]
    pub fn rewritten(&self, entries: usize, kept_from: Option<u64>, lock: Option<Lock>) -> Self {
        let first_id = kept_from.unwrap_or(self.next_id).min(self.next_id);
        let next_id = self.next_id.saturating_add(entries as u64);
        Self { first_id, next_id, lock, ..self.changed() }
    }
}

/// An entry as the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    Open(String),
    Sealed(Vec<u8>),
}

/// A text of this length is told from one of another only by these steps.
const STEP: usize = 256;

/// What is sealed of a text. Blanks at its end hide how long it is: sealed bytes are
/// as many as open ones.
pub fn padded(mut json: Vec<u8>) -> Vec<u8> {
    json.resize(json.len().next_multiple_of(STEP), b' ');
    json
}

/// What was kept under this id; nothing if it is not what was put there.
pub fn opened(id: u64, json: &[u8]) -> Option<Entry> {
    reading::read_entry(json).filter(|entry| entry.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::lock::Recipe;
    use crate::secret::Sealed;
    use bella_companion::history::{ConversationId, Ending, Note, Speaker, Way};

    fn entry(text: &str) -> Entry {
        let note = Note {
            at_ms: 5,
            speaker: Speaker::Person,
            text: text.to_owned(),
            language: None,
            mood: None,
            came: Way::Typed,
            ended: Ending::Done,
        };
        Entry::new(7, ConversationId::from_number(3).expect("a number"), note)
    }

    #[test]
    fn what_is_kept_comes_back_as_it_was() {
        let word = Sealed::new(&[1; 12], &[2; 40]);
        let lock = Some(Lock { recipe: Recipe::new(&[3; 16]), word });
        for state in
            [State::default(), State { generation: 4, next_id: 90, lock, ..State::default() }]
        {
            assert_eq!(State::read(&state.write()), Ok(state));
        }
    }

    #[test]
    fn what_was_damaged_or_comes_later_is_told() {
        let good = State::default().write();
        for (bad, why) in [
            ("".to_owned(), Unreadable::Damaged),
            ("{}".to_owned(), Unreadable::Damaged),
            (good.replace("\"version\":1", "\"version\":2"), Unreadable::Later),
            ("{\"version\":2,\"all\":\"new\"}".to_owned(), Unreadable::Later),
            (good.replace("\"next_id\":1", "\"next_id\":0"), Unreadable::Damaged),
            (
                good.replace("\"next_id\":1", &format!("\"next_id\":{}", u64::MAX)),
                Unreadable::Damaged,
            ),
            (good.replace("}", ",\"lock\":7}"), Unreadable::Damaged),
        ] {
            assert_eq!(State::read(&bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn ids_are_never_given_twice() {
        let state = State { first_id: 3, next_id: 10, ..State::default() };
        let after = state.rewritten(4, None, None);
        assert_eq!((after.first_id, after.next_id, after.generation), (10, 14, 1));
        let with_damage = state.rewritten(0, Some(5), None);
        assert_eq!((with_damage.first_id, with_damage.next_id), (5, 10));
    }

    #[test]
    fn what_is_sealed_of_an_entry_tells_little_of_its_length() {
        let [short, longer] =
            ["a", "a few words more"].map(|text| padded(entry(text).to_json().into_bytes()));
        assert_eq!(short.len(), longer.len());
        assert_eq!(opened(7, &longer), Some(entry("a few words more")));
        assert_eq!(opened(8, &longer), None, "it was put in another place");
    }
}
