//! The engine's numbers beside those of numpy, clip by clip.

use std::f64::consts::TAU;

use bella_engine::audio::mel::{MelFilters, Spectrogram};
use bella_engine::math::argmax;
use bella_engine::math::log_sum_exp;
use bella_engine::whisper::Whisper;
use bella_engine::whisper::encoder::{Heard, Listening};
use bella_engine::whisper::rules;
use bella_protocol::Language;
use serde::Deserialize;

use super::support::clips::{clips, jfk};
use super::{exact_whisper, whisper};

#[derive(Deserialize)]
struct Goldens {
    clips: Vec<Golden>,
}

#[derive(Deserialize)]
struct Golden {
    name: String,
    language: String,
    samples: usize,
    mel: Sampled,
    encoded: Sampled,
    no_speech: f64,
    language_logits: LanguageLogits,
    first_logits: Vec<(u32, f64)>,
    timed: Said,
    plain: Said,
}

#[derive(Deserialize)]
struct Sampled {
    mean: f64,
    at: Vec<usize>,
    values: Vec<f64>,
}

#[derive(Deserialize)]
struct LanguageLogits {
    ko: f64,
    en: f64,
}

#[derive(Deserialize)]
struct Said {
    tokens: Vec<u32>,
    log_probability: f64,
}

/// Below this lead, two implementations that sum in another order may disagree.
const TIE: f64 = 0.02;

#[test]
fn tiny_agrees_with_numpy() {
    agrees("whisper-tiny", include_str!("../goldens/whisper-tiny.json"));
}

#[test]
fn base_agrees_with_numpy() {
    agrees("whisper-base", include_str!("../goldens/whisper-base.json"));
}

/// Without the recordings, only the synthetic sound is compared.
fn agrees(model: &str, goldens: &str) {
    let Some(whisper) = exact_whisper(model) else { return };
    let goldens: Goldens = serde_json::from_str(goldens).expect("goldens");
    let recordings: Vec<_> = clips().into_iter().flatten().chain(jfk()).collect();
    let mut clear = 0;
    for golden in &goldens.clips {
        match recordings.iter().find(|clip| clip.name == golden.name) {
            Some(clip) => clear += golden.check(&whisper, &clip.samples()),
            None if golden.name == "tune" => {
                clear += golden.check(&whisper, &swelling_tones(golden.samples))
            }
            None => assert!(recordings.is_empty(), "{} is missing", golden.name),
        }
    }
    let compared = if recordings.is_empty() { 1 } else { goldens.clips.len() };
    assert!(4 * clear >= 6 * compared, "only {clear} of {} texts were no ties", 2 * compared);
}

impl Golden {
    /// How many of the two texts could be compared to their ends.
    fn check(&self, whisper: &Whisper, samples: &[f32]) -> usize {
        let name = &self.name;
        assert_eq!(samples.len(), self.samples, "{name}");
        let mel = mel(whisper, samples);
        self.mel.check(&format!("mel of {name}"), &mel, 2e-4);
        let (encoded, heard) = encode(whisper, mel);
        self.encoded.check(&format!("what was heard in {name}"), &encoded, 1e-2);

        let tokens = whisper.tokens();
        let start = logits(whisper, &heard, &[tokens.start]);
        let [(_, korean), (_, english)] = tokens.languages().expect("a model of many languages");
        close(&format!("{name}: Korean"), start[korean as usize], self.language_logits.ko, 0.03);
        close(&format!("{name}: English"), start[english as usize], self.language_logits.en, 0.03);
        let no_speech = (start[tokens.no_speech as usize] - log_sum_exp(&start)).exp();
        close(&format!("{name}: no speech"), no_speech, self.no_speech, 0.01);

        let language = Language::of_code(&self.language).expect("one of two");
        let beginning = tokens.beginning(language, true).expect("a known language");
        let first = logits(whisper, &heard, &beginning);
        for &(token, expected) in &self.first_logits {
            close(&format!("{name}: first token {token}"), first[token as usize], expected, 0.03);
        }
        let texts = [(&self.timed, true), (&self.plain, false)];
        texts
            .iter()
            .filter(|(said, timed)| said.check(name, whisper, &heard, language, *timed))
            .count()
    }
}

impl Sampled {
    fn check(&self, what: &str, values: &[f32], tolerance: f64) {
        let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len() as f64;
        assert!(
            (mean - self.mean).abs() < tolerance,
            "{what}: mean {mean} instead of {}",
            self.mean
        );
        for (&at, &expected) in self.at.iter().zip(&self.values) {
            close(
                &format!("{what}, {at}"),
                values[at],
                expected,
                tolerance * expected.abs().max(1.0),
            );
        }
    }
}

impl Said {
    /// Goes along the golden's own words, so that every step is compared, also
    /// behind a tie. False when there was one.
    fn check(
        &self,
        name: &str,
        whisper: &Whisper,
        heard: &Heard,
        language: Language,
        timed: bool,
    ) -> bool {
        let tokens = whisper.tokens();
        let decoder = whisper.decoder();
        let mut written = decoder.new_written();
        let beginning = tokens.beginning(language, timed).expect("a known language");
        let mut state = decoder.forward(&beginning, &mut written, heard);
        let mut probability = 0.0;
        let mut ties = 0;
        for (at, &expected) in self.tokens.iter().chain(&[tokens.end]).enumerate() {
            let mut scores = decoder.logits(&state);
            rules::apply(tokens, timed, &self.tokens[..at], &mut scores);
            let chosen = argmax(&scores);
            if chosen != expected as usize {
                let lead = f64::from(scores[chosen] - scores[expected as usize]);
                assert!(
                    lead < TIE,
                    "{name}, timed {timed}, token {at}: {chosen} leads {expected} by {lead}"
                );
                ties += 1;
            }
            probability += f64::from(scores[expected as usize] - log_sum_exp(&scores));
            state = decoder.forward(&[expected], &mut written, heard);
        }
        let mean = probability / (self.tokens.len() + 1) as f64;
        let what = format!("{name}, timed {timed}: log-probability");
        close(&what, mean as f32, self.log_probability, 0.01);
        ties == 0
    }
}

fn mel(whisper: &Whisper, samples: &[f32]) -> Vec<f32> {
    let mut spectrogram =
        Spectrogram::new(whisper.filters().clone()).expect("frames of a good length");
    spectrogram.push(samples).expect("good audio");
    spectrogram.end();
    while spectrogram.advance(1000) > 0 {}
    spectrogram.window(0, whisper.sizes().window_frames())
}

fn encode(whisper: &Whisper, mel: Vec<f32>) -> (Vec<f32>, Heard) {
    let (encoder, decoder) = (whisper.encoder(), whisper.decoder());
    let mut listening = Listening::new(encoder, decoder, mel).expect("a window");
    while listening.advance(encoder, decoder, 2e8).is_some() {}
    (listening.output().to_vec(), listening.into_heard())
}

fn logits(whisper: &Whisper, heard: &Heard, tokens: &[u32]) -> Vec<f32> {
    let decoder = whisper.decoder();
    decoder.logits(&decoder.forward(tokens, &mut decoder.new_written(), heard))
}

fn close(what: &str, got: f32, expected: f64, tolerance: f64) {
    assert!((f64::from(got) - expected).abs() <= tolerance, "{what}: {got} instead of {expected}");
}

/// The sound that make_whisper.py calls tune.
fn swelling_tones(samples: usize) -> Vec<f32> {
    let sample = |i: usize| {
        let time = i as f64 / 16_000.0;
        let swell = 0.5 - 0.5 * (TAU * 1.5 * time).cos();
        let pitches = [220.0, 523.25, 1760.0].into_iter().zip(1..);
        let tones: f64 = pitches.map(|(pitch, k)| (TAU * pitch * time).sin() / f64::from(k)).sum();
        (0.2 * swell * tones) as f32
    };
    (0..samples).map(sample).collect()
}

/// The filters inside the file and those that are computed without one.
#[test]
fn filters_are_the_same_computed_or_read() {
    let Some(whisper) = whisper("whisper-tiny") else { return };
    let computed = MelFilters::slaney(whisper.sizes().mels);
    let (read, computed) = (whisper.filters().to_table(), computed.to_table());
    assert_eq!(read.len(), 80 * 201);
    for (index, (read, computed)) in read.iter().zip(&computed).enumerate() {
        assert!((read - computed).abs() < 1e-8, "{index}: {read} and {computed}");
    }
}

/// As listed in the generation_config.json that is published with the weights.
#[test]
fn marks_are_those_of_the_original() {
    let Some(whisper) = whisper("whisper-tiny") else { return };
    #[rustfmt::skip]
    const MARKS: [u32; 82] = [
        1, 2, 7, 8, 9, 10, 14, 25, 26, 27, 28, 29, 31, 58, 59, 60, 61, 62, 63, 90, 91, 92, 93, 359, 503, 522,
        542, 873, 893, 902, 918, 922, 931, 1350, 1853, 1982, 2460, 2627, 3246, 3253, 3268, 3536, 3846, 3961,
        4183, 4667, 6585, 6647, 7273, 9061, 9383, 10428, 10929, 11938, 12033, 12331, 12562, 13793, 14157,
        14635, 15265, 15618, 16553, 16604, 18362, 18956, 20075, 21675, 22520, 26130, 26161, 26435, 28279,
        29464, 31650, 32302, 32470, 36865, 42863, 47425, 49870, 50254,
    ];
    assert_eq!(whisper.tokens().marks, MARKS);
}
