//! While she speaks.

use bella_companion::{EarEvent, HearingManner};
use bella_protocol::Failure;

use crate::story::{
    Scene, began, cancelled, ended, event, failed, manner, partial, pressed, quiet, released, room,
    silent, speaks, voice, warm, words,
};

const WEATHER: &str = "내일은 비가 올 거예요. 우산을 꼭 챙기세요.";

/// She speaks, and two seconds later a voice is heard: recorded by request 1.
fn interrupted(manner: HearingManner) -> Scene {
    let mut scene = room(manner);
    scene.plays(&[
        (speaks(WEATHER), "waiting"),
        (quiet(2.0), "waiting"),
        (voice(0.5), "waiting"),
        (began(0, 3.94), "recording; 1 hear from 3.5; duck"),
    ]);
    scene
}

#[test]
fn a_voice_makes_her_speak_softly_and_words_make_her_stop() {
    let mut scene = interrupted(manner());
    scene.plays(&[
        (voice(0.5), "recording"),
        (partial(1, "오늘은"), "recording; hush"),
        (silent(), "recording"),
        (partial(1, "오늘은 어때"), "recording"),
        (quiet(0.7), "recording"),
        (ended(0, 3.94, 5.06), "transcribing; end 1 at 5.3"),
        (words(1, "오늘은 어때?"), "waiting; heard \"오늘은 어때?\""),
    ]);
}

#[test]
fn a_noise_makes_her_speak_softly_for_a_moment() {
    for text in ["", "...", "[Music]"] {
        let mut scene = interrupted(manner());
        scene.plays(&[
            (quiet(0.7), "recording"),
            (ended(0, 3.94, 4.5), "transcribing; end 1 at 4.7"),
            (words(1, text), "waiting; unduck"),
        ]);
    }
    let mut scene = interrupted(manner());
    scene.plays(&[(
        failed(1, Failure::BadRequest { detail: "odd".into() }),
        "waiting; drop 1; not heard, the request could not be understood: odd; unduck",
    )]);
    let mut scene = interrupted(manner());
    scene.plays(&[(cancelled(), "waiting; drop 1; cancel 1; unduck")]);
}

#[test]
fn a_short_word_stops_her_when_it_is_known() {
    let mut scene = interrupted(manner());
    scene.plays(&[
        (quiet(0.7), "recording"),
        (ended(0, 3.94, 4.5), "transcribing; end 1 at 4.7"),
        (words(1, "그만"), "waiting; hush; heard \"그만\""),
    ]);
}

#[test]
fn she_is_not_interrupted_by_herself() {
    let mut scene = interrupted(manner());
    scene.plays(&[
        (voice(1.0), "recording"),
        (partial(1, "내일은 비가 올 거에요"), "recording; unduck"),
        (voice(1.0), "recording"),
        (partial(1, "내일은 비가 올 거에요 우산을 꼭"), "recording"),
    ]);
    scene.shows("");
    scene.plays(&[
        // Her next sentence does not make it somebody else's.
        (speaks("따뜻하게 입으시고요."), "recording"),
        (quiet(0.7), "recording"),
        (ended(0, 3.94, 7.0), "transcribing; end 1 at 7.2"),
        (words(1, "내일은 비가 올 거에요 우산을 꼭 챙기세요"), "waiting"),
    ]);
    // Somebody speaks up in the middle of it: only their words are the message.
    let mut scene = interrupted(manner());
    scene.plays(&[
        (voice(1.0), "recording"),
        (partial(1, "내일은 비가 올 거에요"), "recording; unduck"),
        (voice(1.0), "recording"),
        (partial(1, "내일은 비가 올 거에요 아니 오늘 날씨"), "recording; hush"),
    ]);
    scene.shows("아니 오늘 날씨");
    scene.plays(&[
        (silent(), "recording"),
        (quiet(0.7), "recording"),
        (ended(0, 3.94, 7.0), "transcribing; end 1 at 7.2"),
        (
            words(1, "내일은 비가 올 거에요. 아니, 오늘 날씨."),
            "waiting; heard \"아니, 오늘 날씨.\"",
        ),
    ]);
}

#[test]
fn an_answer_with_her_own_words_is_an_answer() {
    let mut scene = room(manner());
    scene.plays(&[
        (speaks("커피 드릴까요, 차 드릴까요?"), "waiting"),
        (quiet(2.0), "waiting"),
        (silent(), "waiting"),
        (quiet(0.2), "waiting"),
        (voice(0.5), "waiting"),
        // Recorded from after her last sound.
        (began(0, 4.2), "recording; 1 hear from 4.0"),
        (quiet(0.7), "recording"),
        (ended(0, 4.2, 4.8), "transcribing; end 1 at 5.0"),
        (words(1, "커피"), "waiting; heard \"커피\""),
    ]);
}

#[test]
fn who_does_not_want_to_interrupt_her_is_not_heard_until_she_is_silent() {
    let polite = HearingManner { barge_in: false, ..manner() };
    let mut scene = room(polite);
    scene.plays(&[
        (speaks(WEATHER), "waiting"),
        (voice(1.0), "waiting"),
        (began(0, 2.0), "waiting"),
        (quiet(0.7), "waiting"),
        (ended(0, 2.0, 3.0), "waiting"),
        (silent(), "waiting"),
        // Told late, and hers.
        (began(0, 3.2), "waiting"),
        (voice(0.5), "waiting"),
        (began(0, 3.8), "recording; 1 hear from 3.7"),
        // What began in silence goes on when she begins.
        (speaks("그럼"), "recording"),
        (partial(1, "근데 말이야"), "recording"),
        (quiet(0.7), "recording"),
        (ended(0, 3.8, 4.3), "transcribing; end 1 at 4.5"),
        (words(1, "근데 말이야"), "waiting; heard \"근데 말이야\""),
    ]);
}

#[test]
fn she_does_not_talk_over_who_speaks() {
    let mut scene = room(manner());
    scene.plays(&[
        (voice(0.5), "waiting"),
        (began(0, 1.94), "recording; 1 hear from 1.5"),
        (speaks(WEATHER), "recording; duck"),
        (partial(1, "그리고 하나 더"), "recording; hush"),
    ]);
    let mut scene = room(manner());
    scene.plays(&[
        (voice(0.5), "waiting"),
        (began(0, 1.94), "recording; 1 hear from 1.5"),
        (partial(1, "그리고 하나 더"), "recording"),
        (speaks(WEATHER), "recording; duck; hush"),
    ]);
}

#[test]
fn a_button_silences_her_at_once() {
    let mut scene = warm();
    scene.plays(&[
        (speaks(WEATHER), "idle"),
        // What was before the press is her voice.
        (pressed(), "recording; hush; 1 hear from 2.0; screen on"),
        // A sentence that was on its way.
        (speaks("따뜻하게 입으세요."), "recording; hush"),
        (silent(), "recording"),
        (voice(1.0), "recording"),
        (quiet(0.3), "recording"),
        (released(), "transcribing; end 1 at 3.3; screen off"),
        // Who holds a button may say what she said.
        (words(1, "우산을 꼭 챙기세요"), "idle; heard \"우산을 꼭 챙기세요\""),
    ]);
    // Ducked before, she is hushed and nothing else.
    let mut scene = interrupted(manner());
    scene.plays(&[
        (pressed(), "recording; hush"),
        (silent(), "recording"),
        (quiet(0.5), "recording"),
        (released(), "transcribing; end 1 at 5.0"),
        (words(1, ""), "waiting; nothing"),
    ]);
}

#[test]
fn with_a_name_needed_only_a_call_silences_her() {
    let called = HearingManner { needs_wake_phrase: true, ..manner() };
    let mut scene = interrupted(called);
    scene.plays(&[
        (voice(2.0), "recording"),
        (partial(1, "엄마 나 학교 다녀올게요"), "waiting; drop 1; cancel 1; unduck"),
    ]);
    let mut scene = interrupted(called);
    scene.plays(&[
        (voice(2.0), "recording"),
        // Her own voice may be followed by a call.
        (partial(1, "내일은 비가 올 거예요"), "recording; unduck"),
        (partial(1, "내일은 비가 올 거예요 벨라야 그만"), "recording; hush"),
        (ended(0, 3.94, 6.3), "transcribing; end 1 at 6.5"),
        (words(1, "내일은 비가 올 거예요. 벨라야, 그만."), "waiting; heard \"그만.\""),
    ]);
    let mut scene = interrupted(called);
    scene.plays(&[
        (quiet(0.7), "recording"),
        (ended(0, 3.94, 4.5), "transcribing; end 1 at 4.7"),
        (words(1, "벨라야!"), "waiting; hush"),
    ]);
    assert!(scene.state().is_attentive);
}

#[test]
fn two_voices_in_a_row_duck_her_once() {
    let mut scene = interrupted(manner());
    scene.plays(&[
        (quiet(0.7), "recording"),
        (ended(0, 3.94, 4.5), "transcribing; end 1 at 4.7"),
        (voice(0.5), "transcribing"),
        (began(0, 5.2), "recording; 2 hear from 4.8"),
        (words(1, ""), "recording"),
        (quiet(0.7), "recording"),
        (ended(0, 5.2, 5.7), "transcribing; end 2 at 5.9"),
        (words(2, ""), "waiting; unduck"),
        (event(EarEvent::Beat), "waiting"),
    ]);
}
