//! The small operations between matrices, on plain slices.
//!
//! A sequence of `n` vectors of width `d` is one slice of `n * d` numbers, a row
//! per position.

use crate::threads::{PER_NUMBER, share_rows};

/// Lanes of the accumulators below: wide enough that the compiler keeps four
/// 128-bit registers busy, which hides the latency of the add.
const LANES: usize = 16;

/// Σ a·b. Summed in [`LANES`] strands, because a single strand would forbid
/// vector instructions (float addition may not be reordered).
#[inline]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    debug_assert_eq!(a.len(), b.len());
    let mut strands = [0.0f32; LANES];
    let (a_body, a_tail) = a.as_chunks::<LANES>();
    let (b_body, b_tail) = b.as_chunks::<LANES>();
    for (a, b) in a_body.iter().zip(b_body) {
        for lane in 0..LANES {
            strands[lane] += a[lane] * b[lane];
        }
    }
    let tail: f32 = a_tail.iter().zip(b_tail).map(|(a, b)| a * b).sum();
    strands.iter().sum::<f32>() + tail
}

/// to += scale · from
#[inline]
pub fn add_scaled(to: &mut [f32], from: &[f32], scale: f32) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += scale * from;
    }
}

/// to += from
#[inline]
pub fn add(to: &mut [f32], from: &[f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

/// The same by all threads, for as much as a block of positions has.
pub fn add_together(to: &mut [f32], from: &[f32]) {
    share_rows(to, 1, PER_NUMBER / 10, |first, to| add(to, &from[first..]));
}

/// Adds one bias vector to every row of `rows`, by all threads.
pub fn add_to_rows(rows: &mut [f32], bias: &[f32]) {
    share_rows(rows, bias.len(), PER_NUMBER / 10 * bias.len(), |_, rows| {
        rows.chunks_exact_mut(bias.len()).for_each(|row| add(row, bias));
    });
}

/// x / rms(x) · weight, for every row of width `weight.len()`.
pub fn rms_norm(x: &[f32], weight: &[f32], epsilon: f32, out: &mut [f32]) {
    let width = weight.len();
    for (x, out) in x.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
        let scale = 1.0 / (dot(x, x) / width as f32 + epsilon).sqrt();
        for ((out, x), weight) in out.iter_mut().zip(x).zip(weight) {
            *out = x * scale * weight;
        }
    }
}

/// (x − mean(x)) / std(x) · weight + bias, for every row.
pub fn layer_norm(x: &[f32], weight: &[f32], bias: &[f32], epsilon: f32, out: &mut [f32]) {
    let width = weight.len();
    for (x, out) in x.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
        let mean = x.iter().sum::<f32>() / width as f32;
        let variance = x.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / width as f32;
        let scale = 1.0 / (variance + epsilon).sqrt();
        for (((out, x), weight), bias) in out.iter_mut().zip(x).zip(weight).zip(bias) {
            *out = (x - mean) * scale * weight + bias;
        }
    }
}

/// Turns scores into probabilities in place. All −∞ (nothing may be attended
/// to) gives zeros instead of NaN.
pub fn softmax(scores: &mut [f32]) {
    let highest = highest_of(scores);
    if highest == f32::NEG_INFINITY {
        scores.fill(0.0);
        return;
    }
    // In strands, as [`dot`] is.
    let mut strands = [0.0f32; LANES];
    let (body, tail) = scores.as_chunks_mut::<LANES>();
    for scores in body {
        for lane in 0..LANES {
            scores[lane] = exp(scores[lane] - highest);
            strands[lane] += scores[lane];
        }
    }
    tail.iter_mut().for_each(|score| *score = exp(*score - highest));
    let scale = 1.0 / (strands.iter().sum::<f32>() + tail.iter().sum::<f32>());
    for score in scores.iter_mut() {
        *score *= scale;
    }
}

/// ln Σ eˣ
pub fn log_sum_exp(values: &[f32]) -> f32 {
    let highest = highest_of(values);
    if highest == f32::NEG_INFINITY {
        return highest;
    }
    let mut strands = [0.0f32; LANES];
    let (body, tail) = values.as_chunks::<LANES>();
    for values in body {
        for lane in 0..LANES {
            strands[lane] += exp(values[lane] - highest);
        }
    }
    let tail: f32 = tail.iter().map(|value| exp(value - highest)).sum();
    highest + (strands.iter().sum::<f32>() + tail).ln()
}

/// e to the power of x, without a branch, so that a loop over it becomes vector
/// instructions: 2ⁿ by its bits, times a polynomial for the rest. Within three
/// units in the last place; what would be below the smallest normal number is zero.
#[inline]
pub fn exp(x: f32) -> f32 {
    /// Adding it leaves the whole part of a small number in the lowest bits.
    const MAGIC: f32 = 12_582_912.0;
    const LOWEST: f32 = -87.0;
    // ln 2 in two parts, the first of so few digits that n times it is exact.
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let within = x.clamp(LOWEST, 88.0);
    let shifted = within * std::f32::consts::LOG2_E + MAGIC;
    let n = shifted - MAGIC;
    let r = within - n * LN_2_HIGH - n * LN_2_LOW;
    let mut polynomial = 1.0 / 720.0;
    for coefficient in [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        polynomial = polynomial * r + coefficient;
    }
    let two_to_the_n = f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3F80_0000));
    if x < LOWEST { 0.0 } else { polynomial * two_to_the_n }
}

/// The error function as a quotient of two polynomials, without a branch; within
/// a few units in the last place.
#[inline]
fn erf(x: f32) -> f32 {
    // Beyond, it is one to the last bit.
    let x = x.clamp(-4.0, 4.0);
    let square = x * x;
    let evaluate = |first: f32, rest: &[f32]| {
        rest.iter().fold(first, |sum, coefficient| sum * square + coefficient)
    };
    let above = evaluate(
        -2.726_142_4e-10,
        &[
            2.770_681_5e-8,
            -2.101_024e-6,
            -5.692_506_3e-5,
            -7.349_906e-4,
            -2.954_6e-3,
            -1.609_603_3e-2,
        ],
    );
    let below = evaluate(
        -1.456_607_2e-5,
        &[-2.133_740_6e-4, -1.682_827e-3, -7.373_329_3e-3, -1.426_474e-2],
    );
    x * above / below
}

/// x · σ(x)
#[inline]
pub fn silu(x: f32) -> f32 {
    x / (1.0 + exp(-x))
}

/// GELU by the error function, as BERT and Whisper were trained with.
#[inline]
pub fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// GELU by the tanh approximation, as Gemma was trained with: ½(1 + tanh u) is σ(2u).
#[inline]
pub fn gelu_tanh(x: f32) -> f32 {
    const SQRT_8_OVER_PI: f32 = 1.595_769_2;
    x / (1.0 + exp(-SQRT_8_OVER_PI * (x + 0.044_715 * x * x * x)))
}

/// gate = silu(gate) · up
pub fn gate_by_silu(gate: &mut [f32], up: &[f32]) {
    gate.iter_mut().zip(up).for_each(|(gate, up)| *gate = silu(*gate) * up);
}

/// gate = gelu(gate) · up
pub fn gate_by_gelu_tanh(gate: &mut [f32], up: &[f32]) {
    gate.iter_mut().zip(up).for_each(|(gate, up)| *gate = gelu_tanh(*gate) * up);
}

/// The highest of some values; −∞ of none. NaN never wins.
pub fn highest_of(values: &[f32]) -> f32 {
    let mut strands = [f32::NEG_INFINITY; LANES];
    let (body, tail) = values.as_chunks::<LANES>();
    let higher = |highest: &mut f32, value: f32| {
        if value > *highest {
            *highest = value;
        }
    };
    for values in body {
        for lane in 0..LANES {
            higher(&mut strands[lane], values[lane]);
        }
    }
    let mut highest = f32::NEG_INFINITY;
    strands.iter().chain(tail).for_each(|value| higher(&mut highest, *value));
    highest
}

/// Index of the largest value; the first of equals, so that greedy decoding is
/// the same everywhere. NaN never wins.
pub fn argmax(values: &[f32]) -> usize {
    let highest = highest_of(values);
    values.iter().position(|&value| value == highest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_of_any_length_equals_the_plain_sum() {
        for length in [0, 1, 15, 16, 17, 33, 64, 100] {
            let a: Vec<f32> = (0..length).map(|i| i as f32 - 7.0).collect();
            let b: Vec<f32> = (0..length).map(|i| 0.5 * i as f32).collect();
            let plain: f32 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
            assert!((dot(&a, &b) - plain).abs() <= 1e-3 * plain.abs().max(1.0), "length {length}");
        }
    }

    #[test]
    fn softmax_of_nothing_allowed_is_zero_and_not_nan() {
        let mut scores = [f32::NEG_INFINITY; 3];
        softmax(&mut scores);
        assert_eq!(scores, [0.0; 3]);
    }

    #[test]
    fn softmax_survives_huge_scores() {
        let mut scores = [1e30, 1e30, -1e30];
        softmax(&mut scores);
        assert_eq!(scores, [0.5, 0.5, 0.0]);
    }

    /// Against the functions of double precision, over all they are asked for.
    #[test]
    fn powers_and_errors_are_right_to_the_last_digits() {
        for step in -8_700..=8_700 {
            let x = step as f32 * 0.01;
            let exact = f64::from(x).exp();
            let off = (f64::from(exp(x)) / exact - 1.0).abs();
            assert!(off < 4e-7, "exp({x}) is off by {off}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert!(exp(1e9).is_finite() && exp(f32::NAN).is_nan());
        for step in -6_000..=6_000 {
            let x = step as f32 * 0.001;
            let off = f64::from(erf(x)) - libm::erf(f64::from(x));
            assert!(off.abs() < 4e-7, "erf({x}) is off by {off}");
        }
    }

    #[test]
    fn norms_bring_rows_to_unit_scale() {
        let x = [3.0, 4.0, 30.0, 40.0];
        let mut out = [0.0; 4];
        rms_norm(&x, &[1.0, 1.0], 0.0, &mut out);
        let rms = 12.5f32.sqrt();
        for (out, expected) in out.iter().zip([3.0 / rms, 4.0 / rms, 3.0 / rms, 4.0 / rms]) {
            assert!((out - expected).abs() < 1e-6);
        }
        layer_norm(&x, &[1.0, 1.0], &[0.5, 0.5], 0.0, &mut out);
        for (out, expected) in out.iter().zip([-0.5, 1.5, -0.5, 1.5]) {
            assert!((out - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn argmax_takes_the_first_of_equals_and_passes_over_nan() {
        assert_eq!(argmax(&[f32::NAN, 1.0, 2.0, 2.0]), 2);
    }

    /// Values from the definition, evaluated with double precision elsewhere.
    #[test]
    fn activations_match_their_definitions() {
        for (x, silu_x, gelu_x, gelu_tanh_x) in [
            (-3.0, -0.142_277_6, -0.004_049_69, -0.003_637_39),
            (-0.5, -0.188_770_3, -0.154_268_8, -0.154_286),
            (0.0, 0.0, 0.0, 0.0),
            (1.0, 0.731_058_6, 0.841_344_7, 0.841_192),
        ] {
            assert!((silu(x) - silu_x).abs() < 1e-6, "silu({x}) = {}", silu(x));
            assert!((gelu(x) - gelu_x).abs() < 1e-6, "gelu({x}) = {}", gelu(x));
            assert!((gelu_tanh(x) - gelu_tanh_x).abs() < 1e-6, "gelu_tanh({x}) = {}", gelu_tanh(x));
        }
    }
}
