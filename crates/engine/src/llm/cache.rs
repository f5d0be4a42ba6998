//! What attention remembers of the tokens it has seen.

/// Keys and values of one layer, a strip per head so that attending to one head
/// reads memory in order. Strips grow with the conversation, not with the limit.
#[derive(Debug)]
pub struct LayerCache {
    kv_heads: usize,
    head_dim: usize,
    /// Per head: \[positions, head_dim]
    keys: Vec<Vec<f32>>,
    values: Vec<Vec<f32>>,
}

impl LayerCache {
    pub fn new(kv_heads: usize, head_dim: usize) -> Self {
        Self {
            kv_heads,
            head_dim,
            keys: vec![Vec::new(); kv_heads],
            values: vec![Vec::new(); kv_heads],
        }
    }

    /// Appends one position: `key` and `value` are \[kv_heads, head_dim].
    pub fn push(&mut self, key: &[f32], value: &[f32]) {
        for head in 0..self.kv_heads {
            let range = head * self.head_dim..(head + 1) * self.head_dim;
            self.keys[head].extend_from_slice(&key[range.clone()]);
            self.values[head].extend_from_slice(&value[range]);
        }
    }

    pub fn keys(&self, head: usize) -> &[f32] {
        &self.keys[head]
    }

    pub fn values(&self, head: usize) -> &[f32] {
        &self.values[head]
    }

    pub fn truncate(&mut self, positions: usize) {
        for strip in self.keys.iter_mut().chain(&mut self.values) {
            strip.truncate(positions * self.head_dim);
        }
    }

    pub fn memory_bytes(&self) -> usize {
        self.keys.iter().chain(&self.values).map(|strip| strip.capacity() * size_of::<f32>()).sum()
    }
}

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
    pub layers: Vec<LayerCache>,
    /// Of the layers that convolve instead of attending, where a family has them.
    pub histories: Vec<History>,
    len: usize,
}

impl Cache {
    pub fn new(layers: Vec<LayerCache>, histories: Vec<History>) -> Self {
        Self { layers, histories, len: 0 }
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
        self.layers.iter().map(LayerCache::memory_bytes).chain(histories).sum()
    }
}
