//! One vector for a text: texts of near meaning have near vectors.

use bella_protocol::{Purpose, TextRead};

use super::encoder::{Encoder, Pass};
use super::sizes::Sizes;
use super::text::{Fitted, check_vocabulary, fit};
use crate::error::Result;
use crate::math::dot;
use crate::tensors::Tensors;
use crate::tokenizer::Tokenizer;

/// A sentence-embedding model: the mean over the encoder's states, brought to
/// length one.
#[derive(Debug)]
pub struct Embedder {
    encoder: Encoder,
    tokenizer: Tokenizer,
    prefixed: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Embedding {
    /// \[width], of length one
    pub vector: Vec<f32>,
    pub of: TextRead,
}

/// Texts on the way to their embeddings.
#[derive(Debug)]
pub struct Embeddings {
    pass: Pass,
    of: Vec<TextRead>,
}

impl Embedder {
    /// `name` tells whether the model wants prefixes: those called E5 do.
    pub fn new(
        name: &str,
        sizes: Sizes,
        mut tensors: Tensors,
        tokenizer: Tokenizer,
    ) -> Result<Self> {
        let encoder = Encoder::new(sizes, &mut tensors)?;
        check_vocabulary(&tokenizer, &encoder)?;
        let prefixed =
            name.split(|c: char| !c.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case("e5"));
        Ok(Self { encoder, tokenizer, prefixed })
    }

    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    pub fn width(&self) -> usize {
        self.encoder.sizes().width
    }

    /// Of every text in one go. The empty text has an embedding as well.
    pub fn embed(&self, purpose: Purpose, texts: &[impl AsRef<str>]) -> Result<Vec<Embedding>> {
        let mut embeddings = self.begin(purpose, texts)?;
        while self.advance(&mut embeddings) {}
        Ok(self.finish(&embeddings))
    }

    /// The same in steps of one layer: [`advance`](Self::advance) until it says
    /// `false`, then [`finish`](Self::finish).
    pub fn begin(&self, purpose: Purpose, texts: &[impl AsRef<str>]) -> Result<Embeddings> {
        let fitted = texts.iter().map(|text| self.fit(purpose, text.as_ref()));
        let fitted: Vec<Fitted> = fitted.collect::<Result<_>>()?;
        let sentences: Vec<&[u32]> = fitted.iter().map(|fitted| &fitted.tokens[..]).collect();
        let pass = self.encoder.begin(&sentences)?;
        let read = |fitted: &Fitted| TextRead { tokens: fitted.of, read: fitted.tokens.len() };
        Ok(Embeddings { pass, of: fitted.iter().map(read).collect() })
    }

    pub fn advance(&self, embeddings: &mut Embeddings) -> bool {
        self.encoder.advance(&mut embeddings.pass)
    }

    pub fn finish(&self, embeddings: &Embeddings) -> Vec<Embedding> {
        let means = embeddings.pass.means().zip(&embeddings.of);
        means.map(|(mean, &of)| Embedding { vector: to_unit_length(mean), of }).collect()
    }

    pub(super) fn fit(&self, purpose: Purpose, text: &str) -> Result<Fitted> {
        match (self.prefixed, purpose) {
            (false, _) => fit(&self.tokenizer, &self.encoder, text),
            (true, Purpose::Query) => {
                fit(&self.tokenizer, &self.encoder, &format!("query: {text}"))
            }
            (true, Purpose::Passage) => {
                fit(&self.tokenizer, &self.encoder, &format!("passage: {text}"))
            }
        }
    }

    pub fn memory_bytes(&self) -> usize {
        self.encoder.memory_bytes() + self.tokenizer.memory_bytes()
    }
}

fn to_unit_length(mut vector: Vec<f32>) -> Vec<f32> {
    let length = dot(&vector, &vector).sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|x| *x /= length);
    }
    vector
}
