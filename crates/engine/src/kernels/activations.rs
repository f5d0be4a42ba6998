//! Positions rounded to 8 bits, or to 14 in two steps.

use super::{BLOCK, largest_of, nearest};
use crate::threads::{PER_NUMBER, share_rows};

/// The most a rounded number can be: symmetric, so that no product overflows.
const LARGEST: f32 = 127.0;

/// 32 numbers of a position; what the kernels read comes in one piece.
#[derive(Clone, Copy, Debug)]
pub struct RoundedBlock {
    pub quants: [i8; BLOCK],
    /// What one step of the quants is worth.
    pub scale: f32,
    /// Σ of the quants, for weights whose zero is one of their quants.
    pub total: i32,
    /// And what that is worth, for weights that have a minimum.
    pub sum: f32,
}

/// How often a position is rounded: what is left of it by the first time may be
/// rounded too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Eight bits.
    Once,
    /// Fourteen, at twice the multiplications.
    Twice,
}

impl Rounding {
    /// Rows a position takes.
    pub fn steps(self) -> usize {
        match self {
            Self::Once => 1,
            Self::Twice => 2,
        }
    }
}

/// n positions, each of one row or two, padded with zeros to whole blocks.
#[derive(Debug)]
pub struct Activations {
    len: usize,
    /// Rows a position: what products with them add up to is the position's.
    steps: usize,
    blocks_a_row: usize,
    /// \[n, steps, blocks]
    blocks: Vec<RoundedBlock>,
}

impl Activations {
    pub fn rounded(x: &[f32], cols: usize, rounding: Rounding) -> Self {
        match rounding {
            Rounding::Once => Self::new(x, cols),
            Rounding::Twice => Self::finely(x, cols),
        }
    }

    /// Rounds x\[n, cols].
    pub fn new(x: &[f32], cols: usize) -> Self {
        let (len, blocks_a_row) = (x.len() / cols, cols.div_ceil(BLOCK));
        let mut blocks = vec![RoundedBlock::NOTHING; len * blocks_a_row];
        share_rows(&mut blocks, blocks_a_row, PER_NUMBER * cols, |first, blocks| {
            let rows = blocks.chunks_exact_mut(blocks_a_row);
            for (blocks, x) in rows.zip(x[first * cols..].chunks_exact(cols)) {
                for (block, x) in blocks.iter_mut().zip(x.chunks(BLOCK)) {
                    block.round(&whole_block(x), nearest);
                }
            }
        });
        Self { len, steps: Rounding::Once.steps(), blocks_a_row, blocks }
    }

    /// Rounds x\[n, cols] in two steps: down, and then what that leaves, which is never
    /// negative. Together they are good for fourteen bits.
    pub fn finely(x: &[f32], cols: usize) -> Self {
        let (len, blocks_a_row) = (x.len() / cols, cols.div_ceil(BLOCK));
        let mut blocks = vec![RoundedBlock::NOTHING; 2 * len * blocks_a_row];
        share_rows(&mut blocks, 2 * blocks_a_row, 3 * PER_NUMBER * cols, |first, blocks| {
            let rows = blocks.chunks_exact_mut(2 * blocks_a_row);
            for (blocks, x) in rows.zip(x[first * cols..].chunks_exact(cols)) {
                let (firsts, seconds) = blocks.split_at_mut(blocks_a_row);
                for ((first, second), x) in firsts.iter_mut().zip(seconds).zip(x.chunks(BLOCK)) {
                    let x = whole_block(x);
                    // Down, or to where it is: what is left is a step at most.
                    first.round(&x, |x| nearest(x - 0.5));
                    second.round(&first.left_of(&x), nearest);
                    // A minimum is multiplied once with both.
                    first.sum += std::mem::take(&mut second.sum);
                }
            }
        });
        Self { len, steps: Rounding::Twice.steps(), blocks_a_row, blocks }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Rows a position.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// In a row.
    pub fn blocks(&self) -> usize {
        self.blocks_a_row
    }

    pub fn row(&self, row: usize) -> &[RoundedBlock] {
        &self.blocks[row * self.blocks_a_row..][..self.blocks_a_row]
    }
}

impl RoundedBlock {
    const NOTHING: Self = Self { quants: [0; BLOCK], scale: 0.0, total: 0, sum: 0.0 };

    /// What rounding x down to this took from it.
    fn left_of(&self, x: &[f32; BLOCK]) -> [f32; BLOCK] {
        std::array::from_fn(|at| {
            let left = x[at] - f32::from(self.quants[at]) * self.scale;
            if left > 0.0 { left } else { 0.0 }
        })
    }

    /// Becomes what x rounds to. Numbers that are not finite make a block of zeros with
    /// a scale that is not finite either, so that they show in the result instead of
    /// being rounded into something plausible.
    #[inline(always)]
    fn round(&mut self, x: &[f32; BLOCK], to_whole: impl Fn(f32) -> i32) {
        let largest = largest_of(x);
        *self = Self::NOTHING;
        if !largest.is_finite() {
            self.scale = largest;
            return;
        }
        let inverse = LARGEST / largest;
        // Nothing and the smallest numbers have no inverse; they count as zero.
        if !inverse.is_finite() {
            return;
        }
        let wholes = x.map(|x| to_whole(x * inverse));
        self.quants = wholes.map(|whole| whole as i8);
        self.total = wholes.iter().sum();
        self.scale = largest / LARGEST;
        self.sum = self.total as f32 * self.scale;
    }
}

/// The last block of a row may have too few numbers.
#[inline(always)]
fn whole_block(x: &[f32]) -> [f32; BLOCK] {
    x.first_chunk().copied().unwrap_or_else(|| {
        let mut whole = [0.0; BLOCK];
        whole[..x.len()].copy_from_slice(x);
        whole
    })
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
            let RoundedBlock { quants, scale, .. } = rounded.row(0)[block];
            let back = f32::from(quants[at]) * scale;
            assert!((back - x).abs() <= 0.5001 * scale, "{x} became {back}");
        }
    }

    #[test]
    fn a_second_step_leaves_next_to_nothing() {
        let x: Vec<f32> = (0..70).map(|i| (i as f32 * 0.7).sin() * 3.0).collect();
        let rounded = Activations::finely(&x, 70);
        for (i, x) in x.iter().enumerate() {
            let back = [0, 1].map(|step| {
                let block = rounded.row(step)[i / BLOCK];
                f32::from(block.quants[i % BLOCK]) * block.scale
            });
            assert!((back[0] + back[1] - x).abs() <= 1e-4, "{x} became {back:?}");
        }
    }

    #[test]
    fn nothing_rounds_to_nothing() {
        for tiny in [0.0, 1e-45, -1e-40] {
            let rounded = Activations::new(&[tiny; BLOCK], BLOCK);
            let RoundedBlock { quants, scale, total, .. } = rounded.row(0)[0];
            assert_eq!((quants, scale, total), ([0; BLOCK], 0.0, 0), "{tiny}");
        }
    }

    #[test]
    fn what_is_not_a_number_stays_visible() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut x = [1.0; BLOCK];
            x[17] = bad;
            assert!(!Activations::new(&x, BLOCK).row(0)[0].scale.is_finite(), "{bad}");
        }
    }
}
