//! What a microphone is to hear: sound and silence in a row, as a file.
//!
//! Chromium plays it from the moment the page opens the microphone, once. So a test
//! knows at each moment what is being said into it, as long as it knows when that was.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const RATE: u32 = 16_000;

#[derive(Clone, Debug, Default)]
pub struct Tape {
    samples: Vec<f32>,
}

impl Tape {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(RATE)
    }

    #[must_use]
    pub fn silence(mut self, seconds: f64) -> Self {
        self.samples.extend(vec![0.0; (seconds * f64::from(RATE)) as usize]);
        self
    }

    /// Adds a piece of 16 kHz sound and tells where on the tape it is, in seconds.
    pub fn add(&mut self, samples: &[f32]) -> Range<f64> {
        let start = self.seconds();
        self.samples.extend_from_slice(samples);
        start..self.seconds()
    }

    pub fn add_silence(&mut self, seconds: f64) {
        *self = std::mem::take(self).silence(seconds);
    }

    /// Writes it into a folder.
    #[track_caller]
    pub fn write(&self, folder: &Path) -> PathBuf {
        let path = folder.join("tape.wav");
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: RATE,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let written = hound::WavWriter::create(&path, spec).and_then(|mut writer| {
            for sample in &self.samples {
                writer.write_sample((sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16)?;
            }
            writer.finalize()
        });
        written.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    }
}

/// A tape that is being played.
#[derive(Clone, Copy, Debug)]
pub struct Playing {
    since: Instant,
}

impl Playing {
    /// To be called when the microphone was opened.
    pub fn begins() -> Self {
        Self { since: Instant::now() }
    }

    /// Where the tape is.
    pub fn at(&self) -> f64 {
        self.since.elapsed().as_secs_f64()
    }

    /// Waits until the tape has come so far.
    pub fn wait_for(&self, seconds: f64) {
        let missing = seconds - self.at();
        if missing > 0.0 {
            std::thread::sleep(Duration::from_secs_f64(missing));
        }
    }
}
