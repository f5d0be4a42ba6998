//! Recorded speech with its text, where this machine has it.

use std::path::{Path, PathBuf};

/// A recording and what is said in it.
#[derive(Debug)]
pub(crate) struct Clip {
    pub(crate) name: String,
    pub(crate) language: &'static str,
    pub(crate) text: String,
    path: PathBuf,
}

impl Clip {
    /// The samples, at the 16 kHz the clips were recorded with.
    pub(crate) fn samples(&self) -> Vec<f32> {
        let is_flac = self.path.extension().is_some_and(|end| end == "flac");
        if is_flac { read_flac(&self.path) } else { read_wav(&self.path) }
    }
}

/// All clips of both languages, or `None` after saying that there are none.
pub(crate) fn clips() -> Option<Vec<Clip>> {
    let folder = audio_folder()?;
    let mut clips = Vec::new();
    for (corpus, language) in [("librispeech", "en"), ("zeroth", "ko")] {
        let lines =
            std::fs::read_to_string(folder.join(corpus).join("text")).expect("a text per corpus");
        for line in lines.lines() {
            let (name, text) = line.split_once(char::is_whitespace).expect("a name and a text");
            clips.push(Clip {
                name: format!("{corpus}/{name}"),
                language,
                text: text.to_owned(),
                path: folder.join(corpus).join(format!("{name}.flac")),
            });
        }
    }
    Some(clips)
}

/// "And so, my fellow Americans …", eleven seconds.
pub(crate) fn jfk() -> Option<Clip> {
    let text = "And so, my fellow Americans, ask not what your country can do for you, \
        ask what you can do for your country.";
    let path = audio_folder()?.join("jfk.wav");
    Some(Clip { name: "jfk".to_owned(), language: "en", text: text.to_owned(), path })
}

fn audio_folder() -> Option<PathBuf> {
    super::shared().map(|shared| shared.join("audio"))
}

fn read_flac(path: &Path) -> Vec<f32> {
    let mut reader = claxon::FlacReader::open(path).expect("a FLAC file");
    assert_eq!((reader.streaminfo().sample_rate, reader.streaminfo().channels), (16_000, 1));
    let scale = 1.0 / (1u32 << (reader.streaminfo().bits_per_sample - 1)) as f32;
    reader.samples().map(|sample| sample.expect("a whole file") as f32 * scale).collect()
}

fn read_wav(path: &Path) -> Vec<f32> {
    let mut reader = hound::WavReader::open(path).expect("a WAV file");
    assert_eq!((reader.spec().sample_rate, reader.spec().channels), (16_000, 1));
    let scale = 1.0 / (1u32 << (reader.spec().bits_per_sample - 1)) as f32;
    reader.samples::<i32>().map(|sample| sample.expect("a whole file") as f32 * scale).collect()
}
