//! What is wrong with a file of weights, and where.
//!
//! `field` is the name a person could look for in the file: a metadata key, a
//! tensor's name, or a part of the header such as `version`. The file's own
//! name is added by whoever opened it.

use crate::BlockType;

/// A file is not what its format says it should be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct FormatError {
    pub field: String,
    pub problem: Problem,
}

impl FormatError {
    pub fn new(field: impl Into<String>, problem: Problem) -> Self {
        Self { field: field.into(), problem }
    }
}

/// The ways in which a field can be wrong.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Problem {
    #[error("the file begins with {got:?}, which is not {expected}")]
    WrongMagic { got: String, expected: &'static str },
    #[error("version {got} is not supported, only {supported}")]
    WrongVersion { got: u32, supported: &'static str },
    #[error("the file is written in big-endian byte order, which is not supported")]
    BigEndian,
    #[error("the file ends after {got} bytes, but {needed} are needed")]
    Truncated { needed: u64, got: u64 },
    #[error("{got} bytes arrived, but the file was announced as {announced}")]
    Surplus { got: u64, announced: u64 },
    #[error("{what} is {got}, more than the limit of {limit}")]
    TooLarge { what: &'static str, got: u64, limit: u64 },
    #[error("is not valid UTF-8")]
    NotUtf8,
    #[error("cannot be read as JSON: {detail}")]
    NotJson { detail: String },
    #[error("is missing")]
    Missing,
    #[error("appears twice")]
    Duplicate,
    #[error("is {got} where {expected} was expected")]
    WrongKind { expected: &'static str, got: String },
    #[error("has the unsupported type {got}")]
    UnknownType { got: String },
    #[error("has the type {got:?} where {expected} was expected")]
    WrongType { expected: &'static str, got: BlockType },
    #[error("has the shape {got:?} where {expected} was expected")]
    WrongShape { expected: String, got: Vec<usize> },
    #[error("has {got} dimensions, more than the limit of {limit}")]
    TooManyDimensions { got: u64, limit: u64 },
    #[error("has a shape that holds no elements")]
    EmptyShape,
    #[error("has a shape too large to address")]
    ShapeOverflow,
    #[error("has rows of {row} elements, which blocks of {block} do not divide")]
    PartialBlock { row: usize, block: usize },
    #[error("begins at offset {offset}, which is not a multiple of {alignment}")]
    Misaligned { offset: u64, alignment: u64 },
    #[error("overlaps {other:?}")]
    Overlap { other: String },
    #[error("ends at byte {end} of a file of {file_bytes}")]
    OutsideFile { end: u64, file_bytes: u64 },
    #[error("holds {got} bytes where its shape and type need {needed}")]
    WrongLength { needed: u64, got: u64 },
    #[error("{detail}")]
    Invalid { detail: String },
    #[error("needs {bytes} bytes of memory, which are not free")]
    OutOfMemory { bytes: u64 },
}

/// Bytes could not be moved, or are not what they should be.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Format(#[from] FormatError),
}
