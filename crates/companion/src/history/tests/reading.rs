use super::*;
use crate::history::reading::{MOST_BYTES, MOST_ENTRIES};
use serde_json::{Value, json};

fn good() -> Value {
    json!({
        "format": "bella-history", "version": 1, "exported": 0,
        "entries": [entry(), entry()],
    })
}

fn entry() -> Value {
    json!({ "id": 1, "at_ms": 5, "conversation": 3, "speaker": "person", "text": "hi",
        "language": "ko", "mood": { "negative": 0.5, "positive": 0 }, "came": "typed",
        "ended": "done" })
}

#[track_caller]
fn check_file(change: impl FnOnce(&mut Value), expected: NotRead) {
    let mut file = good();
    change(&mut file);
    assert_eq!(read(file.to_string().as_bytes()), Err(expected), "{file}");
}

/// The second entry has one field that is something else.
#[track_caller]
fn check_entry(field: &'static str, value: Value, why: Unfit) {
    let mut file = good();
    file["entries"][1][field] = value;
    let expected = NotRead::Unfit { at: Some(1), field, why };
    assert_eq!(read(file.to_string().as_bytes()), Err(expected), "{file}");
}

fn of_file(field: &'static str, why: Unfit) -> NotRead {
    NotRead::Unfit { at: None, field, why }
}

#[test]
fn what_is_wrong_with_a_file_is_told_with_its_place() {
    let remove = |field: &'static str| {
        move |file: &mut Value| drop(file.as_object_mut().expect("a map").remove(field))
    };
    check_file(remove("format"), NotRead::NotAHistory);
    check_file(|file| file["format"] = json!("other"), NotRead::NotAHistory);
    check_file(|file| file["format"] = json!(1), NotRead::NotAHistory);
    check_file(|file| *file = json!([]), NotRead::NotAHistory);
    check_file(|file| *file = json!("bella-history"), NotRead::NotAHistory);
    check_file(|file| *file = json!(null), NotRead::NotAHistory);
    check_file(remove("version"), of_file("version", Unfit::Missing));
    check_file(|file| file["version"] = json!("1"), of_file("version", Unfit::WrongKind));
    check_file(|file| file["version"] = json!(2), NotRead::OtherVersion { found: 2 });
    check_file(remove("entries"), of_file("entries", Unfit::Missing));
    check_file(|file| file["entries"] = json!({}), of_file("entries", Unfit::WrongKind));
    check_file(|file| file["entries"] = json!("none"), of_file("entries", Unfit::WrongKind));
    let entry_1 = |why| NotRead::Unfit { at: Some(1), field: "entry", why };
    check_file(|file| file["entries"][1] = json!(7), entry_1(Unfit::WrongKind));
    check_file(|file| file["entries"][1] = json!([entry()]), entry_1(Unfit::WrongKind));
    // A later version may have entries that nobody knows here.
    check_file(
        |file| {
            file["version"] = json!(9);
            file["entries"] = json!([1]);
        },
        NotRead::OtherVersion { found: 9 },
    );
}

#[test]
fn what_is_wrong_with_an_entry_is_told_with_its_place() {
    for (field, value, why) in [
        ("id", json!("1"), Unfit::WrongKind),
        ("id", json!(-1), Unfit::WrongKind),
        ("id", json!(1.5), Unfit::WrongKind),
        ("id", json!(u64::MAX), Unfit::Unknown),
        ("at_ms", json!(null), Unfit::WrongKind),
        ("at_ms", json!(9_000_000_000_000_000_u64), Unfit::Unknown),
        ("conversation", json!({}), Unfit::WrongKind),
        ("speaker", json!("system"), Unfit::Unknown),
        ("speaker", json!(0), Unfit::WrongKind),
        ("text", json!(["hi"]), Unfit::WrongKind),
        ("text", json!("a".repeat(MOST_TEXT_BYTES + 1)), Unfit::TooLong),
        // It grows when it is composed.
        ("text", json!("\u{0958}".repeat(MOST_TEXT_BYTES / 3)), Unfit::TooLong),
        ("language", json!("fr"), Unfit::Unknown),
        ("language", json!(true), Unfit::WrongKind),
        ("mood", json!(0.5), Unfit::WrongKind),
        ("mood", json!({ "negative": 0.5 }), Unfit::Missing),
        ("mood", json!({ "negative": 0.5, "positive": "1" }), Unfit::WrongKind),
        ("mood", json!({ "negative": 0.5, "positive": 1.01 }), Unfit::Unknown),
        ("mood", json!({ "negative": -0.5, "positive": 0.1 }), Unfit::Unknown),
        ("came", json!("sung"), Unfit::Unknown),
        ("ended", json!(""), Unfit::Unknown),
    ] {
        check_entry(field, value, why);
    }
    for field in ["id", "at_ms", "conversation", "speaker", "text", "came", "ended"] {
        let remove = |file: &mut Value| {
            file["entries"][1].as_object_mut().expect("an entry").remove(field);
        };
        check_file(remove, NotRead::Unfit { at: Some(1), field, why: Unfit::Missing });
    }
    let told = NotRead::Unfit { at: Some(1), field: "text", why: Unfit::TooLong };
    assert_eq!(told.to_string(), "entry 2: text is too long");
}

#[test]
fn what_is_not_known_or_not_there_is_passed_over() {
    let mut file = good();
    file["more"] = json!([{ "deep": [1, 2, { "er": null }] }]);
    file["entries"][0]["more"] = json!({ "text": 7 });
    file["entries"][0]["mood"] = json!(null);
    file["entries"][0].as_object_mut().expect("an entry").remove("language");
    file["entries"][1]["at_ms"] = json!(4);
    file["entries"][1]["text"] = json!("\u{1112}\u{1161}\u{11AB}");
    let entries = read(file.to_string().as_bytes()).expect("it can be read");
    // In the order of their time, and composed.
    assert_eq!(entries.iter().map(|it| it.at_ms).collect::<Vec<_>>(), [4, 5]);
    assert_eq!(entries[0].text, "한");
    assert_eq!((entries[1].language, entries[1].mood), (None, None));
    let mood = entries[0].mood.expect("one is told");
    assert_eq!((mood.negative, mood.positive), (0.5, 0.0));
}

#[test]
fn fields_may_come_in_any_order() {
    let Value::Object(fields) = good() else { panic!("it is a map") };
    let turned: serde_json::Map<String, Value> = fields.into_iter().rev().collect();
    assert_eq!(read(Value::Object(turned).to_string().as_bytes()).map(|it| it.len()), Ok(1));
}

#[test]
fn a_mark_in_front_of_everything_does_no_harm() {
    let file = format!("\u{FEFF}{}", good());
    assert!(read(file.as_bytes()).is_ok());
}

#[test]
fn what_is_no_json_is_told_where() {
    let whole = good().to_string();
    for (file, line) in [("", 1), ("\n\n{,}", 3), (&whole[..whole.len() - 1], 1), ("{}{}", 1)] {
        match read(file.as_bytes()) {
            Err(NotRead::NotJson { line: told, .. }) => assert_eq!(told, line, "{file}"),
            other => panic!("{file}: {other:?}"),
        }
    }
    assert!(matches!(read(b"\xFF\xFE{}"), Err(NotRead::NotJson { .. })));
    let deep = "[".repeat(1_000_000);
    let file = format!("{{\"format\":\"bella-history\",\"x\":{deep}");
    assert!(matches!(read(file.as_bytes()), Err(NotRead::NotJson { .. })));
}

#[test]
fn more_than_can_be_held_is_refused() {
    let bytes = vec![b' '; MOST_BYTES + 1];
    assert_eq!(read(&bytes), Err(NotRead::TooLarge { bytes: MOST_BYTES as u64 + 1 }));
    let entry = entry().to_string();
    let file = |count: usize| {
        let entries = vec![entry.as_str(); count].join(",");
        format!("{{\"format\":\"bella-history\",\"version\":1,\"entries\":[{entries}]}}")
    };
    assert_eq!(read(file(MOST_ENTRIES + 1).as_bytes()), Err(NotRead::TooMany));
    // All the same, so that one is left.
    assert_eq!(read(file(MOST_ENTRIES).as_bytes()).map(|it| it.len()), Ok(1));
}

/// Numbers that look like chance and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }
}

/// Pieces that a reader may stumble over.
const STUMBLES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u",
    "\\ud83d",
    "null",
    "true",
    "-",
    "1e999",
    "18446744073709551615",
    "\"entries\":[",
    "\"text\":",
    "\"mood\":{",
    "\u{1100}\u{1161}",
    "가",
    "\u{0}",
    "\"version\":2,",
    "0.1",
];

fn spoil(file: &mut Vec<u8>, dice: &mut Dice) {
    let at = dice.below(file.len() + 1);
    let end = (at + dice.below(40)).min(file.len());
    match dice.below(6) {
        0 if at < file.len() => file[at] ^= 1 << dice.below(8),
        1 => drop(file.drain(at..end)),
        2 => {
            let again = file[at..end].to_vec();
            let to = dice.below(file.len() + 1);
            file.splice(to..to, again);
        }
        3 => file.truncate(at),
        _ => {
            let stumble = STUMBLES[dice.below(STUMBLES.len())];
            file.splice(at..at, stumble.bytes());
        }
    }
}

/// Whatever comes in: it is refused with a reason, or what is read keeps its bounds
/// and can be written and read again.
fn must_hold(bytes: &[u8]) -> bool {
    let Ok(entries) = read(bytes) else { return false };
    for entry in &entries {
        assert!(entry.text.len() <= MOST_TEXT_BYTES && is_nfc(&entry.text));
        assert!(entry.id <= LARGEST_NUMBER && entry.conversation.number() <= LARGEST_NUMBER);
    }
    assert!(entries.windows(2).all(|two| two[0].at_ms <= two[1].at_ms));
    assert_eq!(read(only(write(&entries, 0)).as_bytes()), Ok(entries));
    true
}

#[test]
fn a_spoiled_file_does_no_harm() {
    let whole = only(write(&whole(), 1_790_000_000_000)).into_bytes();
    assert!(must_hold(&whole));
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut read = 0;
    for _ in 0..20_000 {
        let mut file = whole.clone();
        for _ in 0..=dice.below(3) {
            spoil(&mut file, &mut dice);
        }
        read += usize::from(must_hold(&file));
    }
    // Were all of them refused, nothing would have been tried.
    assert!((200..19_000).contains(&read), "{read} were read");
}
