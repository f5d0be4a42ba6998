//! Voices, found where somebody speaks and nowhere else.

use bella_protocol::{Outcome, Patience, Reply, Request, SoundFormat, Stretch, Turn};

use crate::models::stage_with;
use crate::sounds::HALF_A_MINUTE;
use crate::sounds::clips::clips;
use crate::sounds::synthetic::{hum, noise, rumble, scaled, tune};
use bella_tests::engine::{Answer, Engine};

const SILERO: &str = "silero-vad";

fn listen(live: bool) -> Request {
    let (patience, format) = (Patience::default(), SoundFormat::default());
    Request::Listen { model: SILERO.to_owned(), patience, format, live }
}

#[track_caller]
fn stretches(answer: Answer) -> Vec<Stretch> {
    match answer.outcome() {
        Outcome::Voices(stretches) => stretches,
        other => panic!("no voices: {other:?}"),
    }
}

/// The turns that were told while it listened.
fn turns(answer: &Answer) -> Vec<Turn> {
    let turn = |reply: &Reply| match reply {
        Reply::Voice(turn) => Some(*turn),
        _ => None,
    };
    answer.replies.iter().filter_map(|(_, reply)| turn(reply)).collect()
}

#[test]
fn speech_is_found_in_recordings_and_nothing_else_is_speech() {
    let Some((stage, [spec])) = stage_with([SILERO]) else { return };
    let Some(clips) = clips() else { return };
    stage.play(|visit| {
        let engine = Engine::with(visit, &spec);
        for (name, sound) in [
            ("nothing", vec![]),
            ("silence", vec![0.0; HALF_A_MINUTE]),
            ("loud noise", scaled(&noise(HALF_A_MINUTE), 0.3)),
            ("a road", rumble(HALF_A_MINUTE)),
            ("mains hum", hum(60.0, HALF_A_MINUTE)),
            ("music", tune(HALF_A_MINUTE)),
        ] {
            assert_eq!(stretches(engine.ask_with(listen(false), &sound)), [], "{name}");
        }
        for clip in clips.iter().step_by(5) {
            let sound = clip.samples();
            let seconds = sound.len() as f64 / 16_000.0;
            let answer = engine.ask_with(listen(false), &sound);
            assert!(matches!(turns(&answer)[..], [Turn::Began { .. }, ..]), "{}", clip.name);
            let found = stretches(answer);
            let spoken: f64 = found.iter().map(|stretch| stretch.end - stretch.start).sum();
            // People read from the first second to nearly the last.
            assert!(spoken > 0.6 * seconds, "{}: {spoken} s of {seconds} s", clip.name);
        }
    });
}

/// As from a microphone: the beginning of speech is told while it goes on.
#[test]
fn a_voice_is_heard_while_it_speaks() {
    let Some((stage, [spec])) = stage_with([SILERO]) else { return };
    let Some(clips) = clips() else { return };
    stage.play(|visit| {
        let engine = Engine::with(visit, &spec);
        let sound = clips[0].samples();
        let whole = engine.ask_with(listen(false), &sound);
        let live = engine.send(listen(true));
        let (beginning, rest) = sound.split_at(2 * 16_000);
        engine.ask_with(Request::Sound { target: live.id, last: false }, beginning).outcome();
        engine.wait_for(live, |reply| matches!(reply, Reply::Voice(Turn::Began { .. })));
        engine.ask_with(Request::Sound { target: live.id, last: true }, rest).outcome();
        let live = engine.wait(live);
        assert_eq!(turns(&live), turns(&whole));
        assert_eq!(stretches(live), stretches(whole));
    });
}
