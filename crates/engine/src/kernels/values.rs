//! Values of attention, packed: mixed by weights that are never negative.
//!
//! A value is rounded to 8 bits when it comes, with a scale of its own; the scale
//! goes into the weight it is mixed with, so that values can be added and taken
//! away one by one. Eight numbers of every value make a tile; of 32 values, tile
//! after tile, they lie in words of four values: number 0's four, number 1's
//! four, …
//!
//! Weights, rounded as [`Activations`], take seven bits because none is negative,
//! which is what the integer dot product of Wasm promises to multiply exactly.

use std::ops::Range;

use super::activations::RoundedBlock;
use super::{Activations, BLOCK, TILE_POSITIONS, TILE_ROWS, largest_of, nearest};

/// Bytes of 32 values in a tile.
pub const TILE_BYTES: usize = BLOCK * TILE_ROWS;

#[derive(Debug)]
pub struct Values {
    /// Numbers in a value.
    dim: usize,
    len: usize,
    /// \[blocks of 32 values, tiles, words of 4 values, 8 numbers, 4 values]
    quants: Vec<i8>,
    /// \[len]
    scales: Vec<f32>,
}

impl Values {
    pub fn new(dim: usize) -> Self {
        Self { dim, len: 0, quants: Vec::new(), scales: Vec::new() }
    }

    pub fn dim(&self) -> usize {
        self.dim
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn tiles(&self) -> usize {
        self.dim.div_ceil(TILE_ROWS)
    }

    /// What one step of each value's quants is worth. \[len]
    pub fn scales(&self) -> &[f32] {
        &self.scales
    }

    pub fn push(&mut self, value: &[f32]) {
        let (block, within) = (self.len / BLOCK, self.len % BLOCK);
        let block_bytes = self.tiles() * TILE_BYTES;
        if within == 0 {
            // Old values may lie behind the end; nothing weighs them.
            self.quants.resize((block + 1) * block_bytes, 0);
        }
        let largest = largest_of(value);
        let inverse = 127.0 / largest;
        // Nothing and the smallest numbers have no inverse; they count as zero.
        // What is not finite shows in its scale, and in all it is mixed into.
        let inverse = if inverse.is_finite() { inverse } else { 0.0 };
        let quants = &mut self.quants[block * block_bytes..][..block_bytes];
        for (tile, numbers) in value.chunks(TILE_ROWS).enumerate() {
            let at = tile * TILE_BYTES + within / 4 * TILE_ROWS * 4 + within % 4;
            for (quant, x) in quants[at..].iter_mut().step_by(4).zip(numbers) {
                *quant = nearest(x * inverse) as i8;
            }
        }
        self.scales.push(largest / 127.0);
        self.len += 1;
    }

    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
        self.scales.truncate(self.len);
        self.quants.truncate(self.len.div_ceil(BLOCK) * self.tiles() * TILE_BYTES);
    }

    pub fn memory_bytes(&self) -> usize {
        self.quants.capacity() + self.scales.capacity() * size_of::<f32>()
    }

    /// Of one tile, the values of `block`.
    pub fn tile(&self, block: usize, tile: usize) -> &[i8; TILE_BYTES] {
        let at = (block * self.tiles() + tile) * TILE_BYTES;
        self.quants[at..].first_chunk().expect("blocks are whole")
    }
}

/// out\[n, dim] = Σ weight · value over blocks of 32 values from `first` on, where
/// weights\[n, …] have the values' scales in them.
pub fn mix(values: &Values, first: usize, weights: &Activations, out: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if super::x86::is_usable() {
        return by_rows(values, first, weights, out, &super::x86::MIXES);
    }
    #[cfg(target_arch = "wasm32")]
    return by_rows(values, first, weights, out, &super::wasm::MIXES);
    #[cfg(not(target_arch = "wasm32"))]
    mix_plainly(values, first, weights, out);
}

/// The same by the plain kernel, which the others are compared with.
pub fn mix_plainly(values: &Values, first: usize, weights: &Activations, out: &mut [f32]) {
    by_rows(values, first, weights, out, &[plain::<1>, plain::<2>, plain::<3>, plain::<4>]);
}

/// Adds the values, block after block as they lie in memory, to as many rows of sums, from
/// row `row` of weights on, as its place in the table says, plus one.
/// sums\[rows, tiles, 8]. What comes out does not depend on how many rows there are.
pub(super) type Mix =
    fn(values: &Values, first: usize, weights: &Activations, row: usize, sums: &mut [f32]);

fn by_rows(
    values: &Values,
    first: usize,
    weights: &Activations,
    out: &mut [f32],
    kernels: &[Mix; TILE_POSITIONS],
) {
    let (dim, width) = (values.dim, values.tiles() * TILE_ROWS);
    assert_eq!(out.len(), weights.len() * dim, "room for every mixture");
    assert!(first + weights.blocks() <= values.len.div_ceil(BLOCK), "a value for every weight");
    let rows = weights.len() * weights.steps();
    let mut sums = vec![0.0; TILE_POSITIONS * width];
    for row in (0..rows).step_by(TILE_POSITIONS) {
        let together = TILE_POSITIONS.min(rows - row);
        let sums = &mut sums[..together * width];
        sums.fill(0.0);
        kernels[together - 1](values, first, weights, row, sums);
        for (sums, at) in sums.chunks_exact(width).zip(row..) {
            let out = &mut out[at / weights.steps() * dim..][..dim];
            match at % weights.steps() {
                0 => out.copy_from_slice(&sums[..dim]),
                _ => out.iter_mut().zip(sums).for_each(|(out, sum)| *out += sum),
            }
        }
    }
}

fn plain<const N: usize>(
    values: &Values,
    first: usize,
    weights: &Activations,
    row: usize,
    sums: &mut [f32],
) {
    let width = values.tiles() * TILE_ROWS;
    for (at, sums) in sums.chunks_exact_mut(width).enumerate().take(N) {
        for (block, RoundedBlock { quants, scale, .. }) in weights.row(row + at).iter().enumerate()
        {
            for (tile, sums) in sums.chunks_exact_mut(TILE_ROWS).enumerate() {
                let values = values.tile(first + block, tile);
                for (lane, sum) in sums.iter_mut().enumerate() {
                    let value = |position: usize| {
                        values[(position / 4 * TILE_ROWS + lane) * 4 + position % 4]
                    };
                    let products = quants.iter().enumerate();
                    let total: i32 = products
                        .map(|(position, &weight)| i32::from(weight) * i32::from(value(position)))
                        .sum();
                    *sum += total as f32 * scale;
                }
            }
        }
    }
}

/// The blocks that hold the values of `range`.
pub fn blocks_of(range: &Range<usize>) -> Range<usize> {
    range.start / BLOCK..range.end.div_ceil(BLOCK)
}
