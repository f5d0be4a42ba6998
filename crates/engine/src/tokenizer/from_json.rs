//! A tokenizer from the bytes of a `tokenizer.json`.

use tokenizers::Tokenizer as Usual;

use super::cutter::{Cutter, WithUnigram};
use super::pieces::Pieces;
use super::sound::{self, Kind};
use super::{LARGEST_VOCABULARY, Tokenizer};
use crate::error::{EngineError, Result};

pub(super) fn build(json: &[u8]) -> Result<Tokenizer> {
    let mut cutter = match sound::check(json)? {
        Kind::Unigram => {
            let read = serde_json::from_slice::<WithUnigram>(json);
            Cutter::from(read.map_err(|error| bad(error.into()))?)
        }
        Kind::Other => Cutter::from(Usual::from_bytes(json).map_err(bad)?),
    };
    cutter.take_whole_texts().map_err(bad)?;
    let mut control = Vec::new();
    let mut by_hand = Vec::new();
    for (id, token) in cutter.added_tokens() {
        if token.special { &mut control } else { &mut by_hand }.push((token.content, id));
    }
    control.sort_by_key(|(_, id)| *id);

    // Control tokens stand for no text.
    let pieces = match &cutter {
        Cutter::Usual(usual) => {
            let vocabulary = usual.get_vocab(false);
            let known = vocabulary.iter().map(|(piece, &id)| (&piece[..], id));
            pieces(&cutter, known, &by_hand, &control)?
        }
        Cutter::Unigram(unigram) => {
            pieces(&cutter, unigram.get_model().pieces(), &by_hand, &control)?
        }
    };
    Ok(Tokenizer::new(cutter, pieces, control))
}

/// What every token stands for: text, but not the control tokens.
fn pieces<'a>(
    cutter: &Cutter,
    known: impl Iterator<Item = (&'a str, u32)>,
    by_hand: &'a [(String, u32)],
    control: &[(String, u32)],
) -> Result<Pieces> {
    let mut by_id = Vec::new();
    let control = control.iter().map(|(_, id)| (None, *id));
    let known = known.chain(by_hand.iter().map(|(piece, id)| (&piece[..], *id)));
    for (piece, id) in known.map(|(piece, id)| (Some(piece), id)).chain(control) {
        let id = id as usize;
        if id >= LARGEST_VOCABULARY {
            let detail =
                format!("a vocabulary of {} tokens is beyond {LARGEST_VOCABULARY}", id + 1);
            return Err(EngineError::bad_model("tokenizer.json", detail));
        }
        if id >= by_id.len() {
            by_id.resize(id + 1, None);
        }
        by_id[id] = piece;
    }
    Ok(Pieces::new(cutter.spelling(), by_id.into_iter()))
}

fn bad(error: tokenizers::Error) -> EngineError {
    EngineError::bad_model("tokenizer.json", error.to_string())
}
