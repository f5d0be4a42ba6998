//! One reply in the making.

use bella_protocol::{ChatMessage, ChatOptions, Stop, Usage};

use super::LanguageModel;
use super::constraint::Constraint;
use super::conversation::Conversation;
use super::decoder::{Decoder, Reading, rounding_for};
use super::prompt::{Dialogue, Prompt};
use super::stops::StopStrings;
use crate::error::{EngineError, Result};
use crate::kernels::Rounding;
use crate::sampling::Sampler;
use crate::text_stream::TextStream;

/// A step may take about this long: a person who presses stop, or starts to
/// speak, is heard within two of them.
const STEP_MS: f64 = 40.0;
/// Tokens of a prompt that are read together at most.
const LARGEST_BLOCK: usize = 160;
/// And when nothing is known of the machine: a layer of them takes less than a
/// single token takes through all layers.
pub(super) const FIRST_BLOCK: usize = 16;
/// So many positions share what a weight costs to unpack.
const EVEN: usize = 4;

/// What a step brought.
#[derive(Debug, PartialEq)]
pub enum Step {
    /// Some of the prompt was read.
    Read,
    /// A token was made; its text may still be waiting for the rest of a
    /// character, and is then empty.
    Text(String),
    Done(Stop),
}

#[derive(Debug)]
pub struct Generation {
    sampler: Sampler,
    constraint: Option<Box<dyn Constraint>>,
    stream: TextStream,
    stops: StopStrings,
    max_tokens: usize,
    context: usize,
    /// Of the prompt, what is still to be read.
    unread: Vec<u32>,
    /// How many that were when it began.
    new_tokens: usize,
    prompt_text: String,
    /// Everything the model said, shown or not.
    said: String,
    /// State after the last token read; empty until the prompt is read.
    state: Vec<f32>,
    /// What was said last and is not read yet: it is shown first.
    last: Option<u32>,
    /// The block of the prompt that is on its way through the layers.
    reading: Option<(Vec<u32>, Reading)>,
    usage: Usage,
    ended: Option<Stop>,
}

impl Generation {
    /// Prepares a prompt and takes back from `memory` what it already knows.
    pub fn new(
        model: &LanguageModel,
        memory: &mut Conversation,
        dialogue: Dialogue,
        options: ChatOptions,
    ) -> Result<Self> {
        if dialogue.messages.is_empty() {
            return Err(EngineError::BadRequest { detail: "there is no message to answer".into() });
        }
        let context = context_for(model, &options);
        let prompt = model.prompt(dialogue, room_for_prompt(context, &options), memory)?;
        if prompt.tokens.is_empty() {
            let detail = "made a prompt without a single token";
            return Err(EngineError::bad_model("tokenizer.chat_template", detail));
        }
        Self::of_prompt(model, memory, prompt, options)
    }

    /// Reads what comes before a question, and says nothing.
    pub fn ahead(
        model: &LanguageModel,
        memory: &mut Conversation,
        messages: &[ChatMessage],
        options: ChatOptions,
    ) -> Result<Self> {
        let room = room_for_prompt(context_for(model, &options), &options);
        let prompt = model.before_question(messages, room, memory)?;
        let is_known = prompt.tokens.is_empty() || memory.text.starts_with(&prompt.text);
        if is_known {
            let nothing = Prompt { text: String::new(), tokens: Vec::new(), ..prompt };
            let reading = Self::reading(model, nothing, Vec::new(), 0, options);
            return Ok(Self { ended: Some(Stop::Length), ..reading });
        }
        Self::of_prompt(model, memory, prompt, ChatOptions { max_tokens: 0, ..options })
    }

    fn of_prompt(
        model: &LanguageModel,
        memory: &mut Conversation,
        prompt: Prompt,
        options: ChatOptions,
    ) -> Result<Self> {
        memory.begins_with.clone_from(&prompt.begins_with);
        let (unread, cached) = continue_from(model, memory, &prompt.text, &prompt.tokens)?;
        // Until the prompt is read, no text stands for what is in the cache.
        memory.text.clear();
        Ok(Self::reading(model, prompt, unread, cached, options))
    }

    fn reading(
        model: &LanguageModel,
        prompt: Prompt,
        unread: Vec<u32>,
        cached: usize,
        options: ChatOptions,
    ) -> Self {
        let usage = Usage {
            prompt_tokens: cached + unread.len(),
            cached_tokens: cached,
            dropped_messages: prompt.dropped_messages,
            ..Usage::default()
        };
        Self {
            stream: TextStream::default(),
            stops: StopStrings::new(options.stop.clone()),
            max_tokens: options.max_tokens,
            context: context_for(model, &options),
            sampler: Sampler::new(options),
            constraint: None,
            new_tokens: unread.len(),
            unread,
            prompt_text: prompt.text,
            said: String::new(),
            state: Vec::new(),
            last: None,
            reading: None,
            usage,
            ended: None,
        }
    }

    /// Lets the model say only what `constraint` allows.
    pub fn constrained(mut self, constraint: Box<dyn Constraint>) -> Self {
        self.constraint = Some(constraint);
        self
    }

    pub fn usage(&self) -> Usage {
        self.usage
    }

    /// Reads a block of the prompt, or makes one token. `clock` tells
    /// milliseconds.
    pub fn step(
        &mut self,
        model: &LanguageModel,
        memory: &mut Conversation,
        clock: &dyn Fn() -> f64,
    ) -> Step {
        if let Some(stop) = self.ended {
            return Step::Done(stop);
        }
        let started = clock();
        if self.unread.is_empty() && self.reading.is_none() {
            let step = self.speak(model, memory);
            self.usage.reply_ms += clock() - started;
            step
        } else {
            self.read(model, memory, clock);
            self.usage.prompt_ms += clock() - started;
            Step::Read
        }
    }

    /// Reads on until a step is over, or the prompt.
    fn read(&mut self, model: &LanguageModel, memory: &mut Conversation, clock: &dyn Fn() -> f64) {
        let started = clock();
        let (block, mut reading) = self.reading.take().unwrap_or_else(|| {
            let (size, rounding) = self.next_block(memory);
            let rest = self.unread.split_off(size);
            let block = std::mem::replace(&mut self.unread, rest);
            let reading = Reading::new(model.decoder(), &block, &mut memory.cache, rounding);
            (block, reading)
        });
        loop {
            let before = clock();
            if let Some(state) = reading.advance(model.decoder(), &mut memory.cache) {
                self.state = state;
                memory.tokens.extend_from_slice(&block);
                break;
            }
            let now = clock();
            // What few tokens cost says nothing of many.
            if block.len() >= FIRST_BLOCK {
                let rows = block.len() * reading.rounding().steps();
                memory.rows_per_layer = fitting(rows, now - before);
            }
            if now - started > STEP_MS / 2.0 {
                self.reading = Some((block, reading));
                return;
            }
        }
        if self.unread.is_empty() {
            memory.text.clone_from(&self.prompt_text);
        }
    }

    /// How many tokens are read next, and how exactly. All that follows looks at the
    /// first of all, so that one is never among many.
    fn next_block(&self, memory: &Conversation) -> (usize, Rounding) {
        match rounding_for(self.new_tokens) {
            Rounding::Once if memory.tokens.is_empty() => (1, Rounding::Twice),
            rounding => {
                let most = memory.rows_per_layer / rounding.steps();
                (block_size(self.unread.len(), most), rounding)
            }
        }
    }

    fn speak(&mut self, model: &LanguageModel, memory: &mut Conversation) -> Step {
        if let Some(token) = self.last.take() {
            self.state = model.decoder.forward(&[token], &mut memory.cache);
            memory.tokens.push(token);
        }
        if self.usage.reply_tokens >= self.max_tokens || memory.tokens.len() >= self.context {
            return self.end(memory, Stop::Length);
        }
        let mut logits = self.scores(model.decoder());
        // Only its own words count as repetition: a good answer takes up the
        // words of the question.
        let said = memory.tokens.len() - self.usage.reply_tokens;
        let token = self.choose(&mut logits, &memory.tokens[said..]);
        let Some(token) = token.filter(|&token| !model.tokenizer.is_end(token)) else {
            return self.end(memory, Stop::Finished);
        };
        if let Some(constraint) = &mut self.constraint {
            constraint.advance(token);
        }
        self.usage.reply_tokens += 1;
        self.last = Some(token);
        let text = self.stream.push(model.tokenizer.bytes_of(token));
        self.said.push_str(&text);
        let passed = self.stops.push(&text);
        if passed.stopped {
            self.ended = Some(Stop::Finished);
            // The stop string was read but never shown: the next turn will not
            // contain it, so the cache must be compared by tokens.
            memory.text.clear();
        }
        Step::Text(passed.text)
    }

    fn scores(&self, decoder: &dyn Decoder) -> Vec<f32> {
        if self.constraint.is_some() {
            // What is allowed may score far below what would be said freely.
            return decoder.logits(&self.state);
        }
        decoder.head().scores_down_to(|highest| self.sampler.floor(highest), &self.state)
    }

    /// `None` when nothing more may be said.
    fn choose(&mut self, logits: &mut [f32], said: &[u32]) -> Option<u32> {
        let Some(constraint) = &self.constraint else {
            return Some(self.sampler.sample(logits, said, None));
        };
        let allowed = |token| constraint.allows(token);
        let token = self.sampler.sample(logits, said, Some(&allowed));
        // Of nothing the sampler makes the first token.
        allowed(token).then_some(token)
    }

    /// Lets out what was held back, then ends.
    fn end(&mut self, memory: &mut Conversation, stop: Stop) -> Step {
        self.ended = Some(stop);
        if self.last.is_some() {
            // Of what was said the last is missing in the cache.
            memory.text.clear();
        }
        if !memory.text.is_empty() {
            memory.text.push_str(&self.said);
        }
        match self.stops.finish() {
            held if held.is_empty() => Step::Done(stop),
            held => Step::Text(held),
        }
    }

    /// Stops here; what was said so far stays in memory.
    pub fn cancel(&mut self, memory: &mut Conversation) -> String {
        if self.ended.is_some() {
            return String::new();
        }
        match self.end(memory, Stop::Cancelled) {
            Step::Text(held) => held,
            _ => String::new(),
        }
    }
}

fn context_for(model: &LanguageModel, options: &ChatOptions) -> usize {
    options.context_tokens.clamp(1, model.decoder.context_length())
}

/// Some of the context is kept for the answer.
fn room_for_prompt(context: usize, options: &ChatOptions) -> usize {
    context - options.max_tokens.clamp(1, context.div_ceil(4))
}

/// As many rows as a layer should take half a step for.
fn fitting(rows: usize, took: f64) -> usize {
    let fitting = rows as f64 * STEP_MS / 2.0 / took.max(0.1);
    (fitting as usize).clamp(FIRST_BLOCK, LARGEST_BLOCK)
}

/// How many of the tokens of a prompt are read next: blocks are about equal, for a
/// small one costs almost as much as a large one.
fn block_size(unread: usize, most: usize) -> usize {
    let blocks = unread.div_ceil(most).max(1);
    unread.div_ceil(blocks).next_multiple_of(EVEN).min(unread)
}

/// What of a prompt is new. Where its text begins with the text already in
/// memory and goes on with a control token (which no merge crosses), only the
/// rest is cut into tokens; else ids are compared from the start.
fn continue_from(
    model: &LanguageModel,
    memory: &mut Conversation,
    text: &str,
    tokens: &[u32],
) -> Result<(Vec<u32>, usize)> {
    let rest = Some(memory.text.as_str()).filter(|known| !known.is_empty());
    let rest = rest.and_then(|known| text.strip_prefix(known));
    if let Some(rest) = rest
        && model.tokenizer.control_tokens().any(|name| rest.starts_with(name))
    {
        return Ok((model.tokenizer.encode(rest)?, memory.tokens.len()));
    }
    let kept = memory.keep_common(tokens);
    Ok((tokens[kept..].to_vec(), kept))
}
