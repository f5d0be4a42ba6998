//! Training, from rows of text to weights.
//!
//! Every batch is cut into shards of a fixed number of sentences; shards are
//! worked on by any number of threads, and their slopes are added in order.

use crate::adam::Adam;
use crate::calibration::Judged;
use crate::encoder::Encoder;
use crate::parallel;
use crate::random::Random;
use crate::sentiment::{Batch, Model, Weights};
use crate::states::{Example, SHARD, batch_of, forgetful_batch_of};

#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    pub seed: u32,
    /// Topmost layers that get adapters.
    pub layers: usize,
    pub rank: usize,
    pub epochs: usize,
    /// Sentences a step.
    pub batch: usize,
    /// How often an epoch shows each English row: there are fewer of them.
    pub english_repeats: usize,
    /// Share of a sentence's tokens that are left out, others each time.
    pub forget: f32,
    /// The highest learning rate; it rises to there over the first twentieth of
    /// the steps and falls to zero evenly.
    pub rate: f32,
    pub decay: f32,
}

/// An example may stand in `examples` several times, to be seen as often in each
/// epoch.
pub fn train(
    encoder: &Encoder,
    examples: &[&Example],
    recipe: &Recipe,
    threads: usize,
    mut tell: impl FnMut(usize, usize, f32),
) -> Weights {
    let mut random = Random::new(recipe.seed.into());
    let mut weights = Weights::begin(&encoder.upper, recipe.rank, &mut random);
    let mut adam = Adam::new(&weights, recipe.decay);
    let steps_an_epoch = examples.len().div_ceil(recipe.batch);
    let steps = steps_an_epoch * recipe.epochs;
    let mut order = examples.to_vec();
    for epoch in 0..recipe.epochs {
        random.shuffle(&mut order);
        for (index, batch) in order.chunks(recipe.batch).enumerate() {
            let model = Model::new(&encoder.upper, &weights);
            let share = 1.0 / batch.len() as f32;
            let shards: Vec<(u64, &[&Example])> =
                batch.chunks(SHARD).map(|shard| (random.draw(), shard)).collect();
            let learnt = parallel::map(threads, &shards, |&(seed, shard)| {
                let mut slopes = weights.zeros_like();
                let batch = forgetful_batch_of(shard, recipe.forget, &mut Random::new(seed));
                let loss = model.learn(batch, share, &mut slopes);
                (loss, slopes)
            });
            let mut sum = weights.zeros_like();
            let mut loss = 0.0;
            for (shard_loss, slopes) in &learnt {
                loss += shard_loss;
                sum.add(slopes);
            }
            let step = epoch * steps_an_epoch + index;
            adam.step(&mut weights, &sum, recipe.rate * pace(step, steps));
            tell(step, steps, loss);
        }
    }
    weights
}

fn pace(step: usize, steps: usize) -> f32 {
    let warm_up = (steps / 20).max(1);
    if step < warm_up {
        return (step + 1) as f32 / warm_up as f32;
    }
    (steps - step) as f32 / (steps - warm_up) as f32
}

/// What trained weights make of each example.
pub fn judge(
    encoder: &Encoder,
    weights: &Weights,
    examples: &[&Example],
    threads: usize,
) -> Vec<Judged> {
    let model = Model::new(&encoder.upper, weights);
    let shards: Vec<&[&Example]> = examples.chunks(SHARD).collect();
    let judged = parallel::map(threads, &shards, |shard| {
        let Batch { states, sentences, positive } = batch_of(shard);
        let logits = model.logits(states, &sentences);
        logits.into_iter().zip(positive).collect::<Vec<Judged>>()
    });
    judged.into_iter().flatten().collect()
}
