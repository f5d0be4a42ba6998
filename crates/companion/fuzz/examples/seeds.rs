//! A small valid history for the fuzzer to start from.

use std::fs;
use std::path::Path;

use bella_companion::history::{ConversationId, Ending, Entry, Note, Speaker, Way, write};
use bella_companion::{Language, Now};
use bella_protocol::Mood;

fn main() -> std::io::Result<()> {
    let conversation = ConversationId::new(Now { at_ms: 1_790_000_000_000, random: 7 });
    let entry = |(id, (speaker, text)): (u64, (Speaker, &str))| {
        let note = Note {
            at_ms: id * 1000,
            speaker,
            text: text.to_owned(),
            language: Some(Language::Korean),
            mood: Some(Mood { negative: 0.25, positive: 0.5 }),
            came: Way::Spoken,
            ended: Ending::Done,
        };
        Entry::new(id, conversation, note)
    };
    let said = [
        (Speaker::Person, "안녕, 벨라!"),
        (Speaker::Bella, "\"Hello\"\n\\ 🧑‍🚀"),
        (Speaker::Bella, ""),
    ];
    let entries: Vec<Entry> = (1..).zip(said).map(entry).collect();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/history");
    fs::create_dir_all(&corpus)?;
    for (name, entries) in [("whole", &entries[..]), ("none", &[])] {
        fs::write(corpus.join(name), write(entries, 0).concat())?;
    }
    Ok(())
}
