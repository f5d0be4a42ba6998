//! Attention of every token of a sentence to every other, forwards and back.
//!
//! q, k, v and what comes out are \[n, heads · width], a row per token.

use crate::arithmetic::{add_scaled, dot, softmax};

#[derive(Clone, Copy, Debug)]
pub struct Heads {
    pub count: usize,
    pub width: usize,
}

/// The probabilities, for the way back. \[heads, n, n]
#[derive(Debug)]
pub struct AttentionTape {
    probabilities: Vec<f32>,
}

impl Heads {
    fn scale(self) -> f32 {
        1.0 / (self.width as f32).sqrt()
    }

    /// Row `token` of head `head`.
    fn of<'a>(&self, rows: &'a [f32], token: usize, head: usize) -> &'a [f32] {
        &rows[(token * self.count + head) * self.width..][..self.width]
    }

    fn of_mut<'a>(&self, rows: &'a mut [f32], token: usize, head: usize) -> &'a mut [f32] {
        &mut rows[(token * self.count + head) * self.width..][..self.width]
    }

    /// out = softmax(q · kᵀ · scale) · v
    pub fn forward(self, q: &[f32], k: &[f32], v: &[f32], out: &mut [f32]) -> AttentionTape {
        let n = q.len() / (self.count * self.width);
        let mut probabilities = vec![0.0; self.count * n * n];
        for head in 0..self.count {
            for token in 0..n {
                let row = &mut probabilities[(head * n + token) * n..][..n];
                for (other, score) in row.iter_mut().enumerate() {
                    *score = dot(self.of(q, token, head), self.of(k, other, head)) * self.scale();
                }
                softmax(row);
                for (other, &share) in row.iter().enumerate() {
                    add_scaled(self.of_mut(out, token, head), self.of(v, other, head), share);
                }
            }
        }
        AttentionTape { probabilities }
    }

    /// From the slope at the output to the slopes at q, k and v, added to
    /// `slopes`.
    pub fn backward(
        self,
        tape: &AttentionTape,
        [q, k, v]: [&[f32]; 3],
        out_slope: &[f32],
        [q_slope, k_slope, v_slope]: [&mut [f32]; 3],
    ) {
        let n = q.len() / (self.count * self.width);
        let mut score_slopes = vec![0.0; n];
        for head in 0..self.count {
            for token in 0..n {
                let row = &tape.probabilities[(head * n + token) * n..][..n];
                let out_slope = self.of(out_slope, token, head);
                for (other, slope) in score_slopes.iter_mut().enumerate() {
                    *slope = dot(out_slope, self.of(v, other, head));
                }
                let mean = dot(&score_slopes, row);
                for (other, &share) in row.iter().enumerate() {
                    let slope = share * (score_slopes[other] - mean) * self.scale();
                    add_scaled(self.of_mut(v_slope, other, head), out_slope, share);
                    add_scaled(self.of_mut(q_slope, token, head), self.of(k, other, head), slope);
                    add_scaled(self.of_mut(k_slope, other, head), self.of(q, token, head), slope);
                }
            }
        }
    }
}
