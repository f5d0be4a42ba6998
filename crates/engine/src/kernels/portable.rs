//! The kernel in plain Rust: what the vector kernels are compared with, and what
//! runs where there are none.

use half::f16;

use super::packed::{Form, Minimum};
use super::{Activations, BLOCK, Packed, Sums, TILE_POSITIONS, TILE_ROWS, Tile};

pub const TILES: [Tile; TILE_POSITIONS] = [tile::<1>, tile::<2>, tile::<3>, tile::<4>];

fn tile<const N: usize>(
    packed: &Packed,
    tile: usize,
    positions: &Activations,
    first: usize,
) -> Sums {
    let mut sums = [[0.0; TILE_ROWS]; TILE_POSITIONS];
    let scales = packed.tile_scales(tile);
    let blocks = packed.tile_quants(tile).chunks_exact(packed.form().block_bytes());
    for (block, weights) in blocks.enumerate() {
        let minimums = block_minimums(packed, tile, block);
        for (position, sums) in sums.iter_mut().enumerate().take(N) {
            let row = first + position;
            let products = products(packed.form(), weights, &positions.quants(row)[block]);
            let (scale, sum) = (positions.scales(row)[block], positions.sums(row)[block]);
            for lane in 0..TILE_ROWS {
                let weight_scale = f16::from_bits(scales[block][lane]).to_f32();
                sums[lane] += products[lane] as f32 * (weight_scale * scale) + minimums[lane] * sum;
            }
        }
    }
    sums
}

/// What each row's weights of a block begin at.
fn block_minimums(packed: &Packed, tile: usize, block: usize) -> [f32; TILE_ROWS] {
    match (packed.minimum(), packed.tile_minimums(tile)) {
        (Minimum::Zero(zero), _) => {
            packed.tile_scales(tile)[block].map(|scale| -zero * f16::from_bits(scale).to_f32())
        }
        (Minimum::Each(_), Some(minimums)) => {
            minimums[block].map(|minimum| f16::from_bits(minimum).to_f32())
        }
        (Minimum::Each(_), None) => [0.0; TILE_ROWS],
    }
}

/// Σ quant · position over a block, for each row.
fn products(form: Form, weights: &[u8], position: &[i8; BLOCK]) -> [i32; TILE_ROWS] {
    let mut products = [0; TILE_ROWS];
    for (word, position) in position.as_chunks::<4>().0.iter().enumerate() {
        for (lane, product) in products.iter_mut().enumerate() {
            for (within, &position) in position.iter().enumerate() {
                let quant = match form {
                    Form::Nibbles if lane < 4 => weights[word * 16 + lane * 4 + within] & 15,
                    Form::Nibbles => weights[word * 16 + (lane - 4) * 4 + within] >> 4,
                    Form::Bytes => weights[word * 32 + lane * 4 + within],
                };
                *product += i32::from(quant) * i32::from(position);
            }
        }
    }
    products
}
