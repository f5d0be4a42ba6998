//! The whisper files of whisper.cpp (`ggml-tiny.bin`): hyperparameters, mel
//! filters, vocabulary, then tensors, each behind a head of its own.
//!
//! ```text
//! "lmgg"  11 hyperparameters i32
//! mel bands i32, bins i32, bands × bins f32
//! token count i32, each: length u32, bytes
//! until the end: dimensions i32, name length i32, type i32,
//!                each dimension i32 (innermost first), name, numbers
//! ```

use std::io::{Read, Seek};

use crate::header::{MAX_DIMENSIONS, MAX_TENSORS};
use crate::source::Source;
use crate::{BlockType, FileError, FormatError, Problem, TensorInfo};

const MAGIC: [u8; 4] = *b"lmgg";
/// The vocabulary, at about 52,000, is the largest of these numbers.
const MAX_HYPERPARAMETER: u32 = 1 << 20;
const MAX_MEL_BINS: u32 = 1 << 12;

/// What a file says about itself; the numbers stay in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Directory {
    pub hyperparameters: Hyperparameters,
    /// `[bands, bins]`
    pub mel_filters: TensorInfo,
    /// In the order of the file, named as OpenAI named them.
    pub tensors: Vec<TensorInfo>,
}

/// In the order of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hyperparameters {
    pub n_vocab: u32,
    pub n_audio_ctx: u32,
    pub n_audio_state: u32,
    pub n_audio_head: u32,
    pub n_audio_layer: u32,
    pub n_text_ctx: u32,
    pub n_text_state: u32,
    pub n_text_head: u32,
    pub n_text_layer: u32,
    pub n_mels: u32,
}

/// Walks through a file from head to head.
pub fn read(file: impl Read + Seek) -> Result<Directory, FileError> {
    let mut source = Source::new(file)?;
    let magic = source.array::<4>("magic")?;
    if magic != MAGIC {
        let got = String::from_utf8_lossy(&magic).into_owned();
        let problem = Problem::WrongMagic { got, expected: "a ggml file (\"lmgg\")" };
        return Err(FormatError::new("magic", problem).into());
    }
    let hyperparameters = read_hyperparameters(&mut source)?;
    let mel_filters = read_mel_filters(&mut source)?;
    let tokens = source.count("token count", MAX_HYPERPARAMETER)?;
    for index in 0..tokens {
        let field = format!("token {index}");
        let length = source.u32(&field)?;
        source.skip(length.into(), &field)?;
    }
    let mut tensors = Vec::new();
    while !source.is_at_end() {
        if tensors.len() as u64 == MAX_TENSORS {
            let problem =
                Problem::TooLarge { what: "the count", got: MAX_TENSORS + 1, limit: MAX_TENSORS };
            return Err(FormatError::new("tensors", problem).into());
        }
        tensors.push(read_tensor(&mut source, tensors.len())?);
    }
    Ok(Directory { hyperparameters, mel_filters, tensors })
}

fn read_hyperparameters<R: Read + Seek>(
    source: &mut Source<R>,
) -> Result<Hyperparameters, FileError> {
    let mut next = |field| source.count(field, MAX_HYPERPARAMETER);
    let hyperparameters = Hyperparameters {
        n_vocab: next("n_vocab")?,
        n_audio_ctx: next("n_audio_ctx")?,
        n_audio_state: next("n_audio_state")?,
        n_audio_head: next("n_audio_head")?,
        n_audio_layer: next("n_audio_layer")?,
        n_text_ctx: next("n_text_ctx")?,
        n_text_state: next("n_text_state")?,
        n_text_head: next("n_text_head")?,
        n_text_layer: next("n_text_layer")?,
        n_mels: next("n_mels")?,
    };
    // The file's overall type: each tensor states its own, which counts.
    next("ftype")?;
    Ok(hyperparameters)
}

fn read_mel_filters<R: Read + Seek>(source: &mut Source<R>) -> Result<TensorInfo, FileError> {
    let bands = source.count("mel bands", MAX_MEL_BINS)? as usize;
    let bins = source.count("mel bins", MAX_MEL_BINS)? as usize;
    let name = "mel_filters".to_owned();
    let filters = TensorInfo::checked(name, vec![bands, bins], BlockType::F32, source.position())?;
    source.skip(filters.bytes, &filters.name)?;
    Ok(filters)
}

fn read_tensor<R: Read + Seek>(
    source: &mut Source<R>,
    index: usize,
) -> Result<TensorInfo, FileError> {
    let field = format!("tensor {index}");
    let dimensions = source.count(&field, MAX_DIMENSIONS as u32)?;
    let name_length = source.count(&field, u16::MAX.into())? as u16;
    let type_id = source.u32(&field)?;
    let mut shape = Vec::with_capacity(dimensions as usize);
    for _ in 0..dimensions {
        shape.push(source.count(&field, i32::MAX as u32)? as usize);
    }
    shape.reverse();
    let name = source.name(name_length, &field)?;
    let dtype = BlockType::from_ggml_id(type_id, &name)?;
    let tensor = TensorInfo::checked(name, shape, dtype, source.position())?;
    source.skip(tensor.bytes, &tensor.name)?;
    Ok(tensor)
}
