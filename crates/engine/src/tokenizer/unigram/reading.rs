//! A Unigram model out of a `tokenizer.json`, whose pieces go straight to where
//! they stay: as values of JSON they would take ten times the file.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::vocabulary::Vocabulary;
use super::{UNKNOWN_PENALTY, Unigram};
use crate::tokenizer::LARGEST_VOCABULARY;

impl<'de> Deserialize<'de> for Unigram {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ModelVisitor)
    }
}

struct ModelVisitor;

impl<'de> Visitor<'de> for ModelVisitor {
    type Value = Unigram;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a Unigram model")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unigram, A::Error> {
        let mut vocabulary = None;
        let mut unknown: Option<u32> = None;
        let mut byte_fallback = false;
        while let Some(key) = map.next_key::<String>()? {
            match &key[..] {
                "unk_id" => unknown = map.next_value()?,
                "byte_fallback" => byte_fallback = map.next_value()?,
                "vocab" => vocabulary = Some(map.next_value_seed(Pieces)?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let vocabulary = vocabulary.ok_or_else(|| Error::missing_field("vocab"))?;
        if let Some(id) = unknown.filter(|&id| id as usize >= vocabulary.len()) {
            let detail = format!("unk_id is {id}, of {} pieces in all", vocabulary.len());
            return Err(Error::custom(detail));
        }
        let unknown_score = vocabulary.lowest_score() - UNKNOWN_PENALTY;
        Ok(Unigram { vocabulary, unknown, unknown_score, byte_fallback })
    }
}

/// `[["piece", score], …]`
struct Pieces;

impl<'de> DeserializeSeed<'de> for Pieces {
    type Value = Vocabulary;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vocabulary, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Pieces {
    type Value = Vocabulary;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of pieces")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut pieces: A) -> Result<Vocabulary, A::Error> {
        let mut vocabulary = Vocabulary::default();
        while pieces.next_element_seed(Scored(&mut vocabulary))?.is_some() {
            if vocabulary.len() > LARGEST_VOCABULARY {
                let detail = format!("a vocabulary beyond {LARGEST_VOCABULARY} tokens");
                return Err(Error::custom(detail));
            }
        }
        vocabulary.sort();
        Ok(vocabulary)
    }
}

/// `["piece", score]`
struct Scored<'a>(&'a mut Vocabulary);

impl<'de> DeserializeSeed<'de> for Scored<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_tuple(2, self)
    }
}

impl<'de> Visitor<'de> for Scored<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a piece and its score")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut pair: A) -> Result<(), A::Error> {
        let piece = pair.next_element_seed(Letters(self.0))?;
        piece.ok_or_else(|| Error::invalid_length(0, &"a piece and its score"))?;
        let score = pair.next_element()?;
        self.0.push_score(score.ok_or_else(|| Error::invalid_length(1, &"a piece and its score"))?);
        Ok(())
    }
}

/// `"piece"`
struct Letters<'a>(&'a mut Vocabulary);

impl<'de> DeserializeSeed<'de> for Letters<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Letters<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a piece")
    }

    fn visit_str<E: Error>(self, piece: &str) -> Result<(), E> {
        self.0.push_piece(piece).map_err(E::custom)
    }
}
