//! What every ear is given.

use std::path::{Path, PathBuf};

#[path = "../../crates/engine/tests/support/clips.rs"]
mod recorded;

pub(crate) use recorded::Clip;

const RATE: usize = 16_000;

/// Sound with a name to ask for it by.
#[derive(Debug)]
pub struct Sound {
    pub name: &'static str,
    /// For people who read the results.
    pub what: &'static str,
    pub language: &'static str,
    pub samples: Vec<f32>,
}

/// The recordings, or what to say when there are none.
pub(crate) fn all() -> Result<Vec<Clip>, &'static str> {
    recorded::clips().ok_or(MISSING)
}

pub const MISSING: &str =
    "there are no recordings; BELLA_SHARED may name the folder that has audio/";

pub fn eleven_seconds() -> Option<Sound> {
    let samples = recorded::jfk()?.samples();
    let what = "jfk.wav, all of its 11 seconds";
    Some(Sound { name: "11s", what, language: "en", samples })
}

pub fn two_seconds() -> Option<Sound> {
    let mut samples = recorded::jfk()?.samples();
    samples.truncate(2 * RATE);
    Some(Sound { name: "2s", what: "the first 2 seconds of jfk.wav", language: "en", samples })
}

/// What is said in one breath: people let go behind a word, not within it.
pub fn one_breath() -> Option<Sound> {
    let mut samples = recorded::jfk()?.samples();
    samples.truncate(RATE * 9 / 4);
    let what = "jfk.wav up to its first pause, 2.25 seconds";
    Some(Sound { name: "breath", what, language: "en", samples })
}

/// Clips one after the other, cut where half a minute is over.
pub fn thirty_seconds() -> Option<Sound> {
    let mut samples = Vec::new();
    for clip in recorded::clips()?.iter().filter(|clip| clip.language == "en") {
        samples.extend(clip.samples());
    }
    samples.truncate(30 * RATE);
    let what = "the LibriSpeech clips in a row, cut after 30 seconds";
    Some(Sound { name: "30s", what, language: "en", samples })
}

/// The folder with the recordings, looked for where the tests look.
fn shared() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = std::env::var_os("BELLA_SHARED").map_or_else(beside, PathBuf::from);
    shared.join("audio").is_dir().then_some(shared)
}
