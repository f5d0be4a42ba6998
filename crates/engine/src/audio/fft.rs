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
    /// Of `half`, each at most five; their product is `half`.
    factors: Vec<usize>,
    /// e^(−2πi·k/half), k < half
    turns: Vec<Complex>,
    /// e^(−2πi·k/(2·half)), k ≤ half
    half_turns: Vec<Complex>,
}

/// Room for one frame on its way.
#[derive(Debug, Default)]
pub struct Room {
    packed: Vec<Complex>,
    spectrum: Vec<Complex>,
}

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
        })
    }

    pub fn length(&self) -> usize {
        2 * self.half
    }

    /// |X\[k]|² for k = 0 ..= length/2.
    pub fn power(&self, frame: &[f32], room: &mut Room, power: &mut [f32]) {
        assert_eq!((frame.len(), power.len()), (self.length(), self.half + 1));
        let Room { packed, spectrum } = room;
        // Even samples as real parts, odd ones as imaginary parts.
        packed.clear();
        packed.extend(frame.as_chunks::<2>().0.iter().map(|&[re, im]| Complex { re, im }));
        spectrum.resize(self.half, Complex::default());
        transform(packed, 1, &self.factors, &self.turns, spectrum);
        let mirrored = std::iter::once(&spectrum[0]).chain(spectrum.iter().rev());
        let bins = spectrum.iter().chain(&spectrum[..1]).zip(mirrored);
        for ((power, half_turn), (&z, mirrored)) in power.iter_mut().zip(&self.half_turns).zip(bins)
        {
            // The even part is (Z[k] + Z*[−k]) / 2, the odd one (Z[k] − Z*[−k]) / 2i.
            let mirrored = mirrored.conjugate();
            let even = (z + mirrored).scaled(0.5);
            let difference = (z - mirrored).scaled(0.5);
            let odd = Complex { re: difference.im, im: -difference.re };
            let x = even + *half_turn * odd;
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
    match radix {
        2 => join::<2>(stride, turns, out),
        3 => join::<3>(stride, turns, out),
        4 => join::<4>(stride, turns, out),
        _ => join::<5>(stride, turns, out),
    }
}

/// All turns are e^(−2πi·k/half); at this size, a step is `stride` of them.
fn join<const RADIX: usize>(stride: usize, turns: &[Complex], out: &mut [Complex]) {
    let part = out.len() / RADIX;
    let roots: [_; RADIX] = std::array::from_fn(|k| turns[k * part * stride]);
    for k in 0..part {
        let terms: [_; RADIX] = std::array::from_fn(|remainder| {
            turns[k * remainder * stride] * out[k + remainder * part]
        });
        for quarter in 0..RADIX {
            let mut sum = terms[0];
            for remainder in 1..RADIX {
                sum = sum + roots[quarter * remainder % RADIX] * terms[remainder];
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
            let fft = RealFft::new(length).expect("small factors");
            let frame: Vec<f32> =
                (0..length).map(|i| ((i * i + 3 * i) % 17) as f32 / 8.0 - 1.0).collect();
            let mut power = vec![0.0; length / 2 + 1];
            fft.power(&frame, &mut Room::default(), &mut power);
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
