//! What the engine is not made for: refused by name, and forgotten.

use bella_engine::audio::resample::Resampler;
use bella_protocol::{
    Failure, Language, Outcome, Patience, Purpose, Request, RequestId, SoundFormat,
    TranscribeOptions,
};

use crate::models::stage_with;
use crate::sounds::clips::jfk;
use crate::talking::{chat, from_user, greedy, must_talk};
use crate::transcribing::{transcribe, transcript};
use crate::understanding::embed;
use bella_tests::engine::Engine;

const WHISPER: &str = "whisper-tiny";
const SILERO: &str = "silero-vad";
const SMOLLM2: &str = "smollm2-135m-instruct";

fn in_english() -> TranscribeOptions {
    TranscribeOptions { language: Some(Language::English), ..Default::default() }
}

fn transcribe_in(format: SoundFormat) -> Request {
    Request::Transcribe { model: WHISPER.to_owned(), options: in_english(), format, live: false }
}

fn listen_in(format: SoundFormat) -> Request {
    let patience = Patience::default();
    Request::Listen { model: SILERO.to_owned(), patience, format, live: false }
}

#[track_caller]
fn refused(engine: &Engine, request: Request, sound: &[f32], named: &str) {
    let told = format!("{request:?}");
    match engine.ask_with(request, sound).failure() {
        Failure::BadRequest { detail } => {
            assert!(detail.contains(named), "{told}: {detail}");
        }
        other => panic!("{told}: {other:?}"),
    }
}

#[test]
fn sound_that_is_none_is_refused() {
    let Some((stage, specs)) = stage_with([WHISPER, SILERO]) else { return };
    stage.play(|visit| {
        let engine = Engine::start(visit);
        specs.iter().for_each(|spec| drop(engine.load(spec)));
        let mut sound = vec![0.1; 16_000];
        for bad in [f32::NAN, f32::INFINITY] {
            sound[12_345] = bad;
            for request in
                [transcribe_in(SoundFormat::default()), listen_in(SoundFormat::default())]
            {
                refused(&engine, request, &sound, "12345");
            }
        }
        sound[12_345] = 0.1;
        for format in [
            SoundFormat { rate: 0, channels: 1 },
            SoundFormat { rate: 16_000, channels: 0 },
            SoundFormat { rate: u32::MAX, channels: usize::MAX >> 33 },
        ] {
            for request in [transcribe_in(format), listen_in(format)] {
                match engine.ask_with(request, &sound).failure() {
                    Failure::BadRequest { .. } => {}
                    other => panic!("{format:?}: {other:?}"),
                }
            }
        }
        // Sound for nobody is taken, because that somebody may just have ended.
        let stray = Request::Sound { target: RequestId(4_000), last: true };
        assert_eq!(engine.ask_with(stray, &sound).outcome(), Outcome::Taken);
        // And none of it stays.
        let nothing = transcript(engine.ask(transcribe(WHISPER, in_english())).outcome());
        assert_eq!(nothing.text, "");
        assert_eq!(engine.status().waiting, 0);
    });
}

/// As from a telephone's headset.
#[test]
fn eight_kilohertz_in_stereo_are_understood_like_sixteen_in_mono() {
    let Some((stage, [spec])) = stage_with([WHISPER]) else { return };
    let Some(clip) = jfk() else { return };
    let resampled = |rate, sound: &[f32]| {
        let mut resampler = Resampler::new(rate, 1).expect("a rate");
        let mut sound = resampler.push(sound);
        sound.extend(resampler.finish());
        sound
    };
    // Taken for twice its rate, half of the samples are left.
    let narrow = resampled(32_000, &clip.samples());
    let stereo: Vec<f32> = narrow.iter().flat_map(|&sample| [sample, sample]).collect();
    let mono = resampled(8_000, &narrow);
    stage.play(|visit| {
        let engine = Engine::with(visit, &spec);
        let heard = |format, sound: &[f32]| {
            transcript(engine.ask_with(transcribe_in(format), sound).outcome()).text
        };
        let in_stereo = heard(SoundFormat { rate: 8_000, channels: 2 }, &stereo);
        assert!(in_stereo.contains("ask not what your country can do for you"), "{in_stereo}");
        assert_eq!(in_stereo, heard(SoundFormat::default(), &mono));
    });
}

#[test]
fn text_that_is_too_much_is_refused_with_both_numbers() {
    let Some((stage, [spec])) = stage_with([SMOLLM2]) else { return };
    stage.play(|visit| {
        let engine = Engine::with(visit, &spec);
        let hundred_thousand = "불을 켜 주세요. ".repeat(12_000);
        assert!(hundred_thousand.chars().count() > 100_000);
        match engine.ask(chat(SMOLLM2, from_user(&hundred_thousand), greedy(8))).failure() {
            Failure::TooLong { tokens, limit } => assert!(tokens > limit && limit > 1_000),
            other => panic!("{other:?}"),
        }
        refused(&engine, chat(SMOLLM2, Vec::new(), greedy(8)), &[], "no message");
        let empty = engine.ask(chat(SMOLLM2, from_user(""), greedy(8))).outcome();
        assert!(matches!(empty, Outcome::Chat { .. }), "{empty:?}");
        must_talk(&engine, SMOLLM2);
    });
}

#[test]
fn the_wrong_model_is_named() {
    let Some((stage, [spec])) = stage_with([SILERO]) else { return };
    stage.play(|visit| {
        let engine = Engine::with(visit, &spec);
        let wrong = engine.ask(chat(SILERO, from_user("Hello"), greedy(8))).failure();
        let (is, wanted) = ("voice activity".to_owned(), "conversation".to_owned());
        assert_eq!(wrong, Failure::WrongTask { model: SILERO.to_owned(), is, wanted });
        let not_loaded = Failure::NotLoaded { model: "nobody".to_owned() };
        for request in [
            chat("nobody", from_user("Hello"), greedy(8)),
            embed("nobody", Purpose::Query, &["Hello"]),
            Request::Feel { model: "nobody".to_owned(), text: String::new() },
            transcribe("nobody", in_english()),
            Request::Unload { model: "nobody".to_owned() },
        ] {
            assert_eq!(engine.ask(request).failure(), not_loaded);
        }
    });
}

/// A page and a worker of two releases: only a fresh worker helps, so it says its
/// last words.
#[test]
fn what_is_no_message_ends_the_worker() {
    let Some((stage, [])) = stage_with([]) else { return };
    stage.play(|visit| {
        for (message, named) in [
            ("{", "EOF"),
            ("", "EOF"),
            ("[1, 2, 3]", "expected"),
            (r#"{"id":1,"request":{"Dance":{}}}"#, "Dance"),
            (r#"{"id":-1,"request":"Status"}"#, "-1"),
        ] {
            let engine = Engine::start(visit);
            engine.send_raw(message);
            let told = engine.last_words();
            assert!(told.contains(named), "{message:?}: {told}");
        }
    });
}
