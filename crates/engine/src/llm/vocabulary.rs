//! What a language model knows of each token by itself: how it enters the stream,
//! and how it is recognised when it leaves.

use crate::error::Result;
use crate::kernels::Planes;
use crate::matrix::Matrix;
use crate::tensors::Tensors;
use crate::threads::{PER_NUMBER, share_rows};

/// A vector for each token.
#[derive(Debug)]
pub struct Vocabulary {
    size: usize,
    width: usize,
    vectors: Vectors,
}

#[derive(Debug)]
enum Vectors {
    /// Of six to eight bits: most of a small model, read once for every token.
    Planes(Planes),
    Matrix(Matrix),
}

impl Vocabulary {
    pub fn take(tensors: &mut Tensors, name: &str, size: usize, width: usize) -> Result<Self> {
        let vectors = match tensors.planes(name, size, width)? {
            Some(planes) => Vectors::Planes(planes),
            None => Vectors::Matrix(tensors.matrix(name, size, width)?),
        };
        Ok(Self { size, width, vectors })
    }

    /// Tokens.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Numbers a token.
    pub fn width(&self) -> usize {
        self.width
    }

    pub fn memory_bytes(&self) -> usize {
        match &self.vectors {
            Vectors::Planes(planes) => planes.memory_bytes(),
            Vectors::Matrix(matrix) => matrix.memory_bytes(),
        }
    }

    /// The vectors of `tokens`. \[n, width]
    pub fn embed(&self, tokens: &[u32]) -> Vec<f32> {
        let mut x = vec![0.0; tokens.len() * self.width];
        share_rows(&mut x, self.width, PER_NUMBER * self.width, |first, x| {
            for (&token, x) in tokens[first..].iter().zip(x.chunks_exact_mut(self.width)) {
                match &self.vectors {
                    Vectors::Planes(planes) => planes.unpack_row(token as usize, x),
                    Vectors::Matrix(matrix) => matrix.unpack_row(token as usize, x),
                }
            }
        });
        x
    }

    /// How well each token fits a state. \[size]
    pub fn scores(&self, state: &[f32]) -> Vec<f32> {
        let mut scores = vec![0.0; self.size];
        match &self.vectors {
            Vectors::Planes(planes) => planes.multiply(state, &mut scores),
            Vectors::Matrix(matrix) => matrix.apply(state, &mut scores),
        }
        scores
    }

    /// The same for who will not choose a token that scores less than a floor, which
    /// follows from the highest score and rises with it: below, scores may be off by
    /// a little.
    pub fn scores_down_to(&self, floor: impl Fn(f32) -> f32, state: &[f32]) -> Vec<f32> {
        let Vectors::Planes(planes) = &self.vectors else { return self.scores(state) };
        let mut scores = vec![0.0; self.size];
        planes.multiply_down_to(floor, state, &mut scores);
        scores
    }
}
