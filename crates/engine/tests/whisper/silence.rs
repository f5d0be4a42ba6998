//! Where nobody speaks, nothing is written.

use bella_protocol::{Language, TranscribeOptions};

use super::support::synthetic::{hum, noise, rumble, scaled, tune};
use super::{transcribe, whisper};

const HALF_A_MINUTE: usize = 480_000;
const SHORT: usize = 48_000;

/// In each language, and when the language has to be found out: each has other
/// words that it falls back on.
fn says_nothing(model: &str, name: &str, sound: &[f32]) {
    let Some(whisper) = whisper(model) else { return };
    for language in [Some(Language::Korean), Some(Language::English), None] {
        for timestamps in [true, false] {
            let options = TranscribeOptions {
                language,
                timestamps,
                partials: true,
                ..TranscribeOptions::default()
            };
            let heard = transcribe(&whisper, sound, options);
            let transcript = heard.transcript;
            assert_eq!(transcript.text, "", "{name}, {language:?}, timestamps {timestamps}");
            assert!(
                heard.segments.is_empty() && heard.partials.is_empty(),
                "{name}: {:?}",
                heard.partials
            );
            assert_eq!(transcript.language, language, "{name}");
        }
    }
}

#[test]
fn silence_says_nothing() {
    says_nothing("whisper-tiny", "silence", &vec![0.0; HALF_A_MINUTE]);
    says_nothing("whisper-tiny", "the last bit of a converter", &scaled(&noise(SHORT), 3e-5));
}

#[test]
fn noise_says_nothing() {
    says_nothing("whisper-tiny", "a quiet room", &scaled(&noise(HALF_A_MINUTE), 0.003));
    says_nothing("whisper-tiny", "loud noise", &scaled(&noise(HALF_A_MINUTE), 0.3));
    says_nothing("whisper-tiny", "a moment of noise", &scaled(&noise(SHORT), 0.1));
    says_nothing("whisper-tiny", "a road", &rumble(HALF_A_MINUTE));
}

#[test]
fn music_says_nothing() {
    says_nothing("whisper-tiny", "mains hum", &hum(60.0, SHORT));
    says_nothing("whisper-tiny", "a tune", &tune(HALF_A_MINUTE));
    says_nothing("whisper-tiny", "a moment of a tune", &tune(SHORT));
    says_nothing("whisper-tiny", "a soft tune", &scaled(&tune(HALF_A_MINUTE), 0.05));
}
