//! Whisper, the real weights and small random ones, against a second
//! implementation in numpy (goldens/make_whisper.py) and against people's ears.

mod accuracy;
mod bad_input;
mod error_rate;
mod goldens;
mod listening;
mod random;
mod silence;
#[path = "../support/mod.rs"]
mod support;

use std::path::PathBuf;

use bella_engine::Model;
use bella_engine::whisper::{Step, Transcription, Whisper};
use bella_protocol::Task;
use bella_protocol::{Segment, TranscribeOptions, Transcript};

/// A Whisper out of the cache, through the loader the worker uses.
fn whisper(model: &str) -> Option<Box<Whisper>> {
    whisper_by(support::load, model)
}

/// The same with its weights as they are in the file.
fn exact_whisper(model: &str) -> Option<Box<Whisper>> {
    whisper_by(support::load_exactly, model)
}

fn whisper_by(load: fn(&str, Task, &[PathBuf]) -> Model, model: &str) -> Option<Box<Whisper>> {
    let files = ["model.gguf", "tokenizer.json"];
    let paths = files.map(|file| support::weights(model, file));
    let paths: Vec<_> = paths.into_iter().collect::<Option<_>>()?;
    match load(model, Task::Transcribe, &paths) {
        Model::Transcribe(whisper) => Some(whisper),
        other => panic!("{other:?} does not transcribe"),
    }
}

/// Everything a transcription said on its way.
#[derive(Debug)]
struct Heard {
    transcript: Transcript,
    segments: Vec<Segment>,
    partials: Vec<String>,
}

fn transcribe(whisper: &Whisper, samples: &[f32], options: TranscribeOptions) -> Heard {
    let mut transcription = Transcription::new(whisper, options).expect("a language it knows");
    transcription.push_audio(samples).expect("good audio");
    transcription.end_audio();
    finish(whisper, transcription)
}

fn finish(whisper: &Whisper, mut transcription: Transcription) -> Heard {
    let clock = clock();
    let (mut segments, mut partials) = (Vec::new(), Vec::new());
    loop {
        match transcription.step(whisper, &clock).expect("works") {
            Step::Working => {}
            Step::Waiting => panic!("the audio has ended"),
            Step::Partial(text) => partials.push(text),
            Step::Segment(segment) => segments.push(segment),
            Step::Done(transcript) => return Heard { transcript, segments, partials },
        }
    }
}

fn clock() -> impl Fn() -> f64 {
    let start = std::time::Instant::now();
    move || start.elapsed().as_secs_f64() * 1000.0
}
