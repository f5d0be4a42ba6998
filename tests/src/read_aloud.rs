//! Sentences of which there is no recording, read aloud by Flite for a microphone to hear.

use std::fs;
use std::io::{self, Write};
use std::process::Command;

use crate::chromium::on_path;

/// Of Flite's voices the one whose English whisper-tiny follows best.
const VOICE: &str = "awb";

/// One channel at 16 kHz. Where there is no Flite, nothing but a word about that, even
/// where all tests have to run: one package that cannot be had is not worth a red run.
#[track_caller]
pub fn read_aloud(text: &str) -> Option<Vec<f32>> {
    let Some(flite) = on_path(&["flite"]) else {
        // Written past the test runner, which keeps what passing tests print.
        let _ = writeln!(io::stderr(), "SKIPPED: nobody reads aloud: install the package `flite`");
        return None;
    };
    let folder = tempfile::tempdir().expect("a folder for the sound");
    let path = folder.path().join("sentence.wav");
    let spoken = Command::new(flite).args(["-voice", VOICE, "-t", text]).arg(&path).status();
    assert!(spoken.is_ok_and(|status| status.success()), "{text:?} was not read");
    let bytes = fs::read(&path).expect("what was read aloud");
    let mut sound = hound::WavReader::new(&bytes[..]).expect("a WAV file");
    let spec = sound.spec();
    assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (1, 16_000, 16));
    let samples = sound.samples::<i16>().map(|it| it.map(|it| f32::from(it) / 32_768.0));
    Some(samples.collect::<Result<_, _>>().expect("whole samples"))
}
