//! Choosing the next token from its scores.

use bella_protocol::ChatOptions;

use crate::math::{argmax, highest_of};

/// Small, fast and the same on every machine: SplitMix64.
#[derive(Debug)]
struct Random(u64);

impl Random {
    /// Even over \[0, 1).
    fn next_f32(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 40) as f32 / (1u64 << 24) as f32
    }
}

/// One reply's sampler: penalties, then temperature, then the cuts (top-k,
/// top-p, min-p), then a draw.
#[derive(Debug)]
pub struct Sampler {
    options: ChatOptions,
    random: Random,
}

#[derive(Clone, Copy, Debug)]
struct Candidate {
    token: u32,
    probability: f32,
}

impl Sampler {
    pub fn new(options: ChatOptions) -> Self {
        let random = Random(options.seed);
        Self { options, random }
    }

    /// What scores less than this is not chosen where the highest score of a token is
    /// `highest`, be it said before or not.
    pub fn floor(&self, highest: f32) -> f32 {
        let penalty = self.options.repetition_penalty;
        // A penalty below one lifts a token by as much as one above lowers it.
        let most = if penalty > 0.0 { penalty.max(1.0 / penalty) } else { 1.0 };
        let lowered = if highest > 0.0 { highest / most } else { highest * most };
        lowered + self.options.temperature.max(0.0) * self.least().ln()
    }

    /// `recent` is what counts as repetition, latest last. `allowed`, where
    /// given, says which tokens may come at all (a grammar).
    pub fn sample(
        &mut self,
        logits: &mut [f32],
        recent: &[u32],
        allowed: Option<&dyn Fn(u32) -> bool>,
    ) -> u32 {
        if let Some(allowed) = allowed {
            for (token, logit) in logits.iter_mut().enumerate() {
                if !allowed(token as u32) {
                    *logit = f32::NEG_INFINITY;
                }
            }
        }
        self.penalise_repetition(logits, recent);
        if self.options.temperature <= 0.0 {
            return argmax(logits) as u32;
        }
        let candidates = self.candidates(logits);
        self.draw(&candidates)
    }

    /// As in CTRL (Keskar et al. 2019): scores of recent tokens move towards less likely.
    fn penalise_repetition(&self, logits: &mut [f32], recent: &[u32]) {
        let penalty = self.options.repetition_penalty;
        if penalty == 1.0 || penalty <= 0.0 {
            return;
        }
        let mut window: Vec<u32> =
            recent.iter().rev().take(self.options.repetition_window).copied().collect();
        // A token said three times is penalised once.
        window.sort_unstable();
        window.dedup();
        for token in window {
            if let Some(logit) = logits.get_mut(token as usize) {
                *logit = if *logit > 0.0 { *logit / penalty } else { *logit * penalty };
            }
        }
    }

    /// The least probability beside the best's that is looked at.
    fn least(&self) -> f32 {
        self.options.min_p.clamp(1e-6, 1.0)
    }

    /// What the cuts leave, likeliest first. Never empty.
    fn candidates(&self, logits: &[f32]) -> Vec<Candidate> {
        let highest = highest_of(logits);
        let temperature = self.options.temperature;
        // Anything below min_p of the best falls out before the sort: a sort of
        // the whole vocabulary would cost more than the rest together, and so would
        // the powers of e. Their rounding is left to the second look.
        let floor = self.least();
        let nearly = highest + 1.001 * temperature * floor.ln();
        let mut candidates: Vec<Candidate> = logits
            .iter()
            .enumerate()
            .filter(|(_, logit)| **logit >= nearly)
            .map(|(token, logit)| Candidate {
                token: token as u32,
                probability: ((logit - highest) / temperature).exp(),
            })
            .filter(|candidate| candidate.probability >= floor)
            .collect();
        candidates
            .sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.token.cmp(&b.token)));
        if self.options.top_k > 0 {
            candidates.truncate(self.options.top_k);
        }
        let total: f32 = candidates.iter().map(|candidate| candidate.probability).sum();
        let mut kept = 0.0;
        let enough = candidates.iter().position(|candidate| {
            kept += candidate.probability;
            kept >= self.options.top_p * total
        });
        if let Some(last) = enough {
            candidates.truncate(last + 1);
        }
        candidates
    }

    fn draw(&mut self, candidates: &[Candidate]) -> u32 {
        let total: f32 = candidates.iter().map(|candidate| candidate.probability).sum();
        let mut left = self.random.next_f32() * total;
        for candidate in candidates {
            left -= candidate.probability;
            if left < 0.0 {
                return candidate.token;
            }
        }
        // Rounding can leave a sliver; NaN scores can leave nothing at all.
        candidates.last().map_or(0, |candidate| candidate.token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> ChatOptions {
        ChatOptions {
            temperature: 1.0,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
            repetition_penalty: 1.0,
            ..ChatOptions::default()
        }
    }

    fn drawn(options: ChatOptions, logits: &[f32], recent: &[u32]) -> Vec<u32> {
        let mut sampler = Sampler::new(options);
        let mut seen: Vec<u32> =
            (0..500).map(|_| sampler.sample(&mut logits.to_vec(), recent, None)).collect();
        seen.sort_unstable();
        seen.dedup();
        seen
    }

    #[test]
    fn greedy_takes_the_best_whatever_the_seed() {
        for seed in 0..5 {
            let options = ChatOptions { temperature: 0.0, seed, ..options() };
            assert_eq!(drawn(options, &[0.0, 3.0, 1.0], &[]), [1]);
        }
    }

    #[test]
    fn draws_follow_the_probabilities() {
        let mut sampler = Sampler::new(options());
        let logits = [0.0, 2f32.ln(), 5f32.ln()];
        let mut counts = [0i32; 3];
        for _ in 0..8000 {
            counts[sampler.sample(&mut logits.to_vec(), &[], None) as usize] += 1;
        }
        for (count, expected) in counts.into_iter().zip([1000, 2000, 5000]) {
            assert!((count - expected).abs() < 200, "{counts:?}");
        }
    }

    #[test]
    fn each_cut_leaves_what_it_should() {
        // Probabilities 0.5, 0.25, 0.125, 0.125.
        let logits = [4f32.ln(), 2f32.ln(), 0.0, 0.0];
        assert_eq!(drawn(ChatOptions { top_k: 2, ..options() }, &logits, &[]), [0, 1]);
        assert_eq!(drawn(ChatOptions { top_p: 0.7, ..options() }, &logits, &[]), [0, 1]);
        assert_eq!(drawn(ChatOptions { min_p: 0.4, ..options() }, &logits, &[]), [0, 1]);
        assert_eq!(drawn(options(), &logits, &[]), [0, 1, 2, 3]);
    }

    #[test]
    fn what_was_just_said_becomes_less_likely() {
        let options = ChatOptions { temperature: 0.0, repetition_penalty: 2.0, ..options() };
        assert_eq!(drawn(options.clone(), &[3.0, 2.0], &[0, 0]), [1]);
        let out_of_window = ChatOptions { repetition_window: 1, ..options };
        assert_eq!(drawn(out_of_window, &[3.0, 2.0], &[0, 9]), [0]);
    }

    #[test]
    fn nothing_below_the_floor_is_chosen() {
        let mut random = Random(5);
        for penalty in [0.8, 1.0, 1.3] {
            for temperature in [0.0, 0.5, 1.5] {
                let options = ChatOptions {
                    temperature,
                    min_p: 0.05,
                    repetition_penalty: penalty,
                    ..options()
                };
                for seed in 0..200 {
                    let mut logits: Vec<f32> =
                        (0..40).map(|_| 8.0 * random.next_f32() - 3.0).collect();
                    let scores = logits.clone();
                    let mut sampler = Sampler::new(ChatOptions { seed, ..options.clone() });
                    let floor = sampler.floor(scores.iter().copied().fold(-9.0, f32::max));
                    let token = sampler.sample(&mut logits, &[1, 2, 3, 4, 5, 6, 7, 8], None);
                    let score = scores[token as usize];
                    assert!(
                        score >= floor - 1e-4,
                        "{score} below {floor}: {penalty}, {temperature}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_mask_is_never_overruled() {
        let mut sampler = Sampler::new(options());
        for _ in 0..100 {
            let only_two = |token: u32| token == 2;
            assert_eq!(sampler.sample(&mut [9.0, 9.0, -9.0], &[], Some(&only_two)), 2);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_words() {
        let run = |seed| {
            let mut sampler = Sampler::new(ChatOptions { seed, ..options() });
            (0..20)
                .map(|_| sampler.sample(&mut [0.1, 0.2, 0.3, 0.4], &[], None))
                .collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
    }

    #[test]
    fn scores_that_are_not_numbers_do_not_panic() {
        for temperature in [0.0, 1.0] {
            let mut sampler = Sampler::new(ChatOptions { temperature, ..options() });
            sampler.sample(&mut [f32::NAN; 4], &[], None);
        }
    }
}
