//! What a BERT encoder consists of, under Hugging Face's names.

use crate::gguf::TensorSpec;
use crate::{BlockType, FormatError, Metadata, Problem};

/// The sizes of a BERT encoder.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sizes {
    pub(super) hidden: u32,
    pub(super) layers: u32,
    pub(super) heads: u32,
    pub(super) feed_forward: u32,
    pub(super) vocabulary: u32,
    pub(super) positions: u32,
    pub(super) token_types: u32,
    pub(super) epsilon: f32,
}

impl Sizes {
    /// Refuses sizes that no encoder has, so that what follows may trust them.
    pub(super) fn check(&self) -> Result<(), FormatError> {
        let checks = [
            ("hidden", self.hidden, 1 << 14),
            ("layers", self.layers, 1 << 8),
            ("feed_forward", self.feed_forward, 1 << 16),
            ("vocabulary", self.vocabulary, 1 << 20),
            ("positions", self.positions, 1 << 16),
            ("token_types", self.token_types, 1 << 8),
        ];
        for (field, got, limit) in checks {
            if got == 0 || got > limit {
                let detail = format!("is {got}, not between 1 and {limit}");
                return Err(FormatError::new(field, Problem::Invalid { detail }));
            }
        }
        if self.heads == 0 || !self.hidden.is_multiple_of(self.heads) {
            let detail = format!("{} heads do not divide {}", self.heads, self.hidden);
            return Err(FormatError::new("heads", Problem::Invalid { detail }));
        }
        if !(self.epsilon > 0.0 && self.epsilon < 1.0) {
            let detail = format!("is {}, not between 0 and 1", self.epsilon);
            return Err(FormatError::new("epsilon", Problem::Invalid { detail }));
        }
        Ok(())
    }

    /// Keys as llama.cpp names them.
    pub(super) fn metadata(&self) -> Metadata {
        /// llama.cpp's number for the mean over all tokens.
        const MEAN_POOLING: u32 = 1;
        let mut metadata = Metadata::default();
        metadata.insert("general.architecture", "bert");
        metadata.insert("bert.block_count", self.layers);
        metadata.insert("bert.context_length", self.positions);
        metadata.insert("bert.embedding_length", self.hidden);
        metadata.insert("bert.feed_forward_length", self.feed_forward);
        metadata.insert("bert.attention.head_count", self.heads);
        metadata.insert("bert.attention.layer_norm_epsilon", self.epsilon);
        metadata.insert("bert.attention.causal", false);
        metadata.insert("bert.pooling_type", MEAN_POOLING);
        metadata.insert("bert.vocab_size", self.vocabulary);
        metadata.insert("tokenizer.ggml.token_type_count", self.token_types);
        metadata
    }

    /// Every tensor, in the order in which a forward pass needs it. `matrix` is
    /// the type of the large tables and projections; the rest is F32.
    pub(super) fn tensors(&self, matrix: BlockType) -> Vec<TensorSpec> {
        let (hidden, wide) = (self.hidden as usize, self.feed_forward as usize);
        let mut list = TensorList { matrix, tensors: Vec::new() };
        list.add("embeddings.word_embeddings.weight", &[self.vocabulary as usize, hidden], matrix);
        let small_tables = [("position", self.positions), ("token_type", self.token_types)];
        for (table, rows) in small_tables {
            let name = format!("embeddings.{table}_embeddings.weight");
            list.add(&name, &[rows as usize, hidden], BlockType::F32);
        }
        list.norm("embeddings.LayerNorm", hidden);
        for layer in 0..self.layers {
            let within = |module: &str| format!("encoder.layer.{layer}.{module}");
            for projection in ["query", "key", "value"] {
                list.linear(&within(&format!("attention.self.{projection}")), hidden, hidden);
            }
            list.linear(&within("attention.output.dense"), hidden, hidden);
            list.linear(&within("intermediate.dense"), wide, hidden);
            list.linear(&within("output.dense"), hidden, wide);
            list.norm(&within("attention.output.LayerNorm"), hidden);
            list.norm(&within("output.LayerNorm"), hidden);
        }
        list.tensors
    }
}

struct TensorList {
    matrix: BlockType,
    tensors: Vec<TensorSpec>,
}

impl TensorList {
    fn add(&mut self, name: &str, shape: &[usize], dtype: BlockType) {
        self.tensors.push(TensorSpec { name: name.to_owned(), shape: shape.to_vec(), dtype });
    }

    fn linear(&mut self, name: &str, rows: usize, columns: usize) {
        self.add(&format!("{name}.weight"), &[rows, columns], self.matrix);
        self.add(&format!("{name}.bias"), &[rows], BlockType::F32);
    }

    fn norm(&mut self, name: &str, width: usize) {
        self.add(&format!("{name}.weight"), &[width], BlockType::F32);
        self.add(&format!("{name}.bias"), &[width], BlockType::F32);
    }
}
