//! The forward pass, from tokens to one vector for each.

use super::adapter::LayerAdapters;
use super::layer::{Layer, LayerNorm};
use super::sizes::{Family, Sizes};
use crate::error::{EngineError, Result};
use crate::math::add;
use crate::matrix::Matrix;
use crate::tensors::Tensors;

#[derive(Debug)]
pub struct Encoder {
    sizes: Sizes,
    /// \[vocabulary, width]
    words: Matrix,
    /// \[longest, width]: what a token gets for its place, and for being of the
    /// first type, the only one a single text has
    positions: Vec<f32>,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

/// Some sentences on their way through the layers. It goes on a layer at a time,
/// so that whoever runs it can stop, or let something more urgent go first.
#[derive(Debug)]
pub struct Pass {
    /// \[tokens, width]
    x: Vec<f32>,
    /// How many tokens each sentence has.
    sentences: Vec<usize>,
    next_layer: usize,
}

impl Encoder {
    pub fn new(sizes: Sizes, tensors: &mut Tensors) -> Result<Self> {
        let root = root(tensors)?;
        let width = sizes.width;
        let table = |tensors: &mut Tensors, name: &str, rows: usize| {
            tensors.floats(&format!("{root}embeddings.{name}_embeddings.weight"), &[rows, width])
        };
        let mut positions = table(tensors, "position", sizes.positions)?;
        positions.drain(..sizes.position_offset * width);
        if sizes.token_types > 0 {
            let types = table(tensors, "token_type", sizes.token_types)?;
            positions.chunks_exact_mut(width).for_each(|position| add(position, &types[..width]));
        }
        let words = format!("{root}embeddings.word_embeddings.weight");
        let layers = (0..sizes.layers).map(|index| Layer::take(tensors, root, index, &sizes));
        Ok(Self {
            layers: layers.collect::<Result<_>>()?,
            words: tensors.table(&words, sizes.vocabulary, width)?,
            positions,
            norm: LayerNorm::take(tensors, &format!("{root}embeddings.LayerNorm"), &sizes)?,
            sizes,
        })
    }

    pub fn sizes(&self) -> &Sizes {
        &self.sizes
    }

    /// As files and people call it.
    pub fn architecture(&self) -> &'static str {
        match self.sizes.family {
            Family::Bert => "bert",
            Family::Roberta => "roberta",
            Family::DistilBert => "distilbert",
        }
    }

    /// Looks the tokens up. No sentence may be empty or longer than
    /// [`Sizes::longest`].
    pub fn begin(&self, sentences: &[impl AsRef<[u32]>]) -> Result<Pass> {
        let width = self.sizes.width;
        let mut x = Vec::new();
        for tokens in sentences {
            let tokens = tokens.as_ref();
            let limit = self.sizes.longest();
            if tokens.is_empty() {
                return Err(EngineError::BadRequest {
                    detail: "a sentence without tokens".to_owned(),
                });
            }
            if tokens.len() > limit {
                return Err(EngineError::TooLong { tokens: tokens.len(), limit });
            }
            for (&token, position) in tokens.iter().zip(self.positions.chunks_exact(width)) {
                if token as usize >= self.words.rows() {
                    let detail =
                        format!("token {token} is not in a vocabulary of {}", self.words.rows());
                    return Err(EngineError::bad_model("tokenizer.json", detail));
                }
                let start = x.len();
                x.resize(start + width, 0.0);
                self.words.unpack_row(token as usize, &mut x[start..]);
                add(&mut x[start..], position);
            }
        }
        let sentences = sentences.iter().map(|tokens| tokens.as_ref().len()).collect();
        Ok(Pass { x: self.norm.apply(&x), sentences, next_layer: 0 })
    }

    /// Takes a pass through one more layer; `false` when there is none left.
    /// `adapters` belong to the topmost layers.
    pub(super) fn advance_adapted(&self, pass: &mut Pass, adapters: &[LayerAdapters]) -> bool {
        let Some(layer) = self.layers.get(pass.next_layer) else { return false };
        let first_adapted = self.layers.len().saturating_sub(adapters.len());
        let adapters =
            pass.next_layer.checked_sub(first_adapted).and_then(|index| adapters.get(index));
        pass.x = layer.forward(&pass.x, &pass.sentences, adapters);
        pass.next_layer += 1;
        true
    }

    pub fn advance(&self, pass: &mut Pass) -> bool {
        self.advance_adapted(pass, &[])
    }

    pub fn memory_bytes(&self) -> usize {
        let layers: usize = self.layers.iter().map(Layer::memory_bytes).sum();
        layers + self.words.memory_bytes() + size_of_val(&self.positions[..])
    }
}

impl Pass {
    /// The states of each sentence. \[tokens, width]
    pub fn states(&self) -> impl Iterator<Item = &[f32]> {
        let width = self.x.len() / self.sentences.iter().sum::<usize>().max(1);
        self.sentences.iter().scan(&self.x[..], move |rest, &tokens| {
            let (states, after) = rest.split_at(tokens * width);
            *rest = after;
            Some(states)
        })
    }

    /// The mean over each sentence's tokens. \[width]
    pub fn means(&self) -> impl Iterator<Item = Vec<f32>> {
        let width = self.x.len() / self.sentences.iter().sum::<usize>().max(1);
        self.states().map(move |states| {
            let mut mean = vec![0.0; width];
            states.chunks_exact(width).for_each(|state| add(&mut mean, state));
            let share = width as f32 / states.len() as f32;
            mean.iter_mut().for_each(|sum| *sum *= share);
            mean
        })
    }
}

/// Where the encoder's tensors are: some files hold it bare, some within a model
/// that does something with it.
fn root(tensors: &Tensors) -> Result<&'static str> {
    let is_root =
        |root: &&str| tensors.contains(&format!("{root}embeddings.word_embeddings.weight"));
    ["", "bert.", "roberta.", "distilbert."].into_iter().find(is_root).ok_or_else(|| {
        EngineError::bad_model("embeddings.word_embeddings.weight", "the file has no such tensor")
    })
}
