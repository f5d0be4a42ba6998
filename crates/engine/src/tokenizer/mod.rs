//! Text to token ids and back.
//!
//! The `tokenizers` crate does the cutting ([`cutter`]), for large vocabularies
//! with a smaller model in it ([`unigram`]); this module builds it from a GGUF file
//! ([`from_gguf`]) or a `tokenizer.json` ([`from_json`], once it is known to be
//! [`sound`], its [`charsmap`] too), and keeps each token's bytes ([`pieces`]) so that a reply can be
//! streamed without decoding it again and again.

mod charsmap;
mod cutter;
mod from_gguf;
mod from_json;
mod pieces;
mod sound;
mod unigram;

use bella_weights::Metadata;

use crate::error::{EngineError, Result};
use cutter::Cutter;
use pieces::Pieces;

#[derive(Debug)]
pub struct Tokenizer {
    cutter: Cutter,
    pieces: Pieces,
    /// Tokens that steer the model and are never text: `<|im_end|>` and the like.
    control: Vec<(String, u32)>,
    bos: Option<u32>,
    /// Any of these ends a reply.
    ends: Vec<u32>,
}

/// Names under which families mark the end of a turn, for files that tell only
/// one of theirs.
const ENDS: [&str; 7] = [
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|end_of_text|>",
    "<end_of_turn>",
    "</s>",
    "<eos>",
];

/// The largest vocabularies have a quarter of a million tokens; a file that
/// numbers one higher is broken, and must not make us reserve memory up to it.
const LARGEST_VOCABULARY: usize = 1 << 22;

impl Tokenizer {
    pub fn from_gguf(metadata: &Metadata) -> Result<Self> {
        Ok(from_gguf::build(metadata)?.with_marks_of(metadata))
    }

    /// From the bytes of a `tokenizer.json`.
    pub fn from_json(json: &[u8]) -> Result<Self> {
        from_json::build(json)
    }

    fn new(cutter: Cutter, pieces: Pieces, control: Vec<(String, u32)>) -> Self {
        let ends = control.iter().filter(|(name, _)| ENDS.contains(&name.as_str()));
        let ends = ends.map(|(_, id)| *id).collect();
        Self { cutter, pieces, control, bos: None, ends }
    }

    /// Which tokens begin a text and end a reply is told by the model's file,
    /// also where the vocabulary comes from another.
    pub fn with_marks_of(mut self, metadata: &Metadata) -> Self {
        let id = |key: &str| metadata.u32(key).ok();
        self.bos = id("tokenizer.ggml.bos_token_id");
        self.ends.extend(id("tokenizer.ggml.eos_token_id"));
        self.ends.extend(id("tokenizer.ggml.eot_token_id"));
        self
    }

    /// Ids of a text in which control tokens are recognised: only for text that
    /// a template made, never for what a person or a document says.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>> {
        self.ids(text, false)
    }

    /// With the marks the model expects around a sequence (`<s>` … `</s>`), as
    /// its `tokenizer.json` tells.
    pub fn encode_with_marks(&self, text: &str) -> Result<Vec<u32>> {
        self.ids(text, true)
    }

    /// No id is beyond the vocabulary, whatever the file says.
    fn ids(&self, text: &str, with_marks: bool) -> Result<Vec<u32>> {
        let encoding = self
            .cutter
            .cut(text, with_marks)
            .map_err(|error| EngineError::BadRequest { detail: format!("tokenizer: {error}") })?;
        let ids = encoding.get_ids();
        match ids.iter().find(|&&id| id as usize >= self.vocabulary()) {
            None => Ok(ids.to_vec()),
            Some(id) => {
                let detail = format!("gives token {id}, of {} in all", self.vocabulary());
                Err(EngineError::bad_model("tokenizer.json", detail))
            }
        }
    }

    /// The bytes a token stands for; empty for control tokens and unknown ids.
    pub fn bytes_of(&self, token: u32) -> &[u8] {
        self.pieces.bytes_of(token)
    }

    pub fn decode(&self, tokens: &[u32]) -> String {
        let bytes: Vec<u8> =
            tokens.iter().flat_map(|&token| self.bytes_of(token)).copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub fn id_of(&self, token: &str) -> Option<u32> {
        self.cutter.id_of(token)
    }

    /// The id of a control token, as it is written in the vocabulary.
    pub fn control_token(&self, id: u32) -> Option<&str> {
        self.control.iter().find(|(_, control)| *control == id).map(|(name, _)| name.as_str())
    }

    pub fn control_tokens(&self) -> impl Iterator<Item = &str> {
        self.control.iter().map(|(name, _)| name.as_str())
    }

    pub fn bos(&self) -> Option<u32> {
        self.bos
    }

    pub fn is_end(&self, token: u32) -> bool {
        self.ends.contains(&token)
    }

    /// One more than the highest id.
    pub fn vocabulary(&self) -> usize {
        self.pieces.len()
    }

    /// What it takes, as far as that is known.
    pub fn memory_bytes(&self) -> usize {
        self.cutter.memory_bytes() + self.pieces.memory_bytes()
    }
}
