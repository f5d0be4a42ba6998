//! Blocks of every quantised type, taken apart to be packed.

use bella_weights::{BlockType, dequantise};
use half::f16;

use super::{Block, Form, half_at};
use crate::kernels::{BLOCK, largest_of, nearest};

/// Steps of the eight-bit form on either side of zero.
const HALF_RANGE: f32 = 63.0;
/// The quant that stands for zero between them.
pub(super) const SYMMETRIC_ZERO: u8 = 64;

pub(super) type TakeApart = fn(&[u8], BlockType, &mut [f32], &mut dyn FnMut(usize, Block));

/// How a type is packed: form, reader of a row, and the zero of types that have
/// no minimums.
pub(super) fn way_of(ty: BlockType) -> Option<(Form, TakeApart, Option<u8>)> {
    Some(match ty {
        BlockType::Q4_0 => (Form::Nibbles, q4_0, Some(8)),
        BlockType::Q4_1 => (Form::Nibbles, q4_1, None),
        BlockType::Q4K => (Form::Nibbles, q4_k, None),
        BlockType::Q5_0 | BlockType::Q5_1 | BlockType::Q5K => (Form::Bytes, by_range, None),
        BlockType::Q6K | BlockType::Q8_0 | BlockType::Q8K => {
            (Form::Bytes, symmetric, Some(SYMMETRIC_ZERO))
        }
        _ => return None,
    })
}

/// Low halves are the first sixteen weights, high halves the rest.
fn nibbles(bytes: &[u8]) -> [u8; BLOCK] {
    std::array::from_fn(|i| if i < 16 { bytes[i] & 15 } else { bytes[i - 16] >> 4 })
}

fn q4_0(row: &[u8], _: BlockType, _: &mut [f32], put: &mut dyn FnMut(usize, Block)) {
    for (block, bytes) in row.chunks_exact(18).enumerate() {
        put(block, Block { quants: nibbles(&bytes[2..]), scale: half_at(bytes, 0), minimum: 0.0 });
    }
}

fn q4_1(row: &[u8], _: BlockType, _: &mut [f32], put: &mut dyn FnMut(usize, Block)) {
    for (block, bytes) in row.chunks_exact(20).enumerate() {
        let (scale, minimum) = (half_at(bytes, 0), half_at(bytes, 2));
        put(block, Block { quants: nibbles(&bytes[4..]), scale, minimum });
    }
}

/// Blocks of 256, whose eight parts have 6-bit scales and minimums of their own:
/// d, dmin, twelve bytes of those, then the nibbles.
fn q4_k(row: &[u8], _: BlockType, _: &mut [f32], put: &mut dyn FnMut(usize, Block)) {
    for (block, bytes) in row.chunks_exact(144).enumerate() {
        let (d, d_min) = (half_at(bytes, 0), half_at(bytes, 2));
        let sixes = &bytes[4..16];
        for part in 0..8 {
            // The last four parts keep their upper two bits with the first four.
            let (scale, minimum) = match part {
                0..4 => (sixes[part] & 63, sixes[part + 4] & 63),
                _ => (
                    sixes[part + 4] & 15 | sixes[part - 4] >> 6 << 4,
                    sixes[part + 4] >> 4 | sixes[part] >> 6 << 4,
                ),
            };
            let nibbles = &bytes[16 + part / 2 * 32..][..BLOCK];
            let quant = |i: usize| if part % 2 == 0 { nibbles[i] & 15 } else { nibbles[i] >> 4 };
            let taken = Block {
                quants: std::array::from_fn(quant),
                scale: d * f32::from(scale),
                minimum: -d_min * f32::from(minimum),
            };
            put(block * 8 + part, taken);
        }
    }
}

/// Types that take five bits and a minimum: a line of 127 steps from the least
/// weight to the most, four times finer than what they came in.
fn by_range(row: &[u8], ty: BlockType, scratch: &mut [f32], put: &mut dyn FnMut(usize, Block)) {
    const STEPS: f32 = 127.0;
    unpacked(row, ty, scratch, &mut |block, weights| {
        let least = weights.iter().copied().fold(f32::INFINITY, f32::min);
        let most = weights.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        // Rounded first, so that quants fit the scale that is kept.
        let scale = f16::from_f32((most - least) / STEPS).to_f32();
        let minimum = f16::from_f32(least).to_f32();
        let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
        let quant =
            |weight: f32| nearest((weight - minimum) * inverse).clamp(0, STEPS as i32) as u8;
        put(block, Block { quants: std::array::from_fn(|i| quant(weights[i])), scale, minimum });
    });
}

/// Types whose weights lie around zero.
fn symmetric(row: &[u8], ty: BlockType, scratch: &mut [f32], put: &mut dyn FnMut(usize, Block)) {
    unpacked(row, ty, scratch, &mut |block, weights| put(block, symmetric_block(weights)));
}

/// At most 32 numbers around zero: 63 steps either way.
pub(super) fn symmetric_block(numbers: &[f32]) -> Block {
    let scale = f16::from_f32(largest_of(numbers) / HALF_RANGE).to_f32();
    let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
    let mut quants = [SYMMETRIC_ZERO; BLOCK];
    for (quant, number) in quants.iter_mut().zip(numbers) {
        *quant = (nearest(number * inverse) + i32::from(SYMMETRIC_ZERO)).clamp(0, 127) as u8;
    }
    Block { quants, scale, minimum: 0.0 }
}

/// Hands on the weights of a row, 32 at a time.
pub(in crate::kernels) fn unpacked(
    row: &[u8],
    ty: BlockType,
    scratch: &mut [f32],
    each: &mut dyn FnMut(usize, &[f32]),
) {
    let (block_bytes, block_len) = (ty.block_bytes(), ty.block_len());
    for (at, bytes) in row.chunks_exact(block_bytes).enumerate() {
        let weights = &mut scratch[..block_len];
        dequantise(ty, bytes, weights).expect("one whole block each");
        for (within, weights) in weights.chunks_exact(BLOCK).enumerate() {
            each(at * block_len / BLOCK + within, weights);
        }
    }
}
