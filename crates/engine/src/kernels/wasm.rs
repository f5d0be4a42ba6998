//! The kernel with Wasm's 128-bit vectors.
//!
//! With relaxed SIMD one instruction multiplies sixteen pairs of bytes and adds
//! them by fours; without it bytes are widened to 16 bits first and added by
//! twos. Which of the two is decided when the module is built: a module with a
//! single relaxed instruction does not load where they are unknown.
#![allow(unsafe_code, reason = "vector loads take pointers")]

use std::arch::wasm32::*;

use super::packed::{Form, Minimum};
use super::{Activations, BLOCK, Packed, Sums, TILE_POSITIONS, TILE_ROWS, Tile};

pub(super) const TILES: [Tile; TILE_POSITIONS] = [tile::<1>, tile::<2>, tile::<3>, tile::<4>];

/// A number for each row of a tile: rows 0–3, rows 4–7.
type Lanes = [v128; 2];

fn tile<const N: usize>(
    packed: &Packed,
    tile: usize,
    positions: &Activations,
    first: usize,
) -> Sums {
    let scales = packed.tile_scales(tile);
    let minimums = packed.tile_minimums(tile);
    let rows: [_; N] = std::array::from_fn(|at| {
        let row = first + at;
        (positions.quants(row), positions.scales(row), positions.sums(row))
    });
    let form = packed.form();
    let mut sums = [[f32x4_splat(0.0); 2]; N];
    for (block, weights) in packed.tile_quants(tile).chunks_exact(form.block_bytes()).enumerate() {
        let quants: [&[i8; BLOCK]; N] = std::array::from_fn(|at| &rows[at].0[block]);
        let products = match form {
            Form::Nibbles => products(quants, |word| nibbles(weights, word)),
            Form::Bytes => products(quants, |word| bytes(weights, word)),
        };
        let scale = halves(&scales[block]);
        let minimum = match (packed.minimum(), minimums) {
            (Minimum::Each(_), Some(minimums)) => halves(&minimums[block]),
            (Minimum::Each(_), None) => [f32x4_splat(0.0); 2],
            (Minimum::Zero(zero), _) => scale.map(|scale| f32x4_mul(scale, f32x4_splat(-zero))),
        };
        for at in 0..N {
            let (_, position_scales, position_sums) = rows[at];
            let position_scale = f32x4_splat(position_scales[block]);
            let position_sum = f32x4_splat(position_sums[block]);
            for half in 0..2 {
                let scale = f32x4_mul(scale[half], position_scale);
                let product = f32x4_mul(f32x4_convert_i32x4(products[at][half]), scale);
                let offset = f32x4_mul(minimum[half], position_sum);
                sums[at][half] = f32x4_add(sums[at][half], f32x4_add(product, offset));
            }
        }
    }
    let mut out = [[0.0; TILE_ROWS]; TILE_POSITIONS];
    for (out, [low, high]) in out.iter_mut().zip(sums) {
        // SAFETY: two times four numbers fit into eight.
        unsafe {
            v128_store(out.as_mut_ptr().cast(), low);
            v128_store(out.as_mut_ptr().add(4).cast(), high);
        }
    }
    out
}

#[inline(always)]
fn load(bytes: &[u8], at: usize) -> v128 {
    let bytes = &bytes[at..at + 16];
    // SAFETY: sixteen bytes, a line above.
    unsafe { v128_load(bytes.as_ptr().cast()) }
}

#[inline(always)]
fn nibbles(weights: &[u8], word: usize) -> Lanes {
    let packed = load(weights, 16 * word);
    [v128_and(packed, u8x16_splat(15)), u8x16_shr(packed, 4)]
}

#[inline(always)]
fn bytes(weights: &[u8], word: usize) -> Lanes {
    [load(weights, 32 * word), load(weights, 32 * word + 16)]
}

/// f16 to f32 by moving exponent and fraction into place and multiplying the
/// difference of the two exponents' zeros away; exact, subnormals too.
#[inline(always)]
fn halves(halves: &[u16; TILE_ROWS]) -> Lanes {
    // SAFETY: eight halves are sixteen bytes.
    let halves = unsafe { v128_load(halves.as_ptr().cast()) };
    let widen = |half: v128| {
        let sign = u32x4_shl(v128_and(half, u32x4_splat(0x8000)), 16);
        let rest = u32x4_shl(v128_and(half, u32x4_splat(0x7FFF)), 13);
        let two_to_the_112 = f32x4_splat(f32::from_bits((127 + 112) << 23));
        v128_or(f32x4_mul(rest, two_to_the_112), sign)
    };
    [widen(u32x4_extend_low_u16x8(halves)), widen(u32x4_extend_high_u16x8(halves))]
}

/// Σ quant · position over a block; `weights` gives the quants of a word.
#[cfg(target_feature = "relaxed-simd")]
#[inline(always)]
fn products<const N: usize>(
    positions: [&[i8; BLOCK]; N],
    weights: impl Fn(usize) -> Lanes,
) -> [Lanes; N] {
    let mut sums = [[i32x4_splat(0); 2]; N];
    for word in 0..BLOCK / 4 {
        let weights = weights(word);
        for at in 0..N {
            // SAFETY: four bytes at a multiple of four in thirty-two.
            let position =
                unsafe { v128_load32_splat(positions[at].as_ptr().add(4 * word).cast()) };
            for half in 0..2 {
                sums[at][half] =
                    i32x4_relaxed_dot_i8x16_i7x16_add(position, weights[half], sums[at][half]);
            }
        }
    }
    sums
}

/// Σ quant · position over a block; `weights` gives the quants of a word.
#[cfg(not(target_feature = "relaxed-simd"))]
#[inline(always)]
fn products<const N: usize>(
    positions: [&[i8; BLOCK]; N],
    weights: impl Fn(usize) -> Lanes,
) -> [Lanes; N] {
    // Lane pairs: of each row the sums of columns 0–1 and 2–3 of every word.
    let mut pairs = [[[i32x4_splat(0); 2]; 2]; N];
    for word in 0..BLOCK / 4 {
        let weights = weights(word)
            .map(|bytes| [u16x8_extend_low_u8x16(bytes), u16x8_extend_high_u8x16(bytes)]);
        for at in 0..N {
            // SAFETY: four bytes at a multiple of four in thirty-two.
            let position =
                unsafe { v128_load32_splat(positions[at].as_ptr().add(4 * word).cast()) };
            let position = i16x8_extend_low_i8x16(position);
            for half in 0..2 {
                for quarter in 0..2 {
                    let product = i32x4_dot_i16x8(weights[half][quarter], position);
                    pairs[at][half][quarter] = i32x4_add(pairs[at][half][quarter], product);
                }
            }
        }
    }
    pairs.map(|halves| {
        halves.map(|[a, b]| {
            i32x4_add(i32x4_shuffle::<0, 2, 4, 6>(a, b), i32x4_shuffle::<1, 3, 5, 7>(a, b))
        })
    })
}
