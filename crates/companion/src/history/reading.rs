//! A history from outside: a file anybody may have written, or an entry out of a
//! storage that is open to everybody.
//!
//! Whatever comes, the answer is entries that keep to their bounds or a typed reason
//! with its place. Memory is taken for what was read and not for what is claimed, and
//! what is not known is passed over without being held.

use std::fmt;

use bella_protocol::Mood;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use super::file::{FORMAT, VERSION};
use super::merging::in_order;
use super::{ConversationId, Ending, Entry, LARGEST_NUMBER, MOST_TEXT_BYTES, Speaker, Way};
use super::{Language, composed};

/// What a file may weigh. Ten years of an hour a day are less.
pub const MOST_BYTES: usize = 64 << 20;
pub const MOST_ENTRIES: usize = 200_000;
/// The last moment that a browser has a date for.
const LAST_MS: u64 = 8_640_000_000_000_000;

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRead {
    #[error("it has {bytes} bytes, and {MOST_BYTES} are read at most")]
    TooLarge { bytes: u64 },
    #[error("it is not JSON at line {line}, column {column}")]
    NotJson { line: usize, column: usize },
    #[error("it is not a history of Bella's")]
    NotAHistory,
    #[error("it is of version {found}, and {VERSION} is known here")]
    OtherVersion { found: u64 },
    #[error("it has more than {MOST_ENTRIES} entries")]
    TooMany,
    /// `at` is the entry, counted from zero; none where it is the file itself.
    #[error("{}{field} {why}", place(*.at))]
    Unfit { at: Option<usize>, field: &'static str, why: Unfit },
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("is missing")]
    Missing,
    #[error("is of another kind")]
    WrongKind,
    #[error("has a value that does not exist here")]
    Unknown,
    #[error("is too long")]
    TooLong,
}

fn place(at: Option<usize>) -> String {
    at.map(|at| format!("entry {}: ", at + 1)).unwrap_or_default()
}

/// Reads a file: its entries in the order of their time, each once.
pub fn read(bytes: &[u8]) -> Result<Vec<Entry>, NotRead> {
    if bytes.len() > MOST_BYTES {
        return Err(NotRead::TooLarge { bytes: bytes.len() as u64 });
    }
    // A mark that some editors write in front of everything.
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut head = Head::default();
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = (&mut reader).deserialize_any(HeadVisitor(&mut head)).and_then(|()| reader.end());
    if let Err(error) = read {
        match error.classify() {
            Category::Syntax | Category::Eof | Category::Io => {
                return Err(NotRead::NotJson { line: error.line(), column: error.column() });
            }
            Category::Data => {}
        }
    }
    head.judge()?;
    Ok(in_order(head.entries))
}

/// Reads an entry as it is kept; nothing if it cannot be what was put there.
pub fn read_entry(json: &[u8]) -> Option<Entry> {
    serde_json::from_slice(json).ok().and_then(|loose| entry(loose).ok())
}

/// What was read of a file so far.
#[derive(Default)]
struct Head {
    format: Option<Loose>,
    version: Option<Loose>,
    has_entries: bool,
    entries: Vec<Entry>,
    /// The first thing that was wrong with them.
    trouble: Option<NotRead>,
}

impl Head {
    /// Another version may have other entries, and another format none: so whatever
    /// is wrong with those comes last.
    fn judge(&mut self) -> Result<(), NotRead> {
        let of_file = |field, why| NotRead::Unfit { at: None, field, why };
        match &self.format {
            Some(Loose::Text(format)) if format == FORMAT => {}
            _ => return Err(NotRead::NotAHistory),
        }
        match self.version {
            Some(Loose::Number(VERSION)) => {}
            Some(Loose::Number(found)) => return Err(NotRead::OtherVersion { found }),
            Some(_) => return Err(of_file("version", Unfit::WrongKind)),
            None => return Err(of_file("version", Unfit::Missing)),
        }
        if let Some(trouble) = self.trouble.take() {
            return Err(trouble);
        }
        if self.has_entries { Ok(()) } else { Err(of_file("entries", Unfit::Missing)) }
    }

    /// Takes one more, unless something was wrong already.
    fn take(&mut self, at: usize, loose: Loose) {
        if self.entries.len() == MOST_ENTRIES {
            self.trouble = Some(NotRead::TooMany);
            return;
        }
        match entry(loose) {
            Ok(entry) => self.entries.push(entry),
            Err((field, why)) => {
                self.trouble = Some(NotRead::Unfit { at: Some(at), field, why });
            }
        }
    }
}

struct HeadVisitor<'a>(&'a mut Head);

impl<'de> Visitor<'de> for HeadVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a history")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let head = self.0;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "format" => head.format = Some(map.next_value()?),
                "version" => head.version = Some(map.next_value()?),
                "entries" => map.next_value_seed(Entries(&mut *head))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

struct Entries<'a>(&'a mut Head);

impl<'de> serde::de::DeserializeSeed<'de> for Entries<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.has_entries = true;
        // Taken back where it is one after all.
        let before = self.0.trouble.replace(NotRead::Unfit {
            at: None,
            field: "entries",
            why: Unfit::WrongKind,
        });
        deserializer.deserialize_any(EntriesVisitor { head: self.0, before })
    }
}

struct EntriesVisitor<'a> {
    head: &'a mut Head,
    before: Option<NotRead>,
}

impl<'de> Visitor<'de> for EntriesVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.head.trouble = self.before;
        let mut at = 0;
        loop {
            // After the first that is wrong, the rest matters for its end only.
            if self.head.trouble.is_some() {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(());
            }
            let Some(loose) = list.next_element()? else { return Ok(()) };
            self.head.take(at, loose);
            at += 1;
        }
    }
}

/// Any JSON, of which only what a history may hold is kept.
enum Loose {
    Number(u64),
    Fraction(f64),
    Text(String),
    Null,
    Object(Box<Fields>),
    Other,
}

/// The fields of an entry and of a mood.
#[derive(Default)]
struct Fields {
    id: Option<Loose>,
    at_ms: Option<Loose>,
    conversation: Option<Loose>,
    speaker: Option<Loose>,
    text: Option<Loose>,
    language: Option<Loose>,
    mood: Option<Loose>,
    came: Option<Loose>,
    ended: Option<Loose>,
    negative: Option<Loose>,
    positive: Option<Loose>,
}

impl Fields {
    fn of(&mut self, name: &str) -> Option<&mut Option<Loose>> {
        Some(match name {
            "id" => &mut self.id,
            "at_ms" => &mut self.at_ms,
            "conversation" => &mut self.conversation,
            "speaker" => &mut self.speaker,
            "text" => &mut self.text,
            "language" => &mut self.language,
            "mood" => &mut self.mood,
            "came" => &mut self.came,
            "ended" => &mut self.ended,
            "negative" => &mut self.negative,
            "positive" => &mut self.positive,
            _ => return None,
        })
    }
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor)
    }
}

struct LooseVisitor;

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = Loose;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Loose, E> {
        Ok(Loose::Other)
    }

    fn visit_u64<E>(self, number: u64) -> Result<Loose, E> {
        Ok(Loose::Number(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Loose, E> {
        Ok(Loose::Fraction(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Loose, E> {
        Ok(Loose::Fraction(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Loose, E> {
        Ok(Loose::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Loose, E> {
        Ok(Loose::Text(text))
    }

    fn visit_unit<E>(self) -> Result<Loose, E> {
        Ok(Loose::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Loose, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Loose::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
        let mut fields = Box::<Fields>::default();
        while let Some(key) = map.next_key::<String>()? {
            match fields.of(&key) {
                Some(field) => *field = Some(map.next_value()?),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Loose::Object(fields))
    }
}

type Field<T> = Result<T, (&'static str, Unfit)>;

fn entry(loose: Loose) -> Field<Entry> {
    let Loose::Object(fields) = loose else { return Err(("entry", Unfit::WrongKind)) };
    let Fields { id, at_ms, conversation, speaker, text, language, mood, came, ended, .. } =
        *fields;
    Ok(Entry {
        id: number("id", id, LARGEST_NUMBER)?,
        at_ms: number("at_ms", at_ms, LAST_MS)?,
        conversation: ConversationId(number("conversation", conversation, LARGEST_NUMBER)?),
        speaker: one_of("speaker", speaker, Speaker::from_name)?,
        text: words(text)?,
        language: optional(language, |it| one_of("language", Some(it), exact_language))?,
        mood: optional(mood, feeling)?,
        came: one_of("came", came, Way::from_name)?,
        ended: one_of("ended", ended, Ending::from_name)?,
    })
}

fn number(name: &'static str, loose: Option<Loose>, most: u64) -> Field<u64> {
    match loose {
        Some(Loose::Number(number)) if number <= most => Ok(number),
        Some(Loose::Number(_)) => Err((name, Unfit::Unknown)),
        Some(_) => Err((name, Unfit::WrongKind)),
        None => Err((name, Unfit::Missing)),
    }
}

fn one_of<T>(name: &'static str, loose: Option<Loose>, read: fn(&str) -> Option<T>) -> Field<T> {
    match loose {
        Some(Loose::Text(text)) => read(&text).ok_or((name, Unfit::Unknown)),
        Some(_) => Err((name, Unfit::WrongKind)),
        None => Err((name, Unfit::Missing)),
    }
}

fn exact_language(tag: &str) -> Option<Language> {
    Language::ALL.into_iter().find(|language| language.tag() == tag)
}

fn words(loose: Option<Loose>) -> Field<String> {
    let text = match loose {
        Some(Loose::Text(text)) => text,
        Some(_) => return Err(("text", Unfit::WrongKind)),
        None => return Err(("text", Unfit::Missing)),
    };
    // Composing may make a text longer, if a rare one.
    let fits = |text: &String| text.len() <= MOST_TEXT_BYTES;
    Some(text).filter(fits).map(composed).filter(fits).ok_or(("text", Unfit::TooLong))
}

fn feeling(loose: Loose) -> Field<Mood> {
    let Loose::Object(fields) = loose else { return Err(("mood", Unfit::WrongKind)) };
    let share = |loose: Option<Loose>| match loose {
        Some(Loose::Number(number)) => Ok(number as f64),
        Some(Loose::Fraction(number)) => Ok(number),
        Some(_) => Err(("mood", Unfit::WrongKind)),
        None => Err(("mood", Unfit::Missing)),
    };
    let (negative, positive) = (share(fields.negative)?, share(fields.positive)?);
    if [negative, positive].into_iter().all(|it| (0.0..=1.0).contains(&it)) {
        Ok(Mood { negative: negative as f32, positive: positive as f32 })
    } else {
        Err(("mood", Unfit::Unknown))
    }
}

fn optional<T>(loose: Option<Loose>, read: impl FnOnce(Loose) -> Field<T>) -> Field<Option<T>> {
    match loose {
        None | Some(Loose::Null) => Ok(None),
        Some(loose) => read(loose).map(Some),
    }
}
