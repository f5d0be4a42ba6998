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

    /// How far `count` positions from `start` on are turned.
    pub fn turns(&self, start: usize, count: usize) -> Turns {
        let angle = |position: usize, frequency: &f32| (position as f32 * frequency).sin_cos();
        let position = |position| self.frequencies.iter().map(move |each| angle(position, each));
        Turns {
            pairing: self.pairing,
            half: self.frequencies.len(),
            turns: (start..start + count).flat_map(position).collect(),
        }
    }
}

/// Sine and cosine of some positions: worked out once for all layers.
#[derive(Debug)]
pub struct Turns {
    pairing: Pairing,
    half: usize,
    /// \[positions, half]
    turns: Vec<(f32, f32)>,
}

impl Turns {
    /// Turns every head in `rows`, \[positions, width]: some of them, from `first` on.
    pub fn rotate(&self, first: usize, rows: &mut [f32], width: usize) {
        let turns = self.turns.chunks_exact(self.half).skip(first);
        for (row, turns) in rows.chunks_exact_mut(width).zip(turns) {
            for head in row.chunks_exact_mut(2 * self.half) {
                match self.pairing {
                    Pairing::Neighbours => {
                        for ([x, y], turn) in head.as_chunks_mut().0.iter_mut().zip(turns) {
                            (*x, *y) = turned(*x, *y, *turn);
                        }
                    }
                    Pairing::Halves => {
                        let (first, second) = head.split_at_mut(self.half);
                        for ((x, y), turn) in first.iter_mut().zip(second).zip(turns) {
                            (*x, *y) = turned(*x, *y, *turn);
                        }
                    }
                }
            }
        }
    }
}

fn turned(x: f32, y: f32, (sin, cos): (f32, f32)) -> (f32, f32) {
    (x * cos - y * sin, x * sin + y * cos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn position_zero_turns_nothing_and_lengths_are_kept() {
        for pairing in [Pairing::Neighbours, Pairing::Halves] {
            let rope = Rope::new(pairing, 4, 10_000.0, None);
            let mut head = [1.0, 2.0, 3.0, 4.0];
            rope.turns(0, 1).rotate(0, &mut head, 4);
            assert_eq!(head, [1.0, 2.0, 3.0, 4.0]);
            rope.turns(1234, 1).rotate(0, &mut head, 4);
            let length: f32 = head.iter().map(|x| x * x).sum();
            assert!((length - 30.0).abs() < 1e-3);
        }
    }

    #[test]
    fn the_first_pair_turns_one_radian_a_position() {
        let rope = Rope::new(Pairing::Halves, 4, 10_000.0, None);
        let mut head = [1.0, 0.0, 0.0, 0.0];
        rope.turns(0, 2).rotate(1, &mut head, 4);
        assert!((head[0] - 1f32.cos()).abs() < 1e-6);
        assert!((head[2] - 1f32.sin()).abs() < 1e-6);
    }
}
