//! A tokenizer from the vocabulary inside a GGUF file.

use bella_weights::Metadata;
use tokenizers::models::bpe::{BPE, Merges, Vocab};
use tokenizers::normalizers::unicode::NFC;
use tokenizers::normalizers::{NormalizerWrapper, Replace};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{AddedToken, PreTokenizerWrapper, SplitDelimiterBehavior, Tokenizer as Inner};

use super::Tokenizer;
use super::pieces::{Pieces, Spelling};
use crate::error::{EngineError, Result};

const MODEL: &str = "tokenizer.ggml.model";
const PRE: &str = "tokenizer.ggml.pre";
const TOKENS: &str = "tokenizer.ggml.tokens";
const TYPES: &str = "tokenizer.ggml.token_type";
const MERGES: &str = "tokenizer.ggml.merges";
const SCORES: &str = "tokenizer.ggml.scores";

// Token types, as GGUF numbers them.
const CONTROL: u32 = 3;
const USER_DEFINED: u32 = 4;

/// Bytes of a token. The longest in use are runs of 128 signs of two bytes; to
/// find the merges of a token costs the square of its length.
const LONGEST_TOKEN: usize = 512;

pub(super) fn build(metadata: &Metadata) -> Result<Tokenizer> {
    let tokens: Vec<&str> = metadata.strings(TOKENS)?.iter().collect();
    let types = metadata.u32s(TYPES)?;
    if tokens.is_empty() || tokens.len() != types.len() {
        let detail = format!("{} types for {} tokens", types.len(), tokens.len());
        return Err(EngineError::bad_model(TYPES, detail));
    }
    if let Some(long) = tokens.iter().find(|token| token.len() > LONGEST_TOKEN) {
        let detail = format!("a token of {} bytes is longer than {LONGEST_TOKEN}", long.len());
        return Err(EngineError::bad_model(TOKENS, detail));
    }
    let (mut inner, spelling) = match metadata.str(MODEL)? {
        "gpt2" => (byte_level(metadata, &tokens)?, Spelling::ByteLevel),
        "llama" => (sentence_piece(metadata, &tokens)?, Spelling::SentencePiece),
        other => {
            return Err(EngineError::bad_model(MODEL, format!("\"{other}\" is not supported")));
        }
    };

    let of_type = |wanted: u32| {
        let chosen =
            tokens.iter().zip(&types).enumerate().filter(move |(_, (_, ty))| **ty == wanted);
        chosen.map(|(id, (token, _))| (token.to_string(), id as u32))
    };
    let control: Vec<(String, u32)> = of_type(CONTROL).collect();
    let added = |(token, _): (String, u32)| AddedToken::from(token, false).normalized(false);
    let bad = |error: tokenizers::Error| EngineError::bad_model(TOKENS, error.to_string());
    inner
        .add_special_tokens(control.iter().cloned().map(added).map(|token| token.special(true)))
        .map_err(bad)?;
    inner.add_tokens(of_type(USER_DEFINED).map(added)).map_err(bad)?;

    let is_text = |id: usize| types[id] != CONTROL;
    let pieces = tokens.iter().enumerate().map(|(id, token)| is_text(id).then_some(*token));
    let pieces = Pieces::new(spelling, pieces);
    Ok(Tokenizer::new(inner.into(), pieces, control))
}

fn vocabulary(tokens: &[&str]) -> Result<Vocab> {
    let vocabulary: Vocab =
        tokens.iter().enumerate().map(|(id, token)| (token.to_string(), id as u32)).collect();
    if vocabulary.len() != tokens.len() {
        return Err(EngineError::bad_model(TOKENS, "the same token stands there twice"));
    }
    Ok(vocabulary)
}

/// Byte-pair encoding over bytes, as GPT-2 does it; families differ in how they
/// cut a text into words first.
fn byte_level(metadata: &Metadata, tokens: &[&str]) -> Result<Inner> {
    let mut merges: Merges = Vec::new();
    for merge in metadata.strings(MERGES)?.iter() {
        let Some((left, right)) = merge.split_once(' ') else {
            return Err(EngineError::bad_model(MERGES, format!("\"{merge}\" is not a pair")));
        };
        merges.push((left.to_owned(), right.to_owned()));
    }
    let pre = metadata.str(PRE)?;
    // Llama 3 takes a word that is a token as it is, without merging up to it.
    let whole_words = matches!(pre, "llama-bpe" | "lfm2");
    let model = BPE::builder()
        .vocab_and_merges(vocabulary(tokens)?, merges)
        .ignore_merges(whole_words)
        .build()
        .map_err(|error| EngineError::bad_model(MERGES, error.to_string()))?;
    let mut inner = Inner::new(model);
    if pre == "qwen2" {
        inner
            .with_normalizer(Some(NFC))
            .map_err(|error| EngineError::bad_model(PRE, error.to_string()))?;
    }
    inner.with_pre_tokenizer(Some(word_cutter(pre)?));
    Ok(inner)
}

fn word_cutter(pre: &str) -> Result<PreTokenizerWrapper> {
    // Words, with what precedes them; digits by the group; punctuation; breaks.
    let by_pattern = |digits: &str| {
        let pattern = format!(
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{digits}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
        );
        let split =
            Split::new(SplitPattern::Regex(pattern), SplitDelimiterBehavior::Isolated, false);
        split.map(|split| vec![split.into(), ByteLevel::new(false, true, false).into()])
    };
    let cutters = match pre {
        "smollm" => Ok(vec![Digits::new(true).into(), ByteLevel::new(false, true, true).into()]),
        "gpt-2" | "default" => Ok(vec![ByteLevel::new(false, true, true).into()]),
        "qwen2" => by_pattern(""),
        "llama-bpe" | "lfm2" => by_pattern("{1,3}"),
        other => return Err(EngineError::bad_model(PRE, format!("\"{other}\" is not supported"))),
    };
    let cutters = cutters.map_err(|error| EngineError::bad_model(PRE, error.to_string()))?;
    Ok(Sequence::new(cutters).into())
}

/// SentencePiece's byte-pair encoding: no merge table, but a score for every
/// token. Each way to put a token together from two others is a merge, the best
/// scored first.
fn sentence_piece(metadata: &Metadata, tokens: &[&str]) -> Result<Inner> {
    let scores = metadata.f32s(SCORES)?;
    if scores.len() != tokens.len() {
        let detail = format!("{} scores for {} tokens", scores.len(), tokens.len());
        return Err(EngineError::bad_model(SCORES, detail));
    }
    let vocabulary = vocabulary(tokens)?;
    let mut merges: Vec<(f32, u32, u32, (String, String))> = Vec::new();
    for (id, token) in tokens.iter().enumerate() {
        for (cut, _) in token.char_indices().skip(1) {
            let (left, right) = token.split_at(cut);
            if let (Some(&left_id), Some(&right_id)) = (vocabulary.get(left), vocabulary.get(right))
            {
                merges.push((scores[id], left_id, right_id, (left.to_owned(), right.to_owned())));
            }
        }
    }
    merges.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let unknown = metadata.usize("tokenizer.ggml.unknown_token_id").unwrap_or(0);
    let mut builder = BPE::builder()
        .vocab_and_merges(vocabulary, merges.into_iter().map(|merge| merge.3).collect::<Vec<_>>())
        .byte_fallback(true)
        .fuse_unk(true);
    if let Some(unknown) = tokens.get(unknown) {
        builder = builder.unk_token((*unknown).to_owned());
    }
    let model =
        builder.build().map_err(|error| EngineError::bad_model(SCORES, error.to_string()))?;
    let mut inner = Inner::new(model);
    let spaces = Replace::new(" ", "▁").map(NormalizerWrapper::from);
    let spaces = spaces.map_err(|error| EngineError::bad_model(MODEL, error.to_string()))?;
    inner
        .with_normalizer(Some(spaces))
        .map_err(|error| EngineError::bad_model(MODEL, error.to_string()))?;
    Ok(inner)
}
