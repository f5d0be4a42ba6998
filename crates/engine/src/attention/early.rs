//! The first positions of a sequence, as they are.
//!
//! All that comes later looks at them, at the very first most of all, and in a short
//! talk there are no others. Rounded, they would lend each answer the same error
//! again; among thousands of positions the errors of the others even out.
//!
//! They are kept in 16 bits, which next to the 14 of a query is as they are: with
//! every token all of them are read again, from as far away as the weights.

use crate::kernels::{largest_of, nearest};

/// The most a number can be.
const LARGEST: f32 = 32_767.0;

/// One head's keys and values of at most so many positions.
#[derive(Debug)]
pub(super) struct Early {
    dim: usize,
    room: usize,
    len: usize,
    /// \[dim, room]: one number of all keys behind each other, so that a query
    /// meets many keys at once.
    keys: Vec<i16>,
    /// \[len, dim]
    values: Vec<i16>,
    /// What one step of each key and of each value is worth. \[len]
    key_scales: Vec<f32>,
    value_scales: Vec<f32>,
}

impl Early {
    pub fn new(dim: usize, room: usize) -> Self {
        Self {
            dim,
            room,
            len: 0,
            keys: Vec::new(),
            values: Vec::new(),
            key_scales: Vec::new(),
            value_scales: Vec::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    /// Remembers a position, if it is one of the first.
    pub fn push(&mut self, key: &[f32], value: &[f32]) {
        if self.len == self.room {
            return;
        }
        self.keys.resize(self.dim * self.room, 0);
        let scale = scale_of(key);
        for (row, quant) in self.keys.chunks_exact_mut(self.room).zip(rounded(key, scale)) {
            row[self.len] = quant;
        }
        self.key_scales.push(scale);
        let scale = scale_of(value);
        self.values.extend(rounded(value, scale));
        self.value_scales.push(scale);
        self.len += 1;
    }

    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
        self.values.truncate(self.len * self.dim);
        self.key_scales.truncate(self.len);
        self.value_scales.truncate(self.len);
    }

    /// scores\[i] = query · key i
    pub fn score(&self, query: &[f32], scores: &mut [f32]) {
        if scores.is_empty() {
            return;
        }
        scores.fill(0.0);
        let mut rows = self.keys.chunks_exact(self.room);
        let (fours, rest) = query.as_chunks::<4>();
        for [a, b, c, d] in fours {
            let [Some(p), Some(q), Some(r), Some(s)] = [(); 4].map(|()| rows.next()) else { break };
            let keys = p.iter().zip(q).zip(r.iter().zip(s));
            for (score, ((&p, &q), (&r, &s))) in scores.iter_mut().zip(keys) {
                *score +=
                    a * f32::from(p) + b * f32::from(q) + (c * f32::from(r) + d * f32::from(s));
            }
        }
        for (number, row) in rest.iter().zip(rows) {
            for (score, &key) in scores.iter_mut().zip(row) {
                *score += number * f32::from(key);
            }
        }
        scores.iter_mut().zip(&self.key_scales).for_each(|(score, scale)| *score *= scale);
    }

    /// mixed += Σ weight i · value i
    pub fn mix(&self, weights: &[f32], mixed: &mut [f32]) {
        let all = weights.chunks(4).zip(self.value_scales.chunks(4));
        for ((weights, scales), values) in all.zip(self.values.chunks(4 * self.dim)) {
            let mut scaled = weights.iter().zip(scales).map(|(weight, scale)| weight * scale);
            let mut rows = values.chunks_exact(self.dim);
            if let (&[_, _, _, _], [Some(p), Some(q), Some(r), Some(s)]) =
                (weights, [(); 4].map(|()| rows.next()))
            {
                let [a, b, c, d] = [(); 4].map(|()| scaled.next().unwrap_or_default());
                let numbers = p.iter().zip(q).zip(r.iter().zip(s));
                for (mixed, ((&p, &q), (&r, &s))) in mixed.iter_mut().zip(numbers) {
                    *mixed +=
                        a * f32::from(p) + b * f32::from(q) + (c * f32::from(r) + d * f32::from(s));
                }
                continue;
            }
            for (weight, value) in scaled.zip(values.chunks_exact(self.dim)) {
                for (mixed, &number) in mixed.iter_mut().zip(value) {
                    *mixed += weight * f32::from(number);
                }
            }
        }
    }

    pub fn memory_bytes(&self) -> usize {
        let numbers = (self.keys.capacity() + self.values.capacity()) * size_of::<i16>();
        numbers + (self.key_scales.capacity() + self.value_scales.capacity()) * size_of::<f32>()
    }
}

/// What one step is worth. Not finite where a number is not, so that it shows.
fn scale_of(numbers: &[f32]) -> f32 {
    largest_of(numbers) / LARGEST
}

fn rounded(numbers: &[f32], scale: f32) -> impl Iterator<Item = i16> {
    // Nothing and the smallest numbers have no inverse; they count as zero.
    let inverse = if (1.0 / scale).is_finite() { 1.0 / scale } else { 0.0 };
    numbers.iter().map(move |number| nearest(number * inverse) as i16)
}
