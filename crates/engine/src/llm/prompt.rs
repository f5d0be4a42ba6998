//! Fitting a conversation into a model's context.

use bella_protocol::{ChatMessage, Role};

use super::LanguageModel;
use super::conversation::Conversation;
use crate::error::{EngineError, Result};

/// A conversation as the model will read it.
#[derive(Debug)]
pub struct Prompt {
    pub text: String,
    pub tokens: Vec<u32>,
    pub dropped_messages: usize,
}

/// Tokens a template puts around a message, roughly; only for choosing what to
/// leave out, the result is counted exactly.
const AROUND_A_MESSAGE: usize = 8;

impl LanguageModel {
    /// Renders `messages` into at most `limit` tokens. When they do not fit, the
    /// oldest go (never the system part, never the last) until half the room is
    /// free, so that not every following turn has to drop and re-read again.
    pub(super) fn prompt(
        &self,
        messages: &[ChatMessage],
        limit: usize,
        memory: &Conversation,
    ) -> Result<Prompt> {
        let whole = self.estimate(messages, limit);
        if whole <= limit {
            let prompt = self.render(messages, 0)?;
            if prompt.tokens.len() <= limit {
                return Ok(prompt);
            }
        }
        if memory.dropped > 0 && memory.dropped < messages.len() {
            let prompt = self.render(messages, memory.dropped)?;
            if prompt.tokens.len() <= limit {
                return Ok(prompt);
            }
        }
        for room in [limit / 2, 0] {
            let prompt = self.render(messages, self.droppable(messages, room))?;
            if prompt.tokens.len() <= limit {
                return Ok(prompt);
            }
            if room == 0 {
                return Err(EngineError::TooLong { tokens: prompt.tokens.len(), limit });
            }
        }
        unreachable!("the loop returns in its last round")
    }

    /// Counts until `enough` is passed: a long history costs no more than the
    /// context it overflows.
    fn estimate(&self, messages: &[ChatMessage], enough: usize) -> usize {
        let mut tokens = 0;
        for message in messages.iter().rev() {
            if tokens > enough {
                break;
            }
            tokens += self.tokens_in(message);
        }
        tokens
    }

    fn tokens_in(&self, message: &ChatMessage) -> usize {
        let count =
            self.tokenizer.encode(&message.content).map_or(message.content.len(), |ids| ids.len());
        count + AROUND_A_MESSAGE
    }

    /// How many of the oldest messages must go for the rest to take about `room`
    /// tokens, so that what stays begins with the user.
    fn droppable(&self, messages: &[ChatMessage], room: usize) -> usize {
        let system: usize = messages
            .iter()
            .filter(|message| message.role == Role::System)
            .map(|message| self.tokens_in(message))
            .sum();
        let spoken: Vec<&ChatMessage> =
            messages.iter().filter(|message| message.role != Role::System).collect();
        let mut used = system;
        let mut kept = 0;
        for message in spoken.iter().rev() {
            used += self.tokens_in(message);
            if used > room {
                break;
            }
            kept += 1;
        }
        let mut first = spoken.len() - kept.max(1).min(spoken.len());
        while first + 1 < spoken.len() && spoken[first].role != Role::User {
            first += 1;
        }
        first
    }

    fn render(&self, messages: &[ChatMessage], dropped: usize) -> Result<Prompt> {
        let mut left_out = 0;
        let kept: Vec<ChatMessage> = messages
            .iter()
            .filter(|message| {
                let out = message.role != Role::System && left_out < dropped;
                left_out += usize::from(out);
                !out
            })
            .cloned()
            .collect();
        let text = self.template.render(&kept, None)?;
        let tokens = self.tokenizer.encode(&text)?;
        Ok(Prompt { text, tokens, dropped_messages: left_out })
    }
}
