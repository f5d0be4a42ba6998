//! Attention as both of Whisper's towers use it, and the other parts of a layer.

use crate::attention::{Memory, Question};
use crate::error::Result;
use crate::kernels::Rounding;
use crate::math::{gelu, layer_norm};
use crate::matrix::Linear;
use crate::room::{Lent, Room};
use crate::tensors::Tensors;
use crate::threads::{PER_NUMBER, share_rows};

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

    pub fn apply<'a>(&self, x: &[f32], room: &'a Room) -> Lent<'a> {
        let mut out = room.lend(x.len());
        let width = self.weight.len();
        share_rows(&mut out, width, PER_NUMBER / 4 * width, |first, out| {
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

    pub fn queries<'a>(&self, x: &[f32], room: &'a Room) -> Lent<'a> {
        applied(&self.query, x, room)
    }

    /// Keeps keys and values of x\[n, state] behind those that are there.
    pub fn remember(&self, x: &[f32], memory: &mut Memory, room: &Room) {
        let [mut keys, mut values] = [(); 2].map(|()| room.lend(x.len()));
        Linear::apply_each(x, Rounding::Once, [(&self.key, &mut keys), (&self.value, &mut values)]);
        memory.push(&keys, &values);
    }

    /// Queries for x, which is remembered as well.
    pub fn query_and_remember<'a>(
        &self,
        x: &[f32],
        memory: &mut Memory,
        room: &'a Room,
    ) -> Lent<'a> {
        let [mut queries, mut keys, mut values] = [(); 3].map(|()| room.lend(x.len()));
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
    pub fn look_up<'a>(
        &self,
        queries: &[f32],
        memory: &Memory,
        visible: impl Fn(usize) -> usize + Sync,
        room: &'a Room,
    ) -> Lent<'a> {
        let heads = memory.heads();
        let scale = 1.0 / ((self.query.rows() / heads) as f32).sqrt();
        let mut mixed = room.lend(queries.len());
        let question = Question { heads, scale, rounding: Rounding::Once };
        memory.look_up(queries, question, |at| 0..visible(at), &mut mixed);
        applied(&self.output, &mixed, room)
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

    pub fn forward<'a>(&self, x: &[f32], room: &'a Room) -> Lent<'a> {
        let mut wide = applied(&self.widen, x, room);
        share_rows(&mut wide, self.widen.rows(), PER_NUMBER * self.widen.rows(), |_, wide| {
            wide.iter_mut().for_each(|value| *value = gelu(*value));
        });
        applied(&self.shrink, &wide, room)
    }

    pub fn memory_bytes(&self) -> usize {
        self.widen.memory_bytes() + self.shrink.memory_bytes()
    }
}

/// \[n, cols] to \[n, rows]
fn applied<'a>(linear: &Linear, x: &[f32], room: &'a Room) -> Lent<'a> {
    let mut out = room.lend(x.len() / linear.weight.cols() * linear.rows());
    linear.apply(x, &mut out);
    out
}
