//! Weight matrices.

use bella_weights::{BlockType, dequantise};

use crate::error::{EngineError, Result};
use crate::kernels::floats::{self, LANES, Rows, put};
use crate::kernels::{self, Activations, Packed, Rounding};
use crate::math::{add_to_rows, dot};
use crate::threads::{PER_NUMBER, share_columns};

/// For fewer positions than this, laying rows out costs more than it saves.
const FEW: usize = 4;

/// `rows` outputs × `cols` inputs, row after row.
#[derive(Debug)]
pub struct Matrix {
    rows: usize,
    cols: usize,
    weights: Weights,
}

#[derive(Debug)]
enum Weights {
    /// Rearranged for the integer kernels: everything quantised.
    Packed(Packed),
    /// As it came, F32, F16 and BF16: rows are unpacked and multiplied as f32.
    Plain { block: BlockType, bytes: Vec<u8> },
}

impl Matrix {
    /// Takes over the bytes of a tensor. Fails when they are not exactly
    /// `rows × cols` weights of that type.
    pub fn new(name: &str, shape: [usize; 2], block: BlockType, bytes: Vec<u8>) -> Result<Self> {
        let [rows, cols] = shape;
        check_size(name, shape, block, bytes.len())?;
        let weights = match Packed::new(name, rows, cols, block, &bytes)? {
            Some(packed) => Weights::Packed(packed),
            None => Weights::Plain { block, bytes },
        };
        Ok(Self { rows, cols, weights })
    }

    /// Like [`Matrix::new`], but never rearranged or rounded: what the packed path
    /// is compared with.
    pub fn unpacked(
        name: &str,
        shape: [usize; 2],
        block: BlockType,
        bytes: Vec<u8>,
    ) -> Result<Self> {
        let [rows, cols] = shape;
        check_size(name, shape, block, bytes.len())?;
        Ok(Self { rows, cols, weights: Weights::Plain { block, bytes } })
    }

    /// Like [`Matrix::new`], but packs weights of any type: what is not quantised in
    /// the file is rounded to seven bits.
    pub fn rounded(
        name: &str,
        shape: [usize; 2],
        block: BlockType,
        bytes: Vec<u8>,
    ) -> Result<Self> {
        let mut matrix = Self::new(name, shape, block, bytes)?;
        if let Weights::Plain { block, bytes } = &matrix.weights {
            let [rows, cols] = shape;
            matrix.weights = Weights::Packed(Packed::rounding(name, rows, cols, *block, bytes)?);
        }
        Ok(matrix)
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn cols(&self) -> usize {
        self.cols
    }

    pub fn memory_bytes(&self) -> usize {
        match &self.weights {
            Weights::Packed(packed) => packed.memory_bytes(),
            Weights::Plain { bytes, .. } => bytes.len(),
        }
    }

    /// One row as f32: the embedding of a token.
    pub fn unpack_row(&self, row: usize, out: &mut [f32]) {
        match &self.weights {
            Weights::Packed(packed) => packed.unpack_row(row, out),
            Weights::Plain { block, bytes } => {
                let row_bytes = bytes.len() / self.rows;
                let bytes = &bytes[row * row_bytes..][..row_bytes];
                dequantise(*block, bytes, out).expect("the constructor checked the row's size");
            }
        }
    }

    /// out\[n, rows] = x\[n, cols] · selfᵀ
    pub fn apply(&self, x: &[f32], out: &mut [f32]) {
        Self::apply_each(x, Rounding::Once, [(self, out)]);
    }

    /// The same with several matrices of equal width, for which x is rounded together.
    pub fn apply_each<const N: usize>(
        x: &[f32],
        rounding: Rounding,
        matrices: [(&Self, &mut [f32]); N],
    ) {
        let mut packed = Vec::with_capacity(N);
        for (matrix, out) in matrices {
            assert_eq!(x.len() / matrix.cols, out.len() / matrix.rows, "as many outputs as inputs");
            match &matrix.weights {
                Weights::Packed(weights) => packed.push((weights, out)),
                Weights::Plain { block, bytes } => matrix.apply_plain(*block, bytes, x, out),
            }
        }
        if let Some((first, _)) = packed.first() {
            let x = Activations::rounded(x, first.cols(), rounding);
            kernels::multiply_each(packed, &x);
        }
    }

    /// The same with two of the same shape, and then `then` with what came of both,
    /// stretch by stretch.
    pub fn apply_both(
        x: &[f32],
        rounding: Rounding,
        [(one, out), (other, of_other)]: [(&Self, &mut [f32]); 2],
        then: impl Fn(&mut [f32], &[f32]) + Sync,
    ) {
        let (Weights::Packed(one), Weights::Packed(other)) = (&one.weights, &other.weights) else {
            Self::apply_each(x, rounding, [(one, &mut *out), (other, &mut *of_other)]);
            return then(out, of_other);
        };
        let x = Activations::rounded(x, one.cols(), rounding);
        let cost = 2 * kernels::cost_of_a_row(one, &x) + x.len() * PER_NUMBER;
        let step = kernels::rows_together(&x);
        share_columns([out, of_other], one.rows(), step, cost, |[mut out, mut of_other]| {
            kernels::multiply_columns(one, 0, &x, &mut out);
            kernels::multiply_columns(other, 0, &x, &mut of_other);
            for row in 0..x.len() {
                then(out.row(row), of_other.row(row));
            }
        });
    }

    fn apply_plain(&self, block: BlockType, bytes: &[u8], x: &[f32], out: &mut [f32]) {
        if x.len() >= FEW * self.cols {
            return floats::multiply(self, x, out);
        }
        let mut unpacked = vec![0.0; self.cols];
        for (row, bytes) in bytes.chunks_exact(bytes.len() / self.rows).enumerate() {
            let positions = x.chunks_exact(self.cols).zip(out.chunks_exact_mut(self.rows));
            if block == BlockType::F16 {
                positions.for_each(|(x, out)| out[row] = floats::dot_halves(bytes, x));
                continue;
            }
            // Unpacked once for all n.
            self.unpack_row(row, &mut unpacked);
            positions.for_each(|(x, out)| out[row] = dot(&unpacked, x));
        }
    }
}

impl Rows for Matrix {
    fn rows(&self) -> usize {
        self.rows
    }

    fn cols(&self) -> usize {
        self.cols
    }

    fn lay_out(&self, first: usize, panel: &mut [[f32; LANES]]) {
        let mut unpacked = vec![0.0; self.cols];
        for (row, lane) in (first..self.rows).zip(0..LANES) {
            self.unpack_row(row, &mut unpacked);
            put(&unpacked, lane, panel);
        }
    }
}

/// Whether `bytes` are as many as such a matrix has.
pub fn check_size(
    name: &str,
    [rows, cols]: [usize; 2],
    block: BlockType,
    bytes: usize,
) -> Result<()> {
    let whole_blocks = cols.is_multiple_of(block.block_len());
    let row_bytes = cols / block.block_len() * block.block_bytes();
    if rows == 0 || cols == 0 || !whole_blocks || rows.checked_mul(row_bytes) != Some(bytes) {
        let detail = format!("{bytes} bytes are not {rows} × {cols} weights of {block:?}");
        return Err(EngineError::bad_model(name, detail));
    }
    Ok(())
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
        Self::apply_each(x, Rounding::Once, [(self, out)]);
    }

    /// The same with several of equal width.
    pub fn apply_each<const N: usize>(
        x: &[f32],
        rounding: Rounding,
        mut linears: [(&Self, &mut [f32]); N],
    ) {
        let matrices = linears.each_mut().map(|(linear, out)| (&linear.weight, &mut **out));
        Matrix::apply_each(x, rounding, matrices);
        for (linear, out) in linears {
            if let Some(bias) = &linear.bias {
                add_to_rows(out, bias);
            }
        }
    }

    pub fn rows(&self) -> usize {
        self.weight.rows()
    }

    pub fn memory_bytes(&self) -> usize {
        self.weight.memory_bytes() + self.bias.as_ref().map_or(0, |bias| size_of_val(&bias[..]))
    }
}
