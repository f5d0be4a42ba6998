//! Layers the language models share.

use super::cache::LayerCache;
use super::rope::Rope;
use crate::error::{EngineError, Result};
use crate::math::{add_scaled, dot, rms_norm, softmax};
use crate::matrix::{Linear, Matrix};
use crate::tensors::Tensors;

/// A root-mean-square norm and its weights.
#[derive(Debug)]
pub struct RmsNorm {
    /// \[width]
    pub weight: Vec<f32>,
    pub epsilon: f32,
}

impl RmsNorm {
    pub fn take(tensors: &mut Tensors, name: &str, width: usize, epsilon: f32) -> Result<Self> {
        Ok(Self { weight: tensors.floats(&format!("{name}.weight"), &[width])?, epsilon })
    }

    pub fn apply(&self, x: &[f32]) -> Vec<f32> {
        let mut out = vec![0.0; x.len()];
        rms_norm(x, &self.weight, self.epsilon, &mut out);
        out
    }

    pub fn apply_in_place(&self, x: &mut [f32]) {
        let normed = self.apply(x);
        x.copy_from_slice(&normed);
    }
}

/// The sizes attention is cut into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heads {
    pub query: usize,
    /// Fewer than query heads: each serves `query / kv` of them.
    pub kv: usize,
    pub dim: usize,
}

/// Causal self-attention with grouped key/value heads.
#[derive(Debug)]
pub struct Attention {
    pub heads: Heads,
    /// \[query · dim, width]
    pub query: Linear,
    /// \[kv · dim, width]
    pub key: Linear,
    pub value: Linear,
    /// \[width, query · dim]
    pub output: Linear,
    /// Norms over each head, before rotation (Qwen 3, Gemma 3, LFM2). \[dim]
    pub query_norm: Option<RmsNorm>,
    pub key_norm: Option<RmsNorm>,
    pub scale: f32,
    /// How far back a position sees; everything when `None`.
    pub window: Option<usize>,
}

impl Attention {
    /// The tensors of `block` under the names llama.cpp gives them. Biases and
    /// head norms are there where the family has them.
    pub fn take(
        tensors: &mut Tensors,
        block: &str,
        width: usize,
        heads: Heads,
        norm_epsilon: f32,
    ) -> Result<Self> {
        let Heads { query, kv, dim } = heads;
        let head_norm = |tensors: &mut Tensors, name: &str| {
            let weight = tensors.floats_if_any(&format!("{block}.{name}.weight"), &[dim])?;
            Ok::<_, EngineError>(weight.map(|weight| RmsNorm { weight, epsilon: norm_epsilon }))
        };
        Ok(Self {
            heads,
            query: tensors.linear(&format!("{block}.attn_q"), query * dim, width)?,
            key: tensors.linear(&format!("{block}.attn_k"), kv * dim, width)?,
            value: tensors.linear(&format!("{block}.attn_v"), kv * dim, width)?,
            output: tensors.linear(&format!("{block}.attn_output"), width, query * dim)?,
            query_norm: head_norm(tensors, "attn_q_norm")?,
            key_norm: head_norm(tensors, "attn_k_norm")?,
            scale: 1.0 / (dim as f32).sqrt(),
            window: None,
        })
    }

    /// x\[n, width] are the positions from `start` on; the cache holds all before.
    pub fn forward(
        &self,
        x: &[f32],
        start: usize,
        rope: &Rope,
        cache: &mut LayerCache,
    ) -> Vec<f32> {
        let n = x.len() / self.query.weight.cols();
        let mut queries = vec![0.0; n * self.query.rows()];
        let mut keys = vec![0.0; n * self.key.rows()];
        let mut values = vec![0.0; n * self.value.rows()];
        self.query.apply(x, &mut queries);
        self.key.apply(x, &mut keys);
        self.value.apply(x, &mut values);
        if let Some(norm) = &self.query_norm {
            norm.apply_in_place(&mut queries);
        }
        if let Some(norm) = &self.key_norm {
            norm.apply_in_place(&mut keys);
        }

        let mut mixed = vec![0.0; queries.len()];
        for position in 0..n {
            let queries = row_mut(&mut queries, position, n);
            let keys = row_mut(&mut keys, position, n);
            rope.rotate(queries, start + position);
            rope.rotate(keys, start + position);
            cache.push(keys, row_mut(&mut values, position, n));
            self.attend(queries, start + position, cache, row_mut(&mut mixed, position, n));
        }

        let mut out = vec![0.0; n * self.output.rows()];
        self.output.apply(&mixed, &mut out);
        out
    }

    /// softmax(q · Kᵀ · scale) · V for every head of one position.
    fn attend(&self, queries: &[f32], position: usize, cache: &LayerCache, mixed: &mut [f32]) {
        let Heads { query, kv, dim } = self.heads;
        let first = self.window.map_or(0, |window| (position + 1).saturating_sub(window));
        let mut scores = vec![0.0; position + 1 - first];
        for head in 0..query {
            let kv_head = head / (query / kv);
            let q = &queries[head * dim..][..dim];
            let keys = cache.keys(kv_head)[first * dim..].chunks_exact(dim);
            for (score, key) in scores.iter_mut().zip(keys) {
                *score = dot(q, key) * self.scale;
            }
            softmax(&mut scores);
            let out = &mut mixed[head * dim..][..dim];
            let values = cache.values(kv_head)[first * dim..].chunks_exact(dim);
            for (&score, value) in scores.iter().zip(values) {
                add_scaled(out, value, score);
            }
        }
    }

    pub fn memory_bytes(&self) -> usize {
        [&self.query, &self.key, &self.value, &self.output].map(Linear::memory_bytes).iter().sum()
    }
}

/// down(activation(gate(x)) · up(x)) ("GLU Variants Improve Transformer").
#[derive(Debug)]
pub struct GatedMlp {
    /// \[hidden, width]
    pub gate: Matrix,
    pub up: Matrix,
    /// \[width, hidden]
    pub down: Matrix,
    pub activation: fn(f32) -> f32,
}

impl GatedMlp {
    pub fn take(
        tensors: &mut Tensors,
        block: &str,
        width: usize,
        hidden: usize,
        activation: fn(f32) -> f32,
    ) -> Result<Self> {
        Ok(Self {
            gate: tensors.matrix(&format!("{block}.ffn_gate.weight"), hidden, width)?,
            up: tensors.matrix(&format!("{block}.ffn_up.weight"), hidden, width)?,
            down: tensors.matrix(&format!("{block}.ffn_down.weight"), width, hidden)?,
            activation,
        })
    }

    /// x\[n, width] → \[n, width]
    pub fn forward(&self, x: &[f32]) -> Vec<f32> {
        let n = x.len() / self.gate.cols();
        let mut gate = vec![0.0; n * self.gate.rows()];
        let mut up = vec![0.0; n * self.up.rows()];
        self.gate.apply(x, &mut gate);
        self.up.apply(x, &mut up);
        for (gate, up) in gate.iter_mut().zip(&up) {
            *gate = (self.activation)(*gate) * up;
        }
        let mut out = vec![0.0; n * self.down.rows()];
        self.down.apply(&gate, &mut out);
        out
    }

    pub fn memory_bytes(&self) -> usize {
        [&self.gate, &self.up, &self.down].map(Matrix::memory_bytes).iter().sum()
    }
}

/// The rows of `embedding` that stand for `tokens`. \[n, width]
pub fn embed(embedding: &Matrix, tokens: &[u32]) -> Vec<f32> {
    let mut x = vec![0.0; tokens.len() * embedding.cols()];
    for (&token, x) in tokens.iter().zip(x.chunks_exact_mut(embedding.cols())) {
        embedding.unpack_row(token as usize, x);
    }
    x
}

/// Row `index` of a sequence of `n` rows.
pub fn row_mut(rows: &mut [f32], index: usize, n: usize) -> &mut [f32] {
    let width = rows.len() / n;
    &mut rows[index * width..][..width]
}
