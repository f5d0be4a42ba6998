use super::*;
use crate::history::reading::read_entry;

#[test]
fn an_entry_is_composed_and_cut_where_a_letter_ends() {
    let entry = said(1, "\u{1107}\u{1166}\u{11AF}\u{1105}\u{1161}");
    assert_eq!(entry.text, "벨라");
    let long = "벨".repeat(MOST_TEXT_BYTES);
    let entry = said(1, &long);
    assert!(entry.text.len() <= MOST_TEXT_BYTES && entry.text.ends_with('…'));
    assert!(entry.text.len() > MOST_TEXT_BYTES - 6);
    assert!(long.starts_with(entry.text.trim_end_matches('…')));
}

#[test]
fn an_entry_comes_back_from_where_it_is_kept() {
    for entry in whole() {
        assert_eq!(read_entry(entry.to_json().as_bytes()), Some(entry));
    }
    for damaged in ["", "null", "{}", "[1]", "{\"id\":1}", "\u{0}"] {
        assert_eq!(read_entry(damaged.as_bytes()), None, "{damaged:?}");
    }
}

#[test]
fn conversations_that_begin_at_once_are_told_apart_by_chance() {
    let id = |at_ms, random| ConversationId::new(Now { at_ms, random });
    assert_ne!(id(5, 1), id(5, 2));
    assert!(id(5, u64::MAX) < id(6, 0), "later ones are larger");
    assert!(id(u64::MAX, u64::MAX).number() <= LARGEST_NUMBER);
    assert_eq!(ConversationId::from_number(LARGEST_NUMBER + 1), None);
}

#[test]
fn the_end_of_a_conversation_is_found_among_others() {
    let mut entries: Vec<Entry> = (1..=6).map(|id| said(id, "x")).collect();
    entries[3].conversation = ConversationId(9);
    let ids = |conversation, most| -> Vec<u64> {
        last_of(&entries, ConversationId(conversation), most).iter().map(|it| it.id).collect()
    };
    assert_eq!(ids(7, 3), [3, 5, 6]);
    assert_eq!(ids(7, 99), [1, 2, 3, 5, 6]);
    assert_eq!(ids(9, 3), [4]);
    assert!(ids(8, 3).is_empty());
}

#[test]
fn what_is_taken_along_and_brought_back_is_the_same() {
    let entries = whole();
    let file = only(write(&entries, 42));
    assert!(file.starts_with("{\"format\":\"bella-history\",\"version\":1,\"exported\":42,"));
    assert_eq!(file.lines().count(), entries.len() + 2, "an entry a line: {file}");
    assert_eq!(read(file.as_bytes()), Ok(entries));
    assert_eq!(read(only(write(&[], 0)).as_bytes()), Ok(vec![]));
}

#[test]
fn a_history_too_long_for_one_file_becomes_several() {
    let entries: Vec<Entry> = (1..=50).map(|id| said(id, &"벨라".repeat(20))).collect();
    for (most_bytes, most_entries) in [(2000, 100), (1 << 20, 7), (1, 100)] {
        let files = file::write_within(&entries, 0, most_bytes, most_entries);
        assert!(files.len() > 5, "{}", files.len());
        let read = files.iter().map(|file| read(file.as_bytes()).expect("what was written"));
        let read: Vec<Vec<Entry>> = read.collect();
        assert!(read.iter().all(|part| !part.is_empty() && part.len() <= most_entries));
        assert!(most_bytes == 1 || files.iter().all(|file| file.len() <= most_bytes));
        assert_eq!(read.concat(), entries);
    }
}

#[test]
fn what_is_brought_twice_is_there_once_and_stands_at_its_time() {
    let kept = [said(10, "first"), said(30, "third")];
    // From another device, with ids of its own.
    let brought = vec![
        Entry { id: 1, ..said(20, "second") },
        Entry { id: 2, ..said(30, "third") },
        Entry { id: 3, ..said(20, "second") },
        Entry { id: 4, ..said(30, "other words") },
        Entry { id: 5, speaker: Speaker::Bella, ..said(30, "third") },
    ];
    let merged = merge(&kept, brought.clone());
    let texts: Vec<&str> = merged.entries.iter().map(|entry| entry.text.as_str()).collect();
    assert_eq!(texts, ["first", "second", "third", "other words", "third"]);
    assert_eq!((merged.added, merged.known), (3, 2));
    let again = merge(&merged.entries, brought);
    assert_eq!((again.added, again.entries), (0, merged.entries));
}

#[test]
fn a_list_shows_the_last_day_first_and_each_conversation_as_it_went() {
    let entry = |id, at_ms, conversation| Entry {
        conversation: ConversationId(conversation),
        ..at(id, at_ms, Speaker::Person, "x")
    };
    let entries = [
        entry(1, 100, 1),
        entry(2, 190, 1),
        entry(3, 210, 1),
        entry(4, 220, 2),
        entry(5, 230, 1),
        entry(6, 240, 2),
    ];
    let groups = days::group(entries.iter().rev(), |at_ms| at_ms / 100);
    let told: Vec<(u64, bool, u64, Vec<u64>)> = groups
        .iter()
        .map(|group| {
            let ids = group.entries.iter().map(|entry| entry.id).collect();
            (group.day, group.begins_day, group.conversation.number(), ids)
        })
        .collect();
    assert_eq!(
        told,
        [(2, true, 2, vec![4, 6]), (2, false, 1, vec![3, 5]), (1, true, 1, vec![1, 2])]
    );
}
