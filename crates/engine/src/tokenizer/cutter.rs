//! What cuts a text into tokens: the `tokenizers` crate, with one of its own models
//! in it or with ours.

use tokenizers::{
    AddedToken, DecoderWrapper, Encoding, NormalizerWrapper, PostProcessorWrapper,
    PreTokenizerWrapper, Result, Tokenizer as Usual, TokenizerImpl,
};

use super::pieces::Spelling;
use super::unigram::Unigram;

/// The crate's way from text to tokens around our model.
pub(super) type WithUnigram = TokenizerImpl<
    Unigram,
    NormalizerWrapper,
    PreTokenizerWrapper,
    PostProcessorWrapper,
    DecoderWrapper,
>;

#[derive(Debug)]
pub(super) enum Cutter {
    Usual(Box<Usual>),
    Unigram(Box<WithUnigram>),
}

/// What the crate takes for a token on average: its letters twice, in maps of
/// strings, and where it is merged from.
const USUAL_BYTES_PER_TOKEN: usize = 128;

impl Cutter {
    /// As little as possible is worked out: nobody asks where in the text a token is.
    pub(super) fn cut(&self, text: &str, with_marks: bool) -> Result<Encoding> {
        match self {
            Self::Usual(cutter) => cutter.encode_fast(text, with_marks),
            Self::Unigram(cutter) => cutter.encode_fast(text, with_marks),
        }
    }

    pub(super) fn id_of(&self, token: &str) -> Option<u32> {
        match self {
            Self::Usual(cutter) => cutter.token_to_id(token),
            Self::Unigram(cutter) => cutter.token_to_id(token),
        }
    }

    /// Files from sentence encoders cut and pad for their makers' batches.
    pub(super) fn take_whole_texts(&mut self) -> Result<()> {
        match self {
            Self::Usual(cutter) => {
                cutter.with_truncation(None)?.with_padding(None);
            }
            Self::Unigram(cutter) => {
                cutter.with_truncation(None)?.with_padding(None);
            }
        }
        Ok(())
    }

    /// Tokens that were added by hand, and their numbers.
    pub(super) fn added_tokens(&self) -> impl Iterator<Item = (u32, AddedToken)> {
        let added = match self {
            Self::Usual(cutter) => cutter.get_added_tokens_decoder(),
            Self::Unigram(cutter) => cutter.get_added_tokens_decoder(),
        };
        added.into_iter()
    }

    /// How its vocabulary writes bytes, told by how they are to be read.
    pub(super) fn spelling(&self) -> Spelling {
        let decoder = match self {
            Self::Usual(cutter) => cutter.get_decoder(),
            Self::Unigram(cutter) => cutter.get_decoder(),
        };
        let byte_level = match decoder {
            Some(DecoderWrapper::Sequence(sequence)) => {
                sequence.get_decoders().iter().any(is_byte_level)
            }
            decoder => decoder.is_some_and(is_byte_level),
        };
        if byte_level { Spelling::ByteLevel } else { Spelling::SentencePiece }
    }

    /// Of the crate's own models an estimate: it does not tell.
    pub(super) fn memory_bytes(&self) -> usize {
        match self {
            Self::Usual(cutter) => USUAL_BYTES_PER_TOKEN * cutter.get_vocab_size(false),
            Self::Unigram(cutter) => cutter.get_model().memory_bytes(),
        }
    }
}

fn is_byte_level(decoder: &DecoderWrapper) -> bool {
    matches!(decoder, DecoderWrapper::ByteLevel(_))
}

impl From<Usual> for Cutter {
    fn from(cutter: Usual) -> Self {
        Self::Usual(Box::new(cutter))
    }
}

impl From<WithUnigram> for Cutter {
    fn from(cutter: WithUnigram) -> Self {
        Self::Unigram(Box::new(cutter))
    }
}
