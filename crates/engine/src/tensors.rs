//! The tensors of one model, by name, as its layers take them.

use std::collections::HashMap;

use bella_weights::BlockType;
use bella_weights::dequantise;

use crate::error::{EngineError, Result};
use crate::kernels::Planes;
use crate::matrix::{self, Linear, Matrix};

/// A tensor that arrived whole.
#[derive(Debug)]
pub struct Tensor {
    /// Outermost dimension first.
    pub shape: Vec<usize>,
    pub block: BlockType,
    pub bytes: Vec<u8>,
}

/// Layers take what they need, checked for shape, so that nothing is held twice
/// and a wrong file names the first tensor that does not fit.
#[derive(Debug, Default)]
pub struct Tensors {
    by_name: HashMap<String, Tensor>,
    /// Those that were packed when they arrived.
    matrices: HashMap<String, ([usize; 2], Matrix)>,
    packing: Packing,
}

/// Which matrices are rearranged for the integer kernels.
#[derive(Clone, Copy, Debug, Default)]
enum Packing {
    /// Those that the file has rounded already.
    #[default]
    Rounded,
    All,
    None,
}

impl Tensors {
    pub fn insert(&mut self, name: String, tensor: Tensor) {
        self.by_name.insert(name, tensor);
    }

    /// Packs a matrix now instead of when it is wanted, so that it is not among all
    /// the other tensors twice: for the large ones. It can only be had as a matrix.
    pub fn insert_rounded(&mut self, name: String, tensor: Tensor) -> Result<()> {
        let &[rows, cols] = &tensor.shape[..] else {
            self.insert(name, tensor);
            return Ok(());
        };
        let matrix = Matrix::rounded(&name, [rows, cols], tensor.block, tensor.bytes)?;
        self.matrices.insert(name, ([rows, cols], matrix));
        Ok(())
    }

    /// From now on matrices are packed whatever their type: see [`Matrix::rounded`].
    pub fn rounding(mut self) -> Self {
        self.packing = Packing::All;
        self
    }

    /// From now on none is: see [`Matrix::unpacked`].
    pub fn exactly(mut self) -> Self {
        self.packing = Packing::None;
        self
    }

    pub fn contains(&self, name: &str) -> bool {
        self.by_name.contains_key(name) || self.matrices.contains_key(name)
    }

    /// Shape of a tensor, for models whose sizes are told by their tensors.
    pub fn shape(&self, name: &str) -> Result<&[usize]> {
        let packed = self.matrices.get(name).map(|(shape, _)| &shape[..]);
        let shape = packed.or_else(|| self.by_name.get(name).map(|tensor| &tensor.shape[..]));
        shape.ok_or_else(|| missing(name))
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Tensor> {
        let tensor = self.by_name.remove(name).ok_or_else(|| missing(name))?;
        check_shape(name, &tensor.shape, shape)?;
        Ok(tensor)
    }

    pub fn matrix(&mut self, name: &str, rows: usize, cols: usize) -> Result<Matrix> {
        if let Some((shape, matrix)) = self.matrices.remove(name) {
            check_shape(name, &shape, &[rows, cols])?;
            return Ok(matrix);
        }
        let tensor = self.take(name, &[rows, cols])?;
        self.packed(name, [rows, cols], tensor.block, tensor.bytes)
    }

    /// A matrix that nothing is multiplied with: its rows are looked up one by one,
    /// and it stays as it came.
    pub fn table(&mut self, name: &str, rows: usize, cols: usize) -> Result<Matrix> {
        let tensor = self.take(name, &[rows, cols])?;
        Matrix::unpacked(name, [rows, cols], tensor.block, tensor.bytes)
    }

    /// A matrix in two planes, where its type has them and matrices are packed at
    /// all; else it stays for [`Tensors::matrix`].
    pub fn planes(&mut self, name: &str, rows: usize, cols: usize) -> Result<Option<Planes>> {
        if matches!(self.packing, Packing::None) {
            return Ok(None);
        }
        let Some(tensor) = self.by_name.get(name) else { return Err(missing(name)) };
        let shape = [rows, cols];
        check_shape(name, &tensor.shape, &shape)?;
        matrix::check_size(name, shape, tensor.block, tensor.bytes.len())?;
        let planes = Planes::new(name, shape, tensor.block, &tensor.bytes)?;
        if planes.is_some() {
            self.by_name.remove(name);
        }
        Ok(planes)
    }

    /// Weights that were taken apart and put together anew.
    pub fn packed(
        &self,
        name: &str,
        shape: [usize; 2],
        block: BlockType,
        bytes: Vec<u8>,
    ) -> Result<Matrix> {
        let make = match self.packing {
            Packing::Rounded => Matrix::new,
            Packing::All => Matrix::rounded,
            Packing::None => Matrix::unpacked,
        };
        make(name, shape, block, bytes)
    }

    /// Any tensor as plain numbers: norms, biases, convolutions.
    pub fn floats(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let tensor = self.take(name, shape)?;
        let mut out = vec![0.0; shape.iter().product()];
        dequantise(tensor.block, &tensor.bytes, &mut out)
            .map_err(|error| EngineError::bad_model(name, error.to_string()))?;
        Ok(out)
    }

    pub fn floats_if_any(&mut self, name: &str, shape: &[usize]) -> Result<Option<Vec<f32>>> {
        if self.contains(name) { self.floats(name, shape).map(Some) } else { Ok(None) }
    }

    /// `<name>.weight` and, where the file has one, `<name>.bias`.
    pub fn linear(&mut self, name: &str, rows: usize, cols: usize) -> Result<Linear> {
        Ok(Linear {
            weight: self.matrix(&format!("{name}.weight"), rows, cols)?,
            bias: self.floats_if_any(&format!("{name}.bias"), &[rows])?,
        })
    }
}

fn check_shape(name: &str, got: &[usize], shape: &[usize]) -> Result<()> {
    if got == shape {
        return Ok(());
    }
    let detail = format!("has shape {got:?} instead of {shape:?}");
    Err(EngineError::bad_model(name, detail))
}

fn missing(name: &str) -> EngineError {
    EngineError::bad_model(name, "the file has no such tensor")
}
