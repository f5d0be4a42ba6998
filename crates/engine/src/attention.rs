//! What attention remembers, and looking things up in it.
//!
//! Keys and values are kept in 8 bits, in the layouts of the integer kernels: a
//! conversation of thousands of tokens stays small, and looking something up in
//! it costs little more than in a short one. The first positions, which all others
//! look at, are kept as they are too (`early`). An exact memory stands beside it,
//! to compare with.

mod early;

use std::ops::Range;

use crate::kernels::values::blocks_of;
use crate::kernels::{Activations, BLOCK, Packed, Rounding, Values, mix, multiply_rows};
use crate::math::{add, add_scaled, dot, softmax};
use crate::threads::{self, PER_NUMBER, share_blocks, share_rows};
use early::Early;

/// Queries that are looked up together: their scores stay in the cache.
const TOGETHER: usize = 64;
/// From so many positions on, heads that share keys are looked up apart, because
/// there is enough to do for each.
const ENOUGH_POSITIONS: usize = 4;

/// How exactly keys and values are remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Keys in 7 bits, values in 8.
    Bits7,
    /// Keys in 14 bits: where single numbers of a key are a hundred times the
    /// others, as where keys have a bias, only those would be left in seven.
    Bits14,
    /// As they are: what the others are compared with.
    Exact,
}

/// How a memory is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// There may be more than heads of keys: then neighbours share those.
    pub heads: usize,
    pub scale: f32,
    /// Of queries and of what they find. What is rounded twice also sees the early
    /// positions as they are.
    pub rounding: Rounding,
}

impl Question {
    /// Of each number of a query, at each position it sees.
    fn cost(&self) -> usize {
        match self.rounding {
            Rounding::Once => 4,
            // Early positions are met as floats.
            Rounding::Twice => 16,
        }
    }
}

/// Keys and values of a sequence, head by head. It grows with the sequence.
#[derive(Debug)]
pub struct Memory {
    dim: usize,
    heads: Vec<Head>,
}

#[derive(Debug)]
enum Head {
    Rounded(Box<Rounded>),
    Exact(Exact),
}

impl Memory {
    pub fn new(heads: usize, dim: usize, precision: Precision) -> Self {
        let head = |_| match precision {
            Precision::Exact => Head::Exact(Exact::new(dim)),
            rounded => Head::Rounded(Box::new(Rounded::new(dim, rounded == Precision::Bits14))),
        };
        Self { dim, heads: (0..heads).map(head).collect() }
    }

    /// The same, still empty, that will have its first positions as they are too.
    pub fn with_early(mut self, positions: usize) -> Self {
        for head in &mut self.heads {
            if let Head::Rounded(head) = head {
                head.early = Early::new(self.dim, positions);
            }
        }
        self
    }

    /// An empty memory of the same shape that rounds nothing.
    pub fn exact(&self) -> Self {
        Self::new(self.heads.len(), self.dim, Precision::Exact)
    }

    pub fn heads(&self) -> usize {
        self.heads.len()
    }

    /// Positions held.
    pub fn len(&self) -> usize {
        self.heads.first().map_or(0, Head::len)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds positions. keys, values: \[n, heads · dim]
    pub fn push(&mut self, keys: &[f32], values: &[f32]) {
        let (dim, width) = (self.dim, self.heads.len() * self.dim);
        let cost = 2 * PER_NUMBER * keys.len() / self.heads.len();
        share_rows(&mut self.heads, 1, cost, |first, heads| {
            for (head, at) in heads.iter_mut().zip(first..) {
                let part = at * dim..(at + 1) * dim;
                for (key, value) in keys.chunks_exact(width).zip(values.chunks_exact(width)) {
                    head.push(&key[part.clone()], &value[part.clone()]);
                }
            }
        });
    }

    /// Forgets all but the first `len` positions.
    pub fn truncate(&mut self, len: usize) {
        for head in &mut self.heads {
            match head {
                Head::Rounded(head) => head.truncate(len),
                Head::Exact(head) => head.truncate(len),
            }
        }
    }

    /// mixed = softmax(q · kᵀ · scale) · v for each of queries\[n, heads · dim], of
    /// which query i sees the positions `visible(i)`.
    pub fn look_up(
        &self,
        queries: &[f32],
        question: Question,
        visible: impl Fn(usize) -> Range<usize> + Sync,
        mixed: &mut [f32],
    ) {
        let (dim, width) = (self.dim, question.heads * self.dim);
        let positions = queries.len() / width;
        let sharing = question.heads / self.heads.len();
        // What shares keys is looked up at once, unless threads would have to wait then.
        let even = self.heads.len().is_multiple_of(threads::count());
        let together = if positions < ENOUGH_POSITIONS && even { sharing } else { 1 };
        let seen = visible(positions.saturating_sub(1)).len();
        let size = [(TOGETHER / together).max(1), together * dim];
        let cost = size[0].min(positions) * size[1] * seen * question.cost();
        share_blocks(mixed, width, size, cost, |mut own| {
            let head = &self.heads[own.columns().start / dim / sharing];
            let (columns, positions) = (own.columns(), own.rows());
            let asked = Asked { queries, width, columns, together, positions };
            own.fill_from(&head.look_up(&asked, question, &visible));
        });
    }

    pub fn memory_bytes(&self) -> usize {
        self.heads.iter().map(Head::memory_bytes).sum()
    }
}

/// Some positions' queries of heads that share keys.
struct Asked<'a> {
    /// \[n, width]
    queries: &'a [f32],
    width: usize,
    /// Those of the heads, and how many heads there are.
    columns: Range<usize>,
    together: usize,
    positions: Range<usize>,
}

impl Asked<'_> {
    /// \[positions, together · dim], scaled
    fn gathered(&self, scale: f32) -> Vec<f32> {
        let mut all = Vec::with_capacity(self.positions.len() * self.columns.len());
        for position in self.positions.clone() {
            let row = &self.queries[position * self.width..][self.columns.clone()];
            all.extend(row.iter().map(|query| query * scale));
        }
        all
    }
}

impl Head {
    fn len(&self) -> usize {
        match self {
            Self::Rounded(head) => head.values.len(),
            Self::Exact(head) => head.keys.len() / head.dim,
        }
    }

    fn push(&mut self, key: &[f32], value: &[f32]) {
        match self {
            Self::Rounded(head) => head.push(key, value),
            Self::Exact(head) => {
                head.keys.extend_from_slice(key);
                head.values.extend_from_slice(value);
            }
        }
    }

    /// \[positions, together · dim]
    fn look_up(
        &self,
        asked: &Asked<'_>,
        question: Question,
        visible: &impl Fn(usize) -> Range<usize>,
    ) -> Vec<f32> {
        let queries = asked.gathered(question.scale);
        match self {
            Self::Rounded(head) => head.look_up(queries, asked, question.rounding, visible),
            Self::Exact(head) => head.look_up(&queries, asked, visible),
        }
    }

    fn memory_bytes(&self) -> usize {
        match self {
            Self::Rounded(head) => {
                let rests = head.rests.as_ref().map_or(0, Packed::memory_bytes);
                let early = head.early.memory_bytes();
                head.keys.memory_bytes() + rests + head.values.memory_bytes() + early
            }
            Self::Exact(head) => (head.keys.capacity() + head.values.capacity()) * size_of::<f32>(),
        }
    }
}

/// One head in the layouts of the integer kernels.
#[derive(Debug)]
struct Rounded {
    keys: Packed,
    /// What rounding took from the keys, rounded in turn.
    rests: Option<Packed>,
    values: Values,
    early: Early,
}

impl Rounded {
    fn new(dim: usize, fine: bool) -> Self {
        let rests = fine.then(|| Packed::growing(dim));
        let early = Early::new(dim, 0);
        Self { keys: Packed::growing(dim), rests, values: Values::new(dim), early }
    }

    fn push(&mut self, key: &[f32], value: &[f32]) {
        self.keys.push(key);
        if let Some(rests) = &mut self.rests {
            let mut rest = vec![0.0; key.len()];
            self.keys.unpack_row(self.keys.rows() - 1, &mut rest);
            rest.iter_mut().zip(key).for_each(|(rest, key)| *rest = key - *rest);
            rests.push(&rest);
        }
        self.values.push(value);
        self.early.push(key, value);
    }

    fn truncate(&mut self, len: usize) {
        self.keys.truncate(len);
        self.rests.iter_mut().for_each(|rests| rests.truncate(len));
        self.values.truncate(len);
        self.early.truncate(len);
    }

    fn look_up(
        &self,
        mut queries: Vec<f32>,
        asked: &Asked<'_>,
        rounding: Rounding,
        visible: &impl Fn(usize) -> Range<usize>,
    ) -> Vec<f32> {
        let Asked { together, ref positions, .. } = *asked;
        let dim = self.values.dim();
        // What any of them sees, in whole blocks.
        let ranges = positions.clone().map(visible);
        let all = ranges.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end)).unwrap_or(0..0);
        let blocks = blocks_of(&all);
        let start = blocks.start * BLOCK;
        let seen = all.end - start;
        if seen == 0 {
            queries.fill(0.0);
            return queries;
        }

        // Where a window begins later than they end, early positions are out of sight.
        let early = match rounding {
            Rounding::Twice if start == 0 => self.early.len().min(seen),
            _ => 0,
        };
        // Whole blocks of them are met as they are, and only so.
        let skipped = early / BLOCK * BLOCK;
        let rest = seen - skipped;
        let mut scores = vec![0.0; positions.len() * together * rest];
        if rest > 0 {
            self.score(&queries, start + skipped, rounding, &mut scores);
        }
        let mut mixed = vec![0.0; queries.len()];
        let mut whole = vec![0.0; if skipped > 0 { seen } else { 0 }];
        for (at, (query, mixed)) in
            queries.chunks_exact(dim).zip(mixed.chunks_exact_mut(dim)).enumerate()
        {
            let visible = visible(positions.start + at / together);
            let visible = visible.start - start..visible.end - start;
            let row = &mut scores[at * rest..][..rest];
            if skipped == 0 {
                self.weigh(query, row, visible, early, start, mixed);
                continue;
            }
            whole[skipped..].copy_from_slice(row);
            self.weigh(query, &mut whole, visible, early, start, mixed);
            row.copy_from_slice(&whole[skipped..]);
        }
        if rest == 0 {
            return mixed;
        }
        let weights = Activations::rounded(&scores, rest, rounding);
        mix(&self.values, blocks.start + skipped / BLOCK, &weights, &mut queries);
        add(&mut queries, &mixed);
        queries
    }

    /// scores\[n, …] = queries\[n, dim] · the rounded keys of the positions from `first` on
    fn score(&self, queries: &[f32], first: usize, rounding: Rounding, scores: &mut [f32]) {
        let queries = Activations::rounded(queries, self.values.dim(), rounding);
        multiply_rows(&self.keys, first, &queries, scores);
        if let Some(rests) = &self.rests {
            let mut of_rests = vec![0.0; scores.len()];
            multiply_rows(rests, first, &queries, &mut of_rests);
            add(scores, &of_rests);
        }
    }

    /// Makes of one query's scores of the positions from `start` on what the rounded
    /// values of each are to be multiplied by, and mixes those of the early ones.
    fn weigh(
        &self,
        query: &[f32],
        row: &mut [f32],
        visible: Range<usize>,
        early: usize,
        start: usize,
        mixed: &mut [f32],
    ) {
        self.early.score(query, &mut row[..early]);
        row[..visible.start].fill(0.0);
        row[visible.end..].fill(0.0);
        softmax(&mut row[visible.clone()]);
        self.early.mix(&row[..early], mixed);
        // The others are mixed from rounded values.
        row[..early].fill(0.0);
        let scales = &self.values.scales()[start..][visible.clone()];
        for (weight, scale) in row[visible].iter_mut().zip(scales) {
            *weight *= scale;
        }
    }
}

/// One head as it is.
#[derive(Debug)]
struct Exact {
    dim: usize,
    /// \[len, dim]
    keys: Vec<f32>,
    values: Vec<f32>,
}

impl Exact {
    fn new(dim: usize) -> Self {
        Self { dim, keys: Vec::new(), values: Vec::new() }
    }

    fn truncate(&mut self, len: usize) {
        self.keys.truncate(len * self.dim);
        self.values.truncate(len * self.dim);
    }

    fn look_up(
        &self,
        queries: &[f32],
        asked: &Asked<'_>,
        visible: &impl Fn(usize) -> Range<usize>,
    ) -> Vec<f32> {
        let mut mixed = vec![0.0; queries.len()];
        let rows = queries.chunks_exact(self.dim).zip(mixed.chunks_exact_mut(self.dim));
        for (at, (query, mixed)) in rows.enumerate() {
            let visible = visible(asked.positions.start + at / asked.together);
            let seen = visible.start * self.dim..visible.end * self.dim;
            let keys = self.keys[seen.clone()].chunks_exact(self.dim);
            let mut scores: Vec<f32> = keys.map(|key| dot(query, key)).collect();
            softmax(&mut scores);
            for (score, value) in scores.iter().zip(self.values[seen].chunks_exact(self.dim)) {
                add_scaled(mixed, value, *score);
            }
        }
        mixed
    }
}
