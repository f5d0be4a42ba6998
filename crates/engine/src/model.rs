//! A model of any kind, ready to be used.

use bella_protocol::{LoadedModel, Task};

use crate::llm::{Conversation, LanguageModel};

#[derive(Debug)]
pub enum Model {
    Chat { model: Box<LanguageModel>, memory: Box<Conversation> },
}

impl Model {
    pub fn task(&self) -> Task {
        match self {
            Self::Chat { .. } => Task::Chat,
        }
    }

    /// What the model takes now, its memory of conversations included.
    pub fn memory_bytes(&self) -> u64 {
        match self {
            Self::Chat { model, memory } => (model.memory_bytes() + memory.memory_bytes()) as u64,
        }
    }

    pub fn describe(&self, id: &str, load_ms: f64) -> LoadedModel {
        match self {
            Self::Chat { model, .. } => LoadedModel {
                id: id.to_owned(),
                architecture: model.decoder().architecture().to_owned(),
                context_length: model.decoder().context_length(),
                memory_bytes: self.memory_bytes(),
                load_ms,
            },
        }
    }
}
