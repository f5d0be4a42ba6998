//! Fitting a conversation into a model's context.

use bella_protocol::{ChatMessage, Role};

use super::LanguageModel;
use super::conversation::Conversation;
use crate::error::{EngineError, Result};

/// What a model is to answer.
#[derive(Clone, Copy, Debug)]
pub struct Dialogue<'a> {
    pub messages: &'a [ChatMessage],
    /// Functions the model may call, as a list of JSON schemas, for templates
    /// that know what to do with them.
    pub tools: Option<&'a serde_json::Value>,
}

/// A conversation as the model will read it.
#[derive(Debug)]
pub struct Prompt {
    pub text: String,
    pub tokens: Vec<u32>,
    pub dropped_messages: usize,
    /// Where some were, the first of those that were not.
    pub begins_with: Vec<ChatMessage>,
}

/// So many messages tell one place in a conversation from any other, mostly.
const TELLING: usize = 2;
/// Tokens a template puts around a message, roughly; only for choosing what to
/// leave out, the result is counted exactly.
const AROUND_A_MESSAGE: usize = 8;

impl LanguageModel {
    /// The text the model is to continue, with nothing left out.
    pub fn prompt_text(&self, dialogue: Dialogue) -> Result<String> {
        self.template.render(dialogue.messages, dialogue.tools)
    }

    /// Renders a dialogue into at most `limit` tokens. When they do not fit, the
    /// oldest go (never the system part, never the last) until half the room is
    /// free, so that not every following turn has to drop and re-read again.
    pub(super) fn prompt(
        &self,
        dialogue: Dialogue,
        limit: usize,
        memory: &Conversation,
    ) -> Result<Prompt> {
        // Even if all of it fitted: then all of it would be read anew.
        if let Some(dropped) = dropped_before(dialogue, memory) {
            let prompt = self.render(dialogue, dropped)?;
            if prompt.tokens.len() <= limit {
                return Ok(prompt);
            }
        }
        if self.estimate(dialogue, limit) <= limit {
            let prompt = self.render(dialogue, 0)?;
            if prompt.tokens.len() <= limit {
                return Ok(prompt);
            }
        }
        let half_free = self.render(dialogue, self.droppable(dialogue, limit / 2))?;
        if half_free.tokens.len() <= limit {
            return Ok(half_free);
        }
        let least = self.render(dialogue, self.droppable(dialogue, 0))?;
        if least.tokens.len() <= limit {
            return Ok(least);
        }
        Err(EngineError::TooLong { tokens: least.tokens.len(), limit })
    }

    /// What every prompt begins with that goes on from these messages, whatever is said
    /// next, up to a control token: there a cache can be taken up by text.
    pub(super) fn before_question(
        &self,
        messages: &[ChatMessage],
        limit: usize,
        memory: &Conversation,
    ) -> Result<Prompt> {
        let asking = |question: &str| {
            let question = ChatMessage::new(Role::User, question);
            let messages = [messages, &[question]].concat();
            self.prompt(Dialogue { messages: &messages, tools: None }, limit, memory)
        };
        let (one, other) = (asking("1")?, asking("2")?);
        let letters = one.text.chars().zip(other.text.chars());
        let common = letters.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
        let common = &one.text[..common];
        let ends = self.tokenizer.control_tokens().filter(|name| !name.is_empty());
        let end = ends.filter_map(|name| common.rfind(name)).max().unwrap_or(0);
        let text = common[..end].to_owned();
        let tokens = self.tokenizer.encode(&text)?;
        Ok(Prompt { text, tokens, ..one })
    }

    /// Counts until `enough` is passed: a long history costs no more than the
    /// context it overflows.
    fn estimate(&self, dialogue: Dialogue, enough: usize) -> usize {
        let mut tokens = self.tokens_in_tools(dialogue);
        for message in dialogue.messages.iter().rev() {
            if tokens > enough {
                break;
            }
            tokens += self.tokens_in(message);
        }
        tokens
    }

    fn tokens_in_tools(&self, dialogue: Dialogue) -> usize {
        dialogue.tools.map_or(0, |tools| self.tokens_in_text(&tools.to_string()))
    }

    fn tokens_in(&self, message: &ChatMessage) -> usize {
        self.tokens_in_text(&message.content) + AROUND_A_MESSAGE
    }

    fn tokens_in_text(&self, text: &str) -> usize {
        self.tokenizer.encode(text).map_or(text.len(), |ids| ids.len())
    }

    /// How many of the oldest messages must go for the rest to take about `room`
    /// tokens, so that what stays begins with the user.
    fn droppable(&self, dialogue: Dialogue, room: usize) -> usize {
        let messages = dialogue.messages;
        let system: usize = messages
            .iter()
            .filter(|message| message.role == Role::System)
            .map(|message| self.tokens_in(message))
            .sum();
        let spoken = spoken(messages);
        let mut used = system + self.tokens_in_tools(dialogue);
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

    fn render(&self, dialogue: Dialogue, dropped: usize) -> Result<Prompt> {
        let mut left_out = 0;
        let kept: Vec<ChatMessage> = dialogue
            .messages
            .iter()
            .filter(|message| {
                let out = message.role != Role::System && left_out < dropped;
                left_out += usize::from(out);
                !out
            })
            .cloned()
            .collect();
        let text = self.prompt_text(Dialogue { messages: &kept, ..dialogue })?;
        let tokens = self.tokenizer.encode(&text)?;
        let mut begins_with = Vec::new();
        if left_out > 0
            && let Some((_, before)) = spoken(&kept).split_last()
        {
            begins_with.extend(before.iter().take(TELLING).copied().cloned());
        }
        Ok(Prompt { text, tokens, dropped_messages: left_out, begins_with })
    }
}

fn spoken(messages: &[ChatMessage]) -> Vec<&ChatMessage> {
    messages.iter().filter(|message| message.role != Role::System).collect()
}

/// How many messages are to be left out for the prompt to begin as the last one did.
/// Whoever asks may have left some out by now.
fn dropped_before(dialogue: Dialogue, memory: &Conversation) -> Option<usize> {
    let begins_with: Vec<&ChatMessage> = memory.begins_with.iter().collect();
    let spoken = spoken(dialogue.messages);
    let is_there = |at: &usize| spoken[*at..].starts_with(&begins_with);
    (0..spoken.len()).find(is_there).filter(|_| !begins_with.is_empty())
}
