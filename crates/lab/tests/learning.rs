//! Whether what is called a slope is one, and whether training repeats itself.

use bella_lab::adapter::Frozen;
use bella_lab::arithmetic::LayerNorm;
use bella_lab::attention::Heads;
use bella_lab::layer::Layer;
use bella_lab::random::Random;
use bella_lab::sentiment::{Batch, Model, Weights};

const WIDTH: usize = 32;
const HIDDEN: usize = 64;
const RANK: usize = 16;

fn noise(random: &mut Random, count: usize, reach: f32) -> Vec<f32> {
    (0..count).map(|_| (2.0 * random.unit() - 1.0) * reach).collect()
}

/// Two small layers of chance.
fn layers() -> Vec<Layer> {
    let random = &mut Random::new(7);
    let mut layer = || {
        let mut linear = |inputs: usize, outputs: usize| {
            let weight = noise(random, inputs * outputs, 0.3);
            Frozen::new(&weight, noise(random, outputs, 0.1), true)
        };
        let linears = [
            linear(WIDTH, WIDTH),
            linear(WIDTH, WIDTH),
            linear(WIDTH, WIDTH),
            linear(WIDTH, WIDTH),
            linear(WIDTH, HIDDEN),
            linear(HIDDEN, WIDTH),
        ];
        let mut norm = || LayerNorm {
            weight: noise(random, WIDTH, 0.2).iter().map(|x| 1.0 + x).collect(),
            bias: noise(random, WIDTH, 0.2),
            epsilon: 1e-12,
        };
        let heads = Heads { count: 4, width: WIDTH / 4 };
        Layer { heads, linears, attention_norm: norm(), output_norm: norm() }
    };
    vec![layer(), layer()]
}

/// Weights that are nowhere zero, so that no slope is.
fn weights(layers: &[Layer]) -> Weights {
    let mut random = Random::new(8);
    let mut weights = Weights::begin(layers, RANK, &mut random);
    for tensor in weights.tensors_mut() {
        *tensor = noise(&mut random, tensor.len(), 0.2);
    }
    weights
}

fn batch() -> Batch {
    let sentences = vec![5, 1, 3];
    let states = noise(&mut Random::new(9), sentences.iter().sum::<usize>() * WIDTH, 1.0);
    Batch { states, sentences, positive: vec![true, false, true] }
}

fn loss(layers: &[Layer], weights: &Weights) -> f64 {
    let Batch { states, sentences, positive } = batch();
    let logits = Model::new(layers, weights).logits(states, &sentences);
    let of_one = |(logit, positive): (f32, bool)| {
        let towards = f64::from(if positive { logit } else { -logit });
        (-towards).exp().ln_1p()
    };
    logits.into_iter().zip(positive).map(of_one).sum()
}

/// Central differences, along a direction of chance for every tensor: one wrong
/// number in a slope shows in the sum.
#[test]
fn slopes_are_what_small_steps_say() {
    let layers = layers();
    let weights = weights(&layers);
    let mut slopes = weights.zeros_like();
    let told = f64::from(Model::new(&layers, &weights).learn(batch(), 1.0, &mut slopes));
    assert!((told - loss(&layers, &weights)).abs() < 1e-5, "{told}");

    let tensors = weights.tensors().count();
    assert_eq!(tensors, 2 * 6 * 2 + 2);
    for (index, slope) in slopes.tensors().enumerate() {
        const STEP: f32 = 1e-2;
        let direction = noise(&mut Random::new(index as u64), slope.len(), 1.0);
        let along = |step: f32| {
            let mut moved = weights.clone();
            let tensor = moved.tensors_mut().nth(index).expect("as many as there are slopes");
            tensor.iter_mut().zip(&direction).for_each(|(x, d)| *x += step * d);
            loss(&layers, &moved)
        };
        let measured = (along(STEP) - along(-STEP)) / (2.0 * f64::from(STEP));
        let stated: f64 = slope.iter().zip(&direction).map(|(s, d)| f64::from(s * d)).sum();
        let size: f64 = slope.iter().map(|s| f64::from(s * s)).sum::<f64>().sqrt();
        assert!(size > 0.0, "tensor {index} has no slope");
        assert!(
            (measured - stated).abs() < 0.02 * size.max(stated.abs()) + 1e-4,
            "tensor {index}: {stated}, measured {measured}, size {size}"
        );
    }
}

#[test]
fn a_step_down_the_slope_makes_the_loss_smaller() {
    let layers = layers();
    let mut weights = weights(&layers);
    let before = loss(&layers, &weights);
    let mut slopes = weights.zeros_like();
    Model::new(&layers, &weights).learn(batch(), 1.0, &mut slopes);
    bella_lab::adam::Adam::new(&weights, 0.0).step(&mut weights, &slopes, 1e-3);
    let after = loss(&layers, &weights);
    assert!(after < before, "{before} → {after}");
}

#[test]
fn nothing_depends_on_the_number_of_threads() {
    let items: Vec<u64> = (0..100).collect();
    let alone = bella_lab::parallel::map(1, &items, |item| Random::new(*item).draw());
    for threads in [2, 3, 200] {
        assert_eq!(
            bella_lab::parallel::map(threads, &items, |item| Random::new(*item).draw()),
            alone
        );
    }
}
