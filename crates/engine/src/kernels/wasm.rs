//! The kernel with Wasm's 128-bit vectors.
//!
//! With relaxed SIMD one instruction multiplies sixteen pairs of bytes and adds
//! them by fours; without it bytes are widened to 16 bits first and added by
//! twos. Which of the two is decided when the module is built: a module with a
//! single relaxed instruction does not load where they are unknown.
//!
//! The source is written for what becomes of it. Unrolled, a loop over words
//! would load all of them first, into more registers than there are; so how many
//! there are is kept from the compiler. The browser's makes constants anew
//! wherever they are used; so they come from memory.
#![allow(unsafe_code, reason = "vector loads take pointers")]

use std::arch::wasm32::*;
use std::hint::black_box;

use super::activations::RoundedBlock;
use super::packed::{BAND_TILES, Form, Minimum, SCALE_BYTES};
use super::values::{Mix, Values};
use super::{Activations, BLOCK, Kernels, Packed, Sums, TILE_POSITIONS, TILE_ROWS};

pub(super) const KERNELS: Kernels = Kernels {
    tile: [tile::<1>, tile::<2>, tile::<3>, tile::<4>],
    // Without relaxed SIMD two tiles need more registers than there are.
    band: match cfg!(target_feature = "relaxed-simd") {
        true => [Some(band::<2, 1>), Some(band::<2, 2>)],
        false => [Some(band::<1, 1>), Some(band::<1, 2>)],
    },
};
pub(super) const MIXES: [Mix; TILE_POSITIONS] = [mix::<1>, mix::<2>, mix::<3>, mix::<4>];

/// A number for each row of a tile: rows 0–3, rows 4–7.
type Lanes = [v128; 2];

fn tile<const N: usize>(
    packed: &Packed,
    tile: usize,
    positions: &Activations,
    first: usize,
) -> Sums {
    tiles::<1, 1, N, false>(packed, tile, positions, first)
}

fn band<const TOGETHER: usize, const STEPS: usize>(
    packed: &Packed,
    tile: usize,
    positions: &Activations,
    position: usize,
) -> Sums {
    tiles::<BAND_TILES, TOGETHER, STEPS, true>(packed, tile, positions, position * STEPS)
}

/// T tiles of a band, from `tile` on, so many of them together, with N rows from `first`
/// on, whose products are added or not.
fn tiles<const T: usize, const TOGETHER: usize, const N: usize, const ADDED: bool>(
    packed: &Packed,
    tile: usize,
    positions: &Activations,
    first: usize,
) -> Sums {
    let multiply = match (packed.form(), packed.minimum()) {
        (Form::Nibbles, Minimum::Zero { .. }) => tiles_of::<T, TOGETHER, N, ADDED, Nibbles, false>,
        (Form::Nibbles, Minimum::Each) => tiles_of::<T, TOGETHER, N, ADDED, Nibbles, true>,
        (Form::Bytes, Minimum::Zero { .. }) => tiles_of::<T, TOGETHER, N, ADDED, Bytes, false>,
        (Form::Bytes, Minimum::Each) => tiles_of::<T, TOGETHER, N, ADDED, Bytes, true>,
    };
    multiply(packed, tile, positions, first)
}

/// Vectors that are the same in every block.
#[derive(Clone, Copy)]
struct Constants {
    low_halves: v128,
    /// What of an f16 that was moved to the upper end and down by three is kept.
    half_bits: v128,
    two_to_the_112: v128,
    /// In a block.
    words: usize,
}

impl Constants {
    fn new() -> Self {
        black_box(Self {
            low_halves: u8x16_splat(15),
            half_bits: u32x4_splat(0x8FFF_E000),
            two_to_the_112: f32x4_splat(f32::from_bits((127 + 112) << 23)),
            words: BLOCK / 4,
        })
    }
}

/// How quants lie in a word: four columns of each row.
trait Word {
    const BYTES: usize;

    /// # Safety
    /// There have to be that many bytes.
    unsafe fn quants(word: *const u8, constants: Constants) -> Lanes;
}

struct Nibbles;
struct Bytes;

impl Word for Nibbles {
    const BYTES: usize = TILE_ROWS * 4 / 2;

    #[inline(always)]
    unsafe fn quants(word: *const u8, Constants { low_halves, .. }: Constants) -> Lanes {
        // SAFETY: sixteen bytes, by the caller's promise.
        let both = unsafe { v128_load(word.cast()) };
        // Bytes cannot be shifted in one instruction; pairs of them can.
        [v128_and(both, low_halves), v128_and(u16x8_shr(both, 4), low_halves)]
    }
}

impl Word for Bytes {
    const BYTES: usize = TILE_ROWS * 4;

    #[inline(always)]
    unsafe fn quants(word: *const u8, _: Constants) -> Lanes {
        // SAFETY: thirty-two bytes, by the caller's promise.
        unsafe { [v128_load(word.cast()), v128_load(word.add(16).cast())] }
    }
}

fn tiles_of<
    const T: usize,
    const TOGETHER: usize,
    const N: usize,
    const ADDED: bool,
    W: Word,
    const MINIMUMS: bool,
>(
    packed: &Packed,
    tile: usize,
    positions: &Activations,
    first: usize,
) -> Sums {
    let quant_bytes = BLOCK / 4 * W::BYTES;
    let block_bytes = quant_bytes + SCALE_BYTES + if MINIMUMS { SCALE_BYTES } else { 0 };
    let blocks = packed.blocks();
    let band = &packed.band_of(tile)[..blocks * BAND_TILES * block_bytes];
    let within = tile % BAND_TILES;
    assert!(within + T <= BAND_TILES, "tiles of one band");
    // Goes through all of the tiles block by block.
    let mut weights = band.as_ptr().wrapping_add(within * block_bytes);
    let rows: [_; N] = std::array::from_fn(|at| &positions.row(first + at)[..blocks]);
    let constants = Constants::new();
    // Of rows that are added, the first has the sums.
    let mut sums = [[[f32x4_splat(0.0); 2]; N]; T];
    for block in 0..blocks {
        // SAFETY: there are `blocks` blocks of each, cut out a few lines above.
        unsafe {
            let of_positions = rows.map(|row| row.get_unchecked(block));
            let start = of_positions.map(|position| -packed.taken_by_zero(position.total));
            for sums in sums.as_chunks_mut::<TOGETHER>().0 {
                let weights_of: [_; TOGETHER] =
                    std::array::from_fn(|tile| weights.wrapping_add(tile * block_bytes));
                let products =
                    products::<TOGETHER, N, W>(weights_of, of_positions, start, constants);
                for tile in 0..TOGETHER {
                    let scales = halves(weights_of[tile].add(quant_bytes), constants);
                    let minimums = match MINIMUMS {
                        true => halves(weights_of[tile].add(quant_bytes + SCALE_BYTES), constants),
                        false => scales,
                    };
                    for at in 0..N {
                        let scale = f32x4_splat(of_positions[at].scale);
                        for half in 0..2 {
                            let sum = &mut sums[tile][if ADDED { 0 } else { at }][half];
                            let product = f32x4_convert_i32x4(products[tile][at][half]);
                            *sum = multiply_add(product, f32x4_mul(scales[half], scale), *sum);
                            // What is left of a row is in the sum of the first.
                            if MINIMUMS && (!ADDED || at == 0) {
                                let offset = f32x4_splat(of_positions[at].sum);
                                *sum = multiply_add(minimums[half], offset, *sum);
                            }
                        }
                    }
                }
                weights = weights.wrapping_add(TOGETHER * block_bytes);
            }
            weights = weights.wrapping_add((BAND_TILES - T) * block_bytes);
        }
    }
    let sums: [[Lanes; N]; T] = sums;
    match ADDED {
        true => stored(&sums.map(|sums| sums[0])),
        false => stored(sums.as_flattened()),
    }
}

fn stored(sums: &[Lanes]) -> Sums {
    let mut out = [[0.0; TILE_ROWS]; TILE_POSITIONS];
    for (out, [low, high]) in out.iter_mut().zip(sums) {
        // SAFETY: two times four numbers fit into eight.
        unsafe {
            v128_store(out.as_mut_ptr().cast(), *low);
            v128_store(out.as_mut_ptr().add(4).cast(), *high);
        }
    }
    out
}

fn mix<const N: usize>(
    values: &Values,
    first: usize,
    weights: &Activations,
    row: usize,
    sums: &mut [f32],
) {
    let rows: [_; N] = std::array::from_fn(|at| weights.row(row + at));
    let words = black_box(BLOCK / 4);
    let width = values.tiles() * TILE_ROWS;
    for block in 0..weights.blocks() {
        let weights = rows.map(|row| &row[block]);
        for tile in 0..values.tiles() {
            let values = values.tile(first + block, tile).as_ptr();
            let mut products = [[i32x4_splat(0); 2]; N];
            for word in 0..words {
                // SAFETY: a tile holds eight words of thirty-two bytes, a block of
                // weights eight of four.
                unsafe {
                    let values = values.add(word * 4 * TILE_ROWS);
                    let values = [v128_load(values.cast()), v128_load(values.add(16).cast())];
                    for at in 0..N {
                        let weight =
                            v128_load32_splat(weights[at].quants.as_ptr().add(4 * word).cast());
                        for half in 0..2 {
                            products[at][half] = add_dots(values[half], weight, products[at][half]);
                        }
                    }
                }
            }
            for at in 0..N {
                let scale = f32x4_splat(weights[at].scale);
                let sums = &mut sums[at * width + tile * TILE_ROWS..][..TILE_ROWS];
                for (half, sums) in sums.as_chunks_mut::<4>().0.iter_mut().enumerate() {
                    let product = f32x4_convert_i32x4(products[at][half]);
                    let sums = (&raw mut *sums).cast();
                    // SAFETY: four numbers are four numbers.
                    unsafe { v128_store(sums, multiply_add(product, scale, v128_load(sums))) };
                }
            }
        }
    }
}

/// `sums` and the products of sixteen bytes with as many of seven bits, by fours.
#[inline(always)]
fn add_dots(bytes: v128, sevens: v128, sums: v128) -> v128 {
    #[cfg(target_feature = "relaxed-simd")]
    return i32x4_relaxed_dot_i8x16_i7x16_add(bytes, sevens, sums);
    #[cfg(not(target_feature = "relaxed-simd"))]
    {
        let low = i16x8_extmul_low_i8x16(bytes, sevens);
        let high = i16x8_extmul_high_i8x16(bytes, sevens);
        let low = i32x4_extadd_pairwise_i16x8(low);
        let high = i32x4_extadd_pairwise_i16x8(high);
        let even = i32x4_shuffle::<0, 2, 4, 6>(low, high);
        let odd = i32x4_shuffle::<1, 3, 5, 7>(low, high);
        i32x4_add(sums, i32x4_add(even, odd))
    }
}

/// a · b + c, in one instruction where there is one.
#[inline(always)]
fn multiply_add(a: v128, b: v128, c: v128) -> v128 {
    #[cfg(target_feature = "relaxed-simd")]
    return f32x4_relaxed_madd(a, b, c);
    #[cfg(not(target_feature = "relaxed-simd"))]
    f32x4_add(f32x4_mul(a, b), c)
}

/// Eight f16 to f32 by moving exponent and fraction into place and multiplying
/// the difference of the two exponents' zeros away; exact, subnormals too.
///
/// # Safety
/// There have to be eight.
#[inline(always)]
unsafe fn halves(halves: *const u8, constants: Constants) -> Lanes {
    // SAFETY: by the caller's promise.
    let halves = unsafe { v128_load(halves.cast()) };
    let nothing = i16x8_splat(0);
    // Moving down as a signed number copies the sign, which the mask clears again.
    let widen = |upper: v128| {
        let bits = v128_and(i32x4_shr(upper, 3), constants.half_bits);
        f32x4_mul(bits, constants.two_to_the_112)
    };
    [
        widen(i16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(nothing, halves)),
        widen(i16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(nothing, halves)),
    ]
}

/// `start` + Σ quant · position over a block of each tile.
///
/// # Safety
/// The weights of each tile have to be a whole block.
#[cfg(target_feature = "relaxed-simd")]
#[inline(always)]
unsafe fn products<const T: usize, const N: usize, W: Word>(
    weights: [*const u8; T],
    positions: [&RoundedBlock; N],
    start: [i32; N],
    constants: Constants,
) -> [[Lanes; N]; T] {
    let mut sums = [start.map(|start| [i32x4_splat(start); 2]); T];
    for word in 0..constants.words {
        // SAFETY: by the caller's promise.
        unsafe {
            let positions = splats(positions, word);
            for (weights, sums) in weights.iter().zip(&mut sums) {
                let weights = W::quants(weights.add(word * W::BYTES), constants);
                for (sums, position) in sums.iter_mut().zip(positions) {
                    for half in 0..2 {
                        sums[half] =
                            i32x4_relaxed_dot_i8x16_i7x16_add(position, weights[half], sums[half]);
                    }
                }
            }
        }
    }
    sums
}

/// `start` + Σ quant · position over a block of each tile.
///
/// # Safety
/// The weights of each tile have to be a whole block.
#[cfg(not(target_feature = "relaxed-simd"))]
#[inline(always)]
unsafe fn products<const T: usize, const N: usize, W: Word>(
    weights: [*const u8; T],
    positions: [&RoundedBlock; N],
    start: [i32; N],
    constants: Constants,
) -> [[Lanes; N]; T] {
    // Lane pairs: of each row the sums of columns 0–1 and 2–3 of every word.
    let mut pairs = [start.map(|start| [[i32x4(start, 0, start, 0); 2]; 2]); T];
    for word in 0..constants.words {
        // SAFETY: by the caller's promise.
        unsafe {
            let positions = splats(positions, word);
            for (weights, pairs) in weights.iter().zip(&mut pairs) {
                let weights = W::quants(weights.add(word * W::BYTES), constants)
                    .map(|bytes| [u16x8_extend_low_u8x16(bytes), u16x8_extend_high_u8x16(bytes)]);
                for (pairs, position) in pairs.iter_mut().zip(positions) {
                    let position = i16x8_extend_low_i8x16(position);
                    for half in 0..2 {
                        for quarter in 0..2 {
                            let product = i32x4_dot_i16x8(weights[half][quarter], position);
                            pairs[half][quarter] = i32x4_add(pairs[half][quarter], product);
                        }
                    }
                }
            }
        }
    }
    pairs.map(|positions| {
        positions.map(|halves| {
            halves.map(|[a, b]| {
                i32x4_add(i32x4_shuffle::<0, 2, 4, 6>(a, b), i32x4_shuffle::<1, 3, 5, 7>(a, b))
            })
        })
    })
}

/// Four quants of each position in every lane.
///
/// # Safety
/// There have to be so many words in a block.
#[inline(always)]
unsafe fn splats<const N: usize>(positions: [&RoundedBlock; N], word: usize) -> [v128; N] {
    // SAFETY: by the caller's promise.
    positions
        .map(|position| unsafe { v128_load32_splat(position.quants.as_ptr().add(4 * word).cast()) })
}
