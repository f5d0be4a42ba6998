//! Somebody speaks while she speaks: she grows quiet, falls silent once there are words,
//! and has heard all of it.

use std::time::Duration;

use bella_protocol::{FromEngine, Reply};
use bella_tests::tape::Tape;
use bella_tests::testid::*;
use bella_tests::{Microphone, Stage};

use crate::sounds::clips::jfk;
use crate::{HEARING_TIME, give, launch_with};

/// Between the first recognised word and silence.
const SILENT_WITHIN_MS: f64 = 200.0;
/// She is asked and begins to tell her story before anybody speaks.
const LEAD_S: f64 = 20.0;

/// Writes down when speech begins, and when it is cut off.
const KEEP_SPEECH: &str = "(() => {
    globalThis.__speech = { begun: [], cut: [] };
    const { speak, cancel } = SpeechSynthesis.prototype;
    SpeechSynthesis.prototype.speak = function (utterance) {
        utterance.addEventListener('start', () => __speech.begun.push(performance.now()));
        return speak.call(this, utterance);
    };
    SpeechSynthesis.prototype.cancel = function () {
        __speech.cut.push(performance.now());
        return cancel.call(this);
    };
})()";

#[test]
fn words_silence_her_at_once_and_none_of_them_is_lost() {
    let Some(stage) = Stage::bella() else { return };
    let Some(clip) = jfk() else { return };
    let mut tape = Tape::new().silence(LEAD_S);
    tape.add(&clip.samples());
    let folder = tempfile::tempdir().expect("a folder for the tape");
    let microphone = Microphone::Plays(tape.silence(4.0).write(folder.path()));
    stage.launch(launch_with(microphone).with_voices()).play(|visit| {
        visit.page.keep_time();
        visit.page.before_every_document(KEEP_SPEECH);
        visit.wake();
        give(visit, "hearing");
        visit.choose(REPLY_LENGTH, "long");
        visit.choose(HEARD_LANGUAGE, "en");
        visit.choose(HANDS_FREE, "on");
        visit.page.click(NAV_TALK);
        visit.say("Tell me a long story about a lighthouse and its keeper.");
        let begun = || visit.page.eval::<Vec<f64>>("__speech.begun");
        visit.page.wait_within(HEARING_TIME, "her voice", || !begun().is_empty());
        // What she says can be read along.
        visit.page.wait_for(CAPTION);

        let patience = Duration::from_secs_f64(LEAD_S) + HEARING_TIME;
        // Whoever takes breath says more than one thing.
        let said = format!(
            "[...document.querySelectorAll('[data-testid={MESSAGE}][data-role=user] \
             [data-testid={MESSAGE_TEXT}]')].slice(1).map(e => e.textContent).join(' ')"
        );
        let heard = || visit.page.eval::<String>(&said);
        visit.page.wait_within(patience, "what was said into her story", || {
            heard().contains("for your country")
        });
        let heard = heard().to_lowercase();
        assert!(heard.contains("fellow americans"), "the beginning is lost: {heard}");
        assert!(heard.contains("what your country can do for you"), "{heard}");

        let words = visit.page.timeline();
        let is_word = |reply: &Reply| match reply {
            Reply::Partial(text) => text.chars().any(char::is_alphabetic),
            _ => false,
        };
        let first = words.engine().find_map(|(at, said)| match said {
            FromEngine::About { reply, .. } if is_word(&reply) => Some(at),
            _ => None,
        });
        let first = first.expect("words while they were spoken");
        let cuts: Vec<f64> = visit.page.eval("__speech.cut");
        let silent = cuts.iter().copied().find(|&cut| cut >= first).expect("she went on");
        eprintln!("silent {:.0} ms after the first word", silent - first);
        assert!(silent - first < SILENT_WITHIN_MS, "{:.0} ms", silent - first);
        let later = begun().into_iter().filter(|&at| at > silent + SILENT_WITHIN_MS);
        // Whoever takes breath may be answered in between: that is no story.
        let answered = words.growths_of(1).next().map(|it| it.at);
        let story: Vec<f64> =
            later.filter(|&at| answered.is_none_or(|answered| at < answered)).collect();
        assert!(story.is_empty(), "she went on with her story: {story:?}");
    });
}
