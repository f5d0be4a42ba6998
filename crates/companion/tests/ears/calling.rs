//! Her name. Which strings are it is told in `wake.rs`.

use bella_companion::{EarEvent, HearingManner};

use crate::story::Line::Later;
use crate::story::{
    Scene, began, cancelled, ended, event, manner, partial, pressed, quiet, released, room,
    segment, voice, words,
};

fn called() -> HearingManner {
    HearingManner { needs_wake_phrase: true, ..manner() }
}

/// A room in which somebody says this, of a second and a half, with the `first`
/// request of theirs.
fn says(scene: &mut Scene, first: u32, text: &str, expected: &str) {
    let at = f64::from(scene.sounds) / 30.0;
    scene.play(&voice(1.5));
    scene.play(&began(0, at));
    scene.play(&quiet(0.7));
    scene.play(&ended(0, at, at + 1.5));
    scene.plays(&[(words(first, text), expected)]);
}

#[test]
fn only_what_begins_with_her_name_is_a_message() {
    for (text, expected) in [
        ("벨라야, 불 켜 줘.", "waiting; heard \"불 켜 줘.\""),
        ("밸라 야 불 켜 줘", "waiting; heard \"불 켜 줘\""),
        ("Hey, Bela. What time is it?", "waiting; heard \"What time is it?\""),
        ("불 켜 줘.", "waiting"),
        ("빨래야 불 켜 줘.", "waiting"),
        ("hey fella, turn it on", "waiting"),
        ("", "waiting"),
    ] {
        says(&mut room(called()), 1, text, expected);
    }
}

#[test]
fn her_name_alone_makes_her_attentive_for_the_next_turn() {
    let mut scene = room(called());
    says(&mut scene, 1, "벨라야.", "waiting");
    assert!(scene.state().is_attentive);
    scene.plays(&[(Later(5_000), "waiting")]);
    says(&mut scene, 2, "불 켜 줘.", "waiting; heard \"불 켜 줘.\"");
    assert!(!scene.state().is_attentive, "for one turn");
    says(&mut scene, 3, "그리고 창문도", "waiting");
}

#[test]
fn attention_lasts_eight_seconds() {
    let mut scene = room(called());
    says(&mut scene, 1, "Hey Bella", "waiting");
    scene.plays(&[(Later(8_100), "waiting"), (event(EarEvent::Beat), "waiting")]);
    assert!(!scene.state().is_attentive);
    says(&mut scene, 2, "turn on the light", "waiting");
    // Called again, the time begins again; and the name is no part of a message.
    says(&mut scene, 3, "Hey Bella", "waiting");
    says(&mut scene, 4, "Hey Bella", "waiting");
    says(&mut scene, 5, "Hey Bella, turn on the light", "waiting; heard \"turn on the light\"");
}

#[test]
fn what_is_clearly_for_others_is_given_up_early() {
    let mut scene = room(called());
    scene.plays(&[
        (voice(1.0), "waiting"),
        (began(0, 1.94), "recording; 1 hear from 1.5"),
        (partial(1, "어제 그 드라마 봤어"), "recording"),
        (voice(1.0), "recording"),
    ]);
    scene.shows("");
    scene.plays(&[
        (partial(1, "어제 그 드라마 봤어? 나는"), "waiting; drop 1; cancel 1"),
        (words(1, "어제 그 드라마 봤어? 나는 못 봤어"), "waiting"),
        (ended(0, 1.94, 5.0), "waiting"),
    ]);
    // Near enough to be read differently in a moment.
    let mut scene = room(called());
    scene.plays(&[
        (voice(2.0), "waiting"),
        (began(0, 1.94), "recording; 1 hear from 1.5"),
        (partial(1, "헤이 빌라 지금 몇"), "recording"),
        (partial(1, "헤이 벨라 지금 몇"), "recording"),
    ]);
    scene.shows("지금 몇");
    // Over already, and not in words yet.
    let mut scene = room(called());
    scene.plays(&[
        (voice(2.0), "waiting"),
        (began(0, 1.94), "recording; 1 hear from 1.5"),
        (quiet(0.7), "recording"),
        (ended(0, 1.94, 4.06), "transcribing; end 1 at 4.3"),
        (segment(1, "What do you want for dinner?"), "waiting; cancel 1"),
    ]);
}

#[test]
fn a_button_needs_no_name() {
    let mut scene = room(called());
    scene.plays(&[
        (pressed(), "recording; 1 hear from 1.6"),
        (voice(1.0), "recording"),
        (partial(1, "불 켜 줘"), "recording"),
        (quiet(0.3), "recording"),
        (released(), "transcribing; end 1 at 3.3"),
        (words(1, "불 켜 줘"), "waiting; heard \"불 켜 줘\""),
        (cancelled(), "waiting"),
    ]);
}
