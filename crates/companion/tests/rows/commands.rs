//! Requests among thousands of sentences that people say to assistants and to friends.

use std::collections::BTreeSet;

use bella_companion::{Persona, commands};

use crate::{rows, text_of};

/// Every match was looked at by hand: all that is found has to be listed, and is a
/// request. So none of the others, near misses among them, may ever be found.
#[track_caller]
fn check(collection: &str, expected: &[(&str, &str)]) {
    let Some(rows) = rows(collection) else { return };
    let found: BTreeSet<(&str, &str)> = rows
        .iter()
        .map(text_of)
        .filter_map(|text| {
            commands::understand(text, &Persona::default()).map(|command| (command.name(), text))
        })
        .collect();
    eprintln!("{collection}: {} of {} rows are requests", found.len(), rows.len());
    assert_eq!(found, expected.iter().copied().collect(), "{collection}");
}

#[test]
fn assistants_are_asked_for_other_things() {
    check(
        "slurp-en.jsonl",
        &[
            ("date", "date today"),
            ("date", "tell me today's date"),
            ("date", "what date is it today"),
            ("time", "say the time"),
            ("time", "time now"),
            ("voice-off", "mute please"),
        ],
    );
    check("snips-en.jsonl", &[]);
}

#[test]
fn houses_are_asked_for_other_things() {
    check(
        "ha-intents-en.jsonl",
        &[
            ("date", "tell me the date"),
            ("date", "what's the date today"),
            ("time", "tell me the time"),
            ("time", "what time is it"),
        ],
    );
    check("ha-intents-ko.jsonl", &[]);
}

#[test]
fn friends_talk_of_other_things() {
    check("3i4k-ko.jsonl", &[]);
    check("chatbot-ko.jsonl", &[("help", "너 또 뭐할 줄 알아?")]);
    check("nsmc-dev.jsonl", &[]);
    check("sst2-dev.jsonl", &[]);
}
