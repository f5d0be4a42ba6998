//! Text to tokens that fit an encoder.

use super::encoder::Encoder;
use crate::error::{EngineError, Result};
use crate::tokenizer::Tokenizer;

/// Far more than any encoder reads; a text beyond it is a mistake.
const LONGEST_TEXT_BYTES: usize = 1 << 20;

/// A text's tokens between the marks of the model, and how many there would be
/// if all fitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fitted {
    pub(super) tokens: Vec<u32>,
    pub(super) of: usize,
}

/// Cuts a text that is too long at its end; the closing mark stays.
pub(super) fn fit(tokenizer: &Tokenizer, encoder: &Encoder, text: &str) -> Result<Fitted> {
    if text.len() > LONGEST_TEXT_BYTES {
        let detail = format!("a text of {} bytes; {LONGEST_TEXT_BYTES} are the most", text.len());
        return Err(EngineError::BadRequest { detail });
    }
    let mut tokens = tokenizer.encode_with_marks(text)?;
    let (of, longest) = (tokens.len(), encoder.sizes().longest());
    if let (true, Some(&end)) = (of > longest, tokens.last()) {
        tokens.truncate(longest - 1);
        tokens.push(end);
    }
    Ok(Fitted { tokens, of })
}

/// Every number the tokenizer can give must have a row in the model.
pub(super) fn check_vocabulary(tokenizer: &Tokenizer, encoder: &Encoder) -> Result<()> {
    let (known, rows) = (tokenizer.vocabulary(), encoder.sizes().vocabulary);
    if known > rows {
        let detail = format!("has {known} tokens, and the model only {rows}");
        return Err(EngineError::bad_model("tokenizer.json", detail));
    }
    Ok(())
}
