//! Weights in the order the kernels read them.
//!
//! Eight rows make a tile. A tile is one stretch of memory, gone through from
//! beginning to end, because weights come from far away: block after block (32
//! columns), first the quants, then each row's scale, then, where blocks have
//! them, each row's minimum, both as f16. Quants lie in words of four columns:
//! row 0's four, row 1's four, … so that one lane of a vector belongs to one row
//! and an activation word serves all lanes.
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

use super::{BLOCK, TILE_ROWS, largest_of, nearest};
use crate::error::{EngineError, Result};

/// Steps of the eight-bit form on either side of zero.
const HALF_RANGE: f32 = 63.0;
/// The quant that stands for zero between them.
const SYMMETRIC_ZERO: u8 = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Nibbles,
    Bytes,
}

impl Form {
    /// Bytes of the quants of one block of a tile.
    pub const fn quant_bytes(self) -> usize {
        match self {
            Self::Nibbles => TILE_ROWS * BLOCK / 2,
            Self::Bytes => TILE_ROWS * BLOCK,
        }
    }
}

/// Where a block's weights begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Minimum {
    /// At `−twice / 2 · scale`: zero is a quant, or half-way between two.
    Zero { twice: i32 },
    /// At a number of its own.
    Each,
}

impl Minimum {
    /// Where the quant `zero` stands for zero.
    fn zero_at(zero: u8) -> Self {
        Self::Zero { twice: 2 * i32::from(zero) }
    }
}

/// Bytes of the scales of one block of a tile, and of its minimums.
pub const SCALE_BYTES: usize = 2 * TILE_ROWS;

#[derive(Debug)]
pub struct Packed {
    rows: usize,
    cols: usize,
    blocks: usize,
    form: Form,
    minimum: Minimum,
    /// \[tiles, blocks, block_bytes]
    bytes: Vec<u8>,
}

/// One block of a tile.
#[derive(Clone, Copy, Debug)]
pub struct TileBlock<'a> {
    pub quants: &'a [u8],
    scales: &'a [u8],
    minimums: &'a [u8],
}

/// One block of one row, taken apart.
pub(super) struct Block {
    pub quants: [u8; BLOCK],
    pub scale: f32,
    pub minimum: f32,
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
        let row_bytes = cols / ty.block_len() * ty.block_bytes();
        let minimum = zero.map_or(Minimum::Each, Minimum::zero_at);
        let mut packed = Self::filled(name, [rows, cols], form, minimum)?;
        let mut scratch = vec![0.0; ty.block_len().max(BLOCK)];
        for (row, bytes) in bytes.chunks_exact(row_bytes).enumerate() {
            take_apart(bytes, ty, &mut scratch, &mut |block, taken| packed.put(row, block, &taken));
        }
        Ok(Some(packed))
    }

    /// Room for whole blocks of weights that are then put in.
    pub(super) fn filled(
        name: &str,
        [rows, cols]: [usize; 2],
        form: Form,
        minimum: Minimum,
    ) -> Result<Self> {
        let blocks = cols / BLOCK;
        let mut packed = Self { rows, cols, blocks, form, minimum, bytes: Vec::new() };
        let size = packed.tiles() * blocks * packed.block_bytes();
        packed.bytes = reserve(name, size)?;
        packed.bytes.resize(size, 0);
        Ok(packed)
    }

    /// Packs weights that are not quantised, at the price of rounding them.
    pub fn rounding(
        name: &str,
        rows: usize,
        cols: usize,
        ty: BlockType,
        bytes: &[u8],
    ) -> Result<Self> {
        let mut packed = Self::growing(cols);
        packed.bytes =
            reserve(name, rows.div_ceil(TILE_ROWS) * packed.blocks * packed.block_bytes())?;
        let mut row = vec![0.0; cols];
        for bytes in bytes.chunks_exact(bytes.len() / rows) {
            dequantise(ty, bytes, &mut row)
                .map_err(|error| EngineError::bad_model(name, error.to_string()))?;
            packed.push(&row);
        }
        Ok(packed)
    }

    /// Rows of `cols` numbers that are to come one by one.
    pub fn growing(cols: usize) -> Self {
        Self {
            rows: 0,
            cols,
            blocks: cols.div_ceil(BLOCK),
            form: Form::Bytes,
            minimum: Minimum::zero_at(SYMMETRIC_ZERO),
            bytes: Vec::new(),
        }
    }

    /// Adds a row to a matrix that grows.
    pub fn push(&mut self, row: &[f32]) {
        debug_assert_eq!((row.len(), self.form), (self.cols, Form::Bytes));
        if self.rows.is_multiple_of(TILE_ROWS) {
            let bytes = (self.tiles() + 1) * self.blocks * self.block_bytes();
            self.bytes.resize(bytes, 0);
        }
        self.rows += 1;
        for (block, numbers) in row.chunks(BLOCK).enumerate() {
            self.put(self.rows - 1, block, &symmetric_block(numbers));
        }
    }

    /// Takes back all rows but the first of a matrix that grows.
    pub fn truncate(&mut self, rows: usize) {
        self.rows = self.rows.min(rows);
        self.bytes.truncate(self.tiles() * self.blocks * self.block_bytes());
    }

    /// Puts a block where nothing has been put yet.
    pub(super) fn put(&mut self, row: usize, block: usize, taken: &Block) {
        let (tile, lane) = (row / TILE_ROWS, row % TILE_ROWS);
        let block_bytes = self.block_bytes();
        let bytes = &mut self.bytes[(tile * self.blocks + block) * block_bytes..][..block_bytes];
        let (quants, rest) = bytes.split_at_mut(self.form.quant_bytes());
        for (word, columns) in taken.quants.chunks_exact(4).enumerate() {
            match self.form {
                Form::Nibbles => {
                    let shift = if lane < 4 { 0 } else { 4 };
                    let quants = &mut quants[word * 16 + lane % 4 * 4..][..4];
                    quants.iter_mut().zip(columns).for_each(|(to, quant)| *to |= quant << shift);
                }
                Form::Bytes => quants[word * 32 + lane * 4..][..4].copy_from_slice(columns),
            }
        }
        let (scales, minimums) = rest.split_at_mut(SCALE_BYTES);
        let put = |to: &mut [u8], number| {
            to[2 * lane..2 * lane + 2].copy_from_slice(&f16::from_f32(number).to_le_bytes());
        };
        put(scales, taken.scale);
        if self.minimum == Minimum::Each {
            put(minimums, taken.minimum);
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

    pub fn minimum(&self) -> Minimum {
        self.minimum
    }

    /// What the quants' zero takes from a product with a block that adds up to
    /// `total`; nothing where blocks have minimums.
    #[inline(always)]
    pub fn taken_by_zero(&self, total: i32) -> i32 {
        match self.minimum {
            Minimum::Zero { twice } => (twice * total) >> 1,
            Minimum::Each => 0,
        }
    }

    /// Bytes of one block of a tile.
    pub fn block_bytes(&self) -> usize {
        let minimums = if self.minimum == Minimum::Each { SCALE_BYTES } else { 0 };
        self.form.quant_bytes() + SCALE_BYTES + minimums
    }

    /// \[blocks, block_bytes] of one tile.
    pub fn tile(&self, tile: usize) -> &[u8] {
        let bytes = self.blocks * self.block_bytes();
        &self.bytes[tile * bytes..][..bytes]
    }

    /// The first byte of the page of memory that begins behind a tile.
    pub fn next_page_of(&self, tile: usize) -> Option<u8> {
        const PAGE: usize = 4096;
        let end = (tile + 1) * self.blocks * self.block_bytes();
        let address = self.bytes.as_ptr().addr() + end;
        self.bytes.get(end + address.next_multiple_of(PAGE) - address).copied()
    }

    /// The blocks of one tile.
    pub fn tile_blocks(&self, tile: usize) -> impl Iterator<Item = TileBlock<'_>> {
        let quant_bytes = self.form.quant_bytes();
        self.tile(tile).chunks_exact(self.block_bytes()).map(move |bytes| {
            let (quants, rest) = bytes.split_at(quant_bytes);
            let (scales, minimums) = rest.split_at(SCALE_BYTES);
            TileBlock { quants, scales, minimums }
        })
    }

    pub fn memory_bytes(&self) -> usize {
        self.bytes.capacity()
    }

    /// One row as f32.
    pub fn unpack_row(&self, row: usize, out: &mut [f32]) {
        let (tile, lane) = (row / TILE_ROWS, row % TILE_ROWS);
        for (block, out) in self.tile_blocks(tile).zip(out.chunks_mut(BLOCK)) {
            let scale = block.scale(lane);
            let minimum = match self.minimum {
                Minimum::Zero { twice } => -0.5 * twice as f32 * scale,
                Minimum::Each => block.minimum(lane),
            };
            for (column, out) in out.iter_mut().enumerate() {
                *out = scale * f32::from(block.quant(self.form, lane, column)) + minimum;
            }
        }
    }
}

impl<'a> TileBlock<'a> {
    pub fn scale(&self, lane: usize) -> f32 {
        half_at(self.scales, 2 * lane)
    }

    /// Zero where blocks have none.
    pub fn minimum(&self, lane: usize) -> f32 {
        if self.minimums.is_empty() { 0.0 } else { half_at(self.minimums, 2 * lane) }
    }

    pub fn scales(&self) -> &'a [u8; SCALE_BYTES] {
        self.scales.first_chunk().expect("a block has a scale for each row")
    }

    pub fn minimums(&self) -> Option<&'a [u8; SCALE_BYTES]> {
        self.minimums.first_chunk()
    }

    #[inline]
    pub fn quant(&self, form: Form, lane: usize, column: usize) -> u8 {
        let (word, within) = (column / 4, column % 4);
        match form {
            Form::Nibbles if lane < 4 => self.quants[word * 16 + lane * 4 + within] & 15,
            Form::Nibbles => self.quants[word * 16 + (lane - 4) * 4 + within] >> 4,
            Form::Bytes => self.quants[word * 32 + lane * 4 + within],
        }
    }
}

/// Room that may be refused: the weights are what fills the memory.
fn reserve(name: &str, length: usize) -> Result<Vec<u8>> {
    let mut room = Vec::new();
    room.try_reserve_exact(length).map_err(|_| EngineError::TooLarge {
        model: name.to_owned(),
        needed_bytes: length as u64,
        free_bytes: 0,
    })?;
    Ok(room)
}

type TakeApart = fn(&[u8], BlockType, &mut [f32], &mut dyn FnMut(usize, Block));

/// How a type is packed: form, reader of a row, and the zero of types that have
/// no minimums.
fn way_of(ty: BlockType) -> Option<(Form, TakeApart, Option<u8>)> {
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
fn symmetric_block(numbers: &[f32]) -> Block {
    let scale = f16::from_f32(largest_of(numbers) / HALF_RANGE).to_f32();
    let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
    let mut quants = [SYMMETRIC_ZERO; BLOCK];
    for (quant, number) in quants.iter_mut().zip(numbers) {
        *quant = (nearest(number * inverse) + i32::from(SYMMETRIC_ZERO)).clamp(0, 127) as u8;
    }
    Block { quants, scale, minimum: 0.0 }
}

/// Hands on the weights of a row, 32 at a time.
pub(super) fn unpacked(
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
