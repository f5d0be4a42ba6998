//! A frozen linear layer with a trainable detour of low rank ("LoRA: Low-Rank
//! Adaptation of Large Language Models", Hu et al. 2021):
//! y = x · Wᵀ + b + (x · down) · upᵀ.

use crate::matmul::{Packed, View, multiply_add};
use crate::random::Random;

/// What is learnt, or the slope of the loss along it.
#[derive(Clone, Debug)]
pub struct Adapter {
    /// \[inputs, rank]
    pub down: Vec<f32>,
    /// \[outputs, rank]
    pub up: Vec<f32>,
}

impl Adapter {
    /// Begins as no change at all: `down` is noise, `up` is zero.
    pub fn begin(inputs: usize, outputs: usize, rank: usize, random: &mut Random) -> Self {
        let reach = (3.0 / inputs as f32).sqrt();
        let mut noise = || (2.0 * random.unit() - 1.0) * reach;
        Self { down: (0..inputs * rank).map(|_| noise()).collect(), up: vec![0.0; outputs * rank] }
    }

    pub fn zeros_like(&self) -> Self {
        Self { down: vec![0.0; self.down.len()], up: vec![0.0; self.up.len()] }
    }
}

/// An adapter as the products need it; made anew after every step.
#[derive(Debug)]
pub struct PackedAdapter {
    rank: usize,
    down: Packed,
    up: Packed,
    down_transposed: Packed,
    up_transposed: Packed,
}

impl PackedAdapter {
    pub fn new(adapter: &Adapter, rank: usize) -> Self {
        let (down, up) = (View::new(&adapter.down, rank), View::new(&adapter.up, rank));
        Self {
            rank,
            down: Packed::new(down),
            up: Packed::new(up),
            down_transposed: Packed::new(down.transposed()),
            up_transposed: Packed::new(up.transposed()),
        }
    }
}

/// The part that stays as it is.
#[derive(Debug)]
pub struct Frozen {
    inputs: usize,
    outputs: usize,
    /// Wᵀ \[inputs, outputs]
    forth: Packed,
    /// W \[outputs, inputs]; only where slopes pass through.
    back: Option<Packed>,
    bias: Vec<f32>,
}

impl Frozen {
    /// `weight` is \[outputs, inputs].
    pub fn new(weight: &[f32], bias: Vec<f32>, trains: bool) -> Self {
        let (outputs, inputs) = (bias.len(), weight.len() / bias.len());
        let weight = View::new(weight, inputs);
        Self {
            inputs,
            outputs,
            forth: Packed::new(weight.transposed()),
            back: trains.then(|| Packed::new(weight)),
            bias,
        }
    }

    pub fn inputs(&self) -> usize {
        self.inputs
    }

    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// x\[n, inputs] → y\[n, outputs], and the x · down between, for the way back.
    pub fn forward(&self, adapter: Option<&PackedAdapter>, x: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let n = x.len() / self.inputs;
        let mut y = self.bias.repeat(n);
        multiply_add(View::new(x, self.inputs), &self.forth, &mut y);
        let mut low = Vec::new();
        if let Some(adapter) = adapter {
            low = vec![0.0; n * adapter.rank];
            multiply_add(View::new(x, self.inputs), &adapter.down, &mut low);
            multiply_add(View::new(&low, adapter.rank), &adapter.up_transposed, &mut y);
        }
        (y, low)
    }

    /// Adds the adapter's slopes to `slopes`, and the slope at x to `x_slope`
    /// where one is wanted.
    pub fn backward(
        &self,
        adapter: &PackedAdapter,
        (x, low): (&[f32], &[f32]),
        y_slope: &[f32],
        slopes: &mut Adapter,
        x_slope: Option<&mut [f32]>,
    ) {
        let rank = adapter.rank;
        let y_view = View::new(y_slope, self.outputs);
        multiply_add(y_view.transposed(), &Packed::new(View::new(low, rank)), &mut slopes.up);
        let mut low_slope = vec![0.0; low.len()];
        multiply_add(y_view, &adapter.up, &mut low_slope);
        let low_view = View::new(&low_slope, rank);
        let x_view = View::new(x, self.inputs);
        multiply_add(x_view.transposed(), &Packed::new(low_view), &mut slopes.down);
        if let (Some(x_slope), Some(back)) = (x_slope, &self.back) {
            multiply_add(y_view, back, x_slope);
            multiply_add(low_view, &adapter.down_transposed, x_slope);
        }
    }
}
