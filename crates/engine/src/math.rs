//! The small operations between matrices, on plain slices.
//!
//! A sequence of `n` vectors of width `d` is one slice of `n * d` numbers, a row
//! per position.

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

/// Adds one bias vector to every row of `rows`.
pub fn add_to_rows(rows: &mut [f32], bias: &[f32]) {
    for row in rows.chunks_exact_mut(bias.len()) {
        add(row, bias);
    }
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
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    if highest == f32::NEG_INFINITY {
        scores.fill(0.0);
        return;
    }
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - highest).exp();
        sum += *score;
    }
    let scale = 1.0 / sum;
    for score in scores.iter_mut() {
        *score *= scale;
    }
}

/// x · σ(x)
#[inline]
pub fn silu(x: f32) -> f32 {
    x / (1.0 + (-x).exp())
}

/// GELU by the error function, as BERT and Whisper were trained with.
#[inline]
pub fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + libm::erff(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// GELU by the tanh approximation, as Gemma was trained with.
#[inline]
pub fn gelu_tanh(x: f32) -> f32 {
    const SQRT_2_OVER_PI: f32 = 0.797_884_6;
    0.5 * x * (1.0 + (SQRT_2_OVER_PI * (x + 0.044_715 * x * x * x)).tanh())
}

/// Index of the largest value; the first of equals, so that greedy decoding is
/// the same everywhere. NaN never wins.
pub fn argmax(values: &[f32]) -> usize {
    let mut best = 0;
    let mut highest = f32::NEG_INFINITY;
    for (index, &value) in values.iter().enumerate() {
        if value > highest {
            highest = value;
            best = index;
        }
    }
    best
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
