//! One layer of the encoder: attention, then a feed-forward part, each added to
//! what came in and normalised after.

use super::adapter::LayerAdapters;
use super::sizes::{Family, Sizes};
use crate::error::Result;
use crate::math::{add, add_scaled, dot, gelu, layer_norm, softmax};
use crate::matrix::Linear;
use crate::tensors::Tensors;

#[derive(Debug)]
pub(super) struct LayerNorm {
    /// \[width]
    weight: Vec<f32>,
    bias: Vec<f32>,
    epsilon: f32,
}

impl LayerNorm {
    pub(super) fn take(tensors: &mut Tensors, name: &str, sizes: &Sizes) -> Result<Self> {
        Ok(Self {
            weight: tensors.floats(&format!("{name}.weight"), &[sizes.width])?,
            bias: tensors.floats(&format!("{name}.bias"), &[sizes.width])?,
            epsilon: sizes.epsilon,
        })
    }

    pub(super) fn apply(&self, x: &[f32]) -> Vec<f32> {
        let mut out = vec![0.0; x.len()];
        layer_norm(x, &self.weight, &self.bias, self.epsilon, &mut out);
        out
    }
}

#[derive(Debug)]
pub(super) struct Layer {
    heads: usize,
    /// \[width, width]
    query: Linear,
    key: Linear,
    value: Linear,
    attention_output: Linear,
    attention_norm: LayerNorm,
    /// \[hidden, width]
    widen: Linear,
    /// \[width, hidden]
    narrow: Linear,
    output_norm: LayerNorm,
}

/// Names of a layer's parts: query, key, value, attention output and its norm,
/// then the feed-forward part and its norm.
const BERT: [&str; 8] = [
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "attention.output.LayerNorm",
    "intermediate.dense",
    "output.dense",
    "output.LayerNorm",
];
const DISTILBERT: [&str; 8] = [
    "attention.q_lin",
    "attention.k_lin",
    "attention.v_lin",
    "attention.out_lin",
    "sa_layer_norm",
    "ffn.lin1",
    "ffn.lin2",
    "output_layer_norm",
];

impl Layer {
    /// `root` is where the encoder's tensors are: `""`, `"roberta."` …
    pub(super) fn take(
        tensors: &mut Tensors,
        root: &str,
        index: usize,
        sizes: &Sizes,
    ) -> Result<Self> {
        let (place, names) = match sizes.family {
            Family::Bert | Family::Roberta => ("encoder", BERT),
            Family::DistilBert => ("transformer", DISTILBERT),
        };
        let names = names.map(|name| format!("{root}{place}.layer.{index}.{name}"));
        let [query, key, value, attention_output, attention_norm, widen, narrow, output_norm] =
            names;
        let Sizes { width, hidden, heads, .. } = *sizes;
        Ok(Self {
            heads,
            query: tensors.linear(&query, width, width)?,
            key: tensors.linear(&key, width, width)?,
            value: tensors.linear(&value, width, width)?,
            attention_output: tensors.linear(&attention_output, width, width)?,
            attention_norm: LayerNorm::take(tensors, &attention_norm, sizes)?,
            widen: tensors.linear(&widen, hidden, width)?,
            narrow: tensors.linear(&narrow, width, hidden)?,
            output_norm: LayerNorm::take(tensors, &output_norm, sizes)?,
        })
    }

    /// x\[tokens, width] → \[tokens, width]
    pub(super) fn forward(
        &self,
        x: &[f32],
        sentences: &[usize],
        adapters: Option<&LayerAdapters>,
    ) -> Vec<f32> {
        let part =
            |linear: &Linear, pick: fn(&LayerAdapters) -> &super::adapter::Adapter, x: &[f32]| {
                let tokens = x.len() / linear.weight.cols();
                let mut out = vec![0.0; tokens * linear.rows()];
                linear.apply(x, &mut out);
                if let Some(adapters) = adapters {
                    pick(adapters).add_to(x, &mut out);
                }
                out
            };
        let queries = part(&self.query, |adapters| &adapters.query, x);
        let keys = part(&self.key, |adapters| &adapters.key, x);
        let values = part(&self.value, |adapters| &adapters.value, x);
        let mixed = self.attend(&queries, &keys, &values, sentences);
        let mut attended =
            part(&self.attention_output, |adapters| &adapters.attention_output, &mixed);
        add(&mut attended, x);
        let x = self.attention_norm.apply(&attended);

        let mut wide = part(&self.widen, |adapters| &adapters.widen, &x);
        wide.iter_mut().for_each(|x| *x = gelu(*x));
        let mut out = part(&self.narrow, |adapters| &adapters.narrow, &wide);
        add(&mut out, &x);
        self.output_norm.apply(&out)
    }

    /// softmax(q · kᵀ / √d) · v for every head of every sentence; every token sees
    /// its whole sentence.
    fn attend(
        &self,
        queries: &[f32],
        keys: &[f32],
        values: &[f32],
        sentences: &[usize],
    ) -> Vec<f32> {
        let width = self.query.rows();
        let dim = width / self.heads;
        let scale = 1.0 / (dim as f32).sqrt();
        let mut mixed = vec![0.0; queries.len()];
        let mut scores = Vec::new();
        let mut start = 0;
        for &tokens in sentences {
            let here = start * width..(start + tokens) * width;
            let (queries, out) = (&queries[here.clone()], &mut mixed[here.clone()]);
            let (keys, values) = (&keys[here.clone()], &values[here]);
            scores.resize(tokens, 0.0);
            for (queries, out) in queries.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
                for (head, out) in out.chunks_exact_mut(dim).enumerate() {
                    let of_head = head * dim..(head + 1) * dim;
                    let query = &queries[of_head.clone()];
                    for (score, keys) in scores.iter_mut().zip(keys.chunks_exact(width)) {
                        *score = dot(query, &keys[of_head.clone()]) * scale;
                    }
                    softmax(&mut scores);
                    for (&score, values) in scores.iter().zip(values.chunks_exact(width)) {
                        add_scaled(out, &values[of_head.clone()], score);
                    }
                }
            }
            start += tokens;
        }
        mixed
    }

    pub(super) fn memory_bytes(&self) -> usize {
        let linears = [
            &self.query,
            &self.key,
            &self.value,
            &self.attention_output,
            &self.widen,
            &self.narrow,
        ];
        linears.map(Linear::memory_bytes).iter().sum()
    }
}
