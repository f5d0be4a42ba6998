//! The log-mel spectrogram Whisper was trained on ("Robust Speech Recognition
//! via Large-Scale Weak Supervision", Radford et al. 2022): 25 ms every 10 ms,
//! Hann window, energies of mel bands, logarithm.

use std::collections::VecDeque;
use std::f64::consts::TAU;

use super::SAMPLE_RATE;
use super::fft::{RealFft, Room};
use crate::error::{EngineError, Result};
use crate::threads::share_rows;

/// Samples in a frame.
pub const FRAME: usize = 400;
/// Samples from one frame to the next.
pub const HOP: usize = 160;
/// Frequencies in the spectrum of a frame.
pub const BINS: usize = FRAME / 2 + 1;

/// Below this a band counts as silent; log₁₀ of it is what silence looks like.
const FLOOR: f32 = 1e-10;
const SILENT: f32 = -10.0;
/// How far below the loudest moment anything is still told apart, in powers of ten.
const RANGE: f32 = 8.0;

/// Triangles over the spectrum, one a band. Each touches only a few bins.
#[derive(Clone, Debug, PartialEq)]
pub struct MelFilters {
    bands: Vec<Band>,
}

#[derive(Clone, Debug, PartialEq)]
struct Band {
    first_bin: usize,
    weights: Vec<f32>,
}

impl MelFilters {
    /// From a table \[bands, [`BINS`]], as weight files carry it.
    pub fn from_table(table: &[f32]) -> Self {
        let band = |row: &[f32]| {
            let first_bin = row.iter().position(|&weight| weight != 0.0).unwrap_or(0);
            let end =
                row.iter().rposition(|&weight| weight != 0.0).map_or(first_bin, |last| last + 1);
            Band { first_bin, weights: row[first_bin..end].to_vec() }
        };
        Self { bands: table.chunks_exact(BINS).map(band).collect() }
    }

    /// Slaney's filters: triangles of equal area, their corners evenly apart on
    /// a scale that is linear below 1 kHz and logarithmic above.
    pub fn slaney(bands: usize) -> Self {
        let highest = mel_of(SAMPLE_RATE as f64 / 2.0);
        let corner = |index: usize| hertz_of(highest * index as f64 / (bands + 1) as f64);
        let mut table = vec![0.0; bands * BINS];
        for (band, row) in table.chunks_exact_mut(BINS).enumerate() {
            let (low, centre, high) = (corner(band), corner(band + 1), corner(band + 2));
            for (bin, weight) in row.iter_mut().enumerate() {
                let hertz = (bin * SAMPLE_RATE) as f64 / FRAME as f64;
                let rising = (hertz - low) / (centre - low);
                let falling = (high - hertz) / (high - centre);
                *weight = (rising.min(falling).max(0.0) * 2.0 / (high - low)) as f32;
            }
        }
        Self::from_table(&table)
    }

    /// \[bands, [`BINS`]]
    pub fn to_table(&self) -> Vec<f32> {
        let mut table = vec![0.0; self.bands.len() * BINS];
        for (band, row) in self.bands.iter().zip(table.chunks_exact_mut(BINS)) {
            row[band.first_bin..][..band.weights.len()].copy_from_slice(&band.weights);
        }
        table
    }

    pub fn bands(&self) -> usize {
        self.bands.len()
    }

    /// log₁₀ of each band's energy.
    fn log_energies<'a>(&'a self, power: &'a [f32]) -> impl Iterator<Item = f32> + 'a {
        self.bands.iter().map(|band| {
            let bins = &power[band.first_bin..];
            let energy: f32 =
                band.weights.iter().zip(bins).map(|(weight, power)| weight * power).sum();
            energy.max(FLOOR).log10()
        })
    }
}

const LINEAR_HERTZ_PER_MEL: f64 = 200.0 / 3.0;
const LINEAR_UNTIL_HERTZ: f64 = 1000.0;
const LINEAR_UNTIL_MEL: f64 = LINEAR_UNTIL_HERTZ / LINEAR_HERTZ_PER_MEL;
/// Above, 27 mels are a factor of 6.4.
const LOG_MELS: f64 = 27.0;
const LOG_FACTOR: f64 = 6.4;

fn mel_of(hertz: f64) -> f64 {
    if hertz < LINEAR_UNTIL_HERTZ {
        hertz / LINEAR_HERTZ_PER_MEL
    } else {
        LINEAR_UNTIL_MEL + (hertz / LINEAR_UNTIL_HERTZ).ln() * LOG_MELS / LOG_FACTOR.ln()
    }
}

fn hertz_of(mel: f64) -> f64 {
    if mel < LINEAR_UNTIL_MEL {
        mel * LINEAR_HERTZ_PER_MEL
    } else {
        LINEAR_UNTIL_HERTZ * ((mel - LINEAR_UNTIL_MEL) * LOG_FACTOR.ln() / LOG_MELS).exp()
    }
}

/// A spectrogram that grows with the sound: each sample is transformed once,
/// whatever windows are later looked at, and what was looked at is let go.
#[derive(Debug)]
pub struct Spectrogram {
    filters: MelFilters,
    fft: RealFft,
    hann: Vec<f32>,
    /// Samples no frame has been made of yet, and before them those that the
    /// next frame shares with the last.
    samples: VecDeque<f32>,
    /// Of all samples, how many came so far.
    heard: usize,
    /// Whether the sound has been mirrored at its beginning.
    mirrored: bool,
    ended: bool,
    /// log₁₀ energies \[n, bands] of the frames from `first_frame` on.
    frames: VecDeque<f32>,
    first_frame: usize,
}

/// What a frame costs, in multiplications of the kernels.
const COST_OF_FRAME: usize = 500_000;

impl Spectrogram {
    pub fn new(filters: MelFilters) -> Result<Self> {
        let hann = |i: usize| (0.5 - 0.5 * (TAU * i as f64 / FRAME as f64).cos()) as f32;
        Ok(Self {
            filters,
            fft: RealFft::new(FRAME)?,
            hann: (0..FRAME).map(hann).collect(),
            samples: VecDeque::new(),
            heard: 0,
            mirrored: false,
            ended: false,
            frames: VecDeque::new(),
            first_frame: 0,
        })
    }

    /// Takes more sound. It is transformed by [`advance`](Self::advance).
    pub fn push(&mut self, samples: &[f32]) -> Result<()> {
        if self.ended {
            return Err(EngineError::BadAudio { detail: "came after its end".to_owned() });
        }
        super::check(samples)?;
        self.heard += samples.len();
        self.samples.extend(samples);
        Ok(())
    }

    /// Says that no more sound comes; silence follows.
    pub fn end(&mut self) {
        if !self.ended {
            self.ended = true;
            // The last frames reach over the end, the very first over both ends.
            self.samples.extend([0.0; FRAME]);
        }
    }

    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Frames the sound so far fills.
    pub fn content(&self) -> usize {
        self.heard / HOP
    }

    /// Frames that were made so far, those let go included.
    pub fn made(&self) -> usize {
        self.first_frame + self.frames.len() / self.filters.bands()
    }

    /// Makes at most `limit` frames, and tells how many.
    pub fn advance(&mut self, limit: usize) -> usize {
        // Frames lie around multiples of the hop; the first one's left half is
        // the sound mirrored.
        if !self.mirrored {
            if self.samples.len() <= FRAME / 2 {
                return 0;
            }
            for index in 1..=FRAME / 2 {
                // What was the sample `index` has moved by what came before it.
                self.samples.push_front(self.samples[2 * index - 1]);
            }
            self.mirrored = true;
        }
        let ready = match self.samples.len() {
            short if short < FRAME => 0,
            enough => (enough - FRAME) / HOP + 1,
        };
        // After the end, frames hold nothing but silence.
        let last = if self.ended { (self.heard + FRAME / 2).div_ceil(HOP) } else { usize::MAX };
        let count = ready.min(limit).min(last.saturating_sub(self.made()));
        self.make_frames(count);
        count
    }

    fn make_frames(&mut self, count: usize) {
        let bands = self.filters.bands();
        let mut frames = vec![0.0; count * bands];
        let samples = &*self.samples.make_contiguous();
        share_rows(&mut frames, bands, COST_OF_FRAME, |first, frames| {
            let (mut room, mut power) = (Room::default(), [0.0; BINS]);
            for (frame, at) in frames.chunks_exact_mut(bands).zip(first..) {
                let mut windowed = [0.0; FRAME];
                for (to, (sample, hann)) in
                    windowed.iter_mut().zip(samples[at * HOP..].iter().zip(&self.hann))
                {
                    *to = sample * hann;
                }
                self.fft.power(&windowed, &mut room, &mut power);
                let energies = self.filters.log_energies(&power);
                frame.iter_mut().zip(energies).for_each(|(to, energy)| *to = energy);
            }
        });
        self.frames.extend(frames);
        self.samples.drain(..count * HOP);
    }

    /// log₁₀ energy of the loudest band of `count` frames from frame `from` on.
    pub fn loudest(&self, from: usize, count: usize) -> f32 {
        self.loudness(from, count).fold(SILENT, f32::max)
    }

    /// log₁₀ energy that `enough` of them reach: how loud a voice is beside which
    /// something cracked.
    pub fn reached_by(&self, enough: usize, from: usize, count: usize) -> f32 {
        let mut all: Vec<f32> = self.loudness(from, count).collect();
        let Some(which) = enough.min(all.len()).checked_sub(1) else { return SILENT };
        *all.select_nth_unstable_by(which, |one, other| other.total_cmp(one)).1
    }

    /// The first of them that is louder than this.
    pub fn first_above(&self, energy: f32, from: usize, count: usize) -> Option<usize> {
        let at = self.loudness(from, count).position(|it| it > energy)?;
        Some(from.max(self.first_frame) + at)
    }

    /// log₁₀ energy of the loudest band of each.
    fn loudness(&self, from: usize, count: usize) -> impl Iterator<Item = f32> {
        let bands = self.filters.bands();
        let first = from.clamp(self.first_frame, self.made()) - self.first_frame;
        let end = (first + count).min(self.frames.len() / bands);
        (first..end).map(move |frame| {
            let bands = self.frames.range(frame * bands..(frame + 1) * bands);
            bands.copied().fold(SILENT, f32::max)
        })
    }

    /// `count` frames from frame `from` on, \[count, bands], scaled as the model
    /// wants them; what is not there is silence.
    pub fn window(&self, from: usize, count: usize) -> Vec<f32> {
        let bands = self.filters.bands();
        let skipped = from.saturating_sub(self.first_frame) * bands;
        let mut window: Vec<f32> =
            self.frames.iter().skip(skipped).take(count * bands).copied().collect();
        window.resize(count * bands, SILENT);
        let loudest = self.loudest(from, count);
        for value in &mut window {
            *value = (value.max(loudest - RANGE) + 4.0) / 4.0;
        }
        window
    }

    /// Lets go of the frames before `frame`.
    pub fn forget_before(&mut self, frame: usize) {
        let frame = frame.clamp(self.first_frame, self.made());
        self.frames.drain(..(frame - self.first_frame) * self.filters.bands());
        self.first_frame = frame;
    }

    pub fn memory_bytes(&self) -> usize {
        (self.samples.capacity() + self.frames.capacity()) * size_of::<f32>()
    }
}
