//! Floats to blocks, with the rounding of ggml's reference code.
//!
//! Only the types a converter or a test writes. The bytes equal ggml's.

use half::f16;

use crate::BlockType;

/// Numbers in one block of all three types here.
const LEN: usize = 32;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantiseError {
    #[error("{0:?} is a type this crate reads but does not write")]
    Unsupported(BlockType),
    #[error("{0} numbers are no whole number of blocks of 32")]
    PartialBlock(usize),
}

/// Quantises to Q4_0, Q4_1 or Q8_0.
pub fn quantise(dtype: BlockType, numbers: &[f32]) -> Result<Vec<u8>, QuantiseError> {
    let (blocks, rest) = numbers.as_chunks::<LEN>();
    if !rest.is_empty() {
        return Err(QuantiseError::PartialBlock(numbers.len()));
    }
    match dtype {
        BlockType::Q4_0 => Ok(blocks.iter().flat_map(q4_0).collect()),
        BlockType::Q4_1 => Ok(blocks.iter().flat_map(q4_1).collect()),
        BlockType::Q8_0 => Ok(blocks.iter().flat_map(q8_0).collect()),
        other => Err(QuantiseError::Unsupported(other)),
    }
}

/// The number furthest from zero becomes exactly -8 times the scale, so the
/// scale carries its sign.
pub fn q4_0(numbers: &[f32; LEN]) -> [u8; 18] {
    let mut furthest = 0.0f32;
    for &number in numbers {
        if number.abs() > furthest.abs() {
            furthest = number;
        }
    }
    let d = furthest / -8.0;
    let inverse = inverse_or_zero(d);
    let mut block = [0; 18];
    block[..2].copy_from_slice(&f16::from_f32(d).to_le_bytes());
    put_nibbles(&mut block[2..], |i| numbers[i] * inverse + 8.5);
    block
}

/// From the least number, stored as the minimum, in 15 even steps to the
/// greatest.
pub fn q4_1(numbers: &[f32; LEN]) -> [u8; 20] {
    let least = numbers.iter().copied().fold(f32::MAX, f32::min);
    let greatest = numbers.iter().copied().fold(f32::MIN, f32::max);
    let d = (greatest - least) / 15.0;
    let inverse = inverse_or_zero(d);
    let mut block = [0; 20];
    block[..2].copy_from_slice(&f16::from_f32(d).to_le_bytes());
    block[2..4].copy_from_slice(&f16::from_f32(least).to_le_bytes());
    put_nibbles(&mut block[4..], |i| (numbers[i] - least) * inverse + 0.5);
    block
}

/// The number furthest from zero becomes ±127; halves round away from zero.
pub fn q8_0(numbers: &[f32; LEN]) -> [u8; 34] {
    let furthest = numbers.iter().fold(0.0f32, |furthest, number| furthest.max(number.abs()));
    let d = furthest / 127.0;
    let inverse = inverse_or_zero(d);
    let mut block = [0; 34];
    block[..2].copy_from_slice(&f16::from_f32(d).to_le_bytes());
    for (byte, number) in block[2..].iter_mut().zip(numbers) {
        *byte = (number * inverse).round() as i8 as u8;
    }
    block
}

fn inverse_or_zero(d: f32) -> f32 {
    if d == 0.0 { 0.0 } else { 1.0 / d }
}

/// Numbers 0 to 15 into the low nibbles, 16 to 31 into the high ones. The cast
/// cuts the fraction off, which is why callers add a half.
fn put_nibbles(bytes: &mut [u8], step: impl Fn(usize) -> f32) {
    for (i, byte) in bytes.iter_mut().enumerate() {
        let low = (step(i) as u8).min(15);
        let high = (step(i + LEN / 2) as u8).min(15);
        *byte = low | high << 4;
    }
}
