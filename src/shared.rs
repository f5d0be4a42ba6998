//! What another app shared with Bella: it becomes a draft, which the person sends
//! or does not.

use leptos::prelude::*;
use serde::Deserialize;

use crate::bella::Bella;
use crate::browser::page::entry::{self, Entry};

/// Far beyond what any model here can hold, and short enough that a pasted book
/// does not freeze the page. What is too long for the model, the engine says.
/// Counted as browsers count, in UTF-16.
pub const LONGEST_MESSAGE: usize = 32_000;

/// As `public/sw.js` wrote it down.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Shared {
    texts: Vec<String>,
    files: Vec<File>,
    /// It was more than may be shared at once.
    refused: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct File {
    name: String,
    /// Absent when it is no text.
    text: Option<String>,
}

/// What a person is told about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    InDraft,
    /// Only the beginning fits into a message.
    Cut,
    /// A file that is not a text. Nothing here can read it yet.
    NotText {
        name: String,
    },
    TooMuch,
}

impl Shared {
    /// Adds to what stands in the composer, and says what came of it.
    pub fn into_draft(self, draft: &mut String) -> Vec<Note> {
        let mut notes = Vec::new();
        if self.refused {
            notes.push(Note::TooMuch);
        }
        let mut parts: Vec<String> = Vec::new();
        for text in self.texts.into_iter().map(|text| text.trim().to_owned()) {
            // Many apps send the address a second time, within the text.
            if !text.is_empty() && !parts.iter().any(|part| part.contains(&text)) {
                parts.push(text);
            }
        }
        for File { name, text } in self.files {
            match text {
                Some(text) if text.trim().is_empty() => {}
                Some(text) => parts.push(format!("{name}\n{}", text.trim())),
                None => notes.push(Note::NotText { name }),
            }
        }
        if parts.is_empty() {
            return notes;
        }
        if !draft.trim().is_empty() {
            parts.insert(0, draft.trim_end().to_owned());
        }
        *draft = parts.join("\n\n");
        let kept = fitting(draft, LONGEST_MESSAGE);
        notes.insert(0, if kept < draft.len() { Note::Cut } else { Note::InDraft });
        draft.truncate(kept);
        notes
    }
}

/// How many bytes of a text are within so many units of UTF-16.
fn fitting(text: &str, units: usize) -> usize {
    let mut left = units;
    for (at, letter) in text.char_indices() {
        match left.checked_sub(letter.len_utf16()) {
            Some(rest) => left = rest,
            None => return at,
        }
    }
    text.len()
}

/// What was shared last, until it is waved away.
#[derive(Clone, Copy, Debug)]
pub struct Sharing {
    pub notes: RwSignal<Vec<Note>>,
    /// The person came to write, and has not begun.
    comes_to_write: StoredValue<bool>,
}

impl Sharing {
    /// Fetches what the page was opened with, if it was.
    pub fn take(entry: Entry, bella: Bella) -> Self {
        let comes_to_write = StoredValue::new(entry != Entry::Plain);
        let sharing = Self { notes: RwSignal::default(), comes_to_write };
        if let Entry::Shared(id) = entry {
            leptos::task::spawn_local(async move {
                let taken = entry::shared(&id).await;
                let Some(shared) = taken.and_then(|json| serde_json::from_str(&json).ok()) else {
                    return;
                };
                let shared: Shared = shared;
                let mut notes = Vec::new();
                bella.draft.update(|draft| notes = shared.into_draft(draft));
                sharing.notes.set(notes);
            });
        }
        sharing
    }

    /// Whether the person came to write: the first time it is asked.
    pub fn comes_to_write(self) -> bool {
        let comes = self.comes_to_write.get_value();
        self.comes_to_write.set_value(false);
        comes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, before: &str, expected: &str, notes: &[Note]) {
        let shared: Shared = serde_json::from_str(json).expect("reads");
        let mut draft = before.to_owned();
        assert_eq!(shared.into_draft(&mut draft), notes, "{json}");
        assert_eq!(draft, expected, "{json}");
    }

    #[test]
    fn texts_and_text_files_become_a_draft() {
        check(
            r#"{"texts":["Recipe","Boil it.\nhttps://example.org/r","https://example.org/r"],"files":[],"refused":false}"#,
            "",
            "Recipe\n\nBoil it.\nhttps://example.org/r",
            &[Note::InDraft],
        );
        check(
            r#"{"texts":[],"files":[{"name":"메모.txt","text":" 우유 사기\n"}],"refused":false}"#,
            "이거 정리해 줘: ",
            "이거 정리해 줘:\n\n메모.txt\n우유 사기",
            &[Note::InDraft],
        );
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let name = || "photo.png".to_owned();
        check(
            r#"{"texts":["Look"],"files":[{"name":"photo.png","text":null}],"refused":false}"#,
            "",
            "Look",
            &[Note::InDraft, Note::NotText { name: name() }],
        );
        check(
            r#"{"texts":[],"files":[{"name":"photo.png","text":null}],"refused":false}"#,
            "as it was ",
            "as it was ",
            &[Note::NotText { name: name() }],
        );
        check(r#"{"texts":[],"files":[],"refused":true}"#, "", "", &[Note::TooMuch]);
        check(r#"{"texts":[],"files":[],"refused":false}"#, "", "", &[]);
    }

    #[test]
    fn what_is_too_long_is_cut_between_letters() {
        let long = "🔔".repeat(LONGEST_MESSAGE / 2 + 1);
        let shared = Shared { texts: vec![format!("a{long}")], files: Vec::new(), refused: false };
        let mut draft = String::new();
        assert_eq!(shared.into_draft(&mut draft), [Note::Cut]);
        assert_eq!(draft.encode_utf16().count(), LONGEST_MESSAGE - 1);
        assert!(draft.starts_with("a🔔") && draft.ends_with('🔔'));
    }
}
