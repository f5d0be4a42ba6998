//! CTranslate2's whisper files, which say most of their sizes by the shapes of
//! their variables.

use std::io::{Read, Seek, SeekFrom};

use super::plan::{Piece, Plan, Stored};
use super::whisper::{Fused, Sizes, Slot, Tower};
use crate::ctranslate2::{self, Directory, Kind, Variable};
use crate::{BlockType, FileError, FormatError, Problem};

const SPECIFICATION: &str = "WhisperSpec";
/// More than any whisper has, and few enough to count.
const MAX_LAYERS: u32 = 256;

pub(super) fn plan(source: &mut (impl Read + Seek)) -> Result<Plan, FileError> {
    let directory = ctranslate2::read(&mut *source)?;
    if directory.specification != SPECIFICATION {
        let got = directory.specification;
        let problem = Problem::WrongKind { expected: SPECIFICATION, got };
        return Err(FormatError::new("specification", problem).into());
    }
    sizes(&directory)?.plan(|slot| piece(source, &directory, slot))
}

fn sizes(directory: &Directory) -> Result<Sizes, FormatError> {
    let shape = |name: &str, axis: usize| {
        let shape = &directory.variable(name)?.shape;
        let length = shape.get(axis).and_then(|&length| u32::try_from(length).ok());
        length.ok_or_else(|| {
            let expected = format!("a shape of more than {axis} dimensions");
            FormatError::new(name, Problem::WrongShape { expected, got: shape.clone() })
        })
    };
    let tower = |name: &str| {
        let heads = format!("{name}/num_heads");
        let head = u32::try_from(directory.scalar(&heads)?).unwrap_or(0);
        let positions = format!("{name}/position_encodings/encodings");
        let is_layer = |layer: &u32| {
            directory.contains(&format!("{name}/layer_{layer}/self_attention/linear_0/weight"))
        };
        let layer = (0..=MAX_LAYERS).take_while(is_layer).count() as u32;
        Ok::<_, FormatError>(Tower {
            ctx: shape(&positions, 0)?,
            state: shape(&positions, 1)?,
            head,
            layer,
        })
    };
    Ok(Sizes {
        n_vocab: shape("decoder/embeddings/weight", 0)?,
        n_mels: shape("encoder/conv1/weight", 1)?,
        audio: tower("encoder")?,
        text: tower("decoder")?,
    })
}

/// Finds one of the equal parts that a variable is stacked from.
fn piece(
    source: &mut (impl Read + Seek),
    directory: &Directory,
    slot: &Slot,
) -> Result<Piece, FileError> {
    let Fused { variable: name, part, of } = &slot.ctranslate2;
    let variable = directory.variable(name)?;
    let mut stacked = slot.shape.clone();
    if let Some(rows) = stacked.first_mut() {
        *rows *= of;
    }
    if variable.shape != stacked {
        let problem =
            Problem::WrongShape { expected: format!("{stacked:?}"), got: variable.shape.clone() };
        return Err(FormatError::new(name, problem).into());
    }
    let bytes = variable.bytes / *of as u64;
    let stored = match variable.kind {
        Kind::F32 => Stored::As(BlockType::F32),
        Kind::F16 => Stored::As(BlockType::F16),
        Kind::BF16 => Stored::As(BlockType::BF16),
        Kind::I8 => {
            let rows = slot.shape.first().copied().unwrap_or(0);
            let scales = scales(source, directory, &format!("{name}_scale"), part * rows, rows)?;
            Stored::Int8Rows { columns: slot.shape.iter().skip(1).product(), scales }
        }
        Kind::I16 | Kind::I32 => {
            let problem = Problem::UnknownType { got: format!("{:?}", variable.kind) };
            return Err(FormatError::new(name, problem).into());
        }
    };
    Ok(Piece { offset: variable.offset + bytes * *part as u64, bytes, stored })
}

/// The scales of some rows of a quantised matrix.
fn scales(
    source: &mut (impl Read + Seek),
    directory: &Directory,
    name: &str,
    first_row: usize,
    rows: usize,
) -> Result<Vec<f32>, FileError> {
    let Variable { shape, kind, offset, .. } = directory.variable(name)?;
    if *kind != Kind::F32 || !matches!(shape.as_slice(), [all] if *all >= first_row + rows) {
        let expected = format!("{rows} or more F32 scales");
        let problem = Problem::WrongShape { expected, got: shape.clone() };
        return Err(FormatError::new(name, problem).into());
    }
    source.seek(SeekFrom::Start(offset + 4 * first_row as u64))?;
    // The directory reader saw that these bytes are there.
    let mut bytes = vec![0; 4 * rows];
    source.read_exact(&mut bytes)?;
    let (scales, _) = bytes.as_chunks::<4>();
    Ok(scales.iter().map(|scale| f32::from_le_bytes(*scale)).collect())
}
