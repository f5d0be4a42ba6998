//! Weights in the order the kernels read them.
//!
//! Eight rows make a tile. Of a tile, block after block (32 columns), the quants
//! lie in words of four columns: row 0's four, row 1's four, … so that one lane
//! of a vector belongs to one row and an activation word serves all lanes.
//!
//! ```text
//! nibbles   16 bytes = 4 columns: low halves rows 0–3, high halves rows 4–7
//! bytes     32 bytes = 4 columns: rows 0–3, then rows 4–7
//! ```
//! Quants count up from zero and fit seven bits, which is what the integer dot
//! product of Wasm promises to multiply exactly. A weight is
//! `scale · quant + minimum`; the minimum is a number of the block, or the same
//! multiple of its scale everywhere.

use bella_weights::BlockType;
use bella_weights::dequantise;
use half::f16;

use super::{BLOCK, TILE_ROWS};
use crate::error::{EngineError, Result};

/// Steps of the eight-bit form on either side of zero.
const HALF_RANGE: f32 = 63.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Nibbles,
    Bytes,
}

impl Form {
    /// Bytes of one block of a tile.
    pub const fn block_bytes(self) -> usize {
        match self {
            Self::Nibbles => TILE_ROWS * BLOCK / 2,
            Self::Bytes => TILE_ROWS * BLOCK,
        }
    }
}

/// Where a block's weights begin.
#[derive(Debug)]
pub enum Minimum {
    /// At `−zero · scale`.
    Zero(f32),
    /// At a number of its own, as f16. \[tiles, blocks, 8]
    Each(Vec<u16>),
}

#[derive(Debug)]
pub struct Packed {
    rows: usize,
    cols: usize,
    blocks: usize,
    form: Form,
    /// \[tiles, blocks, block_bytes]
    quants: Vec<u8>,
    /// As f16. \[tiles, blocks, 8]
    scales: Vec<u16>,
    minimum: Minimum,
}

/// One block of one row, taken apart.
struct Block {
    quants: [u8; BLOCK],
    scale: f32,
    minimum: f32,
}

impl Packed {
    /// Packs `rows × cols` weights of a quantised type; `None` where a type has no
    /// packed form and stays as it is.
    pub fn new(
        name: &str,
        rows: usize,
        cols: usize,
        ty: BlockType,
        bytes: &[u8],
    ) -> Result<Option<Self>> {
        let Some((form, take_apart, zero)) = way_of(ty) else { return Ok(None) };
        let blocks = cols / BLOCK;
        let row_bytes = cols / ty.block_len() * ty.block_bytes();
        let tiles = rows.div_ceil(TILE_ROWS);
        let mut packed = Self {
            rows,
            cols,
            blocks,
            form,
            quants: reserve(name, tiles * blocks * form.block_bytes())?,
            scales: reserve(name, tiles * blocks * TILE_ROWS)?,
            minimum: match zero {
                Some(zero) => Minimum::Zero(zero),
                None => Minimum::Each(reserve(name, tiles * blocks * TILE_ROWS)?),
            },
        };
        let mut scratch = vec![0.0; ty.block_len().max(BLOCK)];
        for (row, bytes) in bytes.chunks_exact(row_bytes).enumerate() {
            take_apart(bytes, ty, &mut scratch, &mut |block, taken| packed.put(row, block, &taken));
        }
        Ok(Some(packed))
    }

    fn put(&mut self, row: usize, block: usize, taken: &Block) {
        let (tile, lane) = (row / TILE_ROWS, row % TILE_ROWS);
        let at = tile * self.blocks + block;
        let bytes = &mut self.quants[at * self.form.block_bytes()..][..self.form.block_bytes()];
        for (column, &quant) in taken.quants.iter().enumerate() {
            let (word, within) = (column / 4, column % 4);
            match self.form {
                Form::Nibbles => {
                    let shift = if lane < 4 { 0 } else { 4 };
                    bytes[word * 16 + lane % 4 * 4 + within] |= quant << shift;
                }
                Form::Bytes => bytes[word * 32 + lane * 4 + within] = quant,
            }
        }
        self.scales[at * TILE_ROWS + lane] = f16::from_f32(taken.scale).to_bits();
        if let Minimum::Each(minimums) = &mut self.minimum {
            minimums[at * TILE_ROWS + lane] = f16::from_f32(taken.minimum).to_bits();
        }
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn cols(&self) -> usize {
        self.cols
    }

    pub fn blocks(&self) -> usize {
        self.blocks
    }

    pub fn tiles(&self) -> usize {
        self.rows.div_ceil(TILE_ROWS)
    }

    pub fn form(&self) -> Form {
        self.form
    }

    pub fn minimum(&self) -> &Minimum {
        &self.minimum
    }

    /// \[blocks, block_bytes] of one tile.
    pub fn tile_quants(&self, tile: usize) -> &[u8] {
        let bytes = self.blocks * self.form.block_bytes();
        &self.quants[tile * bytes..][..bytes]
    }

    /// \[blocks, 8] of one tile.
    pub fn tile_scales(&self, tile: usize) -> &[[u16; TILE_ROWS]] {
        let (scales, _) = self.scales.as_chunks::<TILE_ROWS>();
        &scales[tile * self.blocks..][..self.blocks]
    }

    /// \[blocks, 8] of one tile, where blocks have minimums of their own.
    pub fn tile_minimums(&self, tile: usize) -> Option<&[[u16; TILE_ROWS]]> {
        let Minimum::Each(minimums) = &self.minimum else { return None };
        let (minimums, _) = minimums.as_chunks::<TILE_ROWS>();
        Some(&minimums[tile * self.blocks..][..self.blocks])
    }

    pub fn memory_bytes(&self) -> usize {
        let minimums = match &self.minimum {
            Minimum::Zero(_) => 0,
            Minimum::Each(minimums) => size_of_val(&minimums[..]),
        };
        self.quants.len() + size_of_val(&self.scales[..]) + minimums
    }

    /// One row as f32.
    pub fn unpack_row(&self, row: usize, out: &mut [f32]) {
        let (tile, lane) = (row / TILE_ROWS, row % TILE_ROWS);
        let quants = self.tile_quants(tile);
        let scales = self.tile_scales(tile);
        let minimums = self.tile_minimums(tile);
        for (block, out) in out.chunks_mut(BLOCK).enumerate() {
            let bytes = &quants[block * self.form.block_bytes()..][..self.form.block_bytes()];
            let scale = f16::from_bits(scales[block][lane]).to_f32();
            let minimum = match (&self.minimum, minimums) {
                (Minimum::Zero(zero), _) => -zero * scale,
                (Minimum::Each(_), minimums) => {
                    minimums.map_or(0.0, |minimums| f16::from_bits(minimums[block][lane]).to_f32())
                }
            };
            for (column, out) in out.iter_mut().enumerate() {
                let (word, within) = (column / 4, column % 4);
                let quant = match self.form {
                    Form::Nibbles if lane < 4 => bytes[word * 16 + lane * 4 + within] & 15,
                    Form::Nibbles => bytes[word * 16 + (lane - 4) * 4 + within] >> 4,
                    Form::Bytes => bytes[word * 32 + lane * 4 + within],
                };
                *out = scale * f32::from(quant) + minimum;
            }
        }
    }
}

/// Room that may be refused: the weights are what fills the memory.
fn reserve<T: Clone + Default>(name: &str, length: usize) -> Result<Vec<T>> {
    let mut room = Vec::new();
    room.try_reserve_exact(length).map_err(|_| EngineError::TooLarge {
        model: name.to_owned(),
        needed_bytes: (length * size_of::<T>()) as u64,
        free_bytes: 0,
    })?;
    room.resize(length, T::default());
    Ok(room)
}

type TakeApart = fn(&[u8], BlockType, &mut [f32], &mut dyn FnMut(usize, Block));

/// How a type is packed: form, reader of a row, and the zero of types that have
/// no minimums.
fn way_of(ty: BlockType) -> Option<(Form, TakeApart, Option<f32>)> {
    Some(match ty {
        BlockType::Q4_0 => (Form::Nibbles, q4_0, Some(8.0)),
        BlockType::Q4_1 => (Form::Nibbles, q4_1, None),
        BlockType::Q4K => (Form::Nibbles, q4_k, None),
        BlockType::Q5_0 | BlockType::Q5_1 | BlockType::Q5K => (Form::Bytes, by_range, None),
        BlockType::Q6K | BlockType::Q8_0 | BlockType::Q8K => (Form::Bytes, symmetric, Some(64.0)),
        _ => return None,
    })
}

fn half_at(bytes: &[u8], at: usize) -> f32 {
    f16::from_le_bytes([bytes[at], bytes[at + 1]]).to_f32()
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
        let quant = |weight: f32| ((weight - minimum) * inverse).round().clamp(0.0, STEPS) as u8;
        put(block, Block { quants: std::array::from_fn(|i| quant(weights[i])), scale, minimum });
    });
}

/// Types whose weights lie around zero: 63 steps either way.
fn symmetric(row: &[u8], ty: BlockType, scratch: &mut [f32], put: &mut dyn FnMut(usize, Block)) {
    unpacked(row, ty, scratch, &mut |block, weights| {
        let largest = weights.iter().fold(0.0f32, |largest, weight| largest.max(weight.abs()));
        let scale = f16::from_f32(largest / HALF_RANGE).to_f32();
        let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
        let quant = |weight: f32| ((weight * inverse).round() + 64.0).clamp(0.0, 127.0) as u8;
        put(
            block,
            Block { quants: std::array::from_fn(|i| quant(weights[i])), scale, minimum: 0.0 },
        );
    });
}

/// Hands on the weights of a row, 32 at a time.
fn unpacked(row: &[u8], ty: BlockType, scratch: &mut [f32], each: &mut dyn FnMut(usize, &[f32])) {
    let (block_bytes, block_len) = (ty.block_bytes(), ty.block_len());
    for (at, bytes) in row.chunks_exact(block_bytes).enumerate() {
        let weights = &mut scratch[..block_len];
        dequantise(ty, bytes, weights).expect("one whole block each");
        for (within, weights) in weights.chunks_exact(BLOCK).enumerate() {
            each(at * block_len / BLOCK + within, weights);
        }
    }
}
