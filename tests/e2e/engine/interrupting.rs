//! Who goes first, and how soon "stop" is heard.

use std::thread;
use std::time::Duration;

use bella_protocol::{
    Language, ModelSpec, Outcome, Purpose, Reply, Request, Stop, TranscribeOptions,
};

use crate::models::stage_with;
use crate::sounds::HALF_A_MINUTE;
use crate::sounds::synthetic::{noise, scaled, tune};
use crate::talking::{chat, from_user, greedy, must_talk};
use crate::transcribing::{transcribe, transcript};
use crate::understanding::embed;
use bella_tests::engine::{Answer, Asked, Engine};

const SMOLLM2: &str = "smollm2-135m-instruct";
const WHISPER: &str = "whisper-tiny";
const E5: &str = "multilingual-e5-small";

const STORY: &str = "Tell me a long story about a lighthouse and its keeper.";
/// From the page's "stop" to the engine's last word about it.
const AT_ONCE: f64 = 100.0;
/// How long a request has been worked on when it is stopped: at its beginning, in
/// the middle of its first part, and further on.
const MOMENTS: [u64; 4] = [0, 60, 250, 900];

/// Other programs take their turns too: only what is late each time is ours.
const TRIES: usize = 3;

/// Starts a request, stops it after each of the moments, and tells how long that
/// took.
fn check(engine: &Engine, what: &str, start: impl Fn() -> Asked) {
    let times = MOMENTS.map(|moment| {
        let mut tries = (0..TRIES).map(|_| stop_after(moment, engine, what, &start));
        let mut best = f64::INFINITY;
        while best > AT_ONCE
            && let Some(took) = tries.next()
        {
            best = best.min(took);
        }
        best
    });
    eprintln!("{what}: stopped within {times:.0?} ms");
    assert!(times.iter().all(|&took| took <= AT_ONCE), "{what}: {times:?} ms");
}

/// How many milliseconds it takes to stop a request that was so long under way.
fn stop_after(moment: u64, engine: &Engine, what: &str, start: impl Fn() -> Asked) -> f64 {
    let asked = start();
    thread::sleep(Duration::from_millis(moment));
    let stop = engine.send(Request::Cancel { target: asked.id });
    let answer = engine.wait(asked);
    assert!(is_cancelled(&answer), "{what} after {moment} ms: {:?}", answer.replies.last());
    assert_eq!(engine.wait(stop).outcome(), Outcome::Cancelled);
    answer.ended() - stop.at
}

fn is_cancelled(answer: &Answer) -> bool {
    match answer.replies.last() {
        Some((_, Reply::Done(Outcome::Chat { stop, .. }))) => *stop == Stop::Cancelled,
        Some((_, Reply::Done(outcome))) => *outcome == Outcome::Cancelled,
        _ => false,
    }
}

fn with_all(test: impl Fn(&Engine)) {
    let Some((stage, specs)) = stage_with([SMOLLM2, WHISPER, E5]) else { return };
    stage.play(|visit| {
        let engine = Engine::start(visit);
        specs.iter().for_each(|spec: &ModelSpec| drop(engine.load(spec)));
        test(&engine);
    });
}

#[test]
fn stop_is_heard_at_once_whatever_is_going_on() {
    with_all(|engine| {
        let ask = |request: Request| engine.send(request);
        check(engine, "talking", || ask(chat(SMOLLM2, from_user(STORY), greedy(400))));

        // Another one each time, or the second would be in the cache.
        let count = std::cell::Cell::new(0);
        let reading = || {
            count.set(count.get() + 1);
            let long =
                format!("Story {}. ", count.get()) + &"The keeper lit the lamp. ".repeat(250);
            ask(chat(SMOLLM2, from_user(&long), greedy(400)))
        };
        check(engine, "reading a long question", reading);

        // So long that no machine is done with it before the last of the moments.
        let speech_like = scaled(&tune(10 * HALF_A_MINUTE), 0.5);
        let hearing =
            || engine.send_with(transcribe(WHISPER, TranscribeOptions::default()), &speech_like);
        check(engine, "hearing", hearing);

        let texts = vec!["등대지기는 매일 밤 등불을 켰습니다. ".repeat(10); 60];
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let indexing = || ask(embed(E5, Purpose::Passage, &texts));
        check(engine, "indexing", indexing);

        // Nothing of it is left behind.
        assert_eq!(engine.status().waiting, 0);
        must_talk(engine, SMOLLM2);
    });
}

#[test]
fn listening_goes_before_talking_before_indexing() {
    with_all(|engine| {
        let texts = vec!["The keeper lit the lamp every night. ".repeat(20); 24];
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let indexing = engine.send(embed(E5, Purpose::Passage, &texts));
        let talking = engine.send(chat(SMOLLM2, from_user(STORY), greedy(40)));
        engine.wait_for(talking, |reply| matches!(reply, Reply::Text(_)));

        let sound = scaled(&noise(2 * 16_000), 0.1);
        let options = TranscribeOptions { language: Some(Language::English), ..Default::default() };
        let listening = engine.send_with(transcribe(WHISPER, options), &sound);
        let [listening, talking, indexing] =
            [listening, talking, indexing].map(|asked| engine.wait(asked));

        // Asked last, answered first; and nobody says a word meanwhile.
        assert!(listening.ended() < talking.ended());
        assert!(talking.ended() < indexing.ended());
        // A step may have been under way when it was asked.
        let meanwhile = talking.replies.iter().filter(|(at, reply)| {
            matches!(reply, Reply::Text(_))
                && (listening.asked + AT_ONCE..listening.ended()).contains(at)
        });
        assert_eq!(meanwhile.count(), 0, "words while somebody is listened to");
        let after = talking.replies.iter().filter(|(at, _)| *at > listening.ended()).count();
        assert!(after > 1, "the reply had ended before it could be interrupted");
        transcript(listening.outcome());
        assert!(matches!(talking.outcome(), Outcome::Chat { stop: Stop::Length, .. }));
        assert!(matches!(indexing.outcome(), Outcome::Embedded { texts, .. } if texts.len() == 24));
    });
}

#[test]
fn a_download_can_be_stopped() {
    let Some((stage, [spec])) = stage_with([SMOLLM2]) else { return };
    stage.play(|visit| {
        let engine = Engine::start(visit);
        let loading = engine.send(Request::Load { spec: spec.clone() });
        engine.wait_for(loading, |reply| matches!(reply, Reply::Progress(_)));
        let stop = engine.send(Request::Cancel { target: loading.id });
        let answer = engine.wait(loading);
        assert!(answer.ended() - stop.at <= AT_ONCE, "{} ms", answer.ended() - stop.at);
        assert_eq!(answer.outcome(), Outcome::Cancelled);
        assert_eq!(engine.status().models, []);
        engine.load(&spec);
    });
}
