//! Matrix products in f32, for weights that are not quantised.
//!
//! Eight rows of the matrix are laid out side by side, column after column, and
//! worked on with four positions at a time: every number that is read is used
//! often enough for the multipliers, and not memory, to set the pace. The one
//! source is compiled for what every CPU has and for what the better ones have;
//! `math::dot` is the plain kernel beside it.

use bella_weights::{BlockType, dequantise};

use crate::math::dot;

/// Rows side by side: a vector of the wider kind, two of the narrower.
pub const LANES: usize = 8;
/// Positions that are worked on together.
const TILE_POSITIONS: usize = 4;
/// Numbers of the matrix that are laid out at a time: they stay in the cache
/// while every position passes by.
const GROUP: usize = 1 << 15;

/// What is multiplied with: `rows` × `cols` numbers.
pub trait Rows {
    fn rows(&self) -> usize;
    fn cols(&self) -> usize;
    /// Lays out up to eight rows from `first` on: panel\[col]\[row]. Rows beyond
    /// the last are left as they are.
    fn lay_out(&self, first: usize, panel: &mut [[f32; LANES]]);
}

/// out\[n, rows] = x\[n, cols] · matrixᵀ
pub fn multiply(matrix: &impl Rows, x: &[f32], out: &mut [f32]) {
    let (rows, cols) = (matrix.rows(), matrix.cols());
    let positions = x.len() / cols;
    assert_eq!(x.len(), positions * cols, "whole positions");
    assert_eq!(out.len(), positions * rows, "room for every output");
    let panels_together = (GROUP / (cols * LANES)).max(1);
    let mut panels = vec![[0.0; LANES]; panels_together * cols];
    for first in (0..rows).step_by(panels_together * LANES) {
        let end = rows.min(first + panels_together * LANES);
        let starts = (first..end).step_by(LANES);
        for (start, panel) in starts.zip(panels.chunks_exact_mut(cols)) {
            matrix.lay_out(start, panel);
        }
        best_group(&panels, first..end, cols, x, rows, out);
    }
}

/// Σ row · x, where `row` holds the bytes of as many halves as `x` has numbers.
pub fn dot_halves(row: &[u8], x: &[f32]) -> f32 {
    #[cfg(target_arch = "x86_64")]
    if super::x86::is_usable() {
        return super::x86::dot_halves(row, x);
    }
    dot_halves_plainly(row, x)
}

/// The same in plain Rust, a stretch at a time.
pub fn dot_halves_plainly(row: &[u8], x: &[f32]) -> f32 {
    const STRETCH: usize = 64;
    let mut unpacked = [0.0; STRETCH];
    let stretches = row.chunks(2 * STRETCH).zip(x.chunks(STRETCH));
    let sums = stretches.map(|(halves, x)| {
        let unpacked = &mut unpacked[..x.len()];
        dequantise(BlockType::F16, halves, unpacked).expect("two bytes for each number");
        dot(unpacked, x)
    });
    sums.sum()
}

fn best_group(
    panels: &[[f32; LANES]],
    rows: std::ops::Range<usize>,
    cols: usize,
    x: &[f32],
    stride: usize,
    out: &mut [f32],
) {
    #[cfg(target_arch = "x86_64")]
    if super::x86::is_usable() {
        return super::x86::group_of_floats(panels, rows, cols, x, stride, out);
    }
    group::<false>(panels, rows, cols, x, stride, out);
}

/// Every position times the panels of some rows. `FUSED` multiplies and adds in
/// one instruction, where there is one.
#[inline(always)]
pub(super) fn group<const FUSED: bool>(
    panels: &[[f32; LANES]],
    rows: std::ops::Range<usize>,
    cols: usize,
    x: &[f32],
    stride: usize,
    out: &mut [f32],
) {
    let tiles = x.chunks(TILE_POSITIONS * cols).zip(out.chunks_mut(TILE_POSITIONS * stride));
    for (x, out) in tiles {
        let starts = rows.clone().step_by(LANES);
        for (start, panel) in starts.zip(panels.chunks_exact(cols)) {
            let used = LANES.min(rows.end - start);
            let to = |at: usize| at * stride + start..at * stride + start + used;
            match x.len() / cols {
                TILE_POSITIONS => {
                    let sums = tile::<TILE_POSITIONS, FUSED>(panel, x);
                    for (at, sums) in sums.iter().enumerate() {
                        out[to(at)].copy_from_slice(&sums[..used]);
                    }
                }
                positions => {
                    for at in 0..positions {
                        let [sums] = tile::<1, FUSED>(panel, &x[at * cols..][..cols]);
                        out[to(at)].copy_from_slice(&sums[..used]);
                    }
                }
            }
        }
    }
}

/// x\[N, cols] times one panel.
#[inline(always)]
fn tile<const N: usize, const FUSED: bool>(panel: &[[f32; LANES]], x: &[f32]) -> [[f32; LANES]; N] {
    let positions: [&[f32]; N] = std::array::from_fn(|at| &x[at * panel.len()..][..panel.len()]);
    let mut sums = [[0.0f32; LANES]; N];
    for (col, weights) in panel.iter().enumerate() {
        for (sums, position) in sums.iter_mut().zip(&positions) {
            let x = position[col];
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum = if FUSED { weight.mul_add(x, *sum) } else { weight * x + *sum };
            }
        }
    }
    sums
}

/// One row into its lane of a panel.
pub fn put(row: &[f32], lane: usize, panel: &mut [[f32; LANES]]) {
    for (to, &from) in panel.iter_mut().zip(row) {
        to[lane] = from;
    }
}
