//! Nobody holds a button: she notices by herself that somebody speaks, and that
//! nobody does.

use std::time::Duration;

use bella_tests::Stage;
use bella_tests::tape::Tape;
use bella_tests::testid::*;

use crate::sounds::clips::clips;
use crate::sounds::synthetic::{noise, scaled, tune};
use crate::{HEARING_TIME, hear_into_composer, is_long, stage_with_tape};

/// Of each sound nobody speaks in, in seconds: five minutes in all when there is time.
fn each_s() -> usize {
    if is_long() { 100 } else { 8 }
}

#[test]
fn silence_noise_and_music_are_nobodys_words() {
    let Some(stage) = Stage::bella() else { return };
    let samples = each_s() * 16_000;
    let mut tape = Tape::new().silence(each_s() as f64);
    tape.add(&scaled(&noise(samples), 0.2));
    tape.add(&tune(samples));
    let folder = tempfile::tempdir().expect("a folder for the tape");
    let seconds = tape.seconds();
    stage_with_tape(stage, &tape, &folder).play(|visit| {
        hear_into_composer(visit, "auto");
        visit.page.click(NAV_SETTINGS);
        visit.choose(HANDS_FREE, "on");
        visit.page.click(NAV_TALK);
        visit.page.wait_for_attribute(HEARING_TIME, TALK, "data-state", "waiting");
        std::thread::sleep(Duration::from_secs_f64(seconds + 3.0));
        assert_eq!(visit.page.value(COMPOSER), "", "words that nobody said");
        assert_eq!(visit.page.attribute(TALK, "data-state").as_deref(), Some("waiting"));
    });
}

#[test]
fn two_sentences_with_a_pause_between_are_two_turns() {
    let Some(stage) = Stage::bella() else { return };
    let Some(clips) = clips() else { return };
    let english: Vec<_> = clips.iter().filter(|clip| clip.language == "en").collect();
    // The shortest two: sound comes no faster than it was spoken.
    let (first, second) = (english[3], english[1]);
    let mut tape = Tape::new().silence(2.0);
    tape.add(&first.samples());
    tape.add_silence(3.0);
    tape.add(&second.samples());
    let tape = tape.silence(5.0);
    let folder = tempfile::tempdir().expect("a folder for the tape");
    stage_with_tape(stage, &tape, &folder).play(|visit| {
        hear_into_composer(visit, "en");
        visit.page.click(NAV_SETTINGS);
        visit.choose(HANDS_FREE, "on");
        visit.page.click(NAV_TALK);
        let heard = |words: usize| {
            let text = visit.page.value(COMPOSER);
            text.split_whitespace().count() >= words
        };
        let count = |text: &str| text.split_whitespace().count();
        let (first_words, all) = (count(&first.text), count(&first.text) + count(&second.text));
        visit.page.wait_within(HEARING_TIME, "the first", || heard(first_words * 3 / 4));
        let patience = HEARING_TIME + Duration::from_secs(10);
        visit.page.wait_within(patience, "the second", || heard(all * 3 / 4));
    });
}
