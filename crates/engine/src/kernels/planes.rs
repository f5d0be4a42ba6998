//! Eight-bit weights in two planes of four bits.
//!
//! Of a language model's scores for all its tokens only the highest matter, and
//! what they cost is what is read for them. The coarse plane, the upper halves of
//! the quants, tells each score but for a little; the fine one, the lower halves,
//! is read for the tiles where that little could matter, and nowhere else.
//!
//! What is read that way is also multiplied with the position as it is, and not with
//! eight bits of it: it decides which word is said.
//!
//! How little the little is follows from what the coarse plane leaves out of a row: to the
//! position it is multiplied with, that is noise, and what noise adds up to is
//! known. Six times that is never reached.

use std::sync::{Mutex, PoisonError};

use bella_weights::BlockType;
use half::f16;

use super::packed::{Block, Form, Minimum, unpacked};
use super::{
    Activations, BLOCK, Packed, TILE_ROWS, cost_of_a_row, largest_of, multiply, multiply_columns,
    multiply_rows, nearest, rows_together,
};
use crate::error::Result;
use crate::math::{add, dot, highest_of};
use crate::threads::{PER_NUMBER, share_columns};

/// Steps of a weight on either side of zero: one quant in two halves.
const HALF_RANGE: i32 = 127;
/// Of the fine quants and of the coarse: sixteen times the second and the first are
/// [`HALF_RANGE`].
const FINE_ZERO: Minimum = Minimum::Zero { twice: 14 };
const COARSE_ZERO: Minimum = Minimum::Zero { twice: 15 };
const COARSE_STEP: u8 = 16;
/// In standard deviations of noise.
const CERTAIN: f32 = 6.0;

#[derive(Debug)]
pub struct Planes {
    coarse: Packed,
    fine: Packed,
    /// Root of the mean square of what the coarse plane leaves out of each row.
    left_out: Vec<f32>,
}

impl Planes {
    /// `None` for types of fewer than six bits, or of more than eight.
    pub fn new(
        name: &str,
        [rows, cols]: [usize; 2],
        ty: BlockType,
        bytes: &[u8],
    ) -> Result<Option<Self>> {
        if !matches!(ty, BlockType::Q6K | BlockType::Q8_0 | BlockType::Q8K) {
            return Ok(None);
        }
        let mut coarse = Packed::filled(name, [rows, cols], Form::Nibbles, COARSE_ZERO)?;
        let mut fine = Packed::filled(name, [rows, cols], Form::Nibbles, FINE_ZERO)?;
        let mut scratch = vec![0.0; ty.block_len().max(BLOCK)];
        let row_bytes = cols / ty.block_len() * ty.block_bytes();
        let left_out = bytes.chunks_exact(row_bytes).enumerate().map(|(row, bytes)| {
            let mut squares = 0.0;
            unpacked(bytes, ty, &mut scratch, &mut |block, weights| {
                let [upper, lower] = halves(weights);
                coarse.put(row, block, &upper);
                fine.put(row, block, &lower);
                let left_out = lower.quants.iter().map(|&quant| f32::from(quant) - 7.0);
                let sum: f32 = left_out.map(|steps| steps * steps).sum();
                squares += sum * lower.scale * lower.scale;
            });
            (squares / cols as f32).sqrt()
        });
        let left_out = left_out.collect();
        Ok(Some(Self { coarse, fine, left_out }))
    }

    pub fn memory_bytes(&self) -> usize {
        let planes = self.coarse.memory_bytes() + self.fine.memory_bytes();
        planes + size_of_val(&self.left_out[..])
    }

    /// One row as f32.
    pub fn unpack_row(&self, row: usize, out: &mut [f32]) {
        let mut fine = vec![0.0; out.len()];
        self.coarse.unpack_row(row, out);
        self.fine.unpack_row(row, &mut fine);
        add(out, &fine);
    }

    /// out\[n, rows] = x\[n, cols] · selfᵀ
    pub fn multiply(&self, x: &[f32], out: &mut [f32]) {
        let x = Activations::finely(x, self.coarse.cols());
        let mut fine = vec![0.0; out.len()];
        multiply(&self.coarse, &x, out);
        multiply(&self.fine, &x, &mut fine);
        add(out, &fine);
    }

    /// The same for one position, where only what is not below a floor has to be
    /// right and all else may be off by a little. `floor` makes it of the highest
    /// output, and is the higher the higher that is.
    pub fn multiply_down_to(&self, floor: impl Fn(f32) -> f32, x: &[f32], out: &mut [f32]) {
        let doubt = CERTAIN * dot(x, x).sqrt();
        let highest = self.surely_highest(doubt, x, out);
        let floor = floor(highest);
        let x = Activations::finely(x, self.coarse.cols());
        let all = out.len();
        share_columns([out], all, TILE_ROWS, PER_NUMBER, |[mut own]| {
            for first in own.range().step_by(TILE_ROWS) {
                let used = TILE_ROWS.min(own.range().end - first);
                let out = own.at(0, first, used);
                let mut together = out.iter().zip(&self.left_out[first..]);
                if together.any(|(out, left_out)| out + doubt * left_out >= floor) {
                    let mut fine = [0.0; TILE_ROWS];
                    let fine = &mut fine[..used];
                    multiply_rows(&self.coarse, first, &x, out);
                    multiply_rows(&self.fine, first, &x, fine);
                    add(out, fine);
                }
            }
        });
    }

    /// What the coarse plane makes of x, and what the highest output is not below,
    /// whatever that leaves out.
    fn surely_highest(&self, doubt: f32, x: &[f32], out: &mut [f32]) -> f32 {
        let x = Activations::new(x, self.coarse.cols());
        let highest = Mutex::new(f32::NEG_INFINITY);
        let (rows, cost) = (out.len(), cost_of_a_row(&self.coarse, &x) + PER_NUMBER);
        share_columns([out], rows, rows_together(&x), cost, |[mut own]| {
            multiply_columns(&self.coarse, 0, &x, &mut own);
            let left_out = &self.left_out[own.range()];
            let mut surely = [f32::NEG_INFINITY; TILE_ROWS];
            for (out, left_out) in own.row(0).chunks(TILE_ROWS).zip(left_out.chunks(TILE_ROWS)) {
                for (surely, (out, left_out)) in surely.iter_mut().zip(out.iter().zip(left_out)) {
                    let least = out - doubt * left_out;
                    // What is not a number is never the highest.
                    *surely = if least > *surely { least } else { *surely };
                }
            }
            let mut highest = highest.lock().unwrap_or_else(PoisonError::into_inner);
            *highest = highest.max(highest_of(&surely));
        });
        highest.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 32 weights, rounded to eight bits: the upper halves, then the lower.
fn halves(weights: &[f32]) -> [Block; 2] {
    // What comes with eight bits has its largest at the end of its range: this finds
    // the same scale again, and the same quants.
    let scale = f16::from_f32(largest_of(weights) / HALF_RANGE as f32).to_f32();
    let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
    let mut upper =
        Block { quants: [0; BLOCK], scale: f32::from(COARSE_STEP) * scale, minimum: 0.0 };
    let mut lower = Block { quants: [0; BLOCK], scale, minimum: 0.0 };
    for (at, weight) in weights.iter().enumerate() {
        let quant = (nearest(weight * inverse) + HALF_RANGE).clamp(0, 2 * HALF_RANGE) as u8;
        upper.quants[at] = quant / COARSE_STEP;
        lower.quants[at] = quant % COARSE_STEP;
    }
    [upper, lower]
}
