//! Adam with decoupled weight decay ("Decoupled Weight Decay Regularization",
//! Loshchilov and Hutter 2019).

use crate::sentiment::Weights;

const BETA_1: f32 = 0.9;
const BETA_2: f32 = 0.999;
const EPSILON: f32 = 1e-8;
/// Slopes are shortened to this length, so that one odd batch does no harm.
const LONGEST_SLOPE: f32 = 1.0;

#[derive(Debug)]
pub struct Adam {
    mean: Weights,
    square: Weights,
    /// βⁿ of both moments.
    beta_1_power: f32,
    beta_2_power: f32,
    decay: f32,
}

impl Adam {
    pub fn new(weights: &Weights, decay: f32) -> Self {
        Self {
            mean: weights.zeros_like(),
            square: weights.zeros_like(),
            beta_1_power: 1.0,
            beta_2_power: 1.0,
            decay,
        }
    }

    pub fn step(&mut self, weights: &mut Weights, slopes: &Weights, rate: f32) {
        self.beta_1_power *= BETA_1;
        self.beta_2_power *= BETA_2;
        let length = slopes.tensors().flatten().map(|slope| slope * slope).sum::<f32>().sqrt();
        let shorten = if length > LONGEST_SLOPE { LONGEST_SLOPE / length } else { 1.0 };
        let moments = self.mean.tensors_mut().zip(self.square.tensors_mut());
        for ((weights, slopes), (mean, square)) in
            weights.tensors_mut().zip(slopes.tensors()).zip(moments)
        {
            let moments = mean.iter_mut().zip(square);
            for ((weight, slope), (mean, square)) in weights.iter_mut().zip(slopes).zip(moments) {
                let slope = slope * shorten;
                *mean = BETA_1 * *mean + (1.0 - BETA_1) * slope;
                *square = BETA_2 * *square + (1.0 - BETA_2) * slope * slope;
                let mean = *mean / (1.0 - self.beta_1_power);
                let square = *square / (1.0 - self.beta_2_power);
                *weight -= rate * (mean / (square.sqrt() + EPSILON) + self.decay * *weight);
            }
        }
    }
}
