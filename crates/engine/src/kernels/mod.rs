//! Matrix products over weights packed for integer dot products.
//!
//! A product of n positions with a packed matrix goes in three steps:
//!
//! 1. [`activations`] rounds the positions to 8 bits, a scale for every 32
//!    numbers;
//! 2. a kernel multiplies whole numbers with whole numbers, four to a lane:
//!    [`portable`] in plain Rust, [`wasm`] and [`x86`] with vector instructions;
//! 3. the same kernel scales the sum of each block and adds it up as f32.
//!
//! All kernels do the same sums of the same whole numbers; they may differ in
//! the last bits of the f32 part only. [`packed`] has the layout they share.
//!
//! Weights that are not quantised, and attention, are multiplied as they are, by
//! [`floats`].

pub mod activations;
pub mod floats;
pub mod packed;
pub mod portable;
#[cfg(target_arch = "wasm32")]
mod wasm;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use activations::Activations;
pub use packed::Packed;

use crate::threads::share_columns;

/// Numbers that share a scale.
pub const BLOCK: usize = 32;
/// Rows that are worked on together.
pub const TILE_ROWS: usize = 8;
/// Positions that are worked on together: what a weight costs to unpack is
/// shared by them.
const TILE_POSITIONS: usize = 4;

/// out\[n, rows] = positions\[n, cols] · packedᵀ
pub fn multiply(packed: &Packed, positions: &Activations, out: &mut [f32]) {
    assert_eq!(positions.blocks(), packed.blocks(), "positions as wide as the matrix");
    assert_eq!(out.len(), positions.len() * packed.rows(), "room for every output");
    #[cfg(target_arch = "x86_64")]
    if x86::is_usable() {
        return by_tiles(packed, positions, out, &x86::TILES);
    }
    #[cfg(target_arch = "wasm32")]
    return by_tiles(packed, positions, out, &wasm::TILES);
    #[cfg(not(target_arch = "wasm32"))]
    by_tiles(packed, positions, out, &portable::TILES);
}

/// The same by the plain kernel, which the others are compared with.
pub fn multiply_plainly(packed: &Packed, positions: &Activations, out: &mut [f32]) {
    by_tiles(packed, positions, out, &portable::TILES);
}

/// Multiplies one tile of rows with as many positions, from `first` on, as its
/// place in the table says, plus one.
type Tile = fn(packed: &Packed, tile: usize, positions: &Activations, first: usize) -> Sums;
/// Of each position (unused ones stay zero) the outputs of a tile's rows.
type Sums = [[f32; TILE_ROWS]; TILE_POSITIONS];

fn by_tiles(
    packed: &Packed,
    positions: &Activations,
    out: &mut [f32],
    kernels: &[Tile; TILE_POSITIONS],
) {
    let cost = packed.blocks() * BLOCK * positions.len();
    share_columns(out, packed.rows(), TILE_ROWS, cost, |mut columns| {
        let range = columns.range();
        for first_row in range.clone().step_by(TILE_ROWS) {
            let used = TILE_ROWS.min(range.end - first_row);
            for first in (0..positions.len()).step_by(TILE_POSITIONS) {
                let together = TILE_POSITIONS.min(positions.len() - first);
                let tile = first_row / TILE_ROWS;
                let sums = kernels[together - 1](packed, tile, positions, first);
                for (at, sums) in sums[..together].iter().enumerate() {
                    columns.at(first + at, first_row, used).copy_from_slice(&sums[..used]);
                }
            }
        }
    });
}
