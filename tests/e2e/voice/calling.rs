//! She is spoken to only by who calls her.

use bella_tests::Stage;
use bella_tests::read_aloud::read_aloud;
use bella_tests::tape::Tape;
use bella_tests::testid::*;

use crate::{HEARING_TIME, hear_into_composer, stage_with_tape};

#[test]
fn what_is_said_to_others_stays_theirs_until_she_is_called() {
    let Some(stage) = Stage::bella() else { return };
    let Some(to_others) = read_aloud("Please bring the umbrella. It is raining outside.") else {
        return;
    };
    let Some(to_her) = read_aloud("Hey Bella. What is the capital of France?") else { return };
    let mut tape = Tape::new().silence(3.0);
    tape.add(&to_others);
    tape.add_silence(3.0);
    tape.add(&to_her);
    let tape = tape.silence(5.0);
    let folder = tempfile::tempdir().expect("a folder for the tape");
    stage_with_tape(stage, &tape, &folder).play(|visit| {
        hear_into_composer(visit, "en");
        visit.page.click(NAV_SETTINGS);
        visit.choose(WAKE_PHRASE, "on");
        visit.choose(HANDS_FREE, "on");
        visit.page.click(NAV_TALK);
        let patience = HEARING_TIME.mul_f64(2.0);
        visit.page.wait_within(patience, "what was said to her", || {
            visit.page.value(COMPOSER).contains("France")
        });
        let heard = visit.page.value(COMPOSER);
        assert!(heard.to_lowercase().starts_with("what is the capital"), "{heard}");
    });
}
