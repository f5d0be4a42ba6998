//! Gemma 3 ("Gemma 3 Technical Report", 2025): norms before and after each part,
//! norms on the heads, and five layers that see only the last few hundred
//! positions for each one that sees all.

use super::cache::Cache;
use super::decoder::{Decoder, Passage, Stream};
use super::hyperparameters::Hyperparameters;
use super::layers::{Attention, GatedMlp, Heads, RmsNorm};
use super::rope::{Pairing, Rope};
use super::vocabulary::Vocabulary;
use crate::error::Result;
use crate::kernels::Rounding;
use crate::math::{add_together, gate_by_gelu_tanh};
use crate::tensors::Tensors;

/// Every sixth layer sees everything.
const GLOBAL_EVERY: usize = 6;
/// The base of rotation in layers with a window.
const LOCAL_ROPE_BASE: f32 = 10_000.0;
const LONGEST_WINDOW: usize = 1 << 20;

#[derive(Debug)]
pub struct Gemma3 {
    context_length: usize,
    /// \[vocabulary, width]; also scores the next token.
    embedding: Vocabulary,
    layers: Vec<Layer>,
    norm: RmsNorm,
    global_rope: Rope,
    local_rope: Rope,
}

#[derive(Debug)]
struct Layer {
    attention_norm: RmsNorm,
    attention: Attention,
    after_attention_norm: RmsNorm,
    mlp_norm: RmsNorm,
    mlp: GatedMlp,
    after_mlp_norm: RmsNorm,
}

impl Gemma3 {
    pub fn new(sizes: &Hyperparameters, tensors: &mut Tensors) -> Result<Self> {
        let heads = sizes.heads()?;
        let window = sizes.size("attention.sliding_window", LONGEST_WINDOW)?;
        let mut global_rope = Rope::new(Pairing::Halves, heads.dim, sizes.rope_base()?, None);
        if let Some(scale) = sizes.rope_linear_scale()? {
            global_rope = global_rope.stretched(scale);
        }
        let layers = (0..sizes.layers).map(|index| {
            let sees_all = (index + 1) % GLOBAL_EVERY == 0;
            Layer::new(index, sizes, heads, (!sees_all).then_some(window), tensors)
        });
        Ok(Self {
            context_length: sizes.context_length,
            layers: layers.collect::<Result<_>>()?,
            embedding: Vocabulary::take(
                tensors,
                "token_embd.weight",
                sizes.vocabulary,
                sizes.width,
            )?,
            norm: RmsNorm::take(tensors, "output_norm", sizes.width, sizes.norm_epsilon)?,
            global_rope,
            local_rope: Rope::new(Pairing::Halves, heads.dim, LOCAL_ROPE_BASE, None),
        })
    }
}

impl Layer {
    fn new(
        index: usize,
        sizes: &Hyperparameters,
        heads: Heads,
        window: Option<usize>,
        tensors: &mut Tensors,
    ) -> Result<Self> {
        let block = format!("blk.{index}");
        let norm = |tensors: &mut Tensors, name: &str| {
            RmsNorm::take(tensors, &format!("{block}.{name}"), sizes.width, sizes.norm_epsilon)
        };
        let attention = Attention::take(tensors, &block, sizes.width, heads, sizes.norm_epsilon)?;
        Ok(Self {
            attention_norm: norm(tensors, "attn_norm")?,
            attention: Attention { window, ..attention },
            after_attention_norm: norm(tensors, "post_attention_norm")?,
            mlp_norm: norm(tensors, "ffn_norm")?,
            mlp: GatedMlp::take(tensors, &block, sizes.width, sizes.hidden, gate_by_gelu_tanh)?,
            after_mlp_norm: norm(tensors, "post_ffw_norm")?,
        })
    }
}

impl Decoder for Gemma3 {
    fn architecture(&self) -> &str {
        "gemma3"
    }

    fn context_length(&self) -> usize {
        self.context_length
    }

    fn new_cache(&self) -> Cache {
        let memory = |layer: &Layer| layer.attention.new_memory();
        Cache::new(self.layers.iter().map(memory).collect(), Vec::new())
    }

    fn layers(&self) -> usize {
        self.layers.len()
    }

    fn enter(&self, tokens: &[u32], start: usize, rounding: Rounding) -> Stream {
        let mut x = self.embedding.embed(tokens);
        let scale = (self.embedding.width() as f32).sqrt();
        x.iter_mut().for_each(|x| *x *= scale);
        let ropes = [&self.global_rope, &self.local_rope];
        let turns = ropes.map(|rope| rope.turns(start, tokens.len())).into();
        Stream { x, passage: Passage::new(start, turns, rounding) }
    }

    fn layer(&self, index: usize, stream: &mut Stream, cache: &mut Cache) {
        let (layer, memory) = (&self.layers[index], &mut cache.layers[index]);
        let place = stream.passage.place(usize::from(layer.attention.window.is_some()));
        let normed = layer.attention_norm.apply_in(place.room, &stream.x);
        let attended = layer.attention.forward(&normed, place, memory);
        add_together(&mut stream.x, &layer.after_attention_norm.apply_in(place.room, &attended));
        let normed = layer.mlp_norm.apply_in(place.room, &stream.x);
        let passed = layer.mlp.forward(&normed, place);
        add_together(&mut stream.x, &layer.after_mlp_norm.apply_in(place.room, &passed));
    }

    fn leave(&self, Stream { x, .. }: &Stream) -> Vec<f32> {
        self.norm.apply(&x[x.len() - self.embedding.width()..])
    }

    fn head(&self) -> &Vocabulary {
        &self.embedding
    }

    fn memory_bytes(&self) -> usize {
        let layers = self
            .layers
            .iter()
            .map(|layer| layer.attention.memory_bytes() + layer.mlp.memory_bytes());
        layers.sum::<usize>() + self.embedding.memory_bytes()
    }
}
