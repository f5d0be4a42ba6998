//! Positions rounded to 8 bits.

use super::BLOCK;

/// The most a rounded number can be: symmetric, so that no product overflows.
const LARGEST: f32 = 127.0;

/// n rows, each padded with zeros to whole blocks.
#[derive(Debug)]
pub struct Activations {
    len: usize,
    blocks: usize,
    /// \[n, blocks, 32]
    quants: Vec<i8>,
    /// What one step of a block's quants is worth. \[n, blocks]
    scales: Vec<f32>,
    /// Σ of a block's numbers, for weights that do not count from zero. \[n, blocks]
    sums: Vec<f32>,
}

impl Activations {
    /// Rounds x\[n, cols].
    pub fn new(x: &[f32], cols: usize) -> Self {
        let (len, blocks) = (x.len() / cols, cols.div_ceil(BLOCK));
        let mut rounded = Self {
            len,
            blocks,
            quants: vec![0; len * blocks * BLOCK],
            scales: vec![0.0; len * blocks],
            sums: vec![0.0; len * blocks],
        };
        for (row, x) in x.chunks_exact(cols).enumerate() {
            for (block, x) in x.chunks(BLOCK).enumerate() {
                let at = row * blocks + block;
                let quants = &mut rounded.quants[at * BLOCK..][..x.len()];
                (rounded.scales[at], rounded.sums[at]) = round(x, quants);
            }
        }
        rounded
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn blocks(&self) -> usize {
        self.blocks
    }

    /// \[blocks, 32]
    pub fn quants(&self, row: usize) -> &[[i8; BLOCK]] {
        let (blocks, _) = self.quants.as_chunks::<BLOCK>();
        &blocks[row * self.blocks..][..self.blocks]
    }

    pub fn scales(&self, row: usize) -> &[f32] {
        &self.scales[row * self.blocks..][..self.blocks]
    }

    pub fn sums(&self, row: usize) -> &[f32] {
        &self.sums[row * self.blocks..][..self.blocks]
    }
}

/// Returns the scale and the sum. Numbers that are not finite make a block of
/// zeros with a scale that is not finite either, so that they show in the result
/// instead of being rounded into something plausible.
fn round(x: &[f32], quants: &mut [i8]) -> (f32, f32) {
    let largest = x
        .iter()
        .fold(0.0f32, |largest, x| if x.abs() > largest || x.is_nan() { x.abs() } else { largest });
    if largest == 0.0 {
        return (0.0, 0.0);
    }
    if !largest.is_finite() {
        return (largest, largest);
    }
    let scale = largest / LARGEST;
    let inverse = LARGEST / largest;
    // The smallest numbers have no inverse; they count as zero.
    if !inverse.is_finite() {
        return (0.0, 0.0);
    }
    let mut sum = 0i32;
    for (quant, x) in quants.iter_mut().zip(x) {
        // Adding 1.5 · 2²³ leaves the nearest whole number in the low bits: the
        // same for every lane of a vector, where `round` would be a call.
        const TO_WHOLE: f32 = 12_582_912.0;
        let whole = (x * inverse + TO_WHOLE).to_bits() as i32 - TO_WHOLE.to_bits() as i32;
        *quant = whole as i8;
        sum += whole;
    }
    (scale, sum as f32 * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_off_by_half_a_step_at_most() {
        let x: Vec<f32> = (0..70).map(|i| (i as f32 * 0.7).sin() * 3.0).collect();
        let rounded = Activations::new(&x, 70);
        assert_eq!(rounded.blocks(), 3);
        for (i, x) in x.iter().enumerate() {
            let (block, at) = (i / BLOCK, i % BLOCK);
            let scale = rounded.scales(0)[block];
            let back = f32::from(rounded.quants(0)[block][at]) * scale;
            assert!((back - x).abs() <= 0.5001 * scale, "{x} became {back}");
        }
    }

    #[test]
    fn nothing_rounds_to_nothing() {
        for tiny in [0.0, 1e-45, -1e-40] {
            let rounded = Activations::new(&[tiny; BLOCK], BLOCK);
            assert_eq!(rounded.scales(0), [0.0]);
            assert_eq!(rounded.quants(0), [[0; BLOCK]]);
        }
    }

    #[test]
    fn what_is_not_a_number_stays_visible() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut x = [1.0; BLOCK];
            x[17] = bad;
            assert!(!Activations::new(&x, BLOCK).scales(0)[0].is_finite(), "{bad}");
        }
    }
}
