//! No microphone, no permission, a permission taken back, a worker that dies.

use bella_tests::tape::Tape;
use bella_tests::testid::*;
use bella_tests::{Microphone, Stage, Visit, by};

use crate::sounds::clips::jfk;
use crate::{HEARING_TIME, hear_into_composer, launch_with, stage_with_tape};

/// Presses the button once and waits for what is told of it.
#[track_caller]
fn check(stage: Stage, note: &str, prepare: fn(&Visit)) {
    stage.play(|visit| {
        prepare(visit);
        hear_into_composer(visit, "en");
        for language in ["en", "ko"] {
            visit.read_in(language);
            visit.page.click(TALK);
            visit.page.wait_for_attribute(HEARING_TIME, HEARING_NOTE, "data-kind", note);
            let told = visit.page.text(HEARING_NOTE);
            let is_korean = told.chars().any(|c| ('가'..='힣').contains(&c));
            assert_eq!(is_korean, language == "ko", "{told:?}");
        }
        // She can still be written to.
        visit.page.type_into(COMPOSER, "hello");
    });
}

#[test]
fn whoever_says_no_is_told_what_that_means() {
    let Some(stage) = Stage::bella() else { return };
    check(stage.launch(launch_with(Microphone::Denied)), "denied", |_| ());
}

/// Chromium's test device always has a microphone; only the answer of a device without
/// one can be given in its place.
const NO_MICROPHONE: &str = "MediaDevices.prototype.getUserMedia = () =>
    Promise.reject(new DOMException('Requested device not found', 'NotFoundError'))";

#[test]
fn a_device_without_a_microphone_is_told() {
    let Some(stage) = Stage::bella() else { return };
    check(stage, "missing", |visit| visit.page.before_every_document(NO_MICROPHONE));
}

#[test]
fn a_permission_taken_back_while_she_listens_loses_nothing_that_was_said() {
    let Some(stage) = Stage::bella() else { return };
    let Some(clip) = jfk() else { return };
    let mut tape = Tape::new().silence(1.0);
    tape.add(&clip.samples());
    let folder = tempfile::tempdir().expect("a folder for the tape");
    stage_with_tape(stage, &tape.silence(3.0), &folder).play(|visit| {
        hear_into_composer(visit, "en");
        visit.page.click(TALK);
        visit.page.wait_within(HEARING_TIME, "words while they are spoken", || {
            visit.page.shows(PARTIAL) && visit.page.text(PARTIAL).to_lowercase().contains("fellow")
        });
        visit.context.deny("microphone").expect("it is forbidden");
        visit.page.wait_for_attribute(HEARING_TIME, HEARING_NOTE, "data-kind", "revoked");
        visit.page.wait_within(HEARING_TIME, "what was heard until then", || {
            visit.page.value(COMPOSER).to_lowercase().contains("fellow")
        });
    });
}

/// The engine ends in the middle of a sentence: she says so, comes back, and hears.
#[test]
fn a_worker_that_dies_while_she_listens_is_replaced_and_hears_again() {
    let Some(stage) = Stage::bella() else { return };
    let Some(clip) = jfk() else { return };
    let mut tape = Tape::new().silence(1.0);
    tape.add(&clip.samples());
    tape.add_silence(12.0);
    let again = tape.add(&clip.samples());
    let folder = tempfile::tempdir().expect("a folder for the tape");
    stage_with_tape(stage, &tape.silence(4.0), &folder).play(|visit| {
        hear_into_composer(visit, "en");
        visit.page.click(TALK);
        visit.page.wait_for_attribute(HEARING_TIME, TALK, "data-state", "locked");
        let playing = bella_tests::tape::Playing::begins();
        visit.page.wait_within(HEARING_TIME, "words while they are spoken", || {
            visit.page.shows(PARTIAL) && visit.page.text(PARTIAL).to_lowercase().contains("fellow")
        });
        end_engine(visit);
        visit.page.wait_for(by(TROUBLE).with("data-trouble", "engine-lost"));
        let skill = by(SKILL).with("data-skill", "hearing");
        visit.page.click(NAV_SETTINGS);
        visit.page.wait_for_attribute(HEARING_TIME, skill, "data-state", "ready");
        visit.page.click(NAV_TALK);
        crate::take_composer(visit);
        playing.wait_for(again.start - 1.0);
        visit.page.click(TALK);
        playing.wait_for(again.end + 0.7);
        visit.page.click(TALK);
        visit.page.wait_within(HEARING_TIME, "what was heard", || {
            visit.page.value(COMPOSER).contains("for your country")
        });
    });
}

/// As an engine ends that ran out of everything: without a word of its own.
#[track_caller]
fn end_engine(visit: &Visit) {
    visit.forgive("the test ends the engine", |one| one.to_string().contains("worker"));
    let workers = visit.page.workers();
    let engine = workers.iter().find(|worker| worker.url().ends_with("/worker.js"));
    let engine = engine.expect("an engine");
    engine.eval::<()>(
        "(postMessage({ m: JSON.stringify({ Crashed: { detail: 'a test' } }) }), null)",
    );
}
