//! Every way a request can fail.
//!
//! The English text here is for logs and developers; people read the page's
//! catalogue, which has a sentence and a next step for each of these.

use serde::{Deserialize, Serialize};

use crate::NotKept;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Failure {
    #[error("model \"{model}\" is not loaded")]
    NotLoaded { model: String },
    #[error("{file} could not be fetched: {detail}")]
    Unreachable { file: String, detail: String },
    /// Its server sends it on to a host that the page's policy forbids.
    #[error("{file} is on a host that this page may not talk to")]
    Forbidden { file: String },
    #[error("{file} answered with status {status}")]
    BadStatus { file: String, status: u16 },
    #[error("{file} ended after {got} of {expected} bytes")]
    ShortFile { file: String, got: u64, expected: u64 },
    #[error("{file} is not what it should be: sha256 {got} instead of {expected}")]
    WrongHash { file: String, expected: String, got: String },
    /// The bytes arrived whole but are not a model the engine can run.
    #[error("{file}: {field}: {detail}")]
    BadModel { file: String, field: String, detail: String },
    /// A file that somebody chose holds something else.
    #[error("{file} is not in what was chosen")]
    NotInFile { file: String },
    /// It was only to be kept, and cannot be.
    #[error("it cannot be kept: {0:?}")]
    NotKept(NotKept),
    #[error("\"{model}\" needs {needed_bytes} bytes and only {free_bytes} are free")]
    TooLarge { model: String, needed_bytes: u64, free_bytes: u64 },
    #[error("the message alone is {tokens} tokens, and the context holds {limit}")]
    TooLong { tokens: usize, limit: usize },
    #[error("\"{model}\" is a model for {is}, not for {wanted}")]
    WrongTask { model: String, is: String, wanted: String },
    #[error("the request could not be understood: {detail}")]
    BadRequest { detail: String },
    /// The module trapped or ran out of memory; a new worker has to take over.
    #[error("the engine stopped: {detail}")]
    Crashed { detail: String },
}
