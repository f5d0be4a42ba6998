//! Attention as both of Whisper's towers use it, and the other parts of a layer.

use crate::attention::{Memory, Question};
use crate::error::Result;
use crate::kernels::Rounding;
use crate::math::{gelu, layer_norm};
use crate::matrix::Linear;
use crate::tensors::Tensors;
use crate::threads::share_rows;

#[derive(Debug)]
pub struct LayerNorm {
    /// \[state]
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl LayerNorm {
    const EPSILON: f32 = 1e-5;

    pub fn take(tensors: &mut Tensors, name: &str, state: usize) -> Result<Self> {
        Ok(Self {
            weight: tensors.floats(&format!("{name}.weight"), &[state])?,
            bias: tensors.floats(&format!("{name}.bias"), &[state])?,
        })
    }

    pub fn apply(&self, x: &[f32]) -> Vec<f32> {
        let mut out = vec![0.0; x.len()];
        let width = self.weight.len();
        share_rows(&mut out, width, 8 * width, |first, out| {
            let x = &x[first * width..][..out.len()];
            layer_norm(x, &self.weight, &self.bias, Self::EPSILON, out);
        });
        out
    }
}

/// The four projections around attention.
#[derive(Debug)]
pub struct Attention {
    /// Each \[state, state]
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
}

impl Attention {
    pub fn take(tensors: &mut Tensors, name: &str, state: usize) -> Result<Self> {
        let mut linear = |part: &str| tensors.linear(&format!("{name}.{part}"), state, state);
        Ok(Self {
            query: linear("q_proj")?,
            key: linear("k_proj")?,
            value: linear("v_proj")?,
            output: linear("out_proj")?,
        })
    }

    pub fn queries(&self, x: &[f32]) -> Vec<f32> {
        applied(&self.query, x)
    }

    /// Keeps keys and values of x\[n, state] behind those that are there.
    pub fn remember(&self, x: &[f32], memory: &mut Memory) {
        let room = || vec![0.0; x.len()];
        let (mut keys, mut values) = (room(), room());
        Linear::apply_each(x, Rounding::Once, [(&self.key, &mut keys), (&self.value, &mut values)]);
        memory.push(&keys, &values);
    }

    /// Queries for x, which is remembered as well.
    pub fn query_and_remember(&self, x: &[f32], memory: &mut Memory) -> Vec<f32> {
        let room = || vec![0.0; x.len()];
        let (mut queries, mut keys, mut values) = (room(), room(), room());
        Linear::apply_each(
            x,
            Rounding::Once,
            [(&self.query, &mut queries), (&self.key, &mut keys), (&self.value, &mut values)],
        );
        memory.push(&keys, &values);
        queries
    }

    /// What queries\[n, state] find in `memory`, of which query i sees the first
    /// `visible(i)` positions.
    pub fn look_up(
        &self,
        queries: &[f32],
        memory: &Memory,
        visible: impl Fn(usize) -> usize + Sync,
    ) -> Vec<f32> {
        let heads = memory.heads();
        let scale = 1.0 / ((self.query.rows() / heads) as f32).sqrt();
        let mut mixed = vec![0.0; queries.len()];
        let question = Question { heads, scale, rounding: Rounding::Once };
        memory.look_up(queries, question, |at| 0..visible(at), &mut mixed);
        applied(&self.output, &mixed)
    }

    pub fn memory_bytes(&self) -> usize {
        [&self.query, &self.key, &self.value, &self.output].map(Linear::memory_bytes).iter().sum()
    }
}

/// Two layers of numbers with a bend between them.
#[derive(Debug)]
pub struct Mlp {
    /// \[4 · state, state]
    widen: Linear,
    /// \[state, 4 · state]
    shrink: Linear,
}

impl Mlp {
    pub fn take(tensors: &mut Tensors, layer: &str, state: usize) -> Result<Self> {
        Ok(Self {
            widen: tensors.linear(&format!("{layer}.fc1"), 4 * state, state)?,
            shrink: tensors.linear(&format!("{layer}.fc2"), state, 4 * state)?,
        })
    }

    pub fn forward(&self, x: &[f32]) -> Vec<f32> {
        let mut wide = applied(&self.widen, x);
        share_rows(&mut wide, self.widen.rows(), 16 * self.widen.rows(), |_, wide| {
            wide.iter_mut().for_each(|value| *value = gelu(*value));
        });
        applied(&self.shrink, &wide)
    }

    pub fn memory_bytes(&self) -> usize {
        self.widen.memory_bytes() + self.shrink.memory_bytes()
    }
}

/// \[n, cols] to \[n, rows]
fn applied(linear: &Linear, x: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0; x.len() / linear.weight.cols() * linear.rows()];
    linear.apply(x, &mut out);
    out
}
