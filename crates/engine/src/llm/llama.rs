//! LLaMA ("LLaMA: Open and Efficient Foundation Language Models", Touvron et al.
//! 2023) and what is built like it: SmolLM2 as it stands, Qwen 2 with biases on
//! queries, keys and values, Qwen 3 with norms on the heads instead.

use super::cache::Cache;
use super::decoder::{Decoder, Passage, Stream};
use super::hyperparameters::Hyperparameters;
use super::layers::{Attention, GatedMlp, Heads, RmsNorm};
use super::rope::{Pairing, Rope};
use super::vocabulary::Vocabulary;
use crate::error::Result;
use crate::kernels::Rounding;
use crate::math::{add_together, gate_by_silu};
use crate::tensors::Tensors;

#[derive(Debug)]
pub struct Llama {
    architecture: String,
    context_length: usize,
    /// \[vocabulary, width]
    embedding: Vocabulary,
    layers: Vec<Layer>,
    norm: RmsNorm,
    /// \[vocabulary, width]; the embedding itself when `None`.
    head: Option<Vocabulary>,
    rope: Rope,
}

#[derive(Debug)]
struct Layer {
    attention_norm: RmsNorm,
    attention: Attention,
    mlp_norm: RmsNorm,
    mlp: GatedMlp,
}

impl Llama {
    pub fn new(sizes: &Hyperparameters, tensors: &mut Tensors) -> Result<Self> {
        let heads = sizes.heads()?;
        // Only files of LLaMA itself had their rows reordered for neighbours.
        let pairing =
            if sizes.architecture == "llama" { Pairing::Neighbours } else { Pairing::Halves };
        let factors = tensors.floats_if_any("rope_freqs.weight", &[heads.dim / 2])?;
        let mut rope = Rope::new(pairing, heads.dim, sizes.rope_base()?, factors.as_deref());
        if let Some(scale) = sizes.rope_linear_scale()? {
            rope = rope.stretched(scale);
        }
        let layers = (0..sizes.layers).map(|index| Layer::new(index, sizes, heads, tensors));
        Ok(Self {
            architecture: sizes.architecture.clone(),
            context_length: sizes.context_length,
            layers: layers.collect::<Result<_>>()?,
            embedding: Vocabulary::take(
                tensors,
                "token_embd.weight",
                sizes.vocabulary,
                sizes.width,
            )?,
            norm: RmsNorm::take(tensors, "output_norm", sizes.width, sizes.norm_epsilon)?,
            head: match tensors.contains("output.weight") {
                true => {
                    Some(Vocabulary::take(tensors, "output.weight", sizes.vocabulary, sizes.width)?)
                }
                false => None,
            },
            rope,
        })
    }
}

impl Layer {
    fn new(
        index: usize,
        sizes: &Hyperparameters,
        heads: Heads,
        tensors: &mut Tensors,
    ) -> Result<Self> {
        let block = format!("blk.{index}");
        let width = sizes.width;
        let norm = |tensors: &mut Tensors, name: &str| {
            RmsNorm::take(tensors, &format!("{block}.{name}"), width, sizes.norm_epsilon)
        };
        Ok(Self {
            attention_norm: norm(tensors, "attn_norm")?,
            attention: Attention::take(tensors, &block, width, heads, sizes.norm_epsilon)?,
            mlp_norm: norm(tensors, "ffn_norm")?,
            mlp: GatedMlp::take(tensors, &block, width, sizes.hidden, gate_by_silu)?,
        })
    }
}

impl Decoder for Llama {
    fn architecture(&self) -> &str {
        &self.architecture
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
        let turns = vec![self.rope.turns(start, tokens.len())];
        Stream { x: self.embedding.embed(tokens), passage: Passage::new(start, turns, rounding) }
    }

    fn layer(&self, index: usize, stream: &mut Stream, cache: &mut Cache) {
        let (layer, memory) = (&self.layers[index], &mut cache.layers[index]);
        let place = stream.passage.place(0);
        let normed = layer.attention_norm.apply_in(place.room, &stream.x);
        let attended = layer.attention.forward(&normed, place, memory);
        add_together(&mut stream.x, &attended);
        let normed = layer.mlp_norm.apply_in(place.room, &stream.x);
        add_together(&mut stream.x, &layer.mlp.forward(&normed, place));
    }

    fn leave(&self, Stream { x, .. }: &Stream) -> Vec<f32> {
        self.norm.apply(&x[x.len() - self.embedding.width()..])
    }

    fn head(&self) -> &Vocabulary {
        self.head.as_ref().unwrap_or(&self.embedding)
    }

    fn memory_bytes(&self) -> usize {
        let layers = self
            .layers
            .iter()
            .map(|layer| layer.attention.memory_bytes() + layer.mlp.memory_bytes());
        let head = self.head.as_ref().map_or(0, Vocabulary::memory_bytes);
        layers.sum::<usize>() + self.embedding.memory_bytes() + head
    }
}
