//! What every language model family has in common.

use std::fmt::Debug;

use super::cache::Cache;
use super::layers::Place;
use super::rope::Turns;
use super::vocabulary::Vocabulary;
use crate::kernels::Rounding;
use crate::room::Room;

/// A decoder-only language model: tokens in, the next token's scores out.
pub trait Decoder: Debug {
    /// As the file calls it: "llama", "qwen2", …
    fn architecture(&self) -> &str;
    /// Positions it was trained to see.
    fn context_length(&self) -> usize;
    fn new_cache(&self) -> Cache;
    fn layers(&self) -> usize;
    /// What `tokens` at the positions from `start` on bring to the first layer, to pass
    /// through all of them rounded like this.
    fn enter(&self, tokens: &[u32], start: usize, rounding: Rounding) -> Stream;
    /// One layer: reads the stream and adds to it.
    fn layer(&self, index: usize, stream: &mut Stream, cache: &mut Cache);
    /// The state of the last position, from which what may follow is scored. \[width]
    fn leave(&self, stream: &Stream) -> Vec<f32>;
    /// What scores the tokens that may follow.
    fn head(&self) -> &Vocabulary;
    fn memory_bytes(&self) -> usize;

    /// The score of each token. \[vocabulary]
    fn logits(&self, state: &[f32]) -> Vec<f32> {
        self.head().scores(state)
    }

    /// Reads `tokens` after those in the cache; the state of the last.
    fn forward(&self, tokens: &[u32], cache: &mut Cache) -> Vec<f32> {
        let mut reading = Reading::new(self, tokens, cache, rounding_for(tokens.len()));
        loop {
            if let Some(state) = reading.advance(self, cache) {
                return state;
            }
        }
    }
}

/// What passes through the layers.
#[derive(Debug)]
pub struct Stream {
    /// \[n, width]
    pub x: Vec<f32>,
    pub passage: Passage,
}

/// How it passes.
#[derive(Debug)]
pub struct Passage {
    /// The position of the first row.
    start: usize,
    /// How positions turn, for each of the model's ropes.
    turns: Vec<Turns>,
    rounding: Rounding,
    room: Room,
}

impl Passage {
    pub fn new(start: usize, turns: Vec<Turns>, rounding: Rounding) -> Self {
        Self { start, turns, rounding, room: Room::default() }
    }

    /// Where its positions stand, turned by one of the ropes.
    pub(super) fn place(&self, rope: usize) -> Place<'_> {
        let Self { start, ref turns, rounding, ref room } = *self;
        Place { start, turns: &turns[rope], rounding, room }
    }
}

/// How exactly so many tokens are read together. A single one costs what memory
/// takes to bring the weights, and few are read in no time; of many, the errors even
/// out.
pub fn rounding_for(tokens: usize) -> Rounding {
    const FEW: usize = 96;
    if tokens <= FEW { Rounding::Twice } else { Rounding::Once }
}

/// Some tokens on their way through the layers: a long prompt is read in blocks
/// that take longer than a step may.
#[derive(Debug)]
pub struct Reading {
    stream: Stream,
    tokens: usize,
    layer: usize,
}

impl Reading {
    pub fn new(
        model: &(impl Decoder + ?Sized),
        tokens: &[u32],
        cache: &mut Cache,
        rounding: Rounding,
    ) -> Self {
        // Of a reading that was given up, some layers may know more than others.
        cache.truncate(cache.len());
        Self { stream: model.enter(tokens, cache.len(), rounding), tokens: tokens.len(), layer: 0 }
    }

    pub fn rounding(&self) -> Rounding {
        self.stream.passage.rounding
    }

    /// One more layer; after the last, the state of the last token.
    pub fn advance(
        &mut self,
        model: &(impl Decoder + ?Sized),
        cache: &mut Cache,
    ) -> Option<Vec<f32>> {
        if self.layer < model.layers() {
            model.layer(self.layer, &mut self.stream, cache);
            self.layer += 1;
        }
        if self.layer < model.layers() {
            return None;
        }
        cache.advance(self.tokens);
        Some(model.leave(&self.stream))
    }
}
