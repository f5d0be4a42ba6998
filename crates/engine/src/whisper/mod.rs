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

use crate::audio::mel::{BINS, MelFilters};
use crate::error::{EngineError, Result};
use crate::tensors::Tensors;
use crate::tokenizer::Tokenizer;
use decoder::Decoder;
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
        mut tensors: Tensors,
        tokenizer_json: Option<&[u8]>,
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
            encoder: Encoder::take(&mut tensors, sizes)?,
            decoder: Decoder::take(&mut tensors, sizes)?,
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

    /// What the weights take.
    pub fn memory_bytes(&self) -> usize {
        self.encoder.memory_bytes() + self.decoder.memory_bytes()
    }

    /// What a transcription takes at its height, beside the weights.
    pub fn working_bytes(&self) -> usize {
        let Sizes { mels, audio, text, .. } = self.sizes;
        let spectrogram = 2 * self.sizes.window_frames() * mels;
        // The stream, queries, keys and values of a layer.
        let encoding = 4 * audio.context * audio.state;
        let heard = 2 * text.layers * audio.context * text.state;
        let written = 2 * text.layers * text.context * text.state;
        (spectrogram + encoding + heard + written) * size_of::<f32>()
    }

    /// Text of what was said; timestamps are passed over.
    fn text_of(&self, said: &[u32]) -> String {
        let text: Vec<u32> =
            said.iter().copied().filter(|&token| self.tokens.is_text(token)).collect();
        self.tokenizer.decode(&text).trim().to_owned()
    }
}
