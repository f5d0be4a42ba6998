//! Which bytes of the source become which tensor of the GGUF file.

use std::io::{Read, Seek, SeekFrom, Write};

use half::{bf16, f16};

use crate::gguf::{TensorSpec, Writer};
use crate::{BlockType, FileError, FormatError, Metadata, Problem};

/// Bytes of the source held at once: a multiple of every number's size.
const PIECE: usize = 1 << 20;

#[derive(Debug)]
pub(super) struct Plan {
    pub(super) metadata: Metadata,
    pub(super) tensors: Vec<Planned>,
}

#[derive(Debug)]
pub(super) struct Planned {
    pub(super) spec: TensorSpec,
    pub(super) piece: Piece,
}

/// Where a tensor's numbers lie in the source, and how they are written there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) offset: u64,
    pub(super) bytes: u64,
    pub(super) stored: Stored,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stored {
    As(BlockType),
    /// Rows of signed bytes; a number is its byte divided by its row's scale.
    Int8Rows {
        columns: usize,
        scales: Vec<f32>,
    },
}

impl Plan {
    /// Writes the planned file to `out` and gives `out` back.
    pub(super) fn carry_out<W: Write>(
        &self,
        mut source: impl Read + Seek,
        out: W,
    ) -> Result<W, FileError> {
        let specs: Vec<TensorSpec> =
            self.tensors.iter().map(|tensor| tensor.spec.clone()).collect();
        let mut writer = Writer::begin(out, &self.metadata, &specs)?;
        let mut buffer = vec![0; PIECE];
        for tensor in &self.tensors {
            source.seek(SeekFrom::Start(tensor.piece.offset))?;
            let mut done = 0;
            while done < tensor.piece.bytes {
                let left = tensor.piece.bytes - done;
                let count = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
                let Some(bytes) = buffer.get_mut(..count) else {
                    break;
                };
                source.read_exact(bytes)?;
                writer.append(&tensor.recode(bytes, done)?)?;
                done += count as u64;
            }
        }
        writer.finish()
    }
}

impl Planned {
    /// Turns bytes of the source, `done` bytes into the tensor, into bytes of
    /// the file.
    fn recode<'a>(
        &self,
        bytes: &'a [u8],
        done: u64,
    ) -> Result<std::borrow::Cow<'a, [u8]>, FormatError> {
        let recoded = match (&self.piece.stored, self.spec.dtype) {
            (Stored::As(from), to) if *from == to => return Ok(bytes.into()),
            (Stored::As(BlockType::F16), BlockType::F32) => {
                widen(bytes, |half| f16::from_le_bytes(half).to_f32())
            }
            (Stored::As(BlockType::BF16), BlockType::F32) => {
                widen(bytes, |half| bf16::from_le_bytes(half).to_f32())
            }
            (Stored::As(BlockType::F32), BlockType::F16) => {
                let (numbers, _) = bytes.as_chunks::<4>();
                self.narrow(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)))?
            }
            (Stored::Int8Rows { columns, scales }, BlockType::F16) => {
                let scale_at = |index: u64| {
                    scales.get((index / *columns as u64) as usize).copied().unwrap_or(f32::NAN)
                };
                let numbers = bytes.iter().zip(done..);
                self.narrow(numbers.map(|(&q, index)| f32::from(q as i8) / scale_at(index)))?
            }
            (stored, to) => {
                let detail = format!("cannot turn {stored:?} into {to:?}");
                return Err(FormatError::new(&self.spec.name, Problem::Invalid { detail }));
            }
        };
        Ok(recoded.into())
    }

    /// Rounds to half precision, refusing what half precision cannot hold.
    fn narrow(&self, numbers: impl Iterator<Item = f32>) -> Result<Vec<u8>, FormatError> {
        let mut bytes = Vec::with_capacity(numbers.size_hint().0 * 2);
        for number in numbers {
            let half = f16::from_f32(number);
            if !half.is_finite() {
                let detail = format!("holds {number}, which half precision cannot");
                return Err(FormatError::new(&self.spec.name, Problem::Invalid { detail }));
            }
            bytes.extend(half.to_le_bytes());
        }
        Ok(bytes)
    }
}

fn widen(bytes: &[u8], decode: impl Fn([u8; 2]) -> f32) -> Vec<u8> {
    let (halves, _) = bytes.as_chunks::<2>();
    halves.iter().flat_map(|half| decode(*half).to_le_bytes()).collect()
}
