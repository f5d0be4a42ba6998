//! From a download to a model, without ever holding a file.

use std::collections::BTreeMap;

use bella_keep::Check;
use bella_protocol::{Failure, ModelFile, ModelSpec, Progress, Task};
use bella_weights::{Header, TensorEvent, TensorStream};

use crate::bert::{Classifier, Embedder, FEELING_ARCHITECTURE, Feeling, Sizes};
use crate::error::{EngineError, Result};
use crate::llm::LanguageModel;
use crate::model::{FeelingModel, Model, NamedEmbedder};
use crate::tensors::{Tensor, Tensors};
use crate::tokenizer::Tokenizer;
use crate::vad::VoiceActivity;
use crate::whisper::{self, Whisper};

/// Tokenizers and settings are read whole; none is larger.
const LARGEST_SMALL_FILE: u64 = 64 << 20;

const TOKENIZER: &str = "tokenizer.json";
const CONFIG: &str = "config.json";

/// Takes a model's files in the order it asks for them.
#[derive(Debug)]
pub struct ModelLoader {
    check: Check,
    intake: Intake,
    header: Option<Header>,
    /// Of the weights, in lower-case hex.
    sha256: String,
    loaded: Tensors,
    /// Whether nothing may be rounded that is not in the file.
    exact: bool,
    /// Tokenizer and settings, by name.
    small: BTreeMap<String, Vec<u8>>,
}

/// Where the bytes of the current file go.
#[derive(Debug)]
enum Intake {
    Tensors(Box<TensorStream>),
    Whole(Vec<u8>),
}

impl ModelLoader {
    pub fn new(spec: ModelSpec) -> Result<Self, Failure> {
        let Some(first) = spec.files.first() else {
            let detail = format!("\"{}\" has no files", spec.id);
            return Err(Failure::BadRequest { detail });
        };
        Ok(Self {
            intake: Intake::of(first)?,
            header: None,
            sha256: String::new(),
            loaded: Tensors::default(),
            exact: false,
            small: BTreeMap::new(),
            check: Check::new(spec),
        })
    }

    /// No weight is to be rounded that is not so in the file: many times as slow, and
    /// what the usual models are compared with. What a conversation remembers is
    /// rounded or not by its cache.
    pub fn exactly(mut self) -> Self {
        self.exact = true;
        self
    }

    /// The file whose bytes are to come next; `None` when all are there.
    pub fn wanted(&self) -> Option<&ModelFile> {
        self.check.wanted()
    }

    pub fn push(&mut self, chunk: &[u8]) -> Result<(), Failure> {
        self.check.push(chunk)?;
        let Some(file) = self.check.wanted() else { return Ok(()) };
        let is_whisper_to_round = self.check.spec().task == Task::Transcribe && !self.exact;
        let taken = match &mut self.intake {
            Intake::Whole(bytes) => {
                bytes.extend_from_slice(chunk);
                Ok(())
            }
            Intake::Tensors(stream) => stream.push(chunk, |event| {
                if let TensorEvent::Tensor { info, bytes } = event {
                    let tensor = Tensor {
                        shape: info.shape.clone(),
                        block: info.dtype,
                        bytes: bytes.into_owned(),
                    };
                    let name = info.name.clone();
                    if is_whisper_to_round && name == whisper::EMBEDDING {
                        return self.loaded.insert_rounded(name, tensor);
                    }
                    self.loaded.insert(name, tensor);
                }
                Ok::<(), EngineError>(())
            }),
        };
        taken.map_err(|error| error.into_failure(&file.name))
    }

    /// How far the current file has come, when there is something new to tell.
    pub fn progress_worth_telling(&mut self) -> Option<Progress> {
        self.check.progress_worth_telling()
    }

    /// Checks length and hash of the file that is over, and turns to the next.
    pub fn end_file(&mut self) -> Result<(), Failure> {
        let Some(name) = self.wanted().map(|file| file.name.clone()) else { return Ok(()) };
        let sha256 = self.check.end_file()?;
        let next = match self.wanted() {
            Some(file) => Intake::of(file)?,
            None => Intake::Whole(Vec::new()),
        };
        match std::mem::replace(&mut self.intake, next) {
            Intake::Tensors(stream) => {
                let header = stream.finish();
                self.header =
                    Some(header.map_err(|error| EngineError::from(error).into_failure(&name))?);
                self.sha256 = sha256;
                Ok(())
            }
            Intake::Whole(bytes) => {
                self.small.insert(name, bytes);
                Ok(())
            }
        }
    }

    pub fn finish(self) -> Result<Model, Failure> {
        let file = self.check.spec().files.first().map_or(String::new(), |file| file.name.clone());
        self.build().map_err(|error| error.into_failure(&file))
    }

    fn build(mut self) -> Result<Model> {
        let Some(header) = self.header.take() else {
            return Err(EngineError::bad_model("header", "is missing"));
        };
        let (metadata, mut tensors) = (&header.metadata, std::mem::take(&mut self.loaded));
        if self.exact {
            tensors = tensors.exactly();
        }
        let spec = self.check.spec().clone();
        Ok(match spec.task {
            Task::Chat => {
                let tokenizer = self.small.get(TOKENIZER).map(Vec::as_slice);
                let model = LanguageModel::new(metadata, tensors, tokenizer)?;
                let memory = Box::new(model.new_conversation());
                Model::Chat { model: Box::new(model), memory }
            }
            Task::Transcribe => {
                let tokenizer = self.small.get(TOKENIZER).map(Vec::as_slice);
                let make = if self.exact { Whisper::exact } else { Whisper::new };
                Model::Transcribe(Box::new(make(metadata, tensors, tokenizer)?))
            }
            Task::Vad => Model::Listen(Box::new(VoiceActivity::new(tensors)?)),
            Task::Embed => {
                let (sizes, tokenizer) = (self.sizes(&header)?, self.tokenizer()?);
                let embedder = Embedder::new(&spec.id, sizes, tensors, tokenizer)?;
                Model::Embed(Box::new(NamedEmbedder { embedder, sha256: self.sha256 }))
            }
            Task::Feel if metadata.str("general.architecture") == Ok(FEELING_ARCHITECTURE) => {
                let feeling = Feeling::new(metadata, tensors)?;
                let Some(base) = spec.base else {
                    let detail = "the model it is an addition to has to be named";
                    return Err(EngineError::bad_model("feeling.base", detail));
                };
                Model::Feel(Box::new(FeelingModel::Addition { feeling, base }))
            }
            Task::Feel => {
                let (sizes, tokenizer) = (self.sizes(&header)?, self.tokenizer()?);
                let classifier = Classifier::new(sizes, tensors, tokenizer)?;
                Model::Feel(Box::new(FeelingModel::Whole(Box::new(classifier))))
            }
        })
    }

    /// Its file is let go with it.
    fn tokenizer(&mut self) -> Result<Tokenizer> {
        match self.small.remove(TOKENIZER) {
            Some(json) => Tokenizer::from_json(&json),
            None => Err(EngineError::bad_model(TOKENIZER, "has to come with the weights")),
        }
    }

    /// An encoder's, from the file beside the weights or from within them.
    fn sizes(&self, header: &Header) -> Result<Sizes> {
        match self.small.get(CONFIG) {
            Some(json) => Sizes::from_config(json),
            None => Sizes::from_gguf(&header.metadata),
        }
    }
}

impl Intake {
    fn of(file: &ModelFile) -> Result<Self, Failure> {
        if file.name.ends_with(".json") {
            if file.bytes > LARGEST_SMALL_FILE {
                let detail = format!("{} bytes are too many for a tokenizer", file.bytes);
                return Err(Failure::BadModel {
                    file: file.name.clone(),
                    field: "size".into(),
                    detail,
                });
            }
            // Growing by doubling would hold it three times over.
            let mut room = Vec::new();
            let bytes = file.bytes as usize;
            room.try_reserve_exact(bytes).map_err(|_| Failure::TooLarge {
                model: file.name.clone(),
                needed_bytes: file.bytes,
                free_bytes: 0,
            })?;
            return Ok(Self::Whole(room));
        }
        Ok(Self::Tensors(Box::new(TensorStream::new(file.bytes))))
    }
}
