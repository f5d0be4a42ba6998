//! The functions between matrix products, forwards and backwards.
//!
//! Written out of plain sums and products, because the exponential of one
//! platform's library is not that of another's to the last bit.

/// eˣ for x ≤ 88, to about one part in ten million.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    /// Adding and subtracting it rounds to a whole number.
    const ROUND: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.0, 88.0);
    // eˣ = 2ⁿ · eʳ with |r| ≤ ln 2 / 2
    let n = (x * std::f32::consts::LOG2_E + ROUND) - ROUND;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut p = 1.0 / 720.0;
    for coefficient in [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        p = p * r + coefficient;
    }
    p * f32::from_bits(((n as i32 + 127) as u32) << 23)
}

#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// Replaces x by GELU(x) and `slope` by its derivative. GELU(x) = x · Φ(x), where
/// Φ comes from formula 7.1.26 of Abramowitz and Stegun (error below 2e-7).
pub fn gelu(x: &mut [f32], slope: &mut [f32]) {
    const INVERSE_SQRT_2PI: f32 = 0.398_942_3;
    for (x, slope) in x.iter_mut().zip(slope) {
        let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
        let bell = exp(-z * z);
        let t = 1.0 / (1.0 + 0.327_591_1 * z);
        let mut p = 1.061_405_4;
        for coefficient in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
            p = p * t + coefficient;
        }
        let tail = 0.5 * p * t * bell;
        let phi = if *x < 0.0 { tail } else { 1.0 - tail };
        *slope = phi + *x * bell * INVERSE_SQRT_2PI;
        *x *= phi;
    }
}

/// Scores to probabilities, in place.
pub fn softmax(scores: &mut [f32]) {
    let highest = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = exp(*score - highest);
        sum += *score;
    }
    let scale = 1.0 / sum;
    scores.iter_mut().for_each(|score| *score *= scale);
}

/// Σ a·b, in eight strands so that vectors can be used.
#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut strands = [0.0f32; 8];
    let (a_body, a_tail) = a.as_chunks::<8>();
    let (b_body, b_tail) = b.as_chunks::<8>();
    for (a, b) in a_body.iter().zip(b_body) {
        for lane in 0..8 {
            strands[lane] += a[lane] * b[lane];
        }
    }
    let tail: f32 = a_tail.iter().zip(b_tail).map(|(a, b)| a * b).sum();
    strands.iter().sum::<f32>() + tail
}

/// to += scale · from
#[inline(always)]
pub fn add_scaled(to: &mut [f32], from: &[f32], scale: f32) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += scale * from;
    }
}

/// Layer normalisation with fixed weights.
#[derive(Debug)]
pub struct LayerNorm {
    /// \[width]
    pub weight: Vec<f32>,
    pub bias: Vec<f32>,
    pub epsilon: f32,
}

/// What the way back needs of the way forth.
#[derive(Debug)]
pub struct NormTape {
    /// Rows brought to mean 0 and variance 1. \[n, width]
    unit: Vec<f32>,
    /// One over the deviation of each row. \[n]
    scale: Vec<f32>,
}

impl LayerNorm {
    /// In place; x is \[n, width].
    pub fn forward(&self, x: &mut [f32]) -> NormTape {
        let width = self.weight.len();
        let mut tape = NormTape { unit: Vec::with_capacity(x.len()), scale: Vec::new() };
        let ones = vec![1.0; width];
        for row in x.chunks_exact_mut(width) {
            let mean = dot(row, &ones) / width as f32;
            row.iter_mut().for_each(|x| *x -= mean);
            let scale = 1.0 / (dot(row, row) / width as f32 + self.epsilon).sqrt();
            row.iter_mut().for_each(|x| *x *= scale);
            tape.unit.extend_from_slice(row);
            tape.scale.push(scale);
            for ((x, weight), bias) in row.iter_mut().zip(&self.weight).zip(&self.bias) {
                *x = *x * weight + bias;
            }
        }
        tape
    }

    /// Turns the slope at the output into the slope at the input, in place:
    /// dx = scale · (u − mean(u) − unit · mean(u · unit)), where u = dy · weight.
    pub fn backward(&self, tape: &NormTape, slope: &mut [f32]) {
        let width = self.weight.len();
        let ones = vec![1.0; width];
        let rows = slope.chunks_exact_mut(width).zip(tape.unit.chunks_exact(width));
        for ((slope, unit), scale) in rows.zip(&tape.scale) {
            for (slope, weight) in slope.iter_mut().zip(&self.weight) {
                *slope *= weight;
            }
            let mean = dot(slope, &ones) / width as f32;
            let along = dot(slope, unit) / width as f32;
            for (slope, unit) in slope.iter_mut().zip(unit) {
                *slope = scale * (*slope - mean - unit * along);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_those_of_the_library_but_for_rounding() {
        for step in -3000..3000 {
            let x = step as f32 / 100.0;
            let exact = f64::from(x).exp();
            assert!((f64::from(exp(x)) / exact - 1.0).abs() < 4e-7, "exp({x})");
            let (mut y, mut slope) = ([x], [0.0]);
            gelu(&mut y, &mut slope);
            let x = f64::from(x);
            let phi = 0.5 * (1.0 + libm::erf(x * std::f64::consts::FRAC_1_SQRT_2));
            let bell = (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
            assert!((f64::from(y[0]) - x * phi).abs() < 1e-6 * x.abs().max(1.0), "gelu({x})");
            assert!((f64::from(slope[0]) - phi - x * bell).abs() < 1e-6, "gelu'({x})");
        }
    }
}
