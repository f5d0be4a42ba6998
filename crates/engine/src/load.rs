//! From a download to a model, without ever holding a file.

use bella_protocol::{Failure, ModelFile, ModelSpec, Progress, Task};
use bella_weights::{Header, TensorEvent, TensorStream};
use sha2::{Digest, Sha256};

use crate::error::EngineError;
use crate::llm::LanguageModel;
use crate::model::Model;
use crate::tensors::{Tensor, Tensors};

/// Progress is told once a percent, so that a bar moves and a queue does not fill.
const STEPS: u64 = 100;
/// Tokenizers and settings are read whole; none is larger.
const LARGEST_SMALL_FILE: u64 = 64 << 20;

/// Takes a model's files in the order it asks for them.
#[derive(Debug)]
pub struct ModelLoader {
    spec: ModelSpec,
    /// Index of the file that is wanted now.
    at: usize,
    hasher: Sha256,
    received: u64,
    told: u64,
    intake: Intake,
    header: Option<Header>,
    loaded: Tensors,
    tokenizer_json: Option<Vec<u8>>,
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
            at: 0,
            hasher: Sha256::new(),
            received: 0,
            told: 0,
            header: None,
            loaded: Tensors::default(),
            tokenizer_json: None,
            spec,
        })
    }

    /// The file whose bytes are to come next; `None` when all are there.
    pub fn wanted(&self) -> Option<&ModelFile> {
        self.spec.files.get(self.at)
    }

    pub fn push(&mut self, chunk: &[u8]) -> Result<(), Failure> {
        let Some(file) = self.spec.files.get(self.at) else { return Ok(()) };
        self.received += chunk.len() as u64;
        if self.received > file.bytes {
            let file = file.name.clone();
            let detail = format!(
                "is longer than the {} bytes it should have",
                self.spec.files[self.at].bytes
            );
            return Err(Failure::BadModel { file, field: "size".to_owned(), detail });
        }
        self.hasher.update(chunk);
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
                    self.loaded.insert(info.name.clone(), tensor);
                }
                Ok::<(), EngineError>(())
            }),
        };
        taken.map_err(|error| error.into_failure(&file.name))
    }

    /// How far the current file has come, when there is something new to tell.
    pub fn progress_worth_telling(&mut self) -> Option<Progress> {
        let file = self.spec.files.get(self.at)?;
        let step = self.received * STEPS / file.bytes.max(1);
        if step == self.told {
            return None;
        }
        self.told = step;
        Some(Progress {
            file: file.name.clone(),
            done_bytes: self.received,
            total_bytes: file.bytes,
        })
    }

    /// Checks length and hash of the file that is over, and turns to the next.
    pub fn end_file(&mut self) -> Result<(), Failure> {
        let Some(file) = self.spec.files.get(self.at) else { return Ok(()) };
        let name = &file.name;
        if self.received != file.bytes {
            return Err(Failure::ShortFile {
                file: name.clone(),
                got: self.received,
                expected: file.bytes,
            });
        }
        let got = hex(&std::mem::take(&mut self.hasher).finalize());
        if let Some(expected) = &file.sha256
            && *expected != got
        {
            return Err(Failure::WrongHash { file: name.clone(), expected: expected.clone(), got });
        }
        self.at += 1;
        self.received = 0;
        self.told = 0;
        let next = match self.spec.files.get(self.at) {
            Some(file) => Intake::of(file)?,
            None => Intake::Whole(Vec::new()),
        };
        match std::mem::replace(&mut self.intake, next) {
            Intake::Tensors(stream) => {
                let header = stream.finish();
                self.header =
                    Some(header.map_err(|error| EngineError::from(error).into_failure(name))?);
                Ok(())
            }
            Intake::Whole(bytes) => {
                self.tokenizer_json = Some(bytes);
                Ok(())
            }
        }
    }

    pub fn finish(self) -> Result<Model, Failure> {
        let file = self.spec.files.first().map_or(String::new(), |file| file.name.clone());
        let Some(header) = self.header else {
            return Err(Failure::BadModel {
                file,
                field: "header".into(),
                detail: "is missing".into(),
            });
        };
        match self.spec.task {
            Task::Chat => {
                let tokenizer = self.tokenizer_json.as_deref();
                let model = LanguageModel::new(&header.metadata, self.loaded, tokenizer)
                    .map_err(|error| error.into_failure(&file))?;
                let memory = Box::new(model.new_conversation());
                Ok(Model::Chat { model: Box::new(model), memory })
            }
            task => Err(Failure::BadRequest { detail: format!("{task:?} models are not run yet") }),
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
            return Ok(Self::Whole(Vec::new()));
        }
        Ok(Self::Tensors(Box::new(TensorStream::new(file.bytes))))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
