//! What came of something that was done to the history.

use bella_companion::history::reading::{MOST_BYTES, MOST_ENTRIES};
use bella_companion::history::{NotRead, Unfit};

use super::{Told, plainly};
use crate::history::lock::{FEWEST_LETTERS, NoKey, UnfitPassphrase};
use crate::history::outcome::Outcome;
use crate::history::state::Unreadable;
use crate::i18n::{Messages, units};

pub fn history(messages: &'static Messages, outcome: &Outcome) -> Told {
    let t = &messages.history;
    let (what, next) = match outcome {
        Outcome::Full => (t.full, t.full_next),
        Outcome::Refused { detail } => return with_detail(t.refused, t.refused_next, detail),
        Outcome::Unreadable(Unreadable::Later) => (t.later, t.later_next),
        Outcome::Unreadable(Unreadable::Damaged) => (t.damaged, t.damaged_next),
        Outcome::Crossed => (t.crossed, t.crossed_next),
        Outcome::WrongPassphrase => (t.wrong, t.wrong_next),
        Outcome::UnfitPassphrase(UnfitPassphrase::TooShort) => {
            return plainly((t.too_short)(&FEWEST_LETTERS.to_string()), "");
        }
        Outcome::UnfitPassphrase(UnfitPassphrase::TooLong) => (t.too_long, ""),
        Outcome::UnfitPassphrase(UnfitPassphrase::Differs) => (t.differs, ""),
        Outcome::NoKey(NoKey::Damaged) => (t.lock_damaged, t.lock_damaged_next),
        Outcome::NoKey(NoKey::NoMemory) => (t.no_memory, t.no_memory_next),
        Outcome::NotSealed { detail } => {
            return with_detail(t.not_sealed, t.not_sealed_next, detail);
        }
        Outcome::NotRead(why) => return not_read(messages, why),
        Outcome::NoFile { detail } => return with_detail(t.no_file, t.no_file_next, detail),
        Outcome::NotSaved => (t.not_saved, t.not_saved_next),
        Outcome::Locked => (t.now_locked, ""),
        Outcome::PassphraseSet => (t.now_set, ""),
        Outcome::PassphraseChanged => (t.now_changed, ""),
        Outcome::PassphraseRemoved => (t.now_removed, ""),
        Outcome::Brought { added, known: 0 } => {
            return plainly((t.brought_new)(&added.to_string()), "");
        }
        Outcome::Brought { added, known } => {
            return plainly((t.brought)(&added.to_string(), &known.to_string()), "");
        }
        Outcome::Saved { entries, files: 1 } => {
            return plainly((t.saved)(&entries.to_string()), t.saved_next);
        }
        Outcome::Saved { entries, files } => {
            let what = (t.saved_files)(&entries.to_string(), &files.to_string());
            return plainly(what, t.saved_next);
        }
        Outcome::Erased { everything: true } => (t.erased, ""),
        Outcome::Erased { everything: false } => (t.erased_one, ""),
    };
    plainly(what.to_owned(), next)
}

fn not_read(messages: &'static Messages, why: &NotRead) -> Told {
    let t = &messages.history;
    let what = match why {
        NotRead::TooLarge { bytes } => {
            (t.too_large)(&units::bytes(*bytes), &units::bytes(MOST_BYTES as u64))
        }
        NotRead::TooMany => (t.too_many)(&MOST_ENTRIES.to_string()),
        NotRead::NotJson { line, column } => (t.not_json)(&line.to_string(), &column.to_string()),
        NotRead::NotAHistory => t.not_a_history.to_owned(),
        NotRead::OtherVersion { found } => {
            return plainly((t.other_version)(&found.to_string()), t.other_version_next);
        }
        NotRead::Unfit { at, field, why } => {
            let place = match at {
                Some(at) => (t.unfit)(&(at + 1).to_string(), field),
                None => (t.unfit_file)(field),
            };
            let why = match why {
                Unfit::Missing => t.is_missing,
                Unfit::WrongKind => t.is_other,
                Unfit::Unknown => t.is_unknown,
                Unfit::TooLong => t.is_long,
            };
            format!("{place} {why}")
        }
    };
    plainly(what, t.not_read_next)
}

fn with_detail(what: &str, next: &str, detail: &str) -> Told {
    let detail = Some(detail.to_owned()).filter(|detail| !detail.is_empty());
    Told { detail, ..plainly(what.to_owned(), next) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::messages;
    use bella_companion::Language;

    #[test]
    fn what_was_wrong_with_a_file_is_told_with_its_place() {
        let why = NotRead::Unfit { at: Some(2), field: "text", why: Unfit::TooLong };
        for (language, expected) in [
            (Language::English, "Entry 3 of the file does not fit: “text” is too long."),
            (Language::Korean, "파일의 3번째 기록이 맞지 않아요. ‘text’ 항목: 너무 길어요."),
        ] {
            assert_eq!(history(messages(language), &Outcome::NotRead(why.clone())).what, expected);
        }
    }

    #[test]
    fn what_did_not_go_well_has_a_next_step() {
        let detail = || "SecurityError".to_owned();
        for outcome in [
            Outcome::Full,
            Outcome::Refused { detail: detail() },
            Outcome::Unreadable(Unreadable::Later),
            Outcome::Unreadable(Unreadable::Damaged),
            Outcome::Crossed,
            Outcome::WrongPassphrase,
            Outcome::NoKey(NoKey::Damaged),
            Outcome::NoKey(NoKey::NoMemory),
            Outcome::NotSealed { detail: detail() },
            Outcome::NotRead(NotRead::NotAHistory),
            Outcome::NoFile { detail: detail() },
            Outcome::NotSaved,
        ] {
            let [korean, english] = Language::ALL.map(|it| history(messages(it), &outcome));
            assert!(!outcome.is_good(), "{outcome:?}");
            assert!(!korean.next.is_empty() && !english.next.is_empty(), "{outcome:?}");
            assert_ne!(korean.what, english.what, "{outcome:?}");
        }
    }
}
