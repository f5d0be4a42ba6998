//! The first positions of a sequence, as they are.
//!
//! All that comes later looks at them, at the very first most of all, and in a short
//! talk there are no others. Rounded, they would lend each answer the same error
//! again; among thousands of positions the errors of the others even out.

/// One head's keys and values of at most so many positions.
#[derive(Debug)]
pub(super) struct Early {
    dim: usize,
    room: usize,
    len: usize,
    /// \[dim, room]: one number of all keys behind each other, so that a query
    /// meets many keys at once.
    keys: Vec<f32>,
    /// \[len, dim]
    values: Vec<f32>,
}

impl Early {
    pub fn new(dim: usize, room: usize) -> Self {
        Self { dim, room, len: 0, keys: Vec::new(), values: Vec::new() }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    /// Remembers a position, if it is one of the first.
    pub fn push(&mut self, key: &[f32], value: &[f32]) {
        if self.len == self.room {
            return;
        }
        self.keys.resize(self.dim * self.room, 0.0);
        for (row, &number) in self.keys.chunks_exact_mut(self.room).zip(key) {
            row[self.len] = number;
        }
        self.values.extend_from_slice(value);
        self.len += 1;
    }

    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
        self.values.truncate(self.len * self.dim);
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
            for (score, ((p, q), (r, s))) in scores.iter_mut().zip(keys) {
                *score += a * p + b * q + (c * r + d * s);
            }
        }
        for (number, row) in rest.iter().zip(rows) {
            scores.iter_mut().zip(row).for_each(|(score, key)| *score += number * key);
        }
    }

    /// mixed += Σ weight i · value i
    pub fn mix(&self, weights: &[f32], mixed: &mut [f32]) {
        let mut values = self.values.chunks_exact(self.dim);
        let (fours, rest) = weights.as_chunks::<4>();
        for [a, b, c, d] in fours {
            let [Some(p), Some(q), Some(r), Some(s)] = [(); 4].map(|()| values.next()) else {
                break;
            };
            let numbers = p.iter().zip(q).zip(r.iter().zip(s));
            for (mixed, ((p, q), (r, s))) in mixed.iter_mut().zip(numbers) {
                *mixed += a * p + b * q + (c * r + d * s);
            }
        }
        for (weight, value) in rest.iter().zip(values) {
            mixed.iter_mut().zip(value).for_each(|(mixed, number)| *mixed += weight * number);
        }
    }

    pub fn memory_bytes(&self) -> usize {
        (self.keys.capacity() + self.values.capacity()) * size_of::<f32>()
    }
}
