//! What a model remembers between turns.

use bella_protocol::ChatMessage;

use super::cache::Cache;
use super::generation::FIRST_BLOCK;

/// The cache, and which tokens and text it stands for. A follow-up that begins
/// with the same text costs only what is new.
#[derive(Debug)]
pub struct Conversation {
    pub(super) cache: Cache,
    /// One id for each position in the cache.
    pub(super) tokens: Vec<u32>,
    /// The same as text. Ids are not enough: what a model said need not be cut
    /// into the same tokens when it is read again.
    pub(super) text: String,
    /// Where messages were left out, what the prompt went on with: the next turn is to
    /// leave out the same ones, so that the cache still fits, however many of them it
    /// brings.
    pub(super) begins_with: Vec<ChatMessage>,
    /// How many tokens of a prompt, each as often as it is rounded, this machine takes
    /// through a layer in good time.
    pub(super) rows_per_layer: usize,
}

impl Conversation {
    pub(super) fn new(cache: Cache) -> Self {
        Self {
            cache,
            tokens: Vec::new(),
            text: String::new(),
            begins_with: Vec::new(),
            rows_per_layer: FIRST_BLOCK,
        }
    }

    /// Forgets everything that `tokens` does not begin with, and always the last
    /// position, whose scores are wanted anew. Returns how many stay.
    pub(super) fn keep_common(&mut self, tokens: &[u32]) -> usize {
        let common = self.tokens.iter().zip(tokens).take_while(|(a, b)| a == b).count();
        let kept = common.min(tokens.len().saturating_sub(1));
        self.cache.truncate(kept);
        self.tokens.truncate(kept);
        self.text.clear();
        kept
    }

    /// What stands in the cache, position by position.
    pub fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    pub fn memory_bytes(&self) -> usize {
        self.cache.memory_bytes()
    }
}
