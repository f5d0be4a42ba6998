//! Microphones and engines that fail.

use bella_companion::{EarEvent, HearingManner, MicrophoneTrouble};

use crate::story::Line::{Beats, Later};
use crate::story::{
    began, can_hear, ears, event, manner, opened, partial, pressed, quiet, released, room, speaks,
    voice, warm, words,
};

fn lost(trouble: MicrophoneTrouble) -> crate::story::Line {
    event(EarEvent::MicrophoneLost(trouble))
}

#[test]
fn a_microphone_that_does_not_open_is_told_and_can_be_tried_again() {
    for trouble in [MicrophoneTrouble::Denied, MicrophoneTrouble::Missing, MicrophoneTrouble::Busy]
    {
        let mut scene = ears();
        scene.plays(&[
            (pressed(), "opening; open"),
            (event(EarEvent::MicrophoneFailed(trouble.clone())), "idle"),
            (released(), "idle"),
            (Beats(3), "idle"),
        ]);
        assert_eq!(scene.trouble(), Some(trouble.kind()));
        scene.plays(&[(pressed(), "opening; open")]);
        assert_eq!(scene.trouble(), None);
        scene.plays(&[(event(opened()), "recording; 0 hear from 0.0; screen on")]);
    }
}

#[test]
fn hands_free_goes_off_with_a_microphone_that_fails() {
    let mut scene = ears();
    scene.plays(&[
        (event(EarEvent::HandsFreeChosen(true)), "opening; open"),
        (event(EarEvent::MicrophoneFailed(MicrophoneTrouble::Denied)), "idle"),
    ]);
    assert!(!scene.state().hands_free, "a switch that is on would lie");
    assert_eq!(scene.trouble(), Some("denied"));
    scene.plays(&[(event(EarEvent::TroubleDismissed), "idle")]);
    assert_eq!(scene.trouble(), None);
}

#[test]
fn what_was_said_into_a_microphone_that_is_lost_still_counts() {
    let mut scene = warm();
    scene.plays(&[
        (pressed(), "recording; 1 hear from 1.6; screen on"),
        (voice(2.0), "recording"),
        (partial(1, "내일 아침에"), "recording"),
        (lost(MicrophoneTrouble::Unplugged), "transcribing; end 1; screen off"),
        (released(), "transcribing"),
        (words(1, "내일 아침에 깨워 줘"), "idle; heard \"내일 아침에 깨워 줘\""),
    ]);
    assert_eq!(scene.trouble(), Some("unplugged"));
    let mut scene = room(manner());
    scene.plays(&[
        (voice(0.5), "waiting"),
        (began(0, 1.94), "recording; 1 hear from 1.5"),
        (voice(0.5), "recording"),
        (lost(MicrophoneTrouble::Revoked), "transcribing; end 1; drop 0; cancel 0; screen off"),
    ]);
    assert_eq!((scene.trouble(), scene.state().hands_free), (Some("revoked"), false));
    // The last word of one that is closed already.
    scene.plays(&[(lost(MicrophoneTrouble::Unplugged), "transcribing")]);
    assert_eq!(scene.trouble(), Some("revoked"));
}

#[test]
fn two_seconds_without_a_sound_are_an_alarm_until_there_is_one() {
    let mut scene = room(manner());
    scene.plays(&[(Beats(1), "waiting")]);
    assert_eq!(scene.trouble(), None);
    scene.plays(&[(Beats(1), "waiting")]);
    assert_eq!(scene.trouble(), Some("no-frames"));
    scene.plays(&[(quiet(0.1), "waiting")]);
    assert_eq!(scene.trouble(), None);
    // Not a single one after it was opened.
    let mut scene = ears();
    scene.plays(&[
        (pressed(), "opening; open"),
        (Beats(30), "opening"),
        (event(opened()), "recording; 0 hear from 0.0; screen on"),
        (Beats(2), "recording"),
    ]);
    assert_eq!(scene.trouble(), Some("no-frames"));
    scene.plays(&[(released(), "idle; drop 0; cancel 0; screen off")]);
    // The next press tries another way in.
    scene.plays(&[(pressed(), "opening; close; open")]);
    assert_eq!(scene.trouble(), None);
}

#[test]
fn a_page_that_slept_blames_no_microphone() {
    let mut scene = room(manner());
    scene.plays(&[
        (event(EarEvent::Beat), "waiting"),
        (Later(3_600_000), "waiting"),
        (event(EarEvent::Beat), "waiting"),
    ]);
    assert_eq!(scene.trouble(), None);
    // In the background, beats come once a second, and that is enough for an alarm.
    for _ in 0..2 {
        scene.plays(&[(Later(1_000), "waiting"), (event(EarEvent::Beat), "waiting")]);
    }
    assert_eq!(scene.trouble(), Some("no-frames"));
}

#[test]
fn a_microphone_that_takes_anothers_place_is_counted_anew() {
    let mut scene = room(manner());
    scene.plays(&[
        (voice(0.5), "waiting"),
        (began(0, 1.94), "recording; 1 hear from 1.5"),
        (
            event(EarEvent::MicrophoneOpened { rate: 16_000 }),
            "transcribing; end 1; drop 0; cancel 0; 3 watch from 0.0",
        ),
        (quiet(1.0), "transcribing"),
        (pressed(), "recording; 4 hear from 0.6"),
    ]);
}

#[test]
fn a_lost_engine_takes_what_it_heard_with_it_and_hands_free_waits_for_the_next() {
    let mut scene = room(manner());
    scene.plays(&[
        (voice(0.5), "waiting"),
        (began(0, 1.94), "recording; 1 hear from 1.5"),
        (partial(1, "그러니까"), "recording"),
        (event(EarEvent::EngineLost), "idle; drop 0; drop 1; screen off"),
        (words(1, "ghost"), "idle"),
        (pressed(), "idle; needs to hear"),
        (quiet(5.0), "idle"),
        (event(can_hear(Some("whisper"), None)), "waiting; screen on"),
        (event(can_hear(Some("whisper"), Some("silero"))), "waiting; 2 watch from 7.5"),
    ]);
    scene.shows("");
    assert!(scene.state().hands_free);
}

#[test]
fn an_engine_that_stays_away_does_not_keep_the_microphone_open() {
    let mut scene = room(manner());
    scene.plays(&[
        (event(EarEvent::EngineLost), "idle; drop 0; screen off"),
        (Beats(59), "idle"),
        (Beats(2), "idle; close"),
        (event(can_hear(Some("whisper"), None)), "opening; open"),
    ]);
}

#[test]
fn an_engine_lost_while_a_button_is_down_leaves_it_up() {
    let mut scene = warm();
    scene.plays(&[
        (pressed(), "recording; 1 hear from 1.6; screen on"),
        (voice(1.0), "recording"),
        (event(EarEvent::EngineLost), "idle; drop 1; screen off"),
        (released(), "idle"),
        (event(can_hear(Some("whisper"), None)), "idle"),
        (pressed(), "recording; 2 hear from 3.0; screen on"),
    ]);
}

#[test]
fn she_speaks_up_again_when_the_engine_is_lost() {
    let mut scene = room(HearingManner::default());
    scene.plays(&[
        (speaks("Once upon a time"), "waiting"),
        (voice(0.5), "waiting"),
        (began(0, 1.94), "recording; 1 hear from 1.5; duck"),
        (event(EarEvent::EngineLost), "idle; drop 0; drop 1; unduck; screen off"),
    ]);
}

#[test]
fn sounds_that_are_none_do_no_harm() {
    let mut scene = room(manner());
    for (level, until_s) in [
        (f32::NAN, 2.1),
        (f32::INFINITY, 2.2),
        (-1.0, 2.3),
        (0.1, f64::NAN),
        (0.1, f64::INFINITY),
        (0.1, -5.0),
        (1e30, 2.4),
    ] {
        let effects = scene.step(EarEvent::Sound { level, peak: level, until_s });
        assert_eq!(effects, [], "{level} until {until_s}");
    }
    scene.plays(&[(pressed(), "recording; 1 hear from 2.0")]);
}
