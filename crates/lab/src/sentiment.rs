//! The model that is trained: adapters in the upper layers, and a head that
//! weighs the mean of the last states.

use crate::adapter::{Adapter, PackedAdapter};
use crate::arithmetic::{add_scaled, dot, exp, sigmoid};
use crate::layer::{LINEARS, Layer, parts};
use crate::random::Random;

/// What is learnt, or the slope of the loss along it, or a moment of the
/// optimiser: they all have this form.
#[derive(Clone, Debug)]
pub struct Weights {
    pub rank: usize,
    pub layers: Vec<[Adapter; LINEARS]>,
    /// \[width]
    pub head: Vec<f32>,
    /// One number.
    pub bias: Vec<f32>,
}

impl Weights {
    pub fn begin(layers: &[Layer], rank: usize, random: &mut Random) -> Self {
        let mut adapter = |layer: &Layer, index: usize| {
            let linear = &layer.linears[index];
            Adapter::begin(linear.inputs(), linear.outputs(), rank, random)
        };
        let layers: Vec<_> =
            layers.iter().map(|layer| std::array::from_fn(|index| adapter(layer, index))).collect();
        let width = layers.first().map_or(0, |adapters| adapters[0].down.len() / rank);
        Self { rank, layers, head: vec![0.0; width], bias: vec![0.0] }
    }

    pub fn zeros_like(&self) -> Self {
        let zeros = |adapters: &[Adapter; LINEARS]| adapters.each_ref().map(Adapter::zeros_like);
        Self {
            rank: self.rank,
            layers: self.layers.iter().map(zeros).collect(),
            head: vec![0.0; self.head.len()],
            bias: vec![0.0],
        }
    }

    /// Every tensor, always in the same order.
    pub fn tensors(&self) -> impl Iterator<Item = &Vec<f32>> {
        let adapters = self.layers.iter().flatten();
        adapters.flat_map(|adapter| [&adapter.down, &adapter.up]).chain([&self.head, &self.bias])
    }

    pub fn tensors_mut(&mut self) -> impl Iterator<Item = &mut Vec<f32>> {
        let adapters = self.layers.iter_mut().flatten();
        adapters
            .flat_map(|adapter| [&mut adapter.down, &mut adapter.up])
            .chain([&mut self.head, &mut self.bias])
    }

    pub fn add(&mut self, other: &Self) {
        for (to, from) in self.tensors_mut().zip(other.tensors()) {
            add_scaled(to, from, 1.0);
        }
    }
}

/// Weights ready for use.
#[derive(Debug)]
pub struct Model<'a> {
    layers: &'a [Layer],
    adapters: Vec<[PackedAdapter; LINEARS]>,
    weights: &'a Weights,
}

/// Some sentences on the way through the upper layers.
#[derive(Debug)]
pub struct Batch {
    /// States after the lower layers, sentence after sentence. \[tokens, width]
    pub states: Vec<f32>,
    /// Tokens of each.
    pub sentences: Vec<usize>,
    pub positive: Vec<bool>,
}

impl<'a> Model<'a> {
    pub fn new(layers: &'a [Layer], weights: &'a Weights) -> Self {
        let pack = |adapters: &[Adapter; LINEARS]| {
            adapters.each_ref().map(|adapter| PackedAdapter::new(adapter, weights.rank))
        };
        Self { layers, adapters: weights.layers.iter().map(pack).collect(), weights }
    }

    /// Log-odds of each sentence being positive.
    pub fn logits(&self, states: Vec<f32>, sentences: &[usize]) -> Vec<f32> {
        let mut x = states;
        for (layer, adapters) in self.layers.iter().zip(&self.adapters) {
            x = layer.forward(Some(adapters), x, sentences).0;
        }
        self.pooled(&x, sentences).iter().map(|pooled| self.head(pooled)).collect()
    }

    /// Adds the slopes of Σ loss · `weight` to `slopes` and returns that sum.
    pub fn learn(&self, batch: Batch, weight: f32, slopes: &mut Weights) -> f32 {
        let Batch { states, sentences, positive } = batch;
        let mut x = states;
        let mut tapes = Vec::with_capacity(self.layers.len());
        for (layer, adapters) in self.layers.iter().zip(&self.adapters) {
            let (out, tape) = layer.forward(Some(adapters), x, &sentences);
            tapes.push(tape);
            x = out;
        }

        let width = self.weights.head.len();
        let mut slope = vec![0.0; x.len()];
        let mut loss = 0.0;
        let pooled = self.pooled(&x, &sentences);
        for ((part, pooled), &positive) in parts(&sentences, width).zip(&pooled).zip(&positive) {
            let logit = self.head(pooled);
            loss += weight * cross_entropy(logit, positive);
            let logit_slope = weight * (sigmoid(logit) - f32::from(u8::from(positive)));
            slopes.bias[0] += logit_slope;
            add_scaled(&mut slopes.head, pooled, logit_slope);
            let share = logit_slope * width as f32 / part.len() as f32;
            for slope in slope[part].chunks_exact_mut(width) {
                add_scaled(slope, &self.weights.head, share);
            }
        }

        let layers = self.layers.iter().zip(&self.adapters).zip(&tapes).zip(&mut slopes.layers);
        for (index, (((layer, adapters), tape), slopes)) in layers.enumerate().rev() {
            match layer.backward(adapters, tape, slope, &sentences, slopes, index > 0) {
                Some(further) => slope = further,
                None => break,
            }
        }
        loss
    }

    /// The mean over each sentence's tokens.
    fn pooled(&self, x: &[f32], sentences: &[usize]) -> Vec<Vec<f32>> {
        let width = self.weights.head.len();
        let mean = |part: std::ops::Range<usize>| {
            let mut mean = vec![0.0; width];
            let share = width as f32 / part.len() as f32;
            x[part].chunks_exact(width).for_each(|row| add_scaled(&mut mean, row, share));
            mean
        };
        parts(sentences, width).map(mean).collect()
    }

    fn head(&self, pooled: &[f32]) -> f32 {
        dot(&self.weights.head, pooled) + self.weights.bias[0]
    }
}

/// −ln of the probability given to what is true: ln(1 + e^∓logit).
fn cross_entropy(logit: f32, positive: bool) -> f32 {
    let against = if positive { -logit } else { logit };
    against.max(0.0) + libm::log1pf(exp(-against.abs()))
}
