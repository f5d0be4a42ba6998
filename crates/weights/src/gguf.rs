//! GGUF, the container of llama.cpp: settings, a directory, then tensors.
//!
//! ```text
//! "GGUF"  version u32  tensor count u64  setting count u64
//! settings:   key string, kind u32, value          (string: length u64, bytes)
//! directory:  name string, dimensions u32, each u64 (innermost first), type u32, offset u64
//! padding to general.alignment (32 unless set)
//! tensors, each padded to the alignment; offsets count from here
//! ```
//! All numbers are little-endian. Versions 2 and 3 are the same to us: 3 only
//! added big-endian files, which are refused.

mod cursor;
mod read;
mod write;

use crate::{FormatError, Header, Parsed};

pub(crate) use read::HeaderReader;
pub use write::{TensorSpec, Writer};

pub(crate) const MAGIC: [u8; 4] = *b"GGUF";
const DEFAULT_ALIGNMENT: u64 = 32;
const ALIGNMENT_KEY: &str = "general.alignment";

/// Parses the beginning of a GGUF file, however much of it is there.
pub fn parse(bytes: &[u8]) -> Result<Parsed<Header>, FormatError> {
    let mut reader = HeaderReader::default();
    reader.feed(bytes)?;
    reader.parsed()
}

/// The numbers GGUF gives to the kinds of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    Bool,
    String,
    Array,
    U64,
    I64,
    F64,
}

impl Kind {
    const ALL: [Self; 13] = [
        Self::U8,
        Self::I8,
        Self::U16,
        Self::I16,
        Self::U32,
        Self::I32,
        Self::F32,
        Self::Bool,
        Self::String,
        Self::Array,
        Self::U64,
        Self::I64,
        Self::F64,
    ];

    /// `ALL` is in the order of GGUF's numbers.
    fn from_id(id: u32) -> Option<Self> {
        Self::ALL.get(id as usize).copied()
    }

    fn id(self) -> u32 {
        self as u32
    }

    /// The fewest bytes one value takes.
    fn least_bytes(self) -> u64 {
        match self {
            Self::U8 | Self::I8 | Self::Bool => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 | Self::String => 8,
            Self::Array => 12,
        }
    }
}
