//! Unigram: a text is cut into those pieces that are likeliest together
//! ("Subword Regularization", Kudo 2018), as SentencePiece does it.
//!
//! The `tokenizers` crate has this model as well, in a trie of hash maps that takes
//! a quarter of a gigabyte for the quarter of a million pieces of a multilingual
//! vocabulary. This one gives the same tokens out of a twentieth of that: it
//! takes the crate's place as the model, and all that happens to a text before and
//! after remains the crate's.
//!
//! - [`vocabulary`]: the pieces, found by what a text begins with
//! - [`reading`]: from a `tokenizer.json`, piece by piece

mod reading;
mod vocabulary;

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use tokenizers::models::unigram::UnigramTrainer;
use tokenizers::{Model, Token};

use vocabulary::Vocabulary;

/// What a character that is no piece is worth, below the least likely piece.
const UNKNOWN_PENALTY: f64 = 10.0;

#[derive(Debug)]
pub(super) struct Unigram {
    vocabulary: Vocabulary,
    /// What stands for characters that no piece has.
    unknown: Option<u32>,
    unknown_score: f64,
    /// Whether such characters are spelled out in bytes, `<0x41>`.
    byte_fallback: bool,
}

/// The best way to a place in the text.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    score: f64,
    /// The piece that ends here, and where it begins; `None` before any has come.
    last: Option<(u32, u32)>,
}

#[derive(Debug, thiserror::Error)]
enum CutError {
    #[error("a character is unknown, and nothing stands for unknown ones")]
    Unknown,
    #[error("a text of {0} bytes is too long")]
    TooLong(usize),
    #[error("this model is only read")]
    ReadOnly,
}

impl Unigram {
    fn len(&self) -> usize {
        self.vocabulary.len()
    }

    /// As the file writes them, with their numbers.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (&str, u32)> {
        (0..self.len() as u32).filter_map(|id| Some((self.vocabulary.piece(id)?, id)))
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.vocabulary.memory_bytes()
    }

    /// The likeliest pieces that make up `text`, in order; unknown characters that
    /// follow each other are one.
    fn cut(&self, text: &str) -> Result<Vec<(Range<usize>, u32)>, CutError> {
        let arrivals = self.arrivals(text)?;
        let mut pieces: Vec<(Range<usize>, u32)> = Vec::new();
        let mut end = text.len();
        while let Some((id, start)) = arrivals[end].last {
            let start = start as usize;
            match pieces.last_mut() {
                Some((piece, last)) if *last == id && Some(id) == self.unknown => {
                    piece.start = start;
                }
                _ => pieces.push((start..end, id)),
            }
            end = start;
        }
        pieces.reverse();
        Ok(pieces)
    }

    /// The best way to each place in `text`, in bytes. Of two that are as good, the
    /// one whose last piece is longer stays.
    fn arrivals(&self, text: &str) -> Result<Vec<Arrival>, CutError> {
        if u32::try_from(text.len()).is_err() {
            return Err(CutError::TooLong(text.len()));
        }
        let mut arrivals = vec![Arrival { score: 0.0, last: None }; text.len() + 1];
        for (start, character) in text.char_indices() {
            let until_here = arrivals[start].score;
            let mut is_known = false;
            for (length, id, score) in self.vocabulary.beginnings_of(&text[start..]) {
                arrivals[start + length].improve(until_here + score, id, start);
                is_known |= length == character.len_utf8();
            }
            let arrival = &mut arrivals[start + character.len_utf8()];
            let score = until_here + self.unknown_score;
            if !is_known && arrival.would_improve(score) {
                arrival.improve(score, self.unknown.ok_or(CutError::Unknown)?, start);
            }
        }
        Ok(arrivals)
    }

    /// A token for each byte of `text`; `None` where the vocabulary lacks one.
    fn spelled(&self, text: &str, at: &Range<usize>) -> Option<Vec<Token>> {
        let token = |byte| {
            let name = format!("<0x{byte:02X}>");
            Some(Token::new(self.vocabulary.id_of(&name)?, name, (at.start, at.end)))
        };
        text.bytes().map(token).collect()
    }
}

impl Arrival {
    fn would_improve(&self, score: f64) -> bool {
        self.last.is_none() || score > self.score
    }

    fn improve(&mut self, score: f64, id: u32, start: usize) {
        if self.would_improve(score) {
            *self = Self { score, last: Some((id, start as u32)) };
        }
    }
}

impl Model for Unigram {
    type Trainer = UnigramTrainer;

    fn tokenize(&self, text: &str) -> tokenizers::Result<Vec<Token>> {
        let mut tokens = Vec::new();
        for (at, id) in self.cut(text)? {
            let piece = &text[at.clone()];
            if Some(id) != self.unknown {
                tokens.push(Token::new(id, piece.to_owned(), (at.start, at.end)));
                continue;
            }
            // Several unknown characters may be a piece, one so unlikely that each
            // of them alone was likelier.
            let known = self.vocabulary.id_of(piece);
            let is_spelled = self.byte_fallback && known.is_none();
            match is_spelled.then(|| self.spelled(piece, &at)).flatten() {
                Some(bytes) => tokens.extend(bytes),
                None => {
                    let id = known.unwrap_or(id);
                    tokens.push(Token::new(id, piece.to_owned(), (at.start, at.end)));
                }
            }
        }
        Ok(tokens)
    }

    fn token_to_id(&self, token: &str) -> Option<u32> {
        self.vocabulary.id_of(token)
    }

    fn id_to_token(&self, id: u32) -> Option<String> {
        self.vocabulary.piece(id).map(str::to_owned)
    }

    fn get_vocab(&self) -> HashMap<String, u32> {
        self.pieces().map(|(piece, id)| (piece.to_owned(), id)).collect()
    }

    fn get_vocab_size(&self) -> usize {
        self.len()
    }

    fn save(&self, _: &Path, _: Option<&str>) -> tokenizers::Result<Vec<PathBuf>> {
        Err(CutError::ReadOnly.into())
    }

    fn get_trainer(&self) -> UnigramTrainer {
        UnigramTrainer::default()
    }
}
