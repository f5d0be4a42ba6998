//! The button.

use bella_companion::{EarEffect, EarEvent, Hold, MicrophoneTrouble};
use bella_protocol::{Failure, Language, Outcome, Reply, Request, SoundFormat};

use crate::story::Line::{Beats, Later, Sounds};
use crate::story::{
    ROOM, Scene, answered, can_hear, cancelled, ears, event, failed, manner, opened, partial,
    pressed, quiet, released, segment, voice, warm, words,
};

#[test]
fn the_first_press_opens_the_microphone_and_hears_from_its_first_sound() {
    let mut scene = ears();
    scene.plays(&[
        (pressed(), "opening; open"),
        (Later(900), "opening"),
        (event(opened()), "recording; 0 hear from 0.0; screen on"),
        (voice(2.0), "recording"),
        (partial(0, "오늘 날씨"), "recording"),
    ]);
    scene.shows("오늘 날씨");
    scene.plays(&[
        // Let go with the last sound: a moment more is heard.
        (released(), "transcribing"),
        (voice(0.2), "transcribing; end 0 at 2.1; screen off"),
        (segment(0, "오늘 날씨 어때?"), "transcribing"),
        (words(0, "오늘 날씨 어때?"), "idle; heard \"오늘 날씨 어때?\""),
    ]);
    scene.shows("");
}

#[test]
fn an_open_microphone_has_the_sound_from_before_the_press() {
    let mut scene = warm();
    scene.plays(&[(pressed(), "recording; 1 hear from 1.6; screen on")]);
}

#[test]
fn what_is_asked_for_is_live_and_in_the_persons_language() {
    let mut scene =
        Scene::new(bella_companion::HearingManner { language: Some(Language::Korean), ..manner() });
    scene.step(can_hear(Some("whisper"), None));
    scene.step(EarEvent::TalkPressed);
    let effects = scene.step(EarEvent::MicrophoneOpened { rate: 44_100 });
    let Some(EarEffect::Begin { message, .. }) = effects.first() else { panic!("{effects:?}") };
    let Request::Transcribe { model, options, format, live } = &message.request else {
        panic!("{message:?}")
    };
    assert_eq!((model.as_str(), *live), ("whisper", true));
    assert_eq!(*format, SoundFormat { rate: 44_100, channels: 1 });
    assert_eq!((options.language, options.partials), (Some(Language::Korean), true));
    assert_eq!(options.seed, 7, "chance comes from outside");
}

#[test]
fn who_had_finished_before_letting_go_waits_for_no_tail() {
    let mut scene = warm();
    scene.plays(&[
        (pressed(), "recording; 1 hear from 1.6; screen on"),
        (voice(1.0), "recording"),
        (quiet(0.3), "recording"),
        (released(), "transcribing; end 1 at 3.3; screen off"),
    ]);
}

#[test]
fn a_tail_that_does_not_come_is_not_waited_for() {
    let mut scene = warm();
    scene.plays(&[
        (pressed(), "recording; 1 hear from 1.6; screen on"),
        (voice(1.0), "recording"),
        (released(), "transcribing"),
        (Beats(1), "transcribing; end 1; screen off"),
    ]);
}

#[test]
fn a_tap_locks_and_the_next_press_ends() {
    let mut scene = warm();
    scene.plays(&[
        (pressed(), "recording; 1 hear from 1.6; screen on"),
        (Later(250), "recording"),
        (released(), "recording"),
    ]);
    assert_eq!(scene.state().hold, Some(Hold::Locked));
    scene.plays(&[
        (voice(3.0), "recording"),
        (quiet(0.5), "recording"),
        (pressed(), "transcribing; end 1 at 5.5; screen off"),
        (released(), "transcribing"),
        (words(1, "Hello"), "idle; heard \"Hello\""),
    ]);
    assert_eq!(scene.state().hold, None);
}

#[test]
fn a_tap_before_the_microphone_is_open_locks_too() {
    let mut scene = ears();
    scene.plays(&[
        (pressed(), "opening; open"),
        (Later(100), "opening"),
        (released(), "opening"),
        (Later(4_000), "opening"),
        (event(opened()), "recording; 0 hear from 0.0; screen on"),
        (voice(1.0), "recording"),
        (quiet(0.3), "recording"),
        (pressed(), "transcribing; end 0 at 1.3; screen off"),
    ]);
}

#[test]
fn what_is_too_short_is_no_mistake() {
    // Two taps in a moment.
    warm().plays(&[
        (pressed(), "recording; 1 hear from 1.6; screen on"),
        (Later(80), "recording"),
        (released(), "recording"),
        (Later(70), "recording"),
        (pressed(), "idle; drop 1; cancel 1; screen off"),
        (released(), "idle"),
        (answered(1, Reply::Done(Outcome::Cancelled)), "idle"),
    ]);
    // Let go before there was a microphone: it stays open for the next press.
    ears().plays(&[
        (pressed(), "opening; open"),
        (Later(2_000), "opening"),
        (released(), "idle"),
        (event(opened()), "idle"),
        (quiet(1.0), "idle"),
        (pressed(), "recording; 0 hear from 0.6; screen on"),
    ]);
    // Let go just when it opened.
    ears().plays(&[
        (pressed(), "opening; open"),
        (Later(2_000), "opening"),
        (event(opened()), "recording; 0 hear from 0.0; screen on"),
        (Later(100), "recording"),
        (released(), "idle; drop 0; cancel 0; screen off"),
    ]);
}

#[test]
fn escape_throws_away_what_is_being_said() {
    let mut scene = warm();
    scene.plays(&[
        (pressed(), "recording; 1 hear from 1.6; screen on"),
        (voice(2.0), "recording"),
        (partial(1, "no, wait"), "recording"),
        (cancelled(), "idle; drop 1; cancel 1; screen off"),
        (partial(1, "no, wait a"), "idle"),
        (words(1, "no, wait a moment"), "idle"),
        (released(), "idle"),
    ]);
    scene.shows("");
    // Or what is still being put into words.
    warm().plays(&[
        (pressed(), "recording; 1 hear from 1.6; screen on"),
        (voice(1.0), "recording"),
        (quiet(0.3), "recording"),
        (released(), "transcribing; end 1 at 3.3; screen off"),
        (cancelled(), "idle; cancel 1"),
        (words(1, "never mind"), "idle"),
    ]);
    // Or the wish to say something.
    ears().plays(&[(pressed(), "opening; open"), (cancelled(), "idle"), (event(opened()), "idle")]);
}

#[test]
fn who_goes_on_talking_is_heard_in_order() {
    let mut scene = warm();
    scene.plays(&[
        (pressed(), "recording; 1 hear from 1.6; screen on"),
        (voice(1.0), "recording"),
        (released(), "transcribing"),
        // Pressed again within the tail.
        (pressed(), "recording; end 1 at 3.0; 2 hear from 3.0"),
        (partial(1, "first"), "recording"),
        (voice(1.0), "recording"),
        (partial(2, "second"), "recording"),
    ]);
    scene.shows("first second");
    assert_eq!(scene.state().transcribing, 1);
    scene.plays(&[
        (quiet(0.3), "recording"),
        (released(), "transcribing; end 2 at 4.3; screen off"),
        // Whatever is ready first: what was said first is told first.
        (words(2, "second thing"), "transcribing"),
        (words(1, "first thing"), "idle; heard \"first thing\"; heard \"second thing\""),
    ]);
}

#[test]
fn a_key_that_repeats_is_one_press() {
    warm().plays(&[
        (pressed(), "recording; 1 hear from 1.6; screen on"),
        (pressed(), "recording"),
        (voice(1.0), "recording"),
        (pressed(), "recording"),
        (quiet(0.3), "recording"),
        (released(), "transcribing; end 1 at 3.3; screen off"),
        (released(), "transcribing"),
    ]);
}

#[test]
fn silence_and_noise_are_told_and_never_become_a_message() {
    for (text, expected) in [
        ("", "idle; nothing"),
        (" ... ", "idle; nothing"),
        ("[Music]", "idle; nothing"),
        ("♪", "idle; nothing"),
        ("시청해주셔서 감사합니다.", "idle; nothing"),
        ("Thank you for watching!", "idle; nothing"),
        // Who holds a button means what they say.
        ("you", "idle; heard \"you\""),
        ("응", "idle; heard \"응\""),
        ("  감사합니다. ", "idle; heard \"감사합니다.\""),
    ] {
        warm().plays(&[
            (pressed(), "recording; 1 hear from 1.6; screen on"),
            (quiet(1.0), "recording"),
            (released(), "transcribing; end 1 at 3.0; screen off"),
            (words(1, text), expected),
        ]);
    }
}

#[test]
fn a_monologue_ends_by_itself_after_ten_minutes_and_is_sent() {
    let mut scene = ears();
    scene.plays(&[
        (pressed(), "opening; open"),
        (event(opened()), "recording; 0 hear from 0.0; screen on"),
        (voice(599.0), "recording"),
        (voice(2.0), "transcribing; end 0 at 600.0; screen off"),
        (released(), "transcribing"),
        (words(0, "and so on"), "idle; heard \"and so on\""),
    ]);
    assert_eq!(scene.state().hold, None);
    // Where not a sound comes, a clock ends it.
    let mut scene = warm();
    scene.plays(&[
        (pressed(), "recording; 1 hear from 1.6; screen on"),
        (Beats(601), "transcribing; end 1; screen off"),
    ]);
    assert_eq!(scene.trouble(), Some("no-frames"));
}

#[test]
fn the_microphone_stays_open_for_a_minute_and_closes_by_itself() {
    let mut scene = warm();
    scene.plays(&[
        (pressed(), "recording; 1 hear from 1.6; screen on"),
        (Sounds(1.0, ROOM), "recording"),
        (released(), "transcribing; end 1 at 3.0; screen off"),
        (words(1, "hi"), "idle; heard \"hi\""),
    ]);
    for _ in 0..58 {
        scene.plays(&[(quiet(1.0), "idle"), (event(EarEvent::Beat), "idle")]);
    }
    assert!(scene.state().is_open);
    scene.plays(&[(quiet(3.0), "idle"), (event(EarEvent::Beat), "idle; close")]);
    assert!(!scene.state().is_open);
    scene.plays(&[(event(EarEvent::Beat), "idle"), (pressed(), "opening; open")]);
}

#[test]
fn without_a_model_a_press_asks_for_one_and_does_nothing_else() {
    let mut scene = Scene::new(manner());
    scene.plays(&[
        (pressed(), "idle; needs to hear"),
        (released(), "idle"),
        (event(can_hear(None, Some("silero"))), "idle"),
        (pressed(), "idle; needs to hear"),
        (event(can_hear(Some("whisper"), None)), "idle"),
        (pressed(), "opening; open"),
        // Its model goes while the microphone opens.
        (event(can_hear(None, None)), "idle"),
        (event(opened()), "idle"),
    ]);
}

#[test]
fn what_cannot_be_put_into_words_is_told_beside_what_was_found() {
    let failure = || Failure::BadRequest { detail: "odd".into() };
    let told = "not heard, the request could not be understood: odd";
    let begin = |scene: &mut Scene| {
        scene.plays(&[
            (pressed(), "recording; 1 hear from 1.6; screen on"),
            (voice(1.0), "recording"),
        ]);
    };
    let mut scene = warm();
    begin(&mut scene);
    scene.plays(&[
        (failed(1, failure()), &format!("idle; drop 1; {told}; screen off")),
        (released(), "idle"),
    ]);
    let mut scene = warm();
    begin(&mut scene);
    scene.plays(&[
        (segment(1, "Remind me to"), "recording"),
        (
            failed(1, failure()),
            &format!("idle; drop 1; heard \"Remind me to\"; {told}; screen off"),
        ),
    ]);
    // Its model was put away meanwhile.
    let mut scene = warm();
    begin(&mut scene);
    scene.plays(&[(
        answered(1, Reply::Done(Outcome::Cancelled)),
        "idle; drop 1; nothing; screen off",
    )]);
}

#[test]
fn sound_that_is_cut_off_is_told() {
    let mut scene = warm();
    scene.plays(&[(pressed(), "recording; 1 hear from 1.6; screen on")]);
    scene.plays(&[(Sounds(0.04, 0.5), "recording")]);
    assert!(!scene.state().is_too_loud, "a knock");
    scene.plays(&[(Sounds(1.0, 0.5), "recording")]);
    assert!(scene.state().is_too_loud);
    scene.plays(&[(voice(5.0), "recording")]);
    assert!(!scene.state().is_too_loud);
}

#[test]
fn a_rate_that_nothing_can_be_made_of_is_told_and_not_streamed() {
    for rate in [0, 1, 3_999, 384_001, u32::MAX] {
        let mut scene = ears();
        scene.plays(&[
            (pressed(), "opening; open"),
            (event(EarEvent::MicrophoneOpened { rate }), "idle; close"),
        ]);
        let trouble = scene.state().trouble.clone();
        assert!(matches!(trouble, Some(MicrophoneTrouble::Other { detail, .. })
            if detail == format!("{rate} Hz")));
    }
    for rate in [4_000, 11_025, 44_100, 96_000, 384_000] {
        ears().plays(&[
            (pressed(), "opening; open"),
            (event(EarEvent::MicrophoneOpened { rate }), "recording; 0 hear from 0.0; screen on"),
        ]);
    }
}
