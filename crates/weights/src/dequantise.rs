//! Blocks back to floats, written to be read.
//!
//! This is the plain reference: the engine's kernels are compared with it, and
//! it is compared with ggml's results. One function per block type; in the
//! comments `d` is a block's scale and `q` a stored number.

use half::{bf16, f16};

use crate::BlockType;
use crate::block::K_BLOCK;

/// The bytes and the floats do not belong together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{elements} numbers of type {dtype:?} do not come from {bytes} bytes")]
pub struct LengthMismatch {
    pub dtype: BlockType,
    pub bytes: usize,
    pub elements: usize,
}

/// Writes the numbers held in `bytes` to `out`, which must be exactly as long.
pub fn dequantise(dtype: BlockType, bytes: &[u8], out: &mut [f32]) -> Result<(), LengthMismatch> {
    if dtype.bytes_of(out.len()) != Some(bytes.len()) {
        return Err(LengthMismatch { dtype, bytes: bytes.len(), elements: out.len() });
    }
    match dtype {
        BlockType::F32 => each(bytes, out, |block, out| *out = [f32::from_le_bytes(*block)]),
        BlockType::F16 => each(bytes, out, |block, out| *out = [widen(u16::from_le_bytes(*block))]),
        BlockType::BF16 => {
            each(bytes, out, |block, out| *out = [bf16::from_le_bytes(*block).to_f32()])
        }
        BlockType::Q4_0 => each(bytes, out, q4_0),
        BlockType::Q4_1 => each(bytes, out, q4_1),
        BlockType::Q5_0 => each(bytes, out, q5_0),
        BlockType::Q5_1 => each(bytes, out, q5_1),
        BlockType::Q8_0 => each(bytes, out, q8_0),
        BlockType::Q2K => each(bytes, out, q2k),
        BlockType::Q3K => each(bytes, out, q3k),
        BlockType::Q4K => each(bytes, out, q4k),
        BlockType::Q5K => each(bytes, out, q5k),
        BlockType::Q6K => each(bytes, out, q6k),
        BlockType::Q8K => each(bytes, out, q8k),
    }
    Ok(())
}

/// f16 to f32 without a branch, so that a loop over it becomes vector
/// instructions: exponent and fraction move into place, and a factor makes up for
/// the two exponents' different zeros; exact, subnormals too.
#[inline]
fn widen(half: u16) -> f32 {
    const TWO_TO_THE_112: f32 = f32::from_bits((127 + 112) << 23);
    let sign = u32::from(half & 0x8000) << 16;
    let rest = u32::from(half & 0x7FFF) << 13;
    let scaled = (f32::from_bits(rest) * TWO_TO_THE_112).to_bits();
    // Infinity and what is no number keep their exponent of all ones.
    let special = if rest >= 31 << 23 { 0xFF << 23 } else { 0 };
    f32::from_bits(scaled | special | sign)
}

/// Goes through the blocks of `bytes` and the numbers of `out` side by side.
fn each<const BYTES: usize, const LEN: usize>(
    bytes: &[u8],
    out: &mut [f32],
    block: impl Fn(&[u8; BYTES], &mut [f32; LEN]),
) {
    let (blocks, _) = bytes.as_chunks::<BYTES>();
    let (outs, _) = out.as_chunks_mut::<LEN>();
    for (bytes, out) in blocks.iter().zip(outs) {
        block(bytes, out);
    }
}

/// The half-precision number at a byte position of a block.
fn half_at<const N: usize>(block: &[u8; N], at: usize) -> f32 {
    f16::from_le_bytes([block[at], block[at + 1]]).to_f32()
}

/// `d`, then 16 bytes of nibbles: the low ones are numbers 0 to 15, the high
/// ones 16 to 31. Value: `d * (q - 8)`.
pub fn q4_0(block: &[u8; 18], out: &mut [f32; 32]) {
    let d = half_at(block, 0);
    for i in 0..16 {
        let byte = block[2 + i];
        out[i] = d * (f32::from(byte & 15) - 8.0);
        out[i + 16] = d * (f32::from(byte >> 4) - 8.0);
    }
}

/// `d`, minimum `m`, nibbles as in Q4_0. Value: `d * q + m`.
pub fn q4_1(block: &[u8; 20], out: &mut [f32; 32]) {
    let (d, m) = (half_at(block, 0), half_at(block, 2));
    for i in 0..16 {
        let byte = block[4 + i];
        out[i] = d * f32::from(byte & 15) + m;
        out[i + 16] = d * f32::from(byte >> 4) + m;
    }
}

/// `d`, 32 fifth bits, nibbles. Value: `d * (q - 16)`.
pub fn q5_0(block: &[u8; 22], out: &mut [f32; 32]) {
    let d = half_at(block, 0);
    for i in 0..16 {
        let byte = block[6 + i];
        out[i] = d * (f32::from(byte & 15 | fifth_bit(block, 2, i)) - 16.0);
        out[i + 16] = d * (f32::from(byte >> 4 | fifth_bit(block, 2, i + 16)) - 16.0);
    }
}

/// `d`, minimum `m`, 32 fifth bits, nibbles. Value: `d * q + m`.
pub fn q5_1(block: &[u8; 24], out: &mut [f32; 32]) {
    let (d, m) = (half_at(block, 0), half_at(block, 2));
    for i in 0..16 {
        let byte = block[8 + i];
        out[i] = d * f32::from(byte & 15 | fifth_bit(block, 4, i)) + m;
        out[i + 16] = d * f32::from(byte >> 4 | fifth_bit(block, 4, i + 16)) + m;
    }
}

/// Bit `i` of the bits that begin at a byte position, as the value 16 or 0.
fn fifth_bit<const N: usize>(block: &[u8; N], bits_at: usize, i: usize) -> u8 {
    (block[bits_at + i / 8] >> (i % 8) & 1) << 4
}

/// `d`, then 32 signed bytes. Value: `d * q`.
pub fn q8_0(block: &[u8; 34], out: &mut [f32; 32]) {
    let d = half_at(block, 0);
    for (out, &q) in out.iter_mut().zip(&block[2..]) {
        *out = d * f32::from(q as i8);
    }
}

// The K types: 256 numbers in sub-blocks with scales of their own. Number `i`
// lies in half `i / 128`, strand `i % 128 / 32` of that half, lane `i % 32`.
// The strands of a half share their bytes, each taking other bits of them.

/// 16 scales (low nibble) and minima (high nibble), one per 16 numbers; 64 bytes
/// of 2-bit numbers; `d`, `dmin`. Value: `d * scale * q - dmin * minimum`.
pub fn q2k(block: &[u8; 84], out: &mut [f32; K_BLOCK]) {
    let (scales, low, d, dmin) =
        (&block[..16], &block[16..80], half_at(block, 80), half_at(block, 82));
    for (i, out) in out.iter_mut().enumerate() {
        let Place { half, strand, lane } = Place::of(i);
        let q = low[half * 32 + lane] >> (2 * strand) & 3;
        let scale = scales[i / 16];
        *out = d * f32::from(scale & 15) * f32::from(q) - dmin * f32::from(scale >> 4);
    }
}

/// 256 third bits; 64 bytes of 2-bit numbers; 16 scales of 6 bits; `d`.
/// Value: `d * (scale - 32) * (q - 4)`.
pub fn q3k(block: &[u8; 110], out: &mut [f32; K_BLOCK]) {
    let (third, low, scales, d) =
        (&block[..32], &block[32..96], &block[96..108], half_at(block, 108));
    for (i, out) in out.iter_mut().enumerate() {
        let Place { half, strand, lane } = Place::of(i);
        let q = low[half * 32 + lane] >> (2 * strand) & 3
            | (third[lane] >> (4 * half + strand) & 1) << 2;
        let s = i / 16;
        // Four low bits in the first 8 bytes, two high bits in the last 4.
        let scale =
            scales[s % 8] >> (4 * (s / 8)) & 15 | (scales[8 + s % 4] >> (2 * (s / 4)) & 3) << 4;
        *out = d * (f32::from(scale) - 32.0) * (f32::from(q) - 4.0);
    }
}

/// `d`, `dmin`; 8 scales and minima of 6 bits, one per 32 numbers; 128 bytes of
/// nibbles. Value: `d * scale * q - dmin * minimum`.
pub fn q4k(block: &[u8; 144], out: &mut [f32; K_BLOCK]) {
    let (d, dmin, scales, nibbles) =
        (half_at(block, 0), half_at(block, 2), &block[4..16], &block[16..]);
    for (i, out) in out.iter_mut().enumerate() {
        let s = i / 32;
        let q = nibbles[s / 2 * 32 + i % 32] >> (4 * (s % 2)) & 15;
        let (scale, minimum) = scale_and_minimum(scales, s);
        *out = d * scale * f32::from(q) - dmin * minimum;
    }
}

/// As Q4_K, with 256 fifth bits before the nibbles.
pub fn q5k(block: &[u8; 176], out: &mut [f32; K_BLOCK]) {
    let (d, dmin, scales) = (half_at(block, 0), half_at(block, 2), &block[4..16]);
    let (fifth, nibbles) = (&block[16..48], &block[48..]);
    for (i, out) in out.iter_mut().enumerate() {
        let s = i / 32;
        let q = nibbles[s / 2 * 32 + i % 32] >> (4 * (s % 2)) & 15 | (fifth[i % 32] >> s & 1) << 4;
        let (scale, minimum) = scale_and_minimum(scales, s);
        *out = d * scale * f32::from(q) - dmin * minimum;
    }
}

/// Scale and minimum of sub-block `s` of 8, from 12 bytes: the low six bits of
/// the first eight bytes hold the first four of each; the rest have their low
/// nibbles in the last four bytes and their top bits above those first ones.
fn scale_and_minimum(packed: &[u8], s: usize) -> (f32, f32) {
    let (scale, minimum) = if s < 4 {
        (packed[s] & 63, packed[s + 4] & 63)
    } else {
        (packed[s + 4] & 15 | packed[s - 4] >> 6 << 4, packed[s + 4] >> 4 | packed[s] >> 6 << 4)
    };
    (f32::from(scale), f32::from(minimum))
}

/// 128 bytes of low nibbles, 64 bytes of top bit pairs, 16 signed scales, `d`.
/// Value: `d * scale * (q - 32)`.
pub fn q6k(block: &[u8; 210], out: &mut [f32; K_BLOCK]) {
    let (low, high, scales, d) =
        (&block[..128], &block[128..192], &block[192..208], half_at(block, 208));
    for (i, out) in out.iter_mut().enumerate() {
        let Place { half, strand, lane } = Place::of(i);
        let nibble = low[half * 64 + strand % 2 * 32 + lane] >> (4 * (strand / 2)) & 15;
        let q = nibble | (high[half * 32 + lane] >> (2 * strand) & 3) << 4;
        *out = d * f32::from(scales[i / 16] as i8) * (f32::from(q) - 32.0);
    }
}

/// `d` in full precision, 256 signed bytes, and sums that only products need.
/// Value: `d * q`.
pub fn q8k(block: &[u8; 292], out: &mut [f32; K_BLOCK]) {
    let d = f32::from_le_bytes([block[0], block[1], block[2], block[3]]);
    for (out, &q) in out.iter_mut().zip(&block[4..260]) {
        *out = d * f32::from(q as i8);
    }
}

/// Where number `i` of a K block is stored.
struct Place {
    half: usize,
    strand: usize,
    lane: usize,
}

impl Place {
    fn of(i: usize) -> Self {
        Self { half: i / 128, strand: i % 128 / 32, lane: i % 32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_is_widened_as_the_standard_says() {
        for half in 0..=u16::MAX {
            let (ours, theirs) = (widen(half), f16::from_bits(half).to_f32());
            let same = ours.to_bits() == theirs.to_bits() || (ours.is_nan() && theirs.is_nan());
            assert!(same, "{half:#06x}: {ours} and {theirs}");
        }
    }
}
