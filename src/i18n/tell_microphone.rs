//! What can be wrong with the microphone, and how well it hears, in words.

use bella_companion::{MicrophoneTrouble, Verdict};

use super::Messages;
use super::tell::Told;

pub fn trouble(messages: &'static Messages, trouble: &MicrophoneTrouble) -> Told {
    let t = &messages.hearing;
    let (what, next) = match trouble {
        MicrophoneTrouble::Missing => (t.missing, t.missing_next),
        MicrophoneTrouble::Denied => (t.denied, t.denied_next),
        MicrophoneTrouble::Busy => (t.busy, t.busy_next),
        MicrophoneTrouble::Revoked => (t.revoked, t.revoked_next),
        MicrophoneTrouble::Unplugged => (t.unplugged, t.unplugged_next),
        MicrophoneTrouble::NoFrames => (t.no_frames, t.no_frames_next),
        MicrophoneTrouble::NotSecure => (t.not_secure, t.not_secure_next),
        MicrophoneTrouble::Other { name, detail } => {
            let detail = Some(detail.clone()).filter(|detail| !detail.is_empty());
            return Told { what: (t.other)(name), next: t.other_next.to_owned(), detail };
        }
    };
    plainly(what, next)
}

/// What came of a test.
pub fn verdict(messages: &'static Messages, verdict: Verdict) -> Told {
    let t = &messages.hearing;
    match verdict {
        Verdict::Nothing => plainly(t.nothing, t.nothing_next),
        Verdict::VeryQuiet => plainly(t.very_quiet, t.very_quiet_next),
        Verdict::Good => plainly(t.good, t.good_next),
        Verdict::Clipping => plainly(t.clipping, t.clipping_next),
    }
}

fn plainly(what: &str, next: &str) -> Told {
    Told { what: what.to_owned(), next: next.to_owned(), detail: None }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use bella_companion::Language;

    use super::*;
    use crate::i18n::messages;

    #[test]
    fn every_trouble_has_a_sentence_and_a_next_step_of_its_own() {
        let (name, detail) = ("AbortError".to_owned(), "AbortError: it broke off".to_owned());
        for language in Language::ALL {
            let troubles = [
                MicrophoneTrouble::Missing,
                MicrophoneTrouble::Denied,
                MicrophoneTrouble::Busy,
                MicrophoneTrouble::Revoked,
                MicrophoneTrouble::Unplugged,
                MicrophoneTrouble::NoFrames,
                MicrophoneTrouble::NotSecure,
                MicrophoneTrouble::Other { name: name.clone(), detail: detail.clone() },
            ];
            let told = troubles.iter().map(|it| trouble(messages(language), it));
            let verdicts = [Verdict::Nothing, Verdict::VeryQuiet, Verdict::Good, Verdict::Clipping];
            let told = told.chain(verdicts.map(|it| verdict(messages(language), it)));
            let (mut what, mut next) = (BTreeSet::new(), BTreeSet::new());
            for told in told {
                assert!(what.insert(told.what.clone()), "{language:?} {told:?}");
                assert!(next.insert(told.next.clone()), "{language:?} {told:?}");
            }
        }
    }

    #[test]
    fn an_exception_keeps_its_name() {
        let (name, detail) = ("InvalidStateError".to_owned(), "not now".to_owned());
        let odd = MicrophoneTrouble::Other { name, detail };
        for language in Language::ALL {
            let told = trouble(messages(language), &odd);
            assert!(told.what.contains("InvalidStateError"), "{told:?}");
            assert_eq!(told.detail.as_deref(), Some("not now"));
        }
    }
}
