//! The room.

use bella_companion::{EarEffect, EarEvent, HearingManner, Sensitivity};
use bella_protocol::{Failure, Outcome, Reply, Request};

use crate::story::Line::{Beats, Sounds};
use crate::story::{
    Scene, VOICE, answered, began, can_hear, cancelled, ended, event, failed, manner, opened,
    partial, pressed, quiet, released, room, voice, words,
};

#[test]
fn a_voice_is_recorded_from_before_it_began_and_sent_when_it_is_over() {
    let mut scene = Scene::new(manner());
    scene.plays(&[
        (event(can_hear(Some("whisper"), Some("silero"))), "idle"),
        (event(EarEvent::HandsFreeChosen(true)), "opening; open"),
        (event(opened()), "waiting; 0 watch from 0.0; screen on"),
        (quiet(3.0), "waiting"),
        (voice(0.3), "waiting"),
        (began(0, 2.94), "recording; 1 hear from 2.5"),
        (voice(1.7), "recording"),
        (partial(1, "불 켜"), "recording"),
        (quiet(0.7), "recording"),
        (ended(0, 2.94, 5.06), "transcribing; end 1 at 5.3"),
        (words(1, "불 켜 줘."), "waiting; heard \"불 켜 줘.\""),
        (quiet(30.0), "waiting"),
        (event(EarEvent::HandsFreeChosen(false)), "idle; drop 0; cancel 0; close; screen off"),
    ]);
}

#[test]
fn how_readily_a_sound_is_a_voice_can_be_chosen_at_any_time() {
    let patience = |effects: &[EarEffect]| {
        let begun = effects.iter().find_map(|effect| match effect {
            EarEffect::Begin { message, .. } => Some(&message.request),
            _ => None,
        });
        match begun {
            Some(Request::Listen { patience, model, .. }) => {
                assert_eq!(model, "silero");
                *patience
            }
            other => panic!("{other:?}"),
        }
    };
    let mut scene = room(manner());
    let mut begins = Vec::new();
    for sensitivity in [Sensitivity::Low, Sensitivity::Medium, Sensitivity::High] {
        let effects = scene.step(EarEvent::MannerChosen(HearingManner { sensitivity, ..manner() }));
        assert!(matches!(effects[0], EarEffect::Drop { .. }), "the old one ends: {effects:?}");
        let patience = patience(&effects);
        assert!(patience.end < patience.begin);
        begins.push(patience.begin);
    }
    assert!(begins.windows(2).all(|pair| pair[0] > pair[1]), "{begins:?}");
    let same = scene
        .step(EarEvent::MannerChosen(HearingManner { sensitivity: Sensitivity::High, ..manner() }));
    assert_eq!(same, [], "nothing to change");
}

#[test]
fn seconds_of_a_later_stream_are_counted_from_its_beginning() {
    let mut scene = room(manner());
    scene.plays(&[
        (quiet(8.0), "waiting"),
        (
            event(can_hear(Some("whisper"), Some("silero-2"))),
            "waiting; drop 0; cancel 0; 2 watch from 10.0",
        ),
        (quiet(2.0), "waiting"),
        (voice(0.5), "waiting"),
        (began(2, 1.94), "recording; 3 hear from 11.5"),
        (voice(1.0), "recording"),
        (quiet(0.7), "recording"),
        (ended(2, 1.94, 3.56), "transcribing; end 3 at 13.8"),
    ]);
}

#[test]
fn without_a_model_loudness_tells() {
    let mut scene = Scene::new(manner());
    scene.plays(&[
        (event(can_hear(Some("whisper"), None)), "idle"),
        (event(EarEvent::HandsFreeChosen(true)), "opening; open"),
        (event(opened()), "waiting; screen on"),
        (quiet(3.0), "waiting"),
        (voice(0.2), "recording; 0 hear from 2.6"),
        (voice(1.0), "recording"),
        (quiet(0.5), "recording"),
        (quiet(0.3), "transcribing; end 0 at 4.4"),
        (words(0, "Turn on the light"), "waiting; heard \"Turn on the light\""),
        // A door.
        (voice(0.1), "waiting"),
        (quiet(1.0), "waiting"),
    ]);
    assert!(scene.state().is_by_loudness);
}

#[test]
fn a_model_that_fails_is_replaced_by_loudness_at_once() {
    let mut scene = room(manner());
    scene.plays(&[
        (failed(0, Failure::NotLoaded { model: "silero".into() }), "waiting; drop 0"),
        (quiet(1.0), "waiting"),
        (voice(0.2), "recording; 1 hear from 2.6"),
        (voice(1.0), "recording"),
        (quiet(0.7), "transcribing; end 1 at 4.4"),
        // It is there again.
        (event(can_hear(Some("whisper"), None)), "transcribing"),
        (event(can_hear(Some("whisper"), Some("silero"))), "transcribing; 2 watch from 4.9"),
    ]);
    assert!(!scene.state().is_by_loudness);
}

#[test]
fn a_stream_that_ends_begins_anew_and_not_for_ever() {
    let done = |request| answered(request, Reply::Done(Outcome::Voices(Vec::new())));
    let mut scene = room(manner());
    scene.plays(&[
        (done(0), "waiting; drop 0; 1 watch from 2.0"),
        (done(1), "waiting; drop 1; 2 watch from 2.0"),
        (quiet(1.0), "waiting"),
        (done(2), "waiting; drop 2; 3 watch from 3.0"),
        (done(3), "waiting; drop 3"),
        (voice(0.2), "recording; 4 hear from 2.6"),
    ]);
    // One that lived for a while died by chance.
    let mut scene = room(manner());
    for request in 0..8 {
        scene.play(&quiet(70.0));
        let from = 72 + 70 * request;
        scene.plays(&[(
            done(request),
            &format!("waiting; drop {request}; {} watch from {from}.0", request + 1),
        )]);
    }
}

#[test]
fn a_stream_that_dies_in_mid_turn_leaves_its_end_to_loudness() {
    let mut scene = room(manner());
    scene.plays(&[
        (voice(0.3), "waiting"),
        (began(0, 1.94), "recording; 1 hear from 1.5"),
        (voice(0.5), "recording"),
        (
            failed(0, Failure::BadRequest { detail: "NaN".into() }),
            "recording; drop 0; 2 watch from 2.8",
        ),
        (voice(0.5), "recording"),
        (quiet(0.7), "transcribing; end 1 at 3.5"),
        (words(1, "그대로 들려?"), "waiting; heard \"그대로 들려?\""),
    ]);
    // Or to the next stream, which hears the same voice.
    let mut scene = room(manner());
    scene.plays(&[
        (voice(0.3), "waiting"),
        (began(0, 1.94), "recording; 1 hear from 1.5"),
        (voice(0.5), "recording"),
        (
            failed(0, Failure::BadRequest { detail: "NaN".into() }),
            "recording; drop 0; 2 watch from 2.8",
        ),
        (voice(0.5), "recording"),
        (began(2, 0.0), "recording"),
        (Sounds(0.9, 0.001), "recording"),
        (ended(2, 0.0, 1.0), "transcribing; end 1 at 4.0"),
    ]);
}

#[test]
fn a_stream_begins_anew_every_ten_minutes_when_nobody_speaks() {
    let mut scene = room(manner());
    scene.plays(&[
        (quiet(597.0), "waiting"),
        (voice(0.3), "waiting"),
        (began(0, 598.94), "recording; 1 hear from 598.5"),
        (voice(5.0), "recording"),
        (quiet(0.7), "recording"),
        (ended(0, 598.94, 604.3), "transcribing; end 1 at 604.5"),
        (quiet(1.0), "transcribing"),
        (words(1, "한참 됐네"), "waiting; heard \"한참 됐네\""),
        (quiet(1.0), "waiting; drop 0; cancel 0; 3 watch from 605.5"),
        (began(0, 605.0), "waiting"),
        (began(3, 0.9), "recording; 4 hear from 606.0"),
    ]);
}

#[test]
fn noise_and_what_subtitles_say_are_no_messages() {
    for (voice_s, text, expected) in [
        (1.0, "", "waiting"),
        (1.0, "...", "waiting"),
        (1.0, "you", "waiting"),
        (1.0, "Thanks for watching!", "waiting"),
        (3.0, "MBC 뉴스 이덕영입니다.", "waiting"),
        (1.0, "(음악)", "waiting"),
        // Hardly a voice.
        (0.2, "네", "waiting"),
        (0.4, "네", "waiting; heard \"네\""),
        // Who spoke for long wanted something.
        (5.0, "", "waiting; nothing"),
    ] {
        let mut scene = room(manner());
        // With the model's margins of two frames on either side.
        let (start, end) = (2.0, 2.0 + voice_s + 0.128);
        scene.play(&voice(voice_s + 0.3));
        scene.plays(&[(began(0, start), "recording; 1 hear from 1.6")]);
        scene.play(&quiet(0.7));
        scene.play(&ended(0, start, end));
        scene.plays(&[(words(1, text), expected)]);
    }
}

#[test]
fn turns_follow_each_other_without_overlap_and_in_order() {
    let mut scene = room(manner());
    scene.plays(&[
        (voice(1.0), "waiting"),
        (began(0, 1.94), "recording; 1 hear from 1.5"),
        (quiet(0.64), "recording"),
        (ended(0, 1.94, 3.06), "transcribing; end 1 at 3.3"),
        (voice(0.3), "transcribing"),
        // What is before is another's.
        (began(0, 3.58), "recording; 2 hear from 3.3"),
        (voice(1.0), "recording"),
        (quiet(0.64), "recording"),
        (ended(0, 3.58, 5.0), "transcribing; end 2 at 5.2"),
        (words(2, "둘"), "transcribing"),
        (words(1, "하나"), "waiting; heard \"하나\"; heard \"둘\""),
    ]);
}

#[test]
fn a_press_takes_over_what_is_being_said() {
    let mut scene = room(manner());
    scene.plays(&[
        (voice(0.5), "waiting"),
        (began(0, 1.94), "recording; 1 hear from 1.5"),
        (pressed(), "recording"),
        (voice(0.5), "recording"),
        // While the button is down, nobody else ends it.
        (quiet(0.7), "recording"),
        (ended(0, 1.94, 3.06), "recording"),
        (released(), "transcribing; end 1 at 3.7"),
        (words(1, "you"), "waiting; heard \"you\""),
        (began(0, 3.0), "waiting"),
        (voice(0.3), "waiting"),
        (began(0, 3.8), "recording; 2 hear from 3.7"),
    ]);
}

#[test]
fn off_is_off() {
    let mut scene = room(manner());
    scene.plays(&[
        (voice(0.5), "waiting"),
        (began(0, 1.94), "recording; 1 hear from 1.5"),
        (
            event(EarEvent::HandsFreeChosen(false)),
            "idle; drop 1; cancel 1; drop 0; cancel 0; close; screen off",
        ),
        (words(1, "private"), "idle"),
        // The microphone was on its way all the same.
        (event(opened()), "idle; close"),
    ]);
    // A button that is down is another matter.
    let mut scene = room(manner());
    scene.plays(&[
        (pressed(), "recording; 1 hear from 1.6"),
        (voice(0.5), "recording"),
        (event(EarEvent::HandsFreeChosen(false)), "recording; drop 0; cancel 0"),
        (quiet(0.3), "recording"),
        (released(), "transcribing; end 1 at 2.8; screen off"),
    ]);
}

#[test]
fn escape_throws_a_turn_away_and_not_the_next_one() {
    let mut scene = room(manner());
    scene.plays(&[
        (voice(0.5), "waiting"),
        (began(0, 1.94), "recording; 1 hear from 1.5"),
        (cancelled(), "waiting; drop 1; cancel 1"),
        (voice(0.5), "waiting"),
        (ended(0, 1.94, 3.0), "waiting"),
        (quiet(1.0), "waiting"),
        (voice(0.3), "waiting"),
        (began(0, 3.94), "recording; 3 hear from 3.5"),
    ]);
}

#[test]
fn a_room_that_is_never_quiet_is_heard_for_ten_minutes_at_most() {
    let mut scene = room(manner());
    scene.plays(&[
        (voice(0.5), "waiting"),
        (began(0, 1.94), "recording; 1 hear from 1.5"),
        (Sounds(599.5, VOICE), "transcribing; end 1 at 601.6"),
        (ended(0, 1.94, 602.0), "transcribing"),
    ]);
}

#[test]
fn messages_that_wait_are_not_without_number() {
    let mut scene = room(manner());
    let mut begun = 0;
    for turn in 0..12 {
        let at = 2.0 + f64::from(turn) * 2.0;
        scene.play(&voice(1.0));
        let effects = scene.play(&began(0, at));
        begun += effects.iter().filter(|it| matches!(it, EarEffect::Begin { .. })).count();
        scene.play(&quiet(1.0));
        scene.play(&ended(0, at, at + 1.0));
    }
    assert_eq!((begun, scene.state().transcribing), (8, 8));
    // A button is always heard.
    scene.plays(&[(pressed(), "recording; 9 hear from 25.6")]);
}

#[test]
fn it_is_wished_for_before_there_is_a_model_and_begins_when_there_is() {
    let mut scene = Scene::new(manner());
    scene.plays(&[
        (event(EarEvent::HandsFreeChosen(true)), "idle; needs to hear"),
        (Beats(5), "idle"),
        (event(can_hear(Some("whisper"), None)), "opening; open"),
        (event(opened()), "waiting; screen on"),
        (event(can_hear(Some("whisper"), Some("silero"))), "waiting; 0 watch from 0.0"),
        // And rests while there is none.
        (event(can_hear(None, Some("silero"))), "idle; drop 0; cancel 0; screen off"),
        (event(can_hear(Some("whisper"), Some("silero"))), "waiting; 2 watch from 0.0; screen on"),
    ]);
    assert!(scene.state().hands_free);
}
