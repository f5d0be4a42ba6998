//! What is wrong is refused, by name.

use bella_engine::tensors::{Tensor, Tensors};
use bella_engine::whisper::{Transcription, Whisper};
use bella_protocol::{Language, TranscribeOptions};
use bella_weights::{BlockType, Metadata, TensorEvent, read_tensors};

use super::{finish, support, whisper};

#[test]
fn what_is_no_sound_is_refused() {
    let Some(whisper) = whisper("whisper-tiny") else { return };
    for (sample, name) in [(f32::NAN, "NaN"), (f32::NEG_INFINITY, "inf"), (20_000.0, "20000")] {
        let mut transcription =
            Transcription::new(&whisper, TranscribeOptions::default()).expect("no language");
        let mut samples = vec![0.0; 16_000];
        samples[7_000] = sample;
        let error = transcription.push_audio(&samples).expect_err("no sound").to_string();
        assert!(error.contains("7000") && error.contains(name), "{error}");
    }
}

#[test]
fn sound_after_the_end_is_refused() {
    let Some(whisper) = whisper("whisper-tiny") else { return };
    let mut transcription =
        Transcription::new(&whisper, TranscribeOptions::default()).expect("no language");
    transcription.end_audio();
    assert!(transcription.push_audio(&[0.0; 100]).is_err());
    assert_eq!(finish(&whisper, transcription).transcript.text, "");
}

#[test]
fn languages_nobody_listens_for_are_unknown() {
    for code in ["", "fr", "KO", "korean", "<|ko|>"] {
        assert_eq!(Language::of_code(code), None, "{code}");
    }
}

/// The settings, tensors and tokenizer of the real file, to be spoiled.
struct Parts {
    metadata: Metadata,
    tensors: Vec<(String, Tensor)>,
    tokenizer: Vec<u8>,
}

impl Parts {
    fn read() -> Option<Self> {
        let weights = support::weights("whisper-tiny", "model.gguf")?;
        let tokenizer = support::weights("whisper-tiny", "tokenizer.json")?;
        let mut tensors = Vec::new();
        let length = weights.metadata().expect("readable").len();
        let file = std::fs::File::open(weights).expect("readable");
        let header = read_tensors::<Box<dyn std::error::Error>>(file, length, |event| {
            if let TensorEvent::Tensor { info, bytes } = event {
                let (shape, bytes) = (info.shape.clone(), bytes.into_owned());
                tensors.push((info.name.clone(), Tensor { shape, block: info.dtype, bytes }));
            }
            Ok(())
        });
        let metadata = header.expect("a good file").metadata;
        Some(Self { metadata, tensors, tokenizer: std::fs::read(tokenizer).expect("readable") })
    }

    fn load(self) -> Result<Whisper, String> {
        let mut tensors = Tensors::default();
        for (name, tensor) in self.tensors {
            tensors.insert(name, tensor);
        }
        Whisper::new(&self.metadata, tensors, Some(&self.tokenizer))
            .map_err(|error| error.to_string())
    }
}

fn check(spoil: impl FnOnce(&mut Parts), expected: &str) {
    let Some(mut parts) = Parts::read() else { return };
    spoil(&mut parts);
    let error = parts.load().expect_err(expected);
    assert!(error.contains(expected), "\"{error}\" does not name {expected}");
}

#[test]
fn damaged_models_are_refused_by_tensor() {
    const LOST: &str = "model.decoder.layers.2.encoder_attn.v_proj.weight";
    check(|parts| parts.tensors.retain(|(name, _)| name != LOST), LOST);
    const TURNED: &str = "model.encoder.layers.1.fc1.weight";
    check(
        |parts| {
            let (_, tensor) =
                parts.tensors.iter_mut().find(|(name, _)| name == TURNED).expect("there");
            tensor.shape.reverse();
        },
        TURNED,
    );
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    for (name, value) in [
        ("whisper.n_audio_head", 0),
        ("whisper.n_text_head", 7),
        ("whisper.n_audio_layer", 0),
        ("whisper.n_mels", 0),
        ("whisper.n_text_state", 390),
    ] {
        check(
            |parts| drop(parts.metadata.insert(name, value)),
            name.trim_start_matches("whisper."),
        );
    }
    check(|parts| drop(parts.metadata.insert("whisper.n_vocab", "many")), "whisper.n_vocab");
    // Far more than there is of anything.
    check(|parts| drop(parts.metadata.insert("whisper.n_audio_layer", u32::MAX)), "layers.4");
}

#[test]
fn a_tokenizer_of_another_model_is_refused() {
    check(|parts| parts.tokenizer = b"{}".to_vec(), "tokenizer.json");
    let Some(path) = support::weights("multilingual-e5-small", "tokenizer.json") else { return };
    let other = std::fs::read(path).expect("readable");
    check(|parts| parts.tokenizer = other, "tokenizer.json");
}

/// The same weights as Hugging Face keeps them: no settings, sizes by shape.
#[test]
fn sizes_are_seen_without_settings() {
    let Some(mut parts) = Parts::read() else { return };
    let told = Parts::read().expect("read a moment ago").load().expect("a whisper");
    parts.metadata = Metadata::default();
    parts.tensors.retain(|(name, _)| name != "mel_filters");
    let seen = parts.load().expect("a whisper");
    assert_eq!(seen.sizes(), told.sizes());
}

#[test]
fn quantised_models_load_too() {
    let Some(mut parts) = Parts::read() else { return };
    for (name, tensor) in &mut parts.tensors {
        if tensor.block == BlockType::F16 && tensor.shape.len() == 2 && !name.contains("positions")
        {
            let mut floats = vec![0.0; tensor.shape.iter().product()];
            bella_weights::dequantise(tensor.block, &tensor.bytes, &mut floats).expect("whole");
            tensor.bytes = bella_weights::quantise(BlockType::Q8_0, &floats).expect("whole blocks");
            tensor.block = BlockType::Q8_0;
        }
    }
    let Some(jfk) = super::support::clips::jfk() else { return };
    let whisper = parts.load().expect("a whisper");
    let heard = super::transcribe(&whisper, &jfk.samples(), TranscribeOptions::default());
    let said = "ask not what your country can do for you";
    assert!(heard.transcript.text.contains(said), "{}", heard.transcript.text);
}
