//! The kernel in plain Rust: what the vector kernels are compared with, and what
//! runs where there are none.

use super::activations::RoundedBlock;
use super::packed::{Form, TileBlock};
use super::{Activations, BLOCK, Kernels, Packed, Sums, TILE_POSITIONS, TILE_ROWS};

pub const KERNELS: Kernels =
    Kernels { tile: [tile::<1>, tile::<2>, tile::<3>, tile::<4>], band: [None; 2] };

fn tile<const N: usize>(
    packed: &Packed,
    tile: usize,
    positions: &Activations,
    first: usize,
) -> Sums {
    let mut sums = [[0.0; TILE_ROWS]; TILE_POSITIONS];
    for (at, block) in packed.tile_blocks(tile).enumerate() {
        for (position, sums) in sums.iter_mut().enumerate().take(N) {
            let RoundedBlock { quants, scale, total, sum } = positions.row(first + position)[at];
            let products = products(packed.form(), &block, &quants);
            for lane in 0..TILE_ROWS {
                let counted = products[lane] - packed.taken_by_zero(total);
                sums[lane] += counted as f32 * (block.scale(lane) * scale);
                sums[lane] += block.minimum(lane) * sum;
            }
        }
    }
    sums
}

/// Σ quant · position over a block, for each row.
fn products(form: Form, block: &TileBlock<'_>, position: &[i8; BLOCK]) -> [i32; TILE_ROWS] {
    std::array::from_fn(|lane| {
        let columns = position.iter().enumerate();
        columns.map(|(column, &x)| i32::from(block.quant(form, lane, column)) * i32::from(x)).sum()
    })
}
