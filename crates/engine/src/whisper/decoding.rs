//! One window's decoding: greedy first, then with more and more chance, until
//! the text is neither improbable nor a loop.

use bella_protocol::{ChatOptions, Language};

use super::decoder::{Decoder, Written};
use super::encoder::Heard;
use super::repetition::{TOO_REPETITIVE, compression_ratio};
use super::rules;
use super::tokens::Tokens;
use crate::math::log_sum_exp;
use crate::sampling::Sampler;
use crate::text_stream::TextStream;
use crate::tokenizer::Tokenizer;

/// Each is tried when what came out of the one before is no good.
const TEMPERATURES: [f32; 6] = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0];
/// Mean log-probability below which a text is not believed.
const IMPROBABLE: f32 = -1.0;
/// And below which another look is worth its while.
const DOUBTFUL: f32 = -0.7;
/// Probability of "no speech" above which an improbable text is silence.
const NO_SPEECH: f32 = 0.6;
/// The same, when the model would rather describe what it hears than write text.
const NO_SPEECH_BUT_REMARKS: f32 = 0.4;
/// After so many tokens, a loop is looked for while it is still being said.
const LOOP_CHECK: usize = 32;

/// What a decoding needs of the model, and how it should go about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Means<'a> {
    pub decoder: &'a Decoder,
    pub tokens: &'a Tokens,
    pub tokenizer: &'a Tokenizer,
    pub heard: &'a Heard,
}

/// What a window is thought to say.
#[derive(Clone, Debug, PartialEq)]
pub struct Hypothesis {
    /// Text and timestamps.
    pub said: Vec<u32>,
    pub temperature: f32,
    /// Mean over the tokens and the end.
    pub log_probability: f32,
    pub compression: f64,
    pub no_speech: f32,
    /// Whether a remark such as "[Music]" would have been likelier than words.
    pub remark: bool,
    /// Whether it began to say the same again.
    pub repeats: bool,
}

impl Hypothesis {
    /// Whether there is speech at all. Over what sounds like silence, a text is
    /// made up if it is improbable, or if the model had to be kept from
    /// describing the sound instead: "you" and "감사합니다" are what it then falls
    /// back on, and finds quite probable.
    pub fn is_speech(&self) -> bool {
        let made_up = self.no_speech > NO_SPEECH && self.log_probability <= IMPROBABLE;
        !made_up && !only_remarks(self.no_speech, self.remark)
    }

    /// Whether a look at no more than the sound itself was enough: where it was
    /// not, the model says things twice, or is in doubt.
    pub fn is_sure(&self) -> bool {
        self.is_speech()
            && !self.repeats
            && self.compression <= TOO_REPETITIVE
            && self.log_probability >= DOUBTFUL
    }

    fn is_good(&self) -> bool {
        let believable = self.compression <= TOO_REPETITIVE && self.log_probability >= IMPROBABLE;
        believable || !self.is_speech()
    }
}

fn only_remarks(no_speech: f32, remark: bool) -> bool {
    remark && no_speech > NO_SPEECH_BUT_REMARKS
}

/// What a step brought.
#[derive(Debug, PartialEq)]
pub(super) enum Advance {
    /// Some of the prompt was read, or an attempt given up.
    Working,
    /// Whole characters were added to the text of the attempt under way.
    Text,
    Done(Hypothesis),
}

/// Whether the last words of text were said before, word for word.
fn repeats(said: &[u32], tokens: &Tokens) -> bool {
    const ALIKE: usize = 5;
    let text: Vec<u32> = said.iter().copied().filter(|&token| tokens.is_text(token)).collect();
    let Some((rest, last)) = text.split_last_chunk::<ALIKE>() else { return false };
    rest.windows(ALIKE).any(|words| words == last)
}

#[derive(Debug)]
pub(super) struct Decoding {
    /// What was said before, then the beginning.
    prompt: Vec<u32>,
    /// Where in the prompt `<|startoftranscript|>` stands.
    start_at: usize,
    read: usize,
    timestamps: bool,
    language: Language,
    written: Written,
    no_speech: f32,
    remark: bool,
    /// Scores of the first token, the same for each attempt.
    first_logits: Vec<f32>,
    attempt: Attempt,
    /// Whether one attempt is all that is wanted.
    only_once: bool,
    /// The likeliest of the attempts that were no good.
    best: Option<Hypothesis>,
    seed: u64,
}

/// A text in the making at one temperature.
#[derive(Debug)]
struct Attempt {
    rung: usize,
    sampler: Sampler,
    said: Vec<u32>,
    /// Σ ln p of the tokens so far, the end included.
    log_probability: f32,
    stream: TextStream,
    text: String,
    logits: Vec<f32>,
}

impl Decoding {
    /// `before`: text tokens of the windows before, latest last.
    pub(super) fn new(
        decoder: &Decoder,
        tokens: &Tokens,
        before: &[u32],
        beginning: &[u32],
        language: Language,
        seed: u64,
    ) -> Self {
        let most = decoder.context() / 2 - 1;
        let before = &before[before.len().saturating_sub(most)..];
        let mut prompt = Vec::new();
        if !before.is_empty() {
            prompt.push(tokens.previous);
            prompt.extend_from_slice(before);
        }
        let start_at = prompt.len();
        prompt.extend_from_slice(beginning);
        Self {
            timestamps: !beginning.contains(&tokens.no_timestamps),
            prompt,
            start_at,
            read: 0,
            written: decoder.new_written(),
            no_speech: 0.0,
            remark: false,
            first_logits: Vec::new(),
            language,
            attempt: Attempt::new(0, seed),
            only_once: false,
            best: None,
            seed,
        }
    }

    /// Whatever the first attempt brings is the result, and it ends when it begins
    /// to repeat itself.
    pub(super) fn only_once(mut self) -> Self {
        self.only_once = true;
        self
    }

    pub(super) fn language(&self) -> Language {
        self.language
    }

    /// Whether the text of the attempt under way will probably be believed.
    pub(super) fn is_promising(&self) -> bool {
        let Attempt { said, log_probability, .. } = &self.attempt;
        let doubtful = *log_probability < DOUBTFUL * said.len() as f32;
        let most = if self.only_once { NO_SPEECH / 4.0 } else { NO_SPEECH };
        self.no_speech <= most && !(self.only_once && doubtful)
    }

    /// Text of the attempt under way.
    pub(super) fn text(&self) -> &str {
        &self.attempt.text
    }

    /// Reads at most `block` tokens of the prompt, or writes one token.
    pub(super) fn advance(&mut self, means: Means<'_>, block: usize) -> Advance {
        if self.read < self.prompt.len() {
            self.read_prompt(means, block);
            return Advance::Working;
        }
        let said_before = self.attempt.text.len();
        if !self.speak(means) {
            return if self.attempt.text.len() > said_before {
                Advance::Text
            } else {
                Advance::Working
            };
        }
        let mut hypothesis = self.attempt.hypothesis(self.no_speech, self.remark);
        hypothesis.repeats = repeats(&hypothesis.said, means.tokens);
        self.judge(hypothesis)
    }

    fn read_prompt(&mut self, means: Means<'_>, block: usize) {
        // The scores after the start tell whether there is speech: it ends a block.
        let until = if self.read <= self.start_at { self.start_at + 1 } else { self.prompt.len() };
        let to = until.min(self.read + block.max(1));
        let state =
            means.decoder.forward(&self.prompt[self.read..to], &mut self.written, means.heard);
        self.read = to;
        if to == self.start_at + 1 {
            let logits = means.decoder.logits(&state);
            let no_speech =
                logits.get(means.tokens.no_speech as usize).copied().unwrap_or(f32::NEG_INFINITY);
            self.no_speech = (no_speech - log_sum_exp(&logits)).exp();
        }
        if to == self.prompt.len() {
            self.first_logits = means.decoder.logits(&state);
            self.attempt.logits.clone_from(&self.first_logits);
        }
    }

    /// Writes one token; true when the attempt has ended, or need not go on
    /// because nobody speaks.
    fn speak(&mut self, means: Means<'_>) -> bool {
        let attempt = &mut self.attempt;
        let tokens = means.tokens;
        if attempt.rung == 0 && attempt.said.len() == usize::from(self.timestamps) {
            self.remark = rules::prefers_remark(tokens, &attempt.logits);
            if only_remarks(self.no_speech, self.remark) {
                return true;
            }
        }
        rules::apply(tokens, self.timestamps, &attempt.said, &mut attempt.logits);
        let total = log_sum_exp(&attempt.logits);
        let mut scores = attempt.logits.clone();
        let token = attempt.sampler.sample(&mut scores, &[], None);
        attempt.log_probability += attempt.logits[token as usize] - total;
        if token == tokens.end {
            return true;
        }
        attempt.said.push(token);
        if tokens.is_text(token) {
            let text = attempt.stream.push(means.tokenizer.bytes_of(token));
            attempt.text.push_str(&text);
        }
        let room = means.decoder.context() - self.prompt.len();
        if attempt.said.len() >= room.min(means.decoder.context() / 2) {
            return true;
        }
        if self.only_once && repeats(&attempt.said, tokens) {
            return true;
        }
        let looked_for = attempt.said.len().is_multiple_of(LOOP_CHECK);
        if looked_for && compression_ratio(&attempt.text) > TOO_REPETITIVE {
            return true;
        }
        let state = means.decoder.forward(&[token], &mut self.written, means.heard);
        attempt.logits = means.decoder.logits(&state);
        false
    }

    /// Takes a good hypothesis; else tries again with more chance. When nothing
    /// is good, the likeliest that is no loop is better than silence.
    fn judge(&mut self, hypothesis: Hypothesis) -> Advance {
        if self.only_once || hypothesis.is_good() {
            return Advance::Done(hypothesis);
        }
        let next = self.attempt.rung + 1;
        let rank = |hypothesis: &Hypothesis| {
            (hypothesis.compression <= TOO_REPETITIVE, hypothesis.log_probability)
        };
        self.best = Some(match self.best.take() {
            Some(best) if rank(&best) >= rank(&hypothesis) => best,
            _ => hypothesis,
        });
        if next == TEMPERATURES.len() {
            return self.best.take().map_or(Advance::Working, Advance::Done);
        }
        self.written.truncate(self.prompt.len());
        self.attempt = Attempt::new(next, self.seed);
        self.attempt.logits.clone_from(&self.first_logits);
        Advance::Working
    }
}

impl Attempt {
    fn new(rung: usize, seed: u64) -> Self {
        let options = ChatOptions {
            temperature: TEMPERATURES[rung],
            seed: seed.wrapping_add(rung as u64),
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
            repetition_penalty: 1.0,
            ..ChatOptions::default()
        };
        Self {
            rung,
            sampler: Sampler::new(options),
            said: Vec::new(),
            log_probability: 0.0,
            stream: TextStream::default(),
            text: String::new(),
            logits: Vec::new(),
        }
    }

    fn hypothesis(&mut self, no_speech: f32, remark: bool) -> Hypothesis {
        let said = std::mem::take(&mut self.said);
        Hypothesis {
            temperature: TEMPERATURES[self.rung],
            log_probability: self.log_probability / (said.len() + 1) as f32,
            compression: compression_ratio(self.text.trim()),
            no_speech,
            remark,
            repeats: false,
            said,
        }
    }
}
