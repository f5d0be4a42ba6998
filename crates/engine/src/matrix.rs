//! Weight matrices, kept in the blocks they came in.
//!
//! This is the plain path: a row is unpacked to f32 and multiplied. It is what
//! every faster path is compared with, and what runs where there is none.

use bella_weights::BlockType;
use bella_weights::dequantise;

use crate::error::{EngineError, Result};
use crate::math::{add_to_rows, dot};

/// `rows` outputs × `cols` inputs, row after row.
#[derive(Debug)]
pub struct Matrix {
    rows: usize,
    cols: usize,
    block: BlockType,
    bytes: Vec<u8>,
}

impl Matrix {
    /// Takes over the bytes of a tensor. Fails when they are not exactly
    /// `rows × cols` weights of that type.
    pub fn new(name: &str, shape: [usize; 2], block: BlockType, bytes: Vec<u8>) -> Result<Self> {
        let [rows, cols] = shape;
        let whole_blocks = cols.is_multiple_of(block.block_len());
        let row_bytes = cols / block.block_len() * block.block_bytes();
        if rows == 0 || cols == 0 || !whole_blocks || rows.checked_mul(row_bytes) != Some(bytes.len()) {
            let detail = format!("{} bytes are not {rows} × {cols} weights of {block:?}", bytes.len());
            return Err(EngineError::bad_model(name, detail));
        }
        Ok(Self { rows, cols, block, bytes })
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn cols(&self) -> usize {
        self.cols
    }

    pub fn memory_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// One row as f32: the embedding of a token.
    pub fn unpack_row(&self, row: usize, out: &mut [f32]) {
        let row_bytes = self.bytes.len() / self.rows;
        let bytes = &self.bytes[row * row_bytes..][..row_bytes];
        dequantise(self.block, bytes, out).expect("the constructor checked the row's size");
    }

    /// out\[n, rows] = x\[n, cols] · selfᵀ. Each row is unpacked once for all n.
    pub fn apply(&self, x: &[f32], out: &mut [f32]) {
        assert_eq!(x.len() / self.cols, out.len() / self.rows, "as many outputs as inputs");
        let mut unpacked = vec![0.0; self.cols];
        for row in 0..self.rows {
            self.unpack_row(row, &mut unpacked);
            for (x, out) in x.chunks_exact(self.cols).zip(out.chunks_exact_mut(self.rows)) {
                out[row] = dot(&unpacked, x);
            }
        }
    }
}

/// A matrix with the bias some models add to its output.
#[derive(Debug)]
pub struct Linear {
    pub weight: Matrix,
    /// \[rows]
    pub bias: Option<Vec<f32>>,
}

impl Linear {
    /// out\[n, rows] = x\[n, cols] · weightᵀ + bias
    pub fn apply(&self, x: &[f32], out: &mut [f32]) {
        self.weight.apply(x, out);
        if let Some(bias) = &self.bias {
            add_to_rows(out, bias);
        }
    }

    pub fn rows(&self) -> usize {
        self.weight.rows()
    }

    pub fn memory_bytes(&self) -> usize {
        self.weight.memory_bytes() + self.bias.as_ref().map_or(0, |bias| size_of_val(&bias[..]))
    }
}
