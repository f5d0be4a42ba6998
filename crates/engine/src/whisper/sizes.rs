//! How large a Whisper is.

use bella_weights::Metadata;

use crate::attention::{Memory, Precision};
use crate::error::{EngineError, Result};
use crate::tensors::Tensors;

/// By the names of the paper's code: `n_vocab`, `n_mels`, `n_audio_ctx` and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    pub vocabulary: usize,
    pub mels: usize,
    pub audio: Tower,
    pub text: Tower,
}

/// Encoder and decoder are each a tower of layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tower {
    /// Positions at most.
    pub context: usize,
    /// Numbers that stand for a position.
    pub state: usize,
    pub heads: usize,
    pub layers: usize,
}

impl Tower {
    pub fn new_memory(&self, precision: Precision) -> Memory {
        Memory::new(self.heads, self.state / self.heads, precision)
    }
}

/// Every Whisper there is has heads of this width. Hugging Face's weight files
/// do not tell their number, only the config beside them does.
const HEAD: usize = 64;
/// Filters are computed where a file brings none; it is not to ask for a billion.
const MOST_MELS: usize = 512;

impl Sizes {
    pub fn read(metadata: &Metadata, tensors: &Tensors) -> Result<Self> {
        let sizes = match metadata.contains("whisper.n_vocab") {
            true => Self::told(metadata)?,
            false => Self::seen(tensors)?,
        };
        sizes.check()?;
        Ok(sizes)
    }

    /// From the settings of a GGUF file.
    fn told(metadata: &Metadata) -> Result<Self> {
        let size = |name: &str| metadata.usize(&format!("whisper.{name}"));
        let tower = |name: &str| {
            Ok::<_, EngineError>(Tower {
                context: size(&format!("n_{name}_ctx"))?,
                state: size(&format!("n_{name}_state"))?,
                heads: size(&format!("n_{name}_head"))?,
                layers: size(&format!("n_{name}_layer"))?,
            })
        };
        Ok(Self {
            vocabulary: size("n_vocab")?,
            mels: size("n_mels")?,
            audio: tower("audio")?,
            text: tower("text")?,
        })
    }

    /// From the shapes of the tensors, for safetensors.
    fn seen(tensors: &Tensors) -> Result<Self> {
        let dimension = |name: &str, index: usize| {
            let shape = tensors.shape(name)?;
            shape.get(index).copied().ok_or_else(|| {
                EngineError::bad_model(name, format!("has only {} dimensions", shape.len()))
            })
        };
        let tower = |name: &str| {
            let positions = format!("model.{name}.embed_positions.weight");
            let state = dimension(&positions, 1)?;
            let layer = |index: &usize| {
                tensors.contains(&format!("model.{name}.layers.{index}.fc1.weight"))
            };
            Ok::<_, EngineError>(Tower {
                context: dimension(&positions, 0)?,
                state,
                heads: state / HEAD,
                layers: (0..).take_while(layer).count(),
            })
        };
        Ok(Self {
            vocabulary: dimension(super::EMBEDDING, 0)?,
            mels: dimension("model.encoder.conv1.weight", 1)?,
            audio: tower("encoder")?,
            text: tower("decoder")?,
        })
    }

    /// What the tensors' shapes cannot show to be wrong.
    fn check(&self) -> Result<()> {
        for (name, tower) in [("audio", self.audio), ("text", self.text)] {
            if tower.heads == 0 || tower.state == 0 || !tower.state.is_multiple_of(tower.heads) {
                let detail =
                    format!("{} heads do not divide a state of {}", tower.heads, tower.state);
                return Err(EngineError::bad_model(format!("whisper.n_{name}_head"), detail));
            }
            if tower.layers == 0 || tower.context < 2 {
                let detail =
                    format!("{} layers and {} positions are too few", tower.layers, tower.context);
                return Err(EngineError::bad_model(format!("whisper.n_{name}_layer"), detail));
            }
        }
        if self.audio.state != self.text.state {
            let detail =
                format!("{} and {} do not fit together", self.audio.state, self.text.state);
            return Err(EngineError::bad_model("whisper.n_text_state", detail));
        }
        if self.mels == 0 || self.mels > MOST_MELS {
            let detail = format!("is {}, not between 1 and {MOST_MELS}", self.mels);
            return Err(EngineError::bad_model("whisper.n_mels", detail));
        }
        Ok(())
    }

    /// Frames of the spectrogram that fill the encoder.
    pub fn window_frames(&self) -> usize {
        2 * self.audio.context
    }
}
