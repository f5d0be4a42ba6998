//! Voices that take their time and can be interrupted.

use std::time::Duration;

use bella_tests::{Browser, Visit, css};

use crate::scripted;

/// A button that makes this page one that was touched, and a log of what voices do.
const PAGE: &str = "
    document.body.append(document.createElement('button'));
    const told = [];
    function say(lang, text) {
        const utterance = new SpeechSynthesisUtterance(text);
        utterance.voice = speechSynthesis.getVoices().find(voice => voice.lang.startsWith(lang));
        return new Promise(done => {
            const tell = event => told.push([event.type, event.error ?? text, performance.now()]);
            utterance.onstart = tell;
            utterance.onend = utterance.onerror = event => { tell(event); done(); };
            speechSynthesis.speak(utterance);
        });
    }";

type Told = Vec<(String, String, f64)>;

fn with_voices(test: fn(&Visit)) {
    scripted(PAGE).launch(Browser::launch().with_voices()).play(|visit| {
        visit.open("");
        visit.page.wait_until("there are voices", || {
            visit.page.eval::<usize>("speechSynthesis.getVoices().length") > 0
        });
        test(visit);
    });
}

fn told(visit: &Visit) -> Told {
    visit.page.eval("told")
}

#[test]
fn there_are_two_voices_that_run_here() {
    with_voices(|visit| {
        let voices: Vec<(String, bool)> = visit
            .page
            .eval("speechSynthesis.getVoices().map(voice => [voice.lang, voice.localService])");
        assert_eq!(voices, [("en-US".to_owned(), true), ("ko".to_owned(), true)]);
    });
}

#[test]
fn a_page_that_was_not_touched_may_not_speak() {
    with_voices(|visit| {
        visit.page.eval::<()>("say('en', 'Hello.')");
        let told = told(visit);
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((told[0].0.as_str(), told[0].1.as_str()), ("error", "not-allowed"));
    });
}

#[test]
fn sentences_take_their_time_one_after_another() {
    with_voices(|visit| {
        visit.page.click(css("button"));
        let both =
            "Promise.all([say('en', 'This is a sentence.'), say('ko', '이것도 문장이에요.')])";
        let patience = Duration::from_secs(30);
        visit.page.eval_within::<Vec<()>>(patience, both).expect("both are said");
        let told = told(visit);
        let kinds: Vec<&str> = told.iter().map(|(kind, _, _)| kind.as_str()).collect();
        assert_eq!(kinds, ["start", "end", "start", "end"], "{told:?}");
        for pair in told.chunks(2) {
            let took_ms = pair[1].2 - pair[0].2;
            assert!((500.0..8_000.0).contains(&took_ms), "{pair:?}");
        }
    });
}

#[test]
fn a_sentence_can_be_cut_off_and_another_begins() {
    with_voices(|visit| {
        visit.page.click(css("button"));
        let cut_off = "(async () => {
            const long = say('en', 'One two three four five six seven eight nine ten eleven.');
            while (told.length === 0) await new Promise(soon => setTimeout(soon, 20));
            speechSynthesis.cancel();
            await long;
            await say('en', 'Yes.');
        })()";
        let patience = Duration::from_secs(30);
        visit.page.eval_within::<()>(patience, cut_off).expect("the second is said");
        let told = told(visit);
        let kinds: Vec<(&str, &str)> =
            told.iter().map(|(kind, what, _)| (kind.as_str(), what.as_str())).collect();
        assert_eq!(kinds[1..], [("error", "interrupted"), ("start", "Yes."), ("end", "Yes.")]);
        assert!(told[1].2 - told[0].2 < 1_000.0, "{told:?}");
    });
}
