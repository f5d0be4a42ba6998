//! Attention as both of Whisper's towers use it, and the other parts of a layer.

use crate::error::Result;
use crate::kernels::floats::{self, Stored, Turned};
use crate::math::{add_scaled, dot, gelu, layer_norm, softmax};
use crate::matrix::Linear;
use crate::tensors::Tensors;

use super::sizes::Tower;

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
        layer_norm(x, &self.weight, &self.bias, Self::EPSILON, &mut out);
        out
    }
}

/// For fewer queries than this, laying keys out costs more than it saves.
const FEW: usize = 4;

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
    pub fn remember(&self, x: &[f32], memory: &mut KeyValues) {
        memory.push(&applied(&self.key, x), &applied(&self.value, x));
    }

    /// What queries\[n, state] find in `memory`, of which query i sees the first
    /// `visible(i)` positions.
    pub fn look_up(
        &self,
        queries: &[f32],
        memory: &KeyValues,
        visible: impl Fn(usize) -> usize,
    ) -> Vec<f32> {
        applied(&self.output, &memory.mix(queries, visible))
    }

    pub fn memory_bytes(&self) -> usize {
        [&self.query, &self.key, &self.value, &self.output].map(Linear::memory_bytes).iter().sum()
    }
}

/// Keys and values of a sequence. Those of one head lie together, because that
/// is how they are gone through.
#[derive(Debug)]
pub struct KeyValues {
    heads: usize,
    dim: usize,
    capacity: usize,
    len: usize,
    /// \[heads, capacity, dim]
    keys: Vec<f32>,
    values: Vec<f32>,
}

impl KeyValues {
    pub fn new(tower: Tower, capacity: usize) -> Self {
        let size = tower.state * capacity;
        Self {
            heads: tower.heads,
            dim: tower.state / tower.heads,
            capacity,
            len: 0,
            keys: vec![0.0; size],
            values: vec![0.0; size],
        }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    /// Forgets all but the first `len` positions.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// keys, values: \[n, heads · dim]
    fn push(&mut self, keys: &[f32], values: &[f32]) {
        let state = self.heads * self.dim;
        assert!(self.len + keys.len() / state <= self.capacity, "room was made for every position");
        for (keys, values) in keys.chunks_exact(state).zip(values.chunks_exact(state)) {
            for head in 0..self.heads {
                let from = head * self.dim..(head + 1) * self.dim;
                let to = (head * self.capacity + self.len) * self.dim;
                self.keys[to..to + self.dim].copy_from_slice(&keys[from.clone()]);
                self.values[to..to + self.dim].copy_from_slice(&values[from]);
            }
            self.len += 1;
        }
    }

    /// softmax(q · kᵀ / √dim) · v for each of queries\[n, heads · dim].
    fn mix(&self, queries: &[f32], visible: impl Fn(usize) -> usize) -> Vec<f32> {
        match queries.len() / (self.heads * self.dim) {
            0..FEW => self.mix_one_by_one(queries, visible),
            _ => self.mix_together(queries, visible),
        }
    }

    /// All queries of a head at once, as two products of matrices.
    fn mix_together(&self, queries: &[f32], visible: impl Fn(usize) -> usize) -> Vec<f32> {
        let state = self.heads * self.dim;
        let count = queries.len() / state;
        let scale = 1.0 / (self.dim as f32).sqrt();
        let mut mixed = vec![0.0; queries.len()];
        let mut of_head = vec![0.0; count * self.dim];
        let mut scores = vec![0.0; count * self.len];
        for head in 0..self.heads {
            let part = head * self.dim..(head + 1) * self.dim;
            for (to, query) in of_head.chunks_exact_mut(self.dim).zip(queries.chunks_exact(state)) {
                for (to, query) in to.iter_mut().zip(&query[part.clone()]) {
                    *to = scale * query;
                }
            }
            let keys = self.of_head(&self.keys, head);
            let keys = Stored { numbers: keys, rows: self.len, cols: self.dim };
            floats::multiply(&keys, &of_head, &mut scores);
            for (position, scores) in scores.chunks_exact_mut(self.len).enumerate() {
                let (seen, unseen) = scores.split_at_mut(visible(position));
                softmax(seen);
                unseen.fill(0.0);
            }
            let values = self.of_head(&self.values, head);
            let values = Turned { numbers: values, rows: self.dim, cols: self.len };
            floats::multiply(&values, &scores, &mut of_head);
            for (mixed, of_head) in
                mixed.chunks_exact_mut(state).zip(of_head.chunks_exact(self.dim))
            {
                mixed[part.clone()].copy_from_slice(of_head);
            }
        }
        mixed
    }

    /// \[len, dim]
    fn of_head<'a>(&self, numbers: &'a [f32], head: usize) -> &'a [f32] {
        let start = head * self.capacity * self.dim;
        &numbers[start..start + self.len * self.dim]
    }

    fn mix_one_by_one(&self, queries: &[f32], visible: impl Fn(usize) -> usize) -> Vec<f32> {
        let state = self.heads * self.dim;
        let scale = 1.0 / (self.dim as f32).sqrt();
        let mut mixed = vec![0.0; queries.len()];
        let mut scores = vec![0.0; self.len];
        for head in 0..self.heads {
            let of_head = head * self.capacity * self.dim..;
            let (keys, values) = (&self.keys[of_head.clone()], &self.values[of_head]);
            let part = head * self.dim..(head + 1) * self.dim;
            let rows = queries.chunks_exact(state).zip(mixed.chunks_exact_mut(state));
            for (position, (query, mixed)) in rows.enumerate() {
                let scores = &mut scores[..visible(position)];
                for (score, key) in scores.iter_mut().zip(keys.chunks_exact(self.dim)) {
                    *score = scale * dot(&query[part.clone()], key);
                }
                softmax(scores);
                for (&score, value) in scores.iter().zip(values.chunks_exact(self.dim)) {
                    add_scaled(&mut mixed[part.clone()], value, score);
                }
            }
        }
        mixed
    }

    pub fn memory_bytes(&self) -> usize {
        size_of_val(&self.keys[..]) + size_of_val(&self.values[..])
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
        for value in &mut wide {
            *value = gelu(*value);
        }
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
