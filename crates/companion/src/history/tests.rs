//! Histories kept, taken along, brought back and looked through.

mod keeping;
mod reading;
mod searching;

use super::*;

fn at(id: u64, at_ms: u64, speaker: Speaker, text: &str) -> Entry {
    let note = Note {
        at_ms,
        speaker,
        text: text.to_owned(),
        language: None,
        mood: None,
        came: Way::Typed,
        ended: Ending::Done,
    };
    Entry::new(id, ConversationId(7), note)
}

fn said(id: u64, text: &str) -> Entry {
    at(id, id * 1000, Speaker::Person, text)
}

/// One of everything.
fn whole() -> Vec<Entry> {
    let mood = Mood { negative: 0.1, positive: 0.8125 };
    let asked =
        Entry { language: Some(Language::Korean), mood: Some(mood), ..said(1, "오늘 어때?") };
    let answered = at(2, 2000, Speaker::Bella, "좋아요. \"Very\" good,\n\\ and 🧑‍🚀.");
    let spoken = Entry { came: Way::Spoken, language: Some(Language::English), ..said(3, "Stop") };
    let stopped = Entry { ended: Ending::Stopped, ..at(4, 4000, Speaker::Bella, "I was go") };
    let failed = Entry { ended: Ending::Failed, ..at(5, 5000, Speaker::Bella, "") };
    vec![asked, answered, spoken, stopped, failed]
}

fn only<T>(mut list: Vec<T>) -> T {
    assert_eq!(list.len(), 1);
    list.remove(0)
}
