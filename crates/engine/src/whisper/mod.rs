//! Speech to text: Whisper ("Robust Speech Recognition via Large-Scale Weak
//! Supervision", Radford et al. 2022), for Korean and English.
//!
//! - [`Whisper`] is a file made ready: [`encoder`], [`decoder`], [`tokens`].
//! - [`Transcription`] is one piece of sound on its way to text, however long. It
//!   advances in small steps ([`transcription`]), window by window
//!   ([`decoding`]), and its results come as they are found ([`segments`]).
//! - [`Listener`] hands over sound of any rate as it comes.
//! - [`rules`]: which token may follow which; [`repetition`]: what is a loop

mod attention;
pub mod decoder;
mod decoding;
pub mod encoder;
mod listener;
mod pace;
mod repetition;
pub mod rules;
mod segments;
mod sizes;
pub mod tokens;
mod transcription;

use bella_weights::Metadata;

use crate::attention::Precision;
use crate::audio::mel::{BINS, MelFilters};
use crate::error::{EngineError, Result};
use crate::tensors::Tensors;
use crate::tokenizer::Tokenizer;
use decoder::Decoder;
pub(crate) use decoder::EMBEDDING;
pub use decoding::Hypothesis;
use encoder::Encoder;
pub use listener::Listener;
pub use sizes::{Sizes, Tower};
use tokens::Tokens;
pub use transcription::{Step, Transcription};

#[derive(Debug)]
pub struct Whisper {
    sizes: Sizes,
    filters: MelFilters,
    encoder: Encoder,
    decoder: Decoder,
    tokens: Tokens,
    tokenizer: Tokenizer,
}

impl Whisper {
    /// From a GGUF file's settings and tensors, or from the tensors of a
    /// safetensors file alone. The tokenizer is always a file beside it.
    pub fn new(
        metadata: &Metadata,
        tensors: Tensors,
        tokenizer_json: Option<&[u8]>,
    ) -> Result<Self> {
        Self::take(metadata, tensors.rounding(), tokenizer_json, Precision::Bits7)
    }

    /// The same with tensors that are not to be rounded, nor what is remembered:
    /// what the usual model is compared with.
    pub fn exact(
        metadata: &Metadata,
        tensors: Tensors,
        tokenizer_json: Option<&[u8]>,
    ) -> Result<Self> {
        Self::take(metadata, tensors, tokenizer_json, Precision::Exact)
    }

    fn take(
        metadata: &Metadata,
        mut tensors: Tensors,
        tokenizer_json: Option<&[u8]>,
        precision: Precision,
    ) -> Result<Self> {
        let sizes = Sizes::read(metadata, &tensors)?;
        let Some(tokenizer_json) = tokenizer_json else {
            return Err(EngineError::bad_model("tokenizer.json", "has to come with the weights"));
        };
        let tokenizer = Tokenizer::from_json(tokenizer_json)?;
        let table = tensors.floats_if_any("mel_filters", &[sizes.mels, BINS])?;
        Ok(Self {
            filters: table.map_or_else(
                || MelFilters::slaney(sizes.mels),
                |table| MelFilters::from_table(&table),
            ),
            encoder: Encoder::take(&mut tensors, sizes, precision)?,
            decoder: Decoder::take(&mut tensors, sizes, precision)?,
            tokens: Tokens::new(&tokenizer, &sizes)?,
            tokenizer,
            sizes,
        })
    }

    pub fn sizes(&self) -> &Sizes {
        &self.sizes
    }

    pub fn filters(&self) -> &MelFilters {
        &self.filters
    }

    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    pub fn decoder(&self) -> &Decoder {
        &self.decoder
    }

    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// What the weights and the tokenizer take.
    pub fn memory_bytes(&self) -> usize {
        let weights = self.encoder.memory_bytes() + self.decoder.memory_bytes();
        weights + self.tokenizer.memory_bytes()
    }

    /// What a transcription takes at its height, beside the weights.
    pub fn working_bytes(&self) -> usize {
        let Sizes { mels, audio, text, .. } = self.sizes;
        let floats = size_of::<f32>();
        let spectrogram = 2 * self.sizes.window_frames() * mels * floats;
        // The stream and the queries of a layer, and rows on their way through it.
        let encoding = 4 * audio.context * audio.state * floats;
        // Keys and values, a byte for each number and their scales.
        let remembered = |positions, layers| 2 * layers * positions * text.state * 9 / 8;
        let heard = remembered(audio.context, text.layers + 1);
        spectrogram + encoding + heard + remembered(text.context, text.layers)
    }

    /// Text of what was said; timestamps are passed over.
    fn text_of(&self, said: &[u32]) -> String {
        let text: Vec<u32> =
            said.iter().copied().filter(|&token| self.tokens.is_text(token)).collect();
        self.tokenizer.decode(&text).trim().to_owned()
    }
}
