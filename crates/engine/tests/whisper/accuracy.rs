//! How much of what people say is heard right.

use bella_protocol::{Language, TranscribeOptions};

use super::error_rate::edits;
use super::support::clips::clips;
use super::{transcribe, whisper};

/// In percent of letters, over all recordings of a language. whisper.cpp hears
/// the same weights with 3.4 and 21.5 when it decodes greedily; half a point more
/// is for another order of sums.
fn check(model: &str, language: Language, most: f64) {
    let Some(whisper) = whisper(model) else { return };
    let Some(clips) = clips() else { return };
    let options = TranscribeOptions {
        language: Some(language),
        timestamps: true,
        ..TranscribeOptions::default()
    };
    let (mut wrong, mut all) = (0, 0);
    for clip in clips.iter().filter(|clip| clip.language == language.code()) {
        let heard = transcribe(&whisper, &clip.samples(), options.clone());
        let (edits, length) = edits(&clip.text, &heard.transcript.text);
        eprintln!("{} {edits}/{length}: {}", clip.name, heard.transcript.text);
        wrong += edits;
        all += length;
    }
    let rate = 100.0 * wrong as f64 / all as f64;
    eprintln!("{model}, {language:?}: {rate:.2} % of {all} letters");
    assert!(rate <= most, "{model} heard {rate:.2} % wrong, and not {most} % at most");
}

#[test]
fn tiny_hears_english() {
    check("whisper-tiny", Language::English, 3.9);
}

#[test]
fn tiny_hears_korean() {
    check("whisper-tiny", Language::Korean, 22.0);
}
