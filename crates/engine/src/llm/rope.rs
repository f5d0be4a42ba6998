//! Rotary position embedding ("RoFormer", Su et al. 2021).

/// Which two numbers of a head turn together. Files made from LLaMA weights have
/// their rows reordered so that neighbours pair; all later families pair the
/// first half with the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairing {
    Neighbours,
    Halves,
}

#[derive(Debug)]
pub struct Rope {
    pairing: Pairing,
    /// Turn per position, one for each pair. \[head_dim / 2]
    frequencies: Vec<f32>,
}

impl Rope {
    /// `factors`, where a file has them, stretch single frequencies (Llama 3).
    pub fn new(pairing: Pairing, head_dim: usize, base: f32, factors: Option<&[f32]>) -> Self {
        let frequencies = (0..head_dim / 2)
            .map(|pair| {
                let frequency = base.powf(-(2.0 * pair as f32) / head_dim as f32);
                frequency / factors.map_or(1.0, |factors| factors[pair])
            })
            .collect();
        Self { pairing, frequencies }
    }

    /// Divides every position by `scale` (linear context extension).
    pub fn stretched(mut self, scale: f32) -> Self {
        self.frequencies.iter_mut().for_each(|frequency| *frequency /= scale);
        self
    }

    /// Turns every head in `heads` (\[heads, head_dim]) to `position`.
    pub fn rotate(&self, heads: &mut [f32], position: usize) {
        let half = self.frequencies.len();
        let turns: Vec<(f32, f32)> = self
            .frequencies
            .iter()
            .map(|frequency| (position as f32 * frequency).sin_cos())
            .collect();
        for head in heads.chunks_exact_mut(2 * half) {
            for (pair, &(sin, cos)) in turns.iter().enumerate() {
                let (first, second) = match self.pairing {
                    Pairing::Neighbours => (2 * pair, 2 * pair + 1),
                    Pairing::Halves => (pair, pair + half),
                };
                let (x, y) = (head[first], head[second]);
                head[first] = x * cos - y * sin;
                head[second] = x * sin + y * cos;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn position_zero_turns_nothing_and_lengths_are_kept() {
        for pairing in [Pairing::Neighbours, Pairing::Halves] {
            let rope = Rope::new(pairing, 4, 10_000.0, None);
            let mut head = [1.0, 2.0, 3.0, 4.0];
            rope.rotate(&mut head, 0);
            assert_eq!(head, [1.0, 2.0, 3.0, 4.0]);
            rope.rotate(&mut head, 1234);
            let length: f32 = head.iter().map(|x| x * x).sum();
            assert!((length - 30.0).abs() < 1e-3);
        }
    }

    #[test]
    fn the_first_pair_turns_one_radian_a_position() {
        let rope = Rope::new(Pairing::Halves, 4, 10_000.0, None);
        let mut head = [1.0, 0.0, 0.0, 0.0];
        rope.rotate(&mut head, 1);
        assert!((head[0] - 1f32.cos()).abs() < 1e-6);
        assert!((head[2] - 1f32.sin()).abs() < 1e-6);
    }
}
