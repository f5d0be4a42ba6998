//! The models that are loaded, by name.

use std::collections::BTreeMap;

use bella_protocol::{LoadedModel, Task};

use crate::bert::{Classifier, Embedder, Feeling};
use crate::error::{EngineError, Result};
use crate::llm::{Conversation, LanguageModel};
use crate::model::{FeelingModel, Model, NamedEmbedder};
use crate::vad::VoiceActivity;
use crate::whisper::Whisper;

#[derive(Debug, Default)]
pub(crate) struct Models {
    by_name: BTreeMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    model: Model,
    load_ms: f64,
}

/// What reads feelings, with all it needs.
pub(crate) enum Feeler<'a> {
    Whole(&'a Classifier),
    Addition(&'a Feeling, &'a Embedder),
}

impl Models {
    /// One of the same name is replaced.
    pub(crate) fn insert(&mut self, name: &str, model: Model, load_ms: f64) {
        self.by_name.insert(name.to_owned(), Entry { model, load_ms });
    }

    /// Whether there was one.
    pub(crate) fn remove(&mut self, name: &str) -> bool {
        self.by_name.remove(name).is_some()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.by_name.keys()
    }

    pub(crate) fn describe(&self) -> Vec<LoadedModel> {
        let entries = self.by_name.iter();
        entries.map(|(name, entry)| entry.model.describe(name, entry.load_ms)).collect()
    }

    pub(crate) fn memory_bytes(&self) -> u64 {
        self.by_name.values().map(|entry| entry.model.memory_bytes()).sum()
    }

    pub(crate) fn memory_bytes_without(&self, name: &str) -> u64 {
        let others = self.by_name.iter().filter(|(other, _)| *other != name);
        others.map(|(_, entry)| entry.model.memory_bytes()).sum()
    }

    /// Whether `name` is, or is an addition to, the model `of`.
    pub(crate) fn leans_on(&self, name: &str, of: &str) -> bool {
        let base = self.by_name.get(name).and_then(|entry| entry.model.base());
        name == of || base == Some(of)
    }

    pub(crate) fn chat(&mut self, name: &str) -> Result<(&LanguageModel, &mut Conversation)> {
        match self.by_name.get_mut(name).map(|entry| &mut entry.model) {
            Some(Model::Chat { model, memory }) => Ok((model, memory)),
            other => Err(unfit(name, other.as_deref(), Task::Chat)),
        }
    }

    pub(crate) fn whisper(&self, name: &str) -> Result<&Whisper> {
        match self.get(name) {
            Some(Model::Transcribe(model)) => Ok(model),
            other => Err(unfit(name, other, Task::Transcribe)),
        }
    }

    pub(crate) fn voice_activity(&self, name: &str) -> Result<&VoiceActivity> {
        match self.get(name) {
            Some(Model::Listen(model)) => Ok(model),
            other => Err(unfit(name, other, Task::Vad)),
        }
    }

    pub(crate) fn embedder(&self, name: &str) -> Result<&NamedEmbedder> {
        match self.get(name) {
            Some(Model::Embed(model)) => Ok(model),
            other => Err(unfit(name, other, Task::Embed)),
        }
    }

    pub(crate) fn feeler(&self, name: &str) -> Result<Feeler<'_>> {
        match self.get(name) {
            Some(Model::Feel(model)) => match &**model {
                FeelingModel::Whole(classifier) => Ok(Feeler::Whole(classifier)),
                FeelingModel::Addition { feeling, base } => {
                    let NamedEmbedder { embedder, sha256 } = self.embedder(base)?;
                    if sha256 != feeling.base_sha256() {
                        let wanted = feeling.base_sha256();
                        let detail = format!("was learnt on {wanted}, and \"{base}\" is {sha256}");
                        return Err(EngineError::bad_model("feeling.base.sha256", detail));
                    }
                    Ok(Feeler::Addition(feeling, embedder))
                }
            },
            other => Err(unfit(name, other, Task::Feel)),
        }
    }

    fn get(&self, name: &str) -> Option<&Model> {
        self.by_name.get(name).map(|entry| &entry.model)
    }
}

fn unfit(name: &str, found: Option<&Model>, wanted: Task) -> EngineError {
    let model = name.to_owned();
    match found {
        None => EngineError::NotLoaded { model },
        Some(found) => EngineError::WrongTask {
            model,
            is: name_of(found.task()).to_owned(),
            wanted: name_of(wanted).to_owned(),
        },
    }
}

/// As a person would name it.
fn name_of(task: Task) -> &'static str {
    match task {
        Task::Chat => "conversation",
        Task::Transcribe => "transcription",
        Task::Embed => "meaning",
        Task::Feel => "feeling",
        Task::Vad => "voice activity",
    }
}
