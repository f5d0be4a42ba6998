//! How a text feels, read by an embedder's own encoder with adapters in its upper
//! layers.
//!
//! The file is small because it holds only what was learnt: the adapters, a head,
//! and a temperature that makes the probabilities honest. It names the encoder it
//! was learnt on, and is of no use on another.

use bella_protocol::{Mood, Purpose};
use bella_weights::Metadata;

use super::adapter::LayerAdapters;
use super::embedder::Embedder;
use super::encoder::Pass;
use super::sizes::Sizes;
use crate::error::{EngineError, Result};
use crate::math::dot;
use crate::tensors::Tensors;

#[derive(Debug)]
pub struct Feeling {
    base_sha256: String,
    base_layers: usize,
    /// Of the topmost layers.
    adapters: Vec<LayerAdapters>,
    /// \[width]
    head: Vec<f32>,
    bias: f32,
    temperature: f32,
}

/// As the file's `general.architecture` says.
pub const ARCHITECTURE: &str = "bert-feeling";

impl Feeling {
    pub fn new(metadata: &Metadata, mut tensors: Tensors) -> Result<Self> {
        let architecture = metadata.str("general.architecture")?;
        if architecture != ARCHITECTURE {
            let detail = format!("\"{architecture}\" is not \"{ARCHITECTURE}\"");
            return Err(EngineError::bad_model("general.architecture", detail));
        }
        let number = |key: &str, limit: usize| {
            let got = metadata.usize(key)?;
            match got > 0 && got <= limit {
                true => Ok(got),
                false => {
                    Err(EngineError::bad_model(key, format!("is {got}, not between 1 and {limit}")))
                }
            }
        };
        let width = number("feeling.base.width", 1 << 14)?;
        let hidden = number("feeling.base.hidden", 1 << 16)?;
        let base_layers = number("feeling.base.layers", 1 << 8)?;
        let adapted = number("feeling.layers", base_layers)?;
        let rank = number("feeling.rank", width)?;
        let temperature = metadata.f32("feeling.temperature")?;
        if !(temperature > 0.0 && temperature.is_finite()) {
            let detail = format!("is {temperature}, not a positive number");
            return Err(EngineError::bad_model("feeling.temperature", detail));
        }
        let adapters = (base_layers - adapted..base_layers)
            .map(|layer| LayerAdapters::take(&mut tensors, layer, rank, [width, hidden]));
        Ok(Self {
            base_sha256: metadata.str("feeling.base.sha256")?.to_owned(),
            base_layers,
            adapters: adapters.collect::<Result<_>>()?,
            head: tensors.floats("head.weight", &[width])?,
            bias: tensors.floats("head.bias", &[1])?[0],
            temperature,
        })
    }

    /// Of the file of the encoder this was learnt on, in lower-case hex.
    pub fn base_sha256(&self) -> &str {
        &self.base_sha256
    }

    /// Whether `base` has the shape this was learnt on. That it is the very same
    /// file is for those to check who know its hash.
    pub fn check_fits(&self, base: &Embedder) -> Result<()> {
        let Sizes { width, layers, .. } = *base.encoder().sizes();
        if (width, layers) != (self.head.len(), self.base_layers) {
            let detail = format!(
                "was learnt on {} layers of width {}, not on {layers} of {width}",
                self.base_layers,
                self.head.len()
            );
            return Err(EngineError::bad_model("feeling.base", detail));
        }
        Ok(())
    }

    /// A text that is too long is read from its start.
    pub fn read(&self, base: &Embedder, text: &str) -> Result<Mood> {
        let mut pass = self.begin(base, text)?;
        while self.advance(base, &mut pass) {}
        self.finish(&pass)
    }

    /// The same in steps of one layer.
    pub fn begin(&self, base: &Embedder, text: &str) -> Result<Pass> {
        self.check_fits(base)?;
        let tokens = base.fit(Purpose::Query, text)?.tokens;
        base.encoder().begin(&[tokens])
    }

    pub fn advance(&self, base: &Embedder, pass: &mut Pass) -> bool {
        base.encoder().advance_adapted(pass, &self.adapters)
    }

    pub fn finish(&self, pass: &Pass) -> Result<Mood> {
        let mean = pass.means().next().unwrap_or_default();
        let logit = (dot(&self.head, &mean) + self.bias) / self.temperature;
        if !logit.is_finite() {
            return Err(EngineError::bad_model("head.weight", "gives no number"));
        }
        let positive = 1.0 / (1.0 + (-logit).exp());
        Ok(Mood { negative: 1.0 - positive, positive })
    }

    pub fn memory_bytes(&self) -> usize {
        let adapters: usize = self.adapters.iter().map(LayerAdapters::memory_bytes).sum();
        adapters + size_of_val(&self.head[..])
    }
}
