//! DistilBERT with a head for two feelings, as `distilbert-base-uncased-…-sst-2`.

use bella_protocol::Mood;

use super::encoder::{Encoder, Pass};
use super::sizes::{Family, Sizes};
use super::text::{check_vocabulary, fit};
use crate::error::{EngineError, Result};
use crate::math::softmax;
use crate::matrix::Linear;
use crate::tensors::Tensors;
use crate::tokenizer::Tokenizer;

#[derive(Debug)]
pub struct Classifier {
    encoder: Encoder,
    tokenizer: Tokenizer,
    /// \[width, width]
    before: Linear,
    /// \[labels, width]
    labels: Linear,
}

impl Classifier {
    /// The first label is negative, the second positive, as SST-2 numbers them.
    pub fn new(sizes: Sizes, mut tensors: Tensors, tokenizer: Tokenizer) -> Result<Self> {
        const LABELS: usize = 2;
        if sizes.family != Family::DistilBert {
            let detail = "only DistilBERT is run with a head for labels";
            return Err(EngineError::bad_model("model_type", detail));
        }
        let width = sizes.width;
        let encoder = Encoder::new(sizes, &mut tensors)?;
        check_vocabulary(&tokenizer, &encoder)?;
        Ok(Self {
            encoder,
            tokenizer,
            before: tensors.linear("pre_classifier", width, width)?,
            labels: tensors.linear("classifier", LABELS, width)?,
        })
    }

    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// A text that is too long is read from its start.
    pub fn read(&self, text: &str) -> Result<Mood> {
        let mut pass = self.begin(text)?;
        while self.advance(&mut pass) {}
        Ok(self.finish(&pass))
    }

    /// The same in steps of one layer.
    pub fn begin(&self, text: &str) -> Result<Pass> {
        let tokens = fit(&self.tokenizer, &self.encoder, text)?.tokens;
        self.encoder.begin(&[tokens])
    }

    pub fn advance(&self, pass: &mut Pass) -> bool {
        self.encoder.advance(pass)
    }

    /// The first token's state speaks for the sentence.
    pub fn finish(&self, pass: &Pass) -> Mood {
        let width = self.encoder.sizes().width;
        let first = pass.states().next().and_then(|states| states.get(..width)).unwrap_or_default();
        let mut before = vec![0.0; width];
        self.before.apply(first, &mut before);
        before.iter_mut().for_each(|x| *x = x.max(0.0));
        let mut scores = [0.0; 2];
        self.labels.apply(&before, &mut scores);
        softmax(&mut scores);
        let [negative, positive] = scores;
        Mood { negative, positive }
    }

    pub fn memory_bytes(&self) -> usize {
        let head = self.before.memory_bytes() + self.labels.memory_bytes();
        self.encoder.memory_bytes() + head + self.tokenizer.memory_bytes()
    }
}
