//! The decoder: what was heard and what was written so far, to the next token.
//!
//! ```text
//! x = embedding[token] + position
//! layer:  x += attention(norm(x), written);  x += attention(norm(x), heard);  x += mlp(norm(x))
//! logits = norm(x) · embeddingᵀ
//! ```

use super::attention::{Attention, LayerNorm, Mlp};
use super::encoder::Heard;
use super::sizes::{Sizes, Tower};
use crate::attention::{Memory, Precision};
use crate::error::Result;
use crate::math::add;
use crate::matrix::Matrix;
use crate::room::Room;
use crate::tensors::Tensors;

/// Every token's row: more than half of a small model.
pub(crate) const EMBEDDING: &str = "model.decoder.embed_tokens.weight";

#[derive(Debug)]
pub struct Decoder {
    text: Tower,
    /// \[vocabulary, state]
    embedding: Matrix,
    /// \[context, state]
    positions: Vec<f32>,
    layers: Vec<Layer>,
    norm: LayerNorm,
    /// Of what attention remembers.
    precision: Precision,
}

#[derive(Debug)]
struct Layer {
    self_norm: LayerNorm,
    self_attention: Attention,
    cross_norm: LayerNorm,
    cross_attention: Attention,
    mlp_norm: LayerNorm,
    mlp: Mlp,
}

/// What was written so far, as self-attention looks it up.
#[derive(Debug)]
pub struct Written {
    layers: Vec<Memory>,
}

impl Decoder {
    pub fn take(tensors: &mut Tensors, sizes: Sizes, precision: Precision) -> Result<Self> {
        let Sizes { vocabulary, text, .. } = sizes;
        let layers = (0..text.layers).map(|index| Layer::take(tensors, index, text.state));
        Ok(Self {
            layers: layers.collect::<Result<_>>()?,
            embedding: tensors.matrix(EMBEDDING, vocabulary, text.state)?,
            positions: tensors
                .floats("model.decoder.embed_positions.weight", &[text.context, text.state])?,
            norm: LayerNorm::take(tensors, "model.decoder.layer_norm", text.state)?,
            text,
            precision,
        })
    }

    pub fn layers(&self) -> usize {
        self.layers.len()
    }

    /// Tokens that can be written at most, prompt included.
    pub fn context(&self) -> usize {
        self.text.context
    }

    pub fn new_written(&self) -> Written {
        Written { layers: (0..self.layers()).map(|_| self.new_memory()).collect() }
    }

    /// For keys and values of a layer: of what was written, or of what was heard.
    pub fn new_memory(&self) -> Memory {
        self.text.new_memory(self.precision)
    }

    /// Keeps keys and values of what the encoder heard, x\[n, state], for `layer`.
    pub fn remember(&self, layer: usize, x: &[f32], heard: &mut Memory, room: &Room) {
        self.layers[layer].cross_attention.remember(x, heard, room);
    }

    /// Writes `tokens` and gives the state\[state] after the last of them.
    pub fn forward(&self, tokens: &[u32], written: &mut Written, heard: &Heard) -> Vec<f32> {
        let state = self.text.state;
        let start = written.tokens();
        // x: [n, state]
        let mut x = vec![0.0; tokens.len() * state];
        for ((&token, x), position) in tokens
            .iter()
            .zip(x.chunks_exact_mut(state))
            .zip(self.positions[start * state..].chunks_exact(state))
        {
            self.embedding.unpack_row(token as usize, x);
            add(x, position);
        }
        let room = &Room::default();
        for ((layer, written), heard) in
            self.layers.iter().zip(&mut written.layers).zip(&heard.layers)
        {
            let normed = layer.self_norm.apply(&x, room);
            let queries = layer.self_attention.query_and_remember(&normed, written, room);
            let visible = |position| start + position + 1;
            add(&mut x, &layer.self_attention.look_up(&queries, written, visible, room));

            let queries = layer.cross_attention.queries(&layer.cross_norm.apply(&x, room), room);
            add(&mut x, &layer.cross_attention.look_up(&queries, heard, |_| heard.len(), room));

            let normed = layer.mlp_norm.apply(&x, room);
            add(&mut x, &layer.mlp.forward(&normed, room));
        }
        self.norm.apply(&x[x.len() - state..], room).to_vec()
    }

    /// \[state] to \[vocabulary]
    pub fn logits(&self, state: &[f32]) -> Vec<f32> {
        let mut logits = vec![0.0; self.embedding.rows()];
        self.embedding.apply(state, &mut logits);
        logits
    }

    /// What one token costs, without its logits.
    pub fn multiplications_per_token(&self, heard: &Heard) -> f64 {
        let state = self.text.state;
        let looked_up: usize = heard.layers.iter().map(|layer| 2 * layer.len() * state).sum();
        (self.layers.len() * 14 * state * state + looked_up) as f64
    }

    pub fn memory_bytes(&self) -> usize {
        let layer = |layer: &Layer| {
            layer.self_attention.memory_bytes()
                + layer.cross_attention.memory_bytes()
                + layer.mlp.memory_bytes()
        };
        let tables = self.embedding.memory_bytes() + size_of_val(&self.positions[..]);
        self.layers.iter().map(layer).sum::<usize>() + tables
    }
}

impl Layer {
    fn take(tensors: &mut Tensors, index: usize, state: usize) -> Result<Self> {
        let layer = format!("model.decoder.layers.{index}");
        Ok(Self {
            self_norm: LayerNorm::take(tensors, &format!("{layer}.self_attn_layer_norm"), state)?,
            self_attention: Attention::take(tensors, &format!("{layer}.self_attn"), state)?,
            cross_norm: LayerNorm::take(
                tensors,
                &format!("{layer}.encoder_attn_layer_norm"),
                state,
            )?,
            cross_attention: Attention::take(tensors, &format!("{layer}.encoder_attn"), state)?,
            mlp_norm: LayerNorm::take(tensors, &format!("{layer}.final_layer_norm"), state)?,
            mlp: Mlp::take(tensors, &layer, state)?,
        })
    }
}

impl Written {
    /// How many tokens were written.
    pub fn tokens(&self) -> usize {
        self.layers.first().map_or(0, Memory::len)
    }

    /// Takes back everything after the first `len` tokens.
    pub fn truncate(&mut self, len: usize) {
        self.layers.iter_mut().for_each(|layer| layer.truncate(len));
    }
}
