//! Sound of any rate and number of channels, to what the models hear.

use std::f64::consts::PI;

use super::SAMPLE_RATE;
use crate::error::{EngineError, Result};
use crate::math::dot;

/// From a telephone to the best studio.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;
const CHANNELS: std::ops::RangeInclusive<usize> = 1..=32;

/// Zero crossings of the sinc on either side: the more, the steeper the filter.
const CROSSINGS: usize = 24;
/// Kaiser's window with this shape keeps what is folded back 80 dB down.
const KAISER: f64 = 8.0;
/// Where the filter is half down, as part of the narrower band: what little is
/// folded back then lies at the very top of it, where there is hardly any speech.
const CUTOFF: f64 = 0.945;
/// Sets of weights at most. The usual rates need 160 or fewer; for others the
/// nearest of this many moments between two inputs is taken.
const MOST_PHASES: usize = 1024;

/// Turns interleaved sound into one channel at [`SAMPLE_RATE`], piece by piece.
///
/// Each output sample is a weighted sum of the inputs around it. With rates in a
/// ratio of small numbers there are only so many different sets of weights, and
/// they are made once.
#[derive(Debug)]
pub struct Resampler {
    channels: usize,
    /// output rate / input rate = `up` / `down`, shortened
    up: usize,
    down: usize,
    /// `phases` sets of `taps` weights
    weights: Vec<f32>,
    phases: usize,
    taps: usize,
    /// One channel of what is still needed; silence came before the sound.
    samples: Vec<f32>,
    /// Of an incomplete group of channels, what came so far.
    partial: Vec<f32>,
    /// Where in `samples` the weights of the next output begin, and how many
    /// `up`-ths of a sample behind an input it lies.
    at: usize,
    behind: usize,
}

impl Resampler {
    pub fn new(rate: u32, channels: usize) -> Result<Self> {
        if !RATES.contains(&rate) {
            let detail = format!(
                "{rate} Hz is not a sample rate between {} and {}",
                RATES.start(),
                RATES.end()
            );
            return Err(EngineError::BadAudio { detail });
        }
        if !CHANNELS.contains(&channels) {
            let detail = format!("{channels} channels are not between 1 and {}", CHANNELS.end());
            return Err(EngineError::BadAudio { detail });
        }
        let shared = greatest_common_divisor(rate as usize, SAMPLE_RATE);
        let (up, down) = (SAMPLE_RATE / shared, rate as usize / shared);
        // The sinc is stretched when the output holds less than the input.
        let stretch = (down as f64 / up as f64).max(1.0);
        let reach = if up == down { 0 } else { (CROSSINGS as f64 * stretch).ceil() as usize };
        let taps = 2 * reach + 1;
        let phases = up.min(MOST_PHASES);
        let mut weights = Vec::with_capacity(phases * taps);
        for phase in 0..phases {
            weights.extend(weights_of(phase as f64 / phases as f64, reach, stretch));
        }
        Ok(Self {
            channels,
            up,
            down,
            weights,
            phases,
            taps,
            samples: vec![0.0; reach],
            partial: Vec::new(),
            at: 0,
            behind: 0,
        })
    }

    /// What became ready with these samples, channels interleaved.
    pub fn push(&mut self, interleaved: &[f32]) -> Vec<f32> {
        let mut rest = interleaved;
        if !self.partial.is_empty() {
            let (head, tail) = rest.split_at(rest.len().min(self.channels - self.partial.len()));
            self.partial.extend_from_slice(head);
            rest = tail;
            if self.partial.len() < self.channels {
                return Vec::new();
            }
            let whole = std::mem::take(&mut self.partial);
            self.take_groups(&whole);
        }
        let whole = rest.len() / self.channels * self.channels;
        self.take_groups(&rest[..whole]);
        self.partial.extend_from_slice(&rest[whole..]);
        self.make()
    }

    /// The last samples, with silence after the sound.
    pub fn finish(mut self) -> Vec<f32> {
        self.samples.resize(self.samples.len() + self.taps / 2, 0.0);
        self.make()
    }

    fn take_groups(&mut self, interleaved: &[f32]) {
        let scale = 1.0 / self.channels as f32;
        let groups = interleaved.chunks_exact(self.channels);
        self.samples.extend(groups.map(|group| group.iter().sum::<f32>() * scale));
    }

    fn make(&mut self) -> Vec<f32> {
        let mut out = Vec::new();
        while let Some(inputs) = self.samples.get(self.at..self.at + self.taps) {
            let phase = self.behind * self.phases / self.up;
            out.push(dot(&self.weights[phase * self.taps..][..self.taps], inputs));
            self.behind += self.down;
            self.at += self.behind / self.up;
            self.behind %= self.up;
        }
        let used = self.at.min(self.samples.len());
        self.samples.drain(..used);
        self.at -= used;
        out
    }
}

/// Weights of the inputs from `reach` before to `reach` after a moment that lies
/// `phase` of a sample behind an input. They add up to one.
fn weights_of(phase: f64, reach: usize, stretch: f64) -> Vec<f32> {
    if reach == 0 {
        return vec![1.0];
    }
    let weight = |index: usize| {
        let distance = (index as f64 - reach as f64 - phase) / stretch;
        sinc(distance * CUTOFF) * kaiser(distance / (CROSSINGS as f64 + 1.0))
    };
    let weights: Vec<f64> = (0..2 * reach + 1).map(weight).collect();
    let total: f64 = weights.iter().sum();
    weights.iter().map(|weight| (weight / total) as f32).collect()
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

/// Kaiser's window over −1 … 1.
fn kaiser(x: f64) -> f64 {
    if x.abs() >= 1.0 { 0.0 } else { bessel_i0(KAISER * (1.0 - x * x).sqrt()) / bessel_i0(KAISER) }
}

/// Σ ((x/2)ᵏ / k!)², which converges fast for the small x of windows.
fn bessel_i0(x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..64 {
        let factor = x / (2.0 * f64::from(k));
        term *= factor * factor;
        sum += term;
    }
    sum
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hertz: f64, rate: u32, seconds: f64) -> Vec<f32> {
        let count = (f64::from(rate) * seconds) as usize;
        (0..count)
            .map(|i| (0.5 * (2.0 * PI * hertz * i as f64 / f64::from(rate)).sin()) as f32)
            .collect()
    }

    fn resampled(rate: u32, channels: usize, sound: &[f32], piece: usize) -> Vec<f32> {
        let mut resampler = Resampler::new(rate, channels).expect("a rate and channels there are");
        let mut out: Vec<f32> =
            sound.chunks(piece).flat_map(|piece| resampler.push(piece)).collect();
        out.extend(resampler.finish());
        out
    }

    #[test]
    fn a_tone_is_the_same_tone_at_every_rate() {
        for rate in [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000] {
            let out = resampled(rate, 1, &tone(1000.0, rate, 0.5), 4096);
            let expected = tone(1000.0, SAMPLE_RATE as u32, 0.5);
            assert!(out.len().abs_diff(expected.len()) <= 1, "{rate}: {} samples", out.len());
            // The ends, where the tone begins out of nothing, aside.
            for at in 400..expected.len() - 400 {
                assert!(
                    (out[at] - expected[at]).abs() < 1e-3,
                    "{rate}, {at}: {} {}",
                    out[at],
                    expected[at]
                );
            }
        }
    }

    #[test]
    fn what_the_models_cannot_hear_is_not_folded_back() {
        let out = resampled(48_000, 1, &tone(11_000.0, 48_000, 0.5), 4096);
        let loudest =
            out[400..out.len() - 400].iter().fold(0.0f32, |loudest, x| loudest.max(x.abs()));
        assert!(loudest < 1e-3, "{loudest}");
    }

    #[test]
    fn pieces_of_any_size_give_the_same_sound() {
        let stereo: Vec<f32> =
            tone(440.0, 44_100, 0.1).iter().flat_map(|&x| [x, 0.5 * x]).collect();
        let whole = resampled(44_100, 2, &stereo, usize::MAX);
        for piece in [1, 3, 128, 1001] {
            assert_eq!(resampled(44_100, 2, &stereo, piece), whole, "pieces of {piece}");
        }
        assert_eq!(whole.len(), 1600);
    }

    #[test]
    fn channels_are_mixed() {
        assert_eq!(resampled(16_000, 2, &[1.0, 0.0, 0.5, 0.5, 0.0, -1.0], 2), [0.5, 0.5, -0.5]);
    }

    #[test]
    fn rates_and_channels_there_are_not_are_refused() {
        for (rate, channels) in [(0, 1), (3_999, 1), (400_000, 1), (16_000, 0), (16_000, 33)] {
            assert!(Resampler::new(rate, channels).is_err(), "{rate} Hz, {channels} channels");
        }
    }
}
