//! The kernel with AVX2: for native tests, evaluation and training.
#![allow(unsafe_code, reason = "vector instructions that the running CPU may lack")]

use std::arch::x86_64::*;
use std::sync::LazyLock;

use super::activations::RoundedBlock;
use super::packed::{Form, SCALE_BYTES};
use super::values::{Mix, Values};
use super::{Activations, BLOCK, Kernels, Packed, Sums, TILE_POSITIONS, TILE_ROWS, floats};

pub(super) const KERNELS: Kernels =
    Kernels { tile: [tile::<1>, tile::<2>, tile::<3>, tile::<4>], band: [None; 2] };
pub(super) const MIXES: [Mix; TILE_POSITIONS] = [mix::<1>, mix::<2>, mix::<3>, mix::<4>];

/// Whether this CPU has what [`TILES`] need.
pub(super) fn is_usable() -> bool {
    static USABLE: LazyLock<bool> = LazyLock::new(|| {
        is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
            && is_x86_feature_detected!("f16c")
    });
    *USABLE
}

fn tile<const N: usize>(
    packed: &Packed,
    tile: usize,
    positions: &Activations,
    first: usize,
) -> Sums {
    assert!(is_usable());
    // SAFETY: the CPU was asked a line above.
    unsafe { tile_avx2::<N>(packed, tile, positions, first) }
}

#[target_feature(enable = "avx2,fma,f16c")]
fn tile_avx2<const N: usize>(
    packed: &Packed,
    tile: usize,
    positions: &Activations,
    first: usize,
) -> Sums {
    let rows: [_; N] = std::array::from_fn(|at| positions.row(first + at));
    let form = packed.form();
    let mut sums = [_mm256_setzero_ps(); N];
    for (block, weights) in packed.tile_blocks(tile).enumerate() {
        let quants: [&[i8; BLOCK]; N] = rows.map(|row| &row[block].quants);
        let products = match form {
            Form::Nibbles => nibble_products(weights.quants, quants),
            Form::Bytes => byte_products(weights.quants, quants),
        };
        let scale = halves(weights.scales());
        let minimum = weights.minimums().map(|minimums| halves(minimums));
        for at in 0..N {
            let RoundedBlock { scale: position_scale, total, sum, .. } = rows[at][block];
            let position_scale = _mm256_set1_ps(position_scale);
            let counted =
                _mm256_sub_epi32(products[at], _mm256_set1_epi32(packed.taken_by_zero(total)));
            let scale = _mm256_mul_ps(scale, position_scale);
            sums[at] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(counted), scale, sums[at]);
            if let Some(minimum) = minimum {
                sums[at] = _mm256_fmadd_ps(minimum, _mm256_set1_ps(sum), sums[at]);
            }
        }
    }
    stored(sums)
}

#[inline]
#[target_feature(enable = "avx2")]
fn stored<const N: usize>(sums: [__m256; N]) -> Sums {
    let mut out = [[0.0; TILE_ROWS]; TILE_POSITIONS];
    for (out, sums) in out.iter_mut().zip(sums) {
        // SAFETY: eight numbers fit into eight numbers.
        unsafe { _mm256_storeu_ps(out.as_mut_ptr(), sums) };
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
    assert!(is_usable());
    // SAFETY: the CPU was asked a line above.
    unsafe { mix_avx2::<N>(values, first, weights, row, sums) }
}

/// Weights are none of them negative, so a pair of products fits 16 bits as above.
#[target_feature(enable = "avx2,fma")]
fn mix_avx2<const N: usize>(
    values: &Values,
    first: usize,
    weights: &Activations,
    row: usize,
    sums: &mut [f32],
) {
    let rows: [_; N] = std::array::from_fn(|at| weights.row(row + at));
    let width = values.tiles() * TILE_ROWS;
    for block in 0..weights.blocks() {
        let rows = rows.map(|row| &row[block]);
        for tile in 0..values.tiles() {
            let mut products = [_mm256_setzero_si256(); N];
            let words = values.tile(first + block, tile).chunks_exact(4 * TILE_ROWS);
            for (word, values) in words.enumerate() {
                // SAFETY: the chunk is thirty-two bytes.
                let values = unsafe { _mm256_loadu_si256(values.as_ptr().cast()) };
                for at in 0..N {
                    let pairs = _mm256_maddubs_epi16(splat(&rows[at].quants, word), values);
                    let fours = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
                    products[at] = _mm256_add_epi32(products[at], fours);
                }
            }
            for at in 0..N {
                let scale = _mm256_set1_ps(rows[at].scale);
                let product = _mm256_cvtepi32_ps(products[at]);
                let sums = sums[at * width + tile * TILE_ROWS..][..TILE_ROWS].as_mut_ptr();
                // SAFETY: eight numbers are eight numbers.
                unsafe {
                    let sum = _mm256_fmadd_ps(product, scale, _mm256_loadu_ps(sums));
                    _mm256_storeu_ps(sums, sum);
                }
            }
        }
    }
}

#[inline]
#[target_feature(enable = "avx2,f16c")]
fn halves(halves: &[u8; SCALE_BYTES]) -> __m256 {
    // SAFETY: eight halves are sixteen bytes.
    unsafe { _mm256_cvtph_ps(_mm_loadu_si128(halves.as_ptr().cast())) }
}

/// Σ row · x, where `row` holds the bytes of as many halves as `x` has numbers.
pub(super) fn dot_halves(row: &[u8], x: &[f32]) -> f32 {
    #[target_feature(enable = "avx2,fma,f16c")]
    fn compiled(row: &[u8], x: &[f32]) -> f32 {
        let (halves, rest) = row.as_chunks::<2>();
        debug_assert!(rest.is_empty());
        let (halves_body, halves_tail) = halves.as_chunks::<16>();
        let (x_body, x_tail) = x.as_chunks::<16>();
        let mut sums = [_mm256_setzero_ps(); 2];
        for (halves, x) in halves_body.iter().zip(x_body) {
            for (half, sum) in sums.iter_mut().enumerate() {
                // SAFETY: eight halves and eight numbers, twice, are sixteen.
                let (weights, x) = unsafe {
                    let weights = _mm_loadu_si128(halves.as_ptr().add(8 * half).cast());
                    (_mm256_cvtph_ps(weights), _mm256_loadu_ps(x.as_ptr().add(8 * half)))
                };
                *sum = _mm256_fmadd_ps(weights, x, *sum);
            }
        }
        let mut strands = [0.0; 8];
        // SAFETY: eight numbers fit into eight numbers.
        unsafe { _mm256_storeu_ps(strands.as_mut_ptr(), _mm256_add_ps(sums[0], sums[1])) };
        let tail = halves_tail.iter().zip(x_tail);
        let tail = tail.map(|(half, x)| half::f16::from_le_bytes(*half).to_f32() * x);
        strands.iter().sum::<f32>() + tail.sum::<f32>()
    }
    assert!(is_usable());
    // SAFETY: the CPU was asked a line above.
    unsafe { compiled(row, x) }
}

/// [`floats::group`], compiled for this CPU.
pub(super) fn group_of_floats(
    panels: &[[f32; floats::LANES]],
    rows: std::ops::Range<usize>,
    cols: usize,
    x: &[f32],
    stride: usize,
    out: &mut [f32],
) {
    #[target_feature(enable = "avx2,fma")]
    fn compiled(
        panels: &[[f32; floats::LANES]],
        rows: std::ops::Range<usize>,
        cols: usize,
        x: &[f32],
        stride: usize,
        out: &mut [f32],
    ) {
        floats::group::<true>(panels, rows, cols, x, stride, out);
    }
    assert!(is_usable());
    // SAFETY: the CPU was asked a line above.
    unsafe { compiled(panels, rows, cols, x, stride, out) }
}

/// Four quants of a position in every lane.
#[inline]
#[target_feature(enable = "avx2")]
fn splat(quants: &[i8; BLOCK], word: usize) -> __m256i {
    let bytes: [i8; 4] =
        [quants[4 * word], quants[4 * word + 1], quants[4 * word + 2], quants[4 * word + 3]];
    _mm256_set1_epi32(i32::from_ne_bytes(bytes.map(|byte| byte as u8)))
}

/// Eight products of two nibbles each add up to 8 · 2 · 15 · 127 at most, which
/// 16 bits hold: they are widened once a block.
#[inline]
#[target_feature(enable = "avx2")]
fn nibble_products<const N: usize>(weights: &[u8], positions: [&[i8; BLOCK]; N]) -> [__m256i; N] {
    let low_half = _mm256_set1_epi8(15);
    let mut pairs = [_mm256_setzero_si256(); N];
    for (word, weights) in weights.chunks_exact(16).enumerate() {
        // SAFETY: the chunk is sixteen bytes.
        let packed = unsafe { _mm_loadu_si128(weights.as_ptr().cast()) };
        let both = _mm256_set_m128i(_mm_srli_epi16(packed, 4), packed);
        let quants = _mm256_and_si256(both, low_half);
        for at in 0..N {
            let products = _mm256_maddubs_epi16(quants, splat(positions[at], word));
            pairs[at] = _mm256_add_epi16(pairs[at], products);
        }
    }
    pairs.map(|pairs| _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))
}

/// A pair of products is 2 · 127 · 127 at most, which 16 bits just hold.
#[inline]
#[target_feature(enable = "avx2")]
fn byte_products<const N: usize>(weights: &[u8], positions: [&[i8; BLOCK]; N]) -> [__m256i; N] {
    let mut products = [_mm256_setzero_si256(); N];
    for (word, weights) in weights.chunks_exact(32).enumerate() {
        // SAFETY: the chunk is thirty-two bytes.
        let quants = unsafe { _mm256_loadu_si256(weights.as_ptr().cast()) };
        for at in 0..N {
            let pairs = _mm256_maddubs_epi16(quants, splat(positions[at], word));
            products[at] =
                _mm256_add_epi32(products[at], _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
        }
    }
    products
}
