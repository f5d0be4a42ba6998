//! Layers the language models share.

use super::rope::Turns;
use crate::attention::{Memory, Precision, Question};
use crate::error::{EngineError, Result};
use crate::kernels::Rounding;
use crate::math::rms_norm;
use crate::matrix::{Linear, Matrix};
use crate::room::{Lent, Room};
use crate::tensors::Tensors;
use crate::threads::{PER_NUMBER, share_rows};

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
        self.apply_to(x, &mut out);
        out
    }

    pub fn apply_in<'a>(&self, room: &'a Room, x: &[f32]) -> Lent<'a> {
        let mut out = room.lend(x.len());
        self.apply_to(x, &mut out);
        out
    }

    fn apply_to(&self, x: &[f32], out: &mut [f32]) {
        let width = self.weight.len();
        share_rows(out, width, PER_NUMBER / 4 * width, |first, out| {
            rms_norm(&x[first * width..][..out.len()], &self.weight, self.epsilon, out);
        });
    }

    pub fn apply_in_place(&self, x: &mut [f32]) {
        let normed = self.apply(x);
        x.copy_from_slice(&normed);
    }
}

/// Positions of a conversation that are remembered as they are, beside being rounded.
const EARLY: usize = 128;

/// Beyond so many, what is remembered is looked up as it was rounded.
const MANY: usize = 512;

/// Where positions that pass through a layer stand, and how exactly they pass.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The position of the first.
    pub start: usize,
    pub turns: &'a Turns,
    pub rounding: Rounding,
    pub room: &'a Room,
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

    pub fn new_memory(&self) -> Memory {
        let precision = match self.key.bias {
            Some(_) => Precision::Bits14,
            None => Precision::Bits7,
        };
        Memory::new(self.heads.kv, self.heads.dim, precision).with_early(EARLY)
    }

    /// x\[n, width] are the positions of `at`; the memory has all before.
    pub fn forward<'a>(&self, x: &[f32], at: Place<'a>, memory: &mut Memory) -> Lent<'a> {
        let Place { start, turns, rounding, room } = at;
        let n = x.len() / self.query.weight.cols();
        let mut queries = room.lend(n * self.query.rows());
        let mut keys = room.lend(n * self.key.rows());
        let mut values = room.lend(n * self.value.rows());
        Linear::apply_each(
            x,
            rounding,
            [(&self.query, &mut queries), (&self.key, &mut keys), (&self.value, &mut values)],
        );
        self.place(&mut queries, self.query.rows(), self.query_norm.as_ref(), turns);
        self.place(&mut keys, self.key.rows(), self.key_norm.as_ref(), turns);
        memory.push(&keys, &values);

        let visible = |at: usize| {
            let end = start + at + 1;
            self.window.map_or(0, |window| end.saturating_sub(window))..end
        };
        let mut mixed = room.lend(queries.len());
        // Over many positions errors even out, and looking them up is what takes time.
        let looking = if memory.len() > MANY { Rounding::Once } else { rounding };
        let question = Question { heads: self.heads.query, scale: self.scale, rounding: looking };
        memory.look_up(&queries, question, visible, &mut mixed);
        let mut out = room.lend(n * self.output.rows());
        Linear::apply_each(&mixed, rounding, [(&self.output, &mut out)]);
        out
    }

    /// Norms heads, where the family does, and turns them to their positions.
    fn place(&self, rows: &mut [f32], width: usize, norm: Option<&RmsNorm>, turns: &Turns) {
        share_rows(rows, width, PER_NUMBER / 4 * width, |first, rows| {
            if let Some(norm) = norm {
                norm.apply_in_place(rows);
            }
            turns.rotate(first, rows, width);
        });
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
    /// (gate, up): gate becomes activation(gate) · up.
    pub activate: fn(&mut [f32], &[f32]),
}

impl GatedMlp {
    pub fn take(
        tensors: &mut Tensors,
        block: &str,
        width: usize,
        hidden: usize,
        activate: fn(&mut [f32], &[f32]),
    ) -> Result<Self> {
        Ok(Self {
            gate: tensors.matrix(&format!("{block}.ffn_gate.weight"), hidden, width)?,
            up: tensors.matrix(&format!("{block}.ffn_up.weight"), hidden, width)?,
            down: tensors.matrix(&format!("{block}.ffn_down.weight"), width, hidden)?,
            activate,
        })
    }

    /// x\[n, width] → \[n, width]
    pub fn forward<'a>(&self, x: &[f32], at: Place<'a>) -> Lent<'a> {
        let Place { rounding, room, .. } = at;
        let (n, hidden) = (x.len() / self.gate.cols(), self.gate.rows());
        let mut gate = room.lend(n * hidden);
        let mut up = room.lend(n * hidden);
        let both = [(&self.gate, &mut gate[..]), (&self.up, &mut up[..])];
        Matrix::apply_both(x, rounding, both, self.activate);
        let mut out = room.lend(n * self.down.rows());
        Matrix::apply_each(&gate, rounding, [(&self.down, &mut out)]);
        out
    }

    pub fn memory_bytes(&self) -> usize {
        [&self.gate, &self.up, &self.down].map(Matrix::memory_bytes).iter().sum()
    }
}
