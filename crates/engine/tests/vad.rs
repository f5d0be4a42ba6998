//! Silero's network against plain numpy (`goldens/make_vad.py`), and what the
//! stretches of speech come to on real recordings.

mod support;

use bella_engine::EngineError;
use bella_engine::tensors::{Tensor, Tensors};
use bella_engine::vad::{FRAME, Listening, Memory, VoiceActivity};
use bella_protocol::{Patience, Turn};
use bella_weights::{FileError, TensorEvent, read_tensors};
use support::{clips, synthetic};

fn vad() -> Option<VoiceActivity> {
    let path = support::weights("silero-vad", "model.safetensors")?;
    let file = std::fs::read(path).expect("readable");
    let mut tensors = Tensors::default();
    let read = read_tensors(&file[..], file.len() as u64, |event| {
        if let TensorEvent::Tensor { info, bytes } = event {
            let shape = info.shape.clone();
            let tensor = Tensor { shape, block: info.dtype, bytes: bytes.into_owned() };
            tensors.insert(info.name.clone(), tensor);
        }
        Ok::<_, FileError>(())
    });
    read.expect("a good file");
    Some(VoiceActivity::new(tensors).expect("the network"))
}

#[test]
fn frames_are_judged_as_by_the_reference() {
    let (Some(vad), Some(jfk)) = (vad(), clips::jfk()) else { return };
    let golden: Vec<f32> =
        serde_json::from_str(include_str!("goldens/vad.json")).expect("our own file");
    let mut memory = Memory::default();
    let mut ours = vad.silero().listen(&mut memory, &jfk.samples()).expect("good audio");
    ours.extend(vad.silero().finish(&mut memory));
    assert_eq!(ours.len(), golden.len());
    for (frame, (ours, golden)) in ours.iter().zip(&golden).enumerate() {
        assert!((ours - golden).abs() < 1e-3, "frame {frame}: {ours} instead of {golden}");
    }
}

#[test]
fn it_does_not_matter_in_which_pieces_sound_arrives() {
    let (Some(vad), Some(jfk)) = (vad(), clips::jfk()) else { return };
    let samples = &jfk.samples()[..3 * 16_000];
    let in_pieces = |piece: usize| {
        let mut listening = Listening::new(Patience::default());
        let mut turns = Vec::new();
        for samples in samples.chunks(piece) {
            turns.extend(vad.listen(&mut listening, samples).expect("good audio"));
        }
        turns.extend(vad.finish(&mut listening));
        turns
    };
    let whole = in_pieces(samples.len());
    assert!(matches!(whole[..], [Turn::Began { .. }, ..]), "{whole:?}");
    for piece in [1, 100, FRAME, FRAME + 1, 7 * FRAME] {
        assert_eq!(in_pieces(piece), whole, "pieces of {piece}");
    }
}

#[test]
fn speech_is_found_in_every_recording_and_nothing_else_is_speech() {
    let Some(vad) = vad() else { return };
    let thirty_seconds = 30 * 16_000;
    let noise = synthetic::noise(thirty_seconds);
    for (name, sound) in [
        ("nothing", vec![]),
        ("silence", vec![0.0; thirty_seconds]),
        ("quiet noise", synthetic::scaled(&noise, 0.005)),
        ("loud noise", synthetic::scaled(&noise, 0.3)),
        ("rumble", synthetic::rumble(thirty_seconds)),
        ("hum", synthetic::hum(120.0, thirty_seconds)),
        ("a tune", synthetic::tune(thirty_seconds)),
    ] {
        let stretches = vad.stretches(&sound, Patience::default()).expect("good audio");
        assert_eq!(stretches, [], "{name}");
    }
    let Some(clips) = clips::clips() else { return };
    for clip in clips {
        let samples = clip.samples();
        let seconds = samples.len() as f64 / 16_000.0;
        let stretches = vad.stretches(&samples, Patience::default()).expect("good audio");
        let spoken: f64 = stretches.iter().map(|stretch| stretch.end - stretch.start).sum();
        // People read from the first second to nearly the last.
        assert!(spoken > 0.6 * seconds, "{}: {spoken} s of {seconds} s", clip.name);
    }
}

#[test]
fn sound_that_is_no_number_is_refused_and_not_remembered() {
    let Some(vad) = vad() else { return };
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut memory = Memory::default();
        let mut sound = vec![0.1; 700];
        sound[600] = bad;
        let refused = vad.silero().listen(&mut memory, &sound);
        let Err(EngineError::BadRequest { detail }) = refused else { panic!("{refused:?}") };
        assert!(detail.contains("600"), "{detail}");
        sound[600] = 0.1;
        let after = vad.silero().listen(&mut memory, &sound).expect("good audio");
        let fresh = vad.silero().listen(&mut Memory::default(), &sound).expect("good audio");
        assert_eq!(after, fresh);
    }
    // Far too loud is still a number.
    let loud = vad.silero().listen(&mut Memory::default(), &[1e30; 1024]).expect("numbers");
    assert!(loud.iter().all(|probability| (0.0..=1.0).contains(probability)), "{loud:?}");
}
