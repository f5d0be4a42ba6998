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
//! the last bits of the f32 part only. [`packed`] has the layout they share;
//! [`planes`] are two such matrices, for products of which only the largest count.
//!
//! Attention works on the same kernels: its keys are packed rows, and [`values`]
//! mixes what they are the keys of. Weights that are not quantised are multiplied
//! as they are, by [`floats`].

pub mod activations;
pub mod floats;
pub mod packed;
pub mod planes;
pub mod portable;
pub mod values;
#[cfg(target_arch = "wasm32")]
mod wasm;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use activations::{Activations, Rounding};
pub use packed::Packed;
use packed::{BAND_ROWS, BAND_TILES};
pub use planes::Planes;
pub use values::{Values, mix};

use std::ops::Range;

use crate::threads::{Columns, share_columns, share_columns_of_each};

/// Numbers that share a scale.
pub const BLOCK: usize = 32;
/// Rows that are worked on together.
pub const TILE_ROWS: usize = 8;
/// Positions that are too few to make up for what memory takes: those of the heads that
/// share keys, mostly.
const FEW: usize = 3;
/// Positions that are worked on together: what a weight costs to unpack is
/// shared by them.
const TILE_POSITIONS: usize = 4;

/// out\[n, rows] = positions\[n, cols] · packedᵀ
pub fn multiply(packed: &Packed, positions: &Activations, out: &mut [f32]) {
    multiply_rows(packed, 0, positions, out);
}

/// The same for the rows from `first` on, a multiple of eight: as many as there is
/// room for in `out`.
pub fn multiply_rows(packed: &Packed, first: usize, positions: &Activations, out: &mut [f32]) {
    share_rows_of(packed, positions, out, |columns| {
        multiply_columns(packed, first, positions, columns);
    });
}

/// The same with several matrices of equal width, as one piece of work.
pub fn multiply_each(products: Vec<(&Packed, &mut [f32])>, positions: &Activations) {
    let all: Vec<&Packed> = products.iter().map(|(packed, _)| *packed).collect();
    let cost = all.first().map_or(0, |packed| cost_of_a_row(packed, positions));
    let outs = products.into_iter().map(|(packed, out)| (out, packed.rows())).collect();
    share_columns_of_each(outs, rows_together(positions), cost, |which, mut columns| {
        multiply_columns(all[which], 0, positions, &mut columns);
    });
}

/// The same for some of the rows from `first` on: those whose outputs these are, from
/// a multiple of eight on.
pub fn multiply_columns(
    packed: &Packed,
    first: usize,
    positions: &Activations,
    columns: &mut Columns<'_>,
) {
    #[cfg(target_arch = "x86_64")]
    if x86::is_usable() {
        return by_tiles(packed, first, positions, columns, &x86::KERNELS);
    }
    #[cfg(target_arch = "wasm32")]
    return by_tiles(packed, first, positions, columns, &wasm::KERNELS);
    #[cfg(not(target_arch = "wasm32"))]
    by_tiles(packed, first, positions, columns, &portable::KERNELS);
}

/// The same by the plain kernel, which the others are compared with.
pub fn multiply_plainly(packed: &Packed, positions: &Activations, out: &mut [f32]) {
    share_rows_of(packed, positions, out, |columns| {
        by_tiles(packed, 0, positions, columns, &portable::KERNELS);
    });
}

fn share_rows_of(
    packed: &Packed,
    positions: &Activations,
    out: &mut [f32],
    work: impl Fn(&mut Columns<'_>) + Sync,
) {
    let rows = out.len().checked_div(positions.len()).unwrap_or(0);
    assert_eq!(out.len(), positions.len() * rows, "room for every output");
    let cost = cost_of_a_row(packed, positions);
    share_columns([out], rows, rows_together(positions), cost, |[mut columns]| work(&mut columns));
}

/// What a part is a multiple of.
pub fn rows_together(positions: &Activations) -> usize {
    match positions.len() {
        1 => BAND_ROWS,
        _ => TILE_ROWS,
    }
}

/// In multiplications.
pub fn cost_of_a_row(packed: &Packed, positions: &Activations) -> usize {
    packed.blocks() * BLOCK * positions.len() * positions.steps()
}

/// The largest of some numbers without their signs; not a number, if one is none.
pub(crate) fn largest_of(x: &[f32]) -> f32 {
    // Without their sign, floats are in the order of their bits; what is not a
    // number comes after infinity.
    f32::from_bits(x.iter().fold(0, |largest, x| largest.max(x.to_bits() & 0x7FFF_FFFF)))
}

/// The nearest whole number of one below 2²². Adding 1.5 · 2²³ leaves it in the low
/// bits: the same for every lane of a vector, where `round` would be a call.
#[inline(always)]
pub(crate) fn nearest(x: f32) -> i32 {
    const TO_WHOLE: f32 = 12_582_912.0;
    (x + TO_WHOLE).to_bits() as i32 - TO_WHOLE.to_bits() as i32
}

/// One way to multiply.
#[derive(Debug)]
pub struct Kernels {
    /// Multiplies one tile of rows with as many positions, from `first` on, as its
    /// place says, plus one: of each position the outputs of the tile's rows.
    tile: [Tile; TILE_POSITIONS],
    /// Multiplies the four tiles of a band with one position, of one step or two: of each
    /// tile the outputs of its rows. With few positions memory sets the pace, and it is
    /// fastest where one reads on.
    band: [Option<Band>; 2],
}

type Tile = fn(packed: &Packed, tile: usize, positions: &Activations, first: usize) -> Sums;
type Band = fn(packed: &Packed, tile: usize, positions: &Activations, position: usize) -> Sums;
/// Of each position a tile's outputs, or of each of a band's tiles; unused ones stay zero.
type Sums = [[f32; TILE_ROWS]; TILE_POSITIONS];
const _: () = assert!(TILE_POSITIONS == BAND_TILES, "as many positions as tiles, for both");

fn by_tiles(
    packed: &Packed,
    first_row: usize,
    positions: &Activations,
    columns: &mut Columns<'_>,
    kernels: &Kernels,
) {
    let rows = columns.range();
    assert_eq!(positions.blocks(), packed.blocks(), "positions as wide as the matrix");
    assert!((first_row + rows.start).is_multiple_of(TILE_ROWS), "whole tiles");
    assert!(first_row + rows.end <= packed.rows(), "its rows");
    let band = kernels.band[positions.steps() - 1].filter(|_| positions.len() <= FEW);
    let mut row = rows.start;
    while row < rows.end {
        let tile = (first_row + row) / TILE_ROWS;
        let is_band = tile.is_multiple_of(BAND_TILES) && rows.end - row >= BAND_ROWS;
        match band.filter(|_| is_band) {
            Some(band) => {
                for position in 0..positions.len() {
                    let sums = band(packed, tile, positions, position);
                    let out = columns.at(position, row, BAND_ROWS);
                    out.copy_from_slice(sums.as_flattened());
                }
                row += BAND_ROWS;
            }
            None => {
                let used = TILE_ROWS.min(rows.end - row);
                one_tile(packed, tile, positions, columns, row..row + used, kernels);
                row += used;
            }
        }
    }
}

fn one_tile(
    packed: &Packed,
    tile: usize,
    positions: &Activations,
    columns: &mut Columns<'_>,
    rows: Range<usize>,
    kernels: &Kernels,
) {
    let steps = positions.steps();
    for first in (0..positions.len() * steps).step_by(TILE_POSITIONS) {
        let together = TILE_POSITIONS.min(positions.len() * steps - first);
        let sums = kernels.tile[together - 1](packed, tile, positions, first);
        for (sums, at) in sums[..together].iter().zip(first..) {
            let out = columns.at(at / steps, rows.start, rows.len());
            match (at % steps, out.as_mut_array::<TILE_ROWS>()) {
                // Most are whole: that is a store, and no call.
                (0, Some(out)) => *out = *sums,
                (0, None) => out.copy_from_slice(&sums[..rows.len()]),
                _ => out.iter_mut().zip(sums).for_each(|(out, sum)| *out += sum),
            }
        }
    }
}
