//! LFM2 (Liquid AI, 2025): most layers mix neighbouring positions with a short
//! gated convolution, a few attend.

use super::cache::{Cache, History};
use super::decoder::{Decoder, Passage, Stream};
use super::hyperparameters::Hyperparameters;
use super::layers::{Attention, GatedMlp, Heads, Place, RmsNorm};
use super::rope::{Pairing, Rope};
use super::vocabulary::Vocabulary;
use crate::error::Result;
use crate::kernels::Rounding;
use crate::math::{add_together, gate_by_silu};
use crate::matrix::Matrix;
use crate::room::Lent;
use crate::tensors::Tensors;

const LONGEST_KERNEL: usize = 64;

#[derive(Debug)]
pub struct Lfm2 {
    context_length: usize,
    /// \[vocabulary, width]; also scores the next token.
    embedding: Vocabulary,
    layers: Vec<Layer>,
    norm: RmsNorm,
    rope: Rope,
}

#[derive(Debug)]
struct Layer {
    mixer_norm: RmsNorm,
    mixer: Mixer,
    /// Which of the memories or histories is its own.
    place: usize,
    mlp_norm: RmsNorm,
    mlp: GatedMlp,
}

#[derive(Debug)]
enum Mixer {
    Attention(Box<Attention>),
    Convolution(Box<ShortConvolution>),
}

/// out(C · conv(B · x)), where B, C and x are three projections of the input and
/// the convolution looks back over a few positions of each channel on its own.
#[derive(Debug)]
struct ShortConvolution {
    /// \[3 · width, width]: B, C, x
    input: Matrix,
    /// \[width, taps], the oldest tap first
    kernel: Vec<f32>,
    taps: usize,
    /// \[width, width]
    output: Matrix,
}

impl Lfm2 {
    pub fn new(sizes: &Hyperparameters, tensors: &mut Tensors) -> Result<Self> {
        let kv_heads = sizes.per_layer("attention.head_count_kv")?;
        let layers = kv_heads.iter().enumerate();
        let layers = layers.map(|(index, &kv)| {
            let alike = kv_heads[..index].iter().filter(|&&other| (other == 0) == (kv == 0));
            Layer::new(index, alike.count(), sizes, kv, tensors)
        });
        let layers: Vec<Layer> = layers.collect::<Result<_>>()?;
        let dim = sizes.even_head_dim()?;
        let name =
            if tensors.contains("output_norm.weight") { "output_norm" } else { "token_embd_norm" };
        Ok(Self {
            context_length: sizes.context_length,
            embedding: Vocabulary::take(
                tensors,
                "token_embd.weight",
                sizes.vocabulary,
                sizes.width,
            )?,
            layers,
            norm: RmsNorm::take(tensors, name, sizes.width, sizes.norm_epsilon)?,
            rope: Rope::new(Pairing::Halves, dim, sizes.rope_base()?, None),
        })
    }
}

impl Layer {
    /// `kv` is the number of key heads; a layer without any is a convolution.
    fn new(
        index: usize,
        place: usize,
        sizes: &Hyperparameters,
        kv: usize,
        tensors: &mut Tensors,
    ) -> Result<Self> {
        let block = format!("blk.{index}");
        let (width, epsilon) = (sizes.width, sizes.norm_epsilon);
        let mixer = if kv == 0 {
            Mixer::Convolution(Box::new(ShortConvolution::take(tensors, &block, sizes)?))
        } else {
            let (query, dim) = (sizes.query_heads()?, sizes.even_head_dim()?);
            let heads = sizes.check_heads(Heads { query, kv, dim })?;
            Mixer::Attention(Box::new(Attention::take(tensors, &block, width, heads, epsilon)?))
        };
        Ok(Self {
            mixer_norm: RmsNorm::take(tensors, &format!("{block}.attn_norm"), width, epsilon)?,
            mixer,
            place,
            mlp_norm: RmsNorm::take(tensors, &format!("{block}.ffn_norm"), width, epsilon)?,
            mlp: GatedMlp::take(tensors, &block, width, sizes.hidden, gate_by_silu)?,
        })
    }
}

impl ShortConvolution {
    fn take(tensors: &mut Tensors, block: &str, sizes: &Hyperparameters) -> Result<Self> {
        let width = sizes.width;
        let taps = sizes.size("shortconv.l_cache", LONGEST_KERNEL)?;
        Ok(Self {
            input: tensors.matrix(
                &format!("{block}.shortconv.in_proj.weight"),
                3 * width,
                width,
            )?,
            kernel: tensors.floats(&format!("{block}.shortconv.conv.weight"), &[width, taps])?,
            taps,
            output: tensors.matrix(&format!("{block}.shortconv.out_proj.weight"), width, width)?,
        })
    }

    /// x\[n, width] → \[n, width]; `history` holds B · x of all positions before.
    fn forward<'a>(&self, x: &[f32], at: Place<'a>, history: &mut History) -> Lent<'a> {
        let Place { rounding, room, .. } = at;
        let width = self.output.rows();
        let mut projected = room.lend(3 * x.len());
        Matrix::apply_each(x, rounding, [(&self.input, &mut projected)]);
        let mut mixed = vec![0.0; x.len()];
        for (projected, mixed) in
            projected.chunks_exact(3 * width).zip(mixed.chunks_exact_mut(width))
        {
            let (b, rest) = projected.split_at(width);
            let (c, x) = rest.split_at(width);
            let gated: Vec<f32> = b.iter().zip(x).map(|(b, x)| b * x).collect();
            history.push(&gated);
            for back in 0..self.taps {
                // Before the beginning there is nothing, which counts as zero.
                let Some(row) = history.latest(back) else { break };
                let tap = self.taps - 1 - back;
                for (channel, (mixed, row)) in mixed.iter_mut().zip(row).enumerate() {
                    *mixed += self.kernel[channel * self.taps + tap] * row;
                }
            }
            mixed.iter_mut().zip(c).for_each(|(mixed, c)| *mixed *= c);
        }
        let mut out = room.lend(x.len());
        Matrix::apply_each(&mixed, rounding, [(&self.output, &mut out)]);
        out
    }

    fn memory_bytes(&self) -> usize {
        self.input.memory_bytes() + size_of_val(&self.kernel[..]) + self.output.memory_bytes()
    }
}

impl Decoder for Lfm2 {
    fn architecture(&self) -> &str {
        "lfm2"
    }

    fn context_length(&self) -> usize {
        self.context_length
    }

    fn new_cache(&self) -> Cache {
        let (mut layers, mut histories) = (Vec::new(), Vec::new());
        for layer in &self.layers {
            match &layer.mixer {
                Mixer::Attention(attention) => {
                    layers.push(attention.new_memory());
                }
                Mixer::Convolution(_) => histories.push(History::new(self.embedding.width())),
            }
        }
        Cache::new(layers, histories)
    }

    fn layers(&self) -> usize {
        self.layers.len()
    }

    fn enter(&self, tokens: &[u32], start: usize, rounding: Rounding) -> Stream {
        let turns = vec![self.rope.turns(start, tokens.len())];
        Stream { x: self.embedding.embed(tokens), passage: Passage::new(start, turns, rounding) }
    }

    fn layer(&self, index: usize, stream: &mut Stream, cache: &mut Cache) {
        let layer = &self.layers[index];
        let place = stream.passage.place(0);
        let normed = layer.mixer_norm.apply_in(place.room, &stream.x);
        let mixed = match &layer.mixer {
            Mixer::Attention(attention) => {
                attention.forward(&normed, place, &mut cache.layers[layer.place])
            }
            Mixer::Convolution(convolution) => {
                convolution.forward(&normed, place, &mut cache.histories[layer.place])
            }
        };
        add_together(&mut stream.x, &mixed);
        let normed = layer.mlp_norm.apply_in(place.room, &stream.x);
        add_together(&mut stream.x, &layer.mlp.forward(&normed, place));
    }

    fn leave(&self, Stream { x, .. }: &Stream) -> Vec<f32> {
        self.norm.apply(&x[x.len() - self.embedding.width()..])
    }

    fn head(&self) -> &Vocabulary {
        &self.embedding
    }

    fn memory_bytes(&self) -> usize {
        let mixer = |mixer: &Mixer| match mixer {
            Mixer::Attention(attention) => attention.memory_bytes(),
            Mixer::Convolution(convolution) => convolution.memory_bytes(),
        };
        let layers = self.layers.iter().map(|layer| mixer(&layer.mixer) + layer.mlp.memory_bytes());
        layers.sum::<usize>() + self.embedding.memory_bytes()
    }
}
