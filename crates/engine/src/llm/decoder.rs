//! What every language model family has in common.

use std::fmt::Debug;

use super::cache::Cache;

/// A decoder-only language model: tokens in, the next token's scores out.
pub trait Decoder: Debug {
    /// As the file calls it: "llama", "qwen2", …
    fn architecture(&self) -> &str;
    fn vocabulary(&self) -> usize;
    /// Positions it was trained to see.
    fn context_length(&self) -> usize;
    fn new_cache(&self) -> Cache;
    /// Reads `tokens` after those in the cache and returns the state of the
    /// last, from which [`Decoder::logits`] scores what may follow. \[width]
    fn forward(&self, tokens: &[u32], cache: &mut Cache) -> Vec<f32>;
    /// \[vocabulary]
    fn logits(&self, state: &[f32]) -> Vec<f32>;
    fn memory_bytes(&self) -> usize;
}
