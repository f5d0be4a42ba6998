//! The tokens that steer Whisper, and those it must not say.

use bella_protocol::Language;

use super::sizes::Sizes;
use crate::error::{EngineError, Result};
use crate::tokenizer::Tokenizer;

/// A timestamp token for every fiftieth of a second.
pub const TIMESTAMPS_PER_SECOND: f64 = 50.0;

#[derive(Debug)]
pub struct Tokens {
    /// Everything below is text.
    pub end: u32,
    pub start: u32,
    pub transcribe: u32,
    /// Begins what was said before the window.
    pub previous: u32,
    pub no_speech: u32,
    pub no_timestamps: u32,
    /// 0.00 s; the others follow.
    pub first_timestamp: u32,
    /// A space: nothing begins with it alone.
    pub blank: u32,
    /// `None` for a model that knows English only.
    languages: Option<[u32; 2]>,
    /// Text that is no speech, in order.
    pub marks: Vec<u32>,
}

impl Tokens {
    pub fn new(tokenizer: &Tokenizer, sizes: &Sizes) -> Result<Self> {
        let id = |name: &str| tokenizer.id_of(name).ok_or_else(|| missing(name));
        let either = |name: &str, older: &str| id(name).or_else(|_| id(older));
        let no_timestamps = id("<|notimestamps|>")?;
        // Tokenizers of the first releases do not name the timestamps.
        let first_timestamp = no_timestamps + 1;
        let last_timestamp = first_timestamp as usize + sizes.audio.context;
        if last_timestamp >= sizes.vocabulary || tokenizer.vocabulary() > sizes.vocabulary {
            let needed = tokenizer.vocabulary().max(last_timestamp + 1);
            let detail = format!(
                "the tokenizer's {needed} tokens are more than the model's {}",
                sizes.vocabulary
            );
            return Err(EngineError::bad_model("tokenizer.json", detail));
        }
        let language = |language: Language| id(&format!("<|{}|>", language.code()));
        let languages = match is_multilingual(sizes) {
            true => Some([language(Language::ALL[0])?, language(Language::ALL[1])?]),
            false => None,
        };
        Ok(Self {
            end: id("<|endoftext|>")?,
            start: id("<|startoftranscript|>")?,
            transcribe: id("<|transcribe|>")?,
            previous: id("<|startofprev|>")?,
            no_speech: either("<|nospeech|>", "<|nocaptions|>")?,
            first_timestamp,
            no_timestamps,
            blank: single(tokenizer, " ")?.ok_or_else(|| missing(" "))?,
            languages,
            marks: marks(tokenizer)?,
        })
    }

    pub fn is_timestamp(&self, token: u32) -> bool {
        token >= self.first_timestamp
    }

    pub fn is_text(&self, token: u32) -> bool {
        token < self.end
    }

    /// Seconds into the window.
    pub fn seconds(&self, timestamp: u32) -> f64 {
        f64::from(timestamp - self.first_timestamp) / TIMESTAMPS_PER_SECOND
    }

    /// The languages that can be told apart, with their tokens.
    pub fn languages(&self) -> Option<[(Language, u32); 2]> {
        let [first, second] = self.languages?;
        Some([(Language::ALL[0], first), (Language::ALL[1], second)])
    }

    /// What a window's text begins with: `<|startoftranscript|><|ko|><|transcribe|>`.
    pub fn beginning(&self, language: Language, timestamps: bool) -> Result<Vec<u32>> {
        let mut beginning = vec![self.start];
        match self.languages() {
            Some(languages) => {
                let token =
                    languages.iter().find(|(known, _)| *known == language).map(|(_, token)| *token);
                beginning.extend(token);
                beginning.push(self.transcribe);
            }
            None if language == Language::English => {}
            None => {
                let detail = format!("this model knows English only, not \"{}\"", language.code());
                return Err(EngineError::BadRequest { detail });
            }
        }
        if !timestamps {
            beginning.push(self.no_timestamps);
        }
        Ok(beginning)
    }
}

/// English-only models have one token fewer than the smallest multilingual ones.
fn is_multilingual(sizes: &Sizes) -> bool {
    const SMALLEST_MULTILINGUAL: usize = 51_865;
    sizes.vocabulary >= SMALLEST_MULTILINGUAL
}

/// Tokens for what transcripts contain beside speech: brackets around remarks,
/// speaker marks, musical notes. Hyphens and apostrophes belong into words and
/// are only kept from beginning one.
fn marks(tokenizer: &Tokenizer) -> Result<Vec<u32>> {
    const SYMBOLS: &str = "\" # ( ) * + / : ; < = > @ [ \\ ] ^ _ ` { | } ~ 「 」 『 』 \
        << >> <<< >>> -- --- -( -[ (' (\" (( )) ((( ))) [[ ]] {{ }} ♪♪ ♪♪♪";
    /// Some are more than one token; the first is enough to keep them out, and
    /// nothing else begins with it.
    const NOTES: &str = "♩ ♪ ♫ ♬ ♭ ♮ ♯";
    let mut marks = Vec::new();
    for beginning in [" -", " '"] {
        marks.extend(tokenizer.encode(beginning)?.first());
    }
    for symbol in SYMBOLS.split(' ') {
        marks.extend(single(tokenizer, symbol)?);
        marks.extend(single(tokenizer, &format!(" {symbol}"))?);
    }
    for note in NOTES.split(' ') {
        marks.extend(tokenizer.encode(note)?.first());
        marks.extend(tokenizer.encode(&format!(" {note}"))?.first());
    }
    marks.sort_unstable();
    marks.dedup();
    Ok(marks)
}

/// The token that is exactly `text`, if there is one.
fn single(tokenizer: &Tokenizer, text: &str) -> Result<Option<u32>> {
    Ok(match tokenizer.encode(text)?[..] {
        [token] => Some(token),
        _ => None,
    })
}

fn missing(name: &str) -> EngineError {
    EngineError::bad_model("tokenizer.json", format!("has no token \"{name}\""))
}
