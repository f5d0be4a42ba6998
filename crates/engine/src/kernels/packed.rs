//! Weights in the order the kernels read them.
//!
//! Eight rows make a tile, four tiles a band. A band is one stretch of memory, gone
//! through from beginning to end, because weights come from far away, and memory
//! foresees nothing better than that: block after block (32 columns), of each the four
//! tiles. Of a tile's block first the quants, then each row's scale, then, where blocks
//! have them, each row's minimum, both as f16. Quants lie in words of four columns:
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
//! multiple of its scale everywhere. [`readers`] takes the types apart that come.

mod readers;

use bella_weights::{BlockType, dequantise};
use half::f16;

use super::{BLOCK, TILE_ROWS};
use crate::error::{EngineError, Result};
pub(super) use readers::unpacked;
use readers::{SYMMETRIC_ZERO, symmetric_block, way_of};

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

/// Tiles of a band; the last band is as large as the others.
pub const BAND_TILES: usize = 4;
/// Rows of a band.
pub const BAND_ROWS: usize = BAND_TILES * TILE_ROWS;

/// Bytes of the scales of one block of a tile, and of its minimums.
pub const SCALE_BYTES: usize = 2 * TILE_ROWS;

#[derive(Debug)]
pub struct Packed {
    rows: usize,
    cols: usize,
    blocks: usize,
    form: Form,
    minimum: Minimum,
    /// \[bands, blocks, tiles of a band, block_bytes]
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
        let size = packed.bytes_of(rows);
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
        packed.bytes = reserve(name, packed.bytes_of(rows))?;
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
        self.rows += 1;
        self.bytes.resize(self.bytes_of(self.rows), 0);
        for (block, numbers) in row.chunks(BLOCK).enumerate() {
            self.put(self.rows - 1, block, &symmetric_block(numbers));
        }
    }

    /// Takes back all rows but the first of a matrix that grows.
    pub fn truncate(&mut self, rows: usize) {
        self.rows = self.rows.min(rows);
        self.bytes.truncate(self.bytes_of(self.rows));
    }

    /// Puts a block where nothing has been put yet.
    pub(super) fn put(&mut self, row: usize, block: usize, taken: &Block) {
        let (tile, lane) = (row / TILE_ROWS, row % TILE_ROWS);
        let block_bytes = self.block_bytes();
        let place = (tile / BAND_TILES * self.blocks + block) * BAND_TILES + tile % BAND_TILES;
        let bytes = &mut self.bytes[place * block_bytes..][..block_bytes];
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

    fn bytes_of(&self, rows: usize) -> usize {
        rows.div_ceil(BAND_ROWS) * self.blocks * BAND_TILES * self.block_bytes()
    }

    /// \[blocks, tiles of a band, block_bytes] of the band that a tile is in.
    pub fn band_of(&self, tile: usize) -> &[u8] {
        let bytes = self.bytes_of(BAND_ROWS);
        &self.bytes[tile / BAND_TILES * bytes..][..bytes]
    }

    /// The blocks of one tile.
    pub fn tile_blocks(&self, tile: usize) -> impl Iterator<Item = TileBlock<'_>> {
        let (quant_bytes, block_bytes) = (self.form.quant_bytes(), self.block_bytes());
        let within = tile % BAND_TILES * block_bytes;
        self.band_of(tile).chunks_exact(BAND_TILES * block_bytes).map(move |of_band| {
            let (quants, rest) = of_band[within..][..block_bytes].split_at(quant_bytes);
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

fn half_at(bytes: &[u8], at: usize) -> f32 {
    f16::from_le_bytes([bytes[at], bytes[at + 1]]).to_f32()
}
