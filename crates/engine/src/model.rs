//! A model of any kind, ready to be used.

use bella_protocol::{LoadedModel, Task};

use crate::bert::{Classifier, Embedder, Feeling};
use crate::llm::{Conversation, LanguageModel};
use crate::vad::VoiceActivity;
use crate::whisper::Whisper;

#[derive(Debug)]
pub enum Model {
    Chat { model: Box<LanguageModel>, memory: Box<Conversation> },
    Transcribe(Box<Whisper>),
    Listen(Box<VoiceActivity>),
    Embed(Box<NamedEmbedder>),
    Feel(Box<FeelingModel>),
}

/// An embedder that others may be an addition to.
#[derive(Debug)]
pub struct NamedEmbedder {
    pub embedder: Embedder,
    /// Of its file of weights, in lower-case hex.
    pub sha256: String,
}

#[derive(Debug)]
pub enum FeelingModel {
    Whole(Box<Classifier>),
    /// An addition to the embedder of the name `base`.
    Addition {
        feeling: Feeling,
        base: String,
    },
}

impl Model {
    pub fn task(&self) -> Task {
        match self {
            Self::Chat { .. } => Task::Chat,
            Self::Transcribe(_) => Task::Transcribe,
            Self::Listen(_) => Task::Vad,
            Self::Embed(_) => Task::Embed,
            Self::Feel(_) => Task::Feel,
        }
    }

    /// The model that has to be loaded as well.
    pub fn base(&self) -> Option<&str> {
        match self {
            Self::Feel(model) => match &**model {
                FeelingModel::Addition { base, .. } => Some(base),
                FeelingModel::Whole(_) => None,
            },
            _ => None,
        }
    }

    /// What the model takes now, its memory of conversations included, or at the
    /// height of its work.
    pub fn memory_bytes(&self) -> u64 {
        let bytes = match self {
            Self::Chat { model, memory } => model.memory_bytes() + memory.memory_bytes(),
            Self::Transcribe(model) => model.memory_bytes() + model.working_bytes(),
            Self::Listen(model) => model.memory_bytes(),
            Self::Embed(model) => model.embedder.memory_bytes(),
            Self::Feel(model) => match &**model {
                FeelingModel::Whole(model) => model.memory_bytes(),
                FeelingModel::Addition { feeling, .. } => feeling.memory_bytes(),
            },
        };
        bytes as u64
    }

    pub fn describe(&self, id: &str, load_ms: f64) -> LoadedModel {
        let (architecture, context_length) = match self {
            Self::Chat { model, .. } => {
                (model.decoder().architecture(), model.decoder().context_length())
            }
            Self::Transcribe(model) => ("whisper", model.decoder().context()),
            Self::Listen(_) => ("silero", 0),
            Self::Embed(model) => {
                let encoder = model.embedder.encoder();
                (encoder.architecture(), encoder.sizes().longest())
            }
            Self::Feel(model) => match &**model {
                FeelingModel::Whole(model) => {
                    (model.encoder().architecture(), model.encoder().sizes().longest())
                }
                FeelingModel::Addition { .. } => (crate::bert::FEELING_ARCHITECTURE, 0),
            },
        };
        LoadedModel {
            id: id.to_owned(),
            architecture: architecture.to_owned(),
            context_length,
            memory_bytes: self.memory_bytes(),
            load_ms,
        }
    }
}
