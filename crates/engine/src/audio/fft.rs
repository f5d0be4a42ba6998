//! A fast Fourier transform of real numbers, for lengths such as 400.
//!
//! The crate of the field, realfft, would add 70 KB to what everyone downloads
//! (compressed; measured in Wasm): it brings an algorithm for every length there
//! is. Frames of sound come in one short length whose factors are small.

use std::f64::consts::TAU;
use std::ops::{Add, Mul, Sub};

use crate::error::{EngineError, Result};

/// The transform of `2 · half` real numbers, by way of `half` complex ones.
#[derive(Debug)]
pub struct RealFft {
    half: usize,
    /// Of `half`, each at most [`LARGEST_RADIX`]; their product is `half`.
    factors: Vec<usize>,
    /// e^(−2πi·k/half), k < half
    turns: Vec<Complex>,
    /// e^(−2πi·k/(2·half)), k ≤ half
    half_turns: Vec<Complex>,
    packed: Vec<Complex>,
    spectrum: Vec<Complex>,
}

const LARGEST_RADIX: usize = 5;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Complex {
    re: f32,
    im: f32,
}

impl RealFft {
    /// For an even `length` with no prime factor above five.
    pub fn new(length: usize) -> Result<Self> {
        let half = length / 2;
        let mut rest = half;
        let mut factors = Vec::new();
        for radix in [4, 2, 3, 5] {
            while rest > 1 && rest.is_multiple_of(radix) {
                factors.push(radix);
                rest /= radix;
            }
        }
        if rest != 1 || !length.is_multiple_of(2) {
            let detail = format!("a frame of {length} samples cannot be transformed");
            return Err(EngineError::BadAudio { detail });
        }
        Ok(Self {
            half,
            factors,
            turns: (0..half).map(|k| Complex::turn(k, half)).collect(),
            half_turns: (0..=half).map(|k| Complex::turn(k, length)).collect(),
            packed: vec![Complex::default(); half],
            spectrum: vec![Complex::default(); half],
        })
    }

    pub fn length(&self) -> usize {
        2 * self.half
    }

    /// |X\[k]|² for k = 0 ..= length/2.
    pub fn power(&mut self, frame: &[f32], power: &mut [f32]) {
        assert_eq!((frame.len(), power.len()), (self.length(), self.half + 1));
        // Even samples as real parts, odd ones as imaginary parts.
        for (packed, pair) in self.packed.iter_mut().zip(frame.as_chunks::<2>().0) {
            *packed = Complex { re: pair[0], im: pair[1] };
        }
        transform(&self.packed, 1, &self.factors, &self.turns, &mut self.spectrum);
        for (k, power) in power.iter_mut().enumerate() {
            // The even part is (Z[k] + Z*[−k]) / 2, the odd one (Z[k] − Z*[−k]) / 2i.
            let z = self.spectrum[k % self.half];
            let mirrored = self.spectrum[(self.half - k) % self.half].conjugate();
            let even = (z + mirrored).scaled(0.5);
            let difference = (z - mirrored).scaled(0.5);
            let odd = Complex { re: difference.im, im: -difference.re };
            let x = even + self.half_turns[k] * odd;
            *power = x.re * x.re + x.im * x.im;
        }
    }
}

/// The transform of every `stride`-th number of `input`, as many as `out` holds:
/// one transform for each remainder modulo the first factor, then joined.
fn transform(
    input: &[Complex],
    stride: usize,
    factors: &[usize],
    turns: &[Complex],
    out: &mut [Complex],
) {
    let Some((&radix, factors)) = factors.split_first() else {
        out[0] = input[0];
        return;
    };
    let part = out.len() / radix;
    for (remainder, out) in out.chunks_exact_mut(part).enumerate() {
        transform(&input[remainder * stride..], stride * radix, factors, turns, out);
    }
    // All turns are e^(−2πi·k/half); at this size, a step is `stride` of them.
    let turn = |k: usize| turns[k * stride % turns.len()];
    for k in 0..part {
        let mut terms = [Complex::default(); LARGEST_RADIX];
        for (remainder, term) in terms[..radix].iter_mut().enumerate() {
            *term = turn(k * remainder) * out[k + remainder * part];
        }
        for quarter in 0..radix {
            let mut sum = terms[0];
            for (remainder, &term) in terms[..radix].iter().enumerate().skip(1) {
                sum = sum + turn(part * quarter * remainder) * term;
            }
            out[k + quarter * part] = sum;
        }
    }
}

impl Complex {
    /// e^(−2πi·k/n)
    fn turn(k: usize, n: usize) -> Self {
        let angle = -TAU * k as f64 / n as f64;
        Self { re: angle.cos() as f32, im: angle.sin() as f32 }
    }

    fn conjugate(self) -> Self {
        Self { re: self.re, im: -self.im }
    }

    fn scaled(self, by: f32) -> Self {
        Self { re: self.re * by, im: self.im * by }
    }
}

impl Add for Complex {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }
}

impl Sub for Complex {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { re: self.re - other.re, im: self.im - other.im }
    }
}

impl Mul for Complex {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the definition, in double precision.
    fn plain_power(frame: &[f32]) -> Vec<f64> {
        let term = |k: usize, n: usize, x: f32| {
            let angle = -TAU * (k * n % frame.len()) as f64 / frame.len() as f64;
            (f64::from(x) * angle.cos(), f64::from(x) * angle.sin())
        };
        let bin = |k| {
            let terms = frame.iter().enumerate().map(|(n, &x)| term(k, n, x));
            let (re, im) = terms.fold((0.0, 0.0), |sum, term| (sum.0 + term.0, sum.1 + term.1));
            re * re + im * im
        };
        (0..=frame.len() / 2).map(bin).collect()
    }

    #[test]
    fn every_length_it_takes_equals_the_definition() {
        for length in [2, 4, 6, 10, 16, 30, 48, 100, 400, 512] {
            let mut fft = RealFft::new(length).expect("small factors");
            let frame: Vec<f32> =
                (0..length).map(|i| ((i * i + 3 * i) % 17) as f32 / 8.0 - 1.0).collect();
            let mut power = vec![0.0; length / 2 + 1];
            fft.power(&frame, &mut power);
            let expected = plain_power(&frame);
            let largest = expected.iter().copied().fold(0.0, f64::max);
            for (k, (power, expected)) in power.iter().zip(&expected).enumerate() {
                let error = (f64::from(*power) - expected).abs();
                assert!(
                    error <= 1e-6 * largest,
                    "length {length}, bin {k}: {power} and not {expected}"
                );
            }
        }
    }

    #[test]
    fn lengths_with_large_factors_are_refused() {
        for length in [0, 7, 14, 401] {
            assert!(RealFft::new(length).is_err(), "{length}");
        }
    }
}
