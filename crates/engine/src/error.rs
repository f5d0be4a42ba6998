//! What can go wrong inside the engine.

use bella_protocol::Failure;

pub type Result<T, E = EngineError> = std::result::Result<T, E>;

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EngineError {
    /// The file is whole but not a model this engine can run.
    #[error("{field}: {detail}")]
    BadModel { field: String, detail: String },
    #[error("the prompt is {tokens} tokens, and the context holds {limit}")]
    TooLong { tokens: usize, limit: usize },
    #[error("model \"{model}\" is not loaded")]
    NotLoaded { model: String },
    #[error("\"{model}\" is a model for {is}, not for {wanted}")]
    WrongTask { model: String, is: String, wanted: String },
    #[error("\"{model}\" needs {needed_bytes} bytes and only {free_bytes} are free")]
    TooLarge { model: String, needed_bytes: u64, free_bytes: u64 },
    #[error("{detail}")]
    BadRequest { detail: String },
    /// What was to be heard is no sound.
    #[error("the audio: {detail}")]
    BadAudio { detail: String },
}

impl EngineError {
    pub fn bad_model(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::BadModel { field: field.into(), detail: detail.into() }
    }

    /// As the page is told it. `file` is the file the bytes came from, where
    /// the error is about bytes.
    pub fn into_failure(self, file: &str) -> Failure {
        match self {
            Self::BadModel { field, detail } => {
                Failure::BadModel { file: file.to_owned(), field, detail }
            }
            Self::TooLong { tokens, limit } => Failure::TooLong { tokens, limit },
            Self::NotLoaded { model } => Failure::NotLoaded { model },
            Self::WrongTask { model, is, wanted } => Failure::WrongTask { model, is, wanted },
            Self::TooLarge { model, needed_bytes, free_bytes } => {
                Failure::TooLarge { model, needed_bytes, free_bytes }
            }
            Self::BadRequest { detail } => Failure::BadRequest { detail },
            error @ Self::BadAudio { .. } => Failure::BadRequest { detail: error.to_string() },
        }
    }
}

impl From<bella_weights::FormatError> for EngineError {
    fn from(error: bella_weights::FormatError) -> Self {
        Self::BadModel { field: error.field, detail: error.problem.to_string() }
    }
}
