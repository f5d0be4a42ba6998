//! What a model remembers of the tokens it has read.

use crate::attention::Memory;

/// What a convolution over time has seen. It needs only the latest rows, but all
/// are kept: forgetting the end of a conversation must bring back the rows
/// before it.
#[derive(Debug)]
pub struct History {
    width: usize,
    /// \[positions, width]
    rows: Vec<f32>,
}

impl History {
    pub fn new(width: usize) -> Self {
        Self { width, rows: Vec::new() }
    }

    pub fn push(&mut self, row: &[f32]) {
        self.rows.extend_from_slice(row);
    }

    /// The row `back` before the latest; `None` before the beginning.
    pub fn latest(&self, back: usize) -> Option<&[f32]> {
        let rows = self.rows.len() / self.width;
        let at = rows.checked_sub(back + 1)?;
        Some(&self.rows[at * self.width..][..self.width])
    }
}

/// The memory of one conversation in one model.
#[derive(Debug)]
pub struct Cache {
    /// Of the layers that attend.
    pub layers: Vec<Memory>,
    /// Of those that convolve instead, where a family has them.
    pub histories: Vec<History>,
    len: usize,
}

impl Cache {
    pub fn new(layers: Vec<Memory>, histories: Vec<History>) -> Self {
        Self { layers, histories, len: 0 }
    }

    /// An empty cache of the same shape that rounds nothing: what the usual one is
    /// compared with.
    pub fn exact(self) -> Self {
        debug_assert!(self.is_empty(), "what was rounded stays so");
        Self { layers: self.layers.iter().map(Memory::exact).collect(), ..self }
    }

    /// Positions held.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Called by a model once every layer has taken its positions.
    pub fn advance(&mut self, positions: usize) {
        self.len += positions;
    }

    /// Forgets everything from `len` on.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
        for layer in &mut self.layers {
            layer.truncate(self.len);
        }
        for history in &mut self.histories {
            history.rows.truncate(self.len * history.width);
        }
    }

    pub fn memory_bytes(&self) -> usize {
        let histories =
            self.histories.iter().map(|history| history.rows.capacity() * size_of::<f32>());
        self.layers.iter().map(Memory::memory_bytes).chain(histories).sum()
    }
}
