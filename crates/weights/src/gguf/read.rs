//! Reads a GGUF header that arrives in pieces.
//!
//! The reader goes on where it stopped: a vocabulary of some megabytes, arriving
//! in chunks of some kilobytes, is read once and not once per chunk. Nothing is
//! allocated by a count or a length before the bytes it speaks of are there.

use super::cursor::{Cursor, Stop, malformed};
use super::{ALIGNMENT_KEY, DEFAULT_ALIGNMENT, Kind, MAGIC};
use crate::header::{MAX_DIMENSIONS, MAX_HEADER_BYTES, MAX_SETTINGS, MAX_TENSORS};
use crate::{
    Array, BlockType, Format, FormatError, Header, Metadata, Parsed, Problem, Strings, TensorInfo,
    Value,
};

const MAX_ALIGNMENT: u64 = 1 << 16;

#[derive(Debug, Default)]
pub(crate) struct HeaderReader {
    stage: Stage,
    /// Bytes of the file read so far.
    at: u64,
    /// Bytes of the file without which nothing more can be read.
    at_least: u64,
    settings: Progress,
    directory: Progress,
    metadata: Metadata,
    /// Offsets still count from the start of the tensor data.
    tensors: Vec<TensorInfo>,
}

#[derive(Debug, Default)]
enum Stage {
    #[default]
    Preamble,
    Settings,
    List(List),
    Directory,
    Done,
}

#[derive(Debug, Default)]
struct Progress {
    done: u64,
    count: u64,
}

impl Progress {
    fn is_complete(&self) -> bool {
        self.done == self.count
    }
}

/// A list in the middle of being read.
#[derive(Debug)]
struct List {
    key: String,
    items: Array,
    left: u64,
}

impl HeaderReader {
    /// Reads whole items from the front of `bytes` and returns how many bytes
    /// they took. The rest has to be offered again, with more behind it.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<usize, FormatError> {
        let mut cursor = Cursor::new(bytes, MAX_HEADER_BYTES - self.at);
        let mut taken = 0;
        while !self.is_done() {
            match self.step(&mut cursor) {
                Ok(()) => taken = cursor.at,
                Err(Stop::Short { at_least }) => {
                    self.at_least = self.at + at_least;
                    break;
                }
                Err(Stop::Malformed(error)) => return Err(error),
            }
        }
        self.at += taken as u64;
        Ok(taken)
    }

    pub(crate) fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Done)
    }

    /// Hands out the header when it is whole, and begins anew.
    pub(crate) fn parsed(&mut self) -> Result<Parsed<Header>, FormatError> {
        if !self.is_done() {
            return Ok(Parsed::Incomplete { at_least: self.at_least });
        }
        let Self { at, metadata, tensors, .. } = std::mem::take(self);
        let alignment = alignment(&metadata)?;
        let data = at.next_multiple_of(alignment);
        let tensors = tensors
            .into_iter()
            .map(|tensor| {
                let offset = data + tensor.offset;
                TensorInfo::checked(tensor.name, tensor.shape, tensor.dtype, offset)
            })
            .collect::<Result<_, _>>()?;
        Header::assemble(Format::Gguf, metadata, tensors, Vec::new(), at, alignment)
            .map(Parsed::Whole)
    }

    /// Reads one item. An item cut short leaves the reader as it was.
    fn step(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Stop> {
        match &mut self.stage {
            Stage::Preamble => self.preamble(cursor)?,
            Stage::Settings if self.settings.is_complete() => self.stage = Stage::Directory,
            Stage::Settings => self.setting(cursor)?,
            Stage::List(list) if list.left == 0 => {
                let key = std::mem::take(&mut list.key);
                let items = std::mem::replace(&mut list.items, Array::U8(Vec::new()));
                self.keep(key, Value::Array(items))?;
            }
            Stage::List(list) => list.extend(cursor)?,
            Stage::Directory if self.directory.is_complete() => self.stage = Stage::Done,
            Stage::Directory => self.tensor(cursor)?,
            Stage::Done => {}
        }
        Ok(())
    }

    fn preamble(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Stop> {
        let magic = cursor.array::<4>("magic")?;
        if magic != MAGIC {
            let got = String::from_utf8_lossy(&magic).into_owned();
            return Err(malformed("magic", Problem::WrongMagic { got, expected: "GGUF" }));
        }
        match cursor.u32("version")? {
            2 | 3 => {}
            swapped if (1..=3).contains(&swapped.swap_bytes()) => {
                return Err(malformed("version", Problem::BigEndian));
            }
            got => {
                return Err(malformed(
                    "version",
                    Problem::WrongVersion { got, supported: "2 and 3" },
                ));
            }
        }
        let tensors = cursor.count("tensor count", MAX_TENSORS)?;
        let settings = cursor.count("setting count", MAX_SETTINGS)?;
        self.directory.count = tensors;
        self.settings.count = settings;
        self.stage = Stage::Settings;
        Ok(())
    }

    fn setting(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Stop> {
        let position = format!("setting {}", self.settings.done);
        let key = cursor.name(&position)?;
        let kind = cursor.kind(&key)?;
        if kind == Kind::Array {
            self.stage = Stage::List(List::begin(key, cursor)?);
            return Ok(());
        }
        let value = cursor.value(kind, &key)?;
        self.keep(key, value)
    }

    fn keep(&mut self, key: String, value: Value) -> Result<(), Stop> {
        if self.metadata.contains(&key) {
            return Err(malformed(key, Problem::Duplicate));
        }
        self.metadata.insert(key, value);
        self.settings.done += 1;
        self.stage = Stage::Settings;
        Ok(())
    }

    fn tensor(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Stop> {
        let position = format!("tensor {}", self.directory.done);
        let name = cursor.name(&position)?;
        let dimensions = u64::from(cursor.u32(&name)?);
        if dimensions > MAX_DIMENSIONS {
            let problem = Problem::TooManyDimensions { got: dimensions, limit: MAX_DIMENSIONS };
            return Err(malformed(name, problem));
        }
        let mut shape = Vec::with_capacity(dimensions as usize);
        for _ in 0..dimensions {
            let length = usize::try_from(cursor.u64(&name)?);
            shape.push(length.map_err(|_| malformed(&name, Problem::ShapeOverflow))?);
        }
        shape.reverse();
        let dtype = BlockType::from_ggml_id(cursor.u32(&name)?, &name)?;
        let offset = cursor.u64(&name)?;
        self.tensors.push(TensorInfo::checked(name, shape, dtype, offset)?);
        self.directory.done += 1;
        Ok(())
    }
}

impl List {
    fn begin(key: String, cursor: &mut Cursor<'_>) -> Result<Self, Stop> {
        let kind = cursor.kind(&key)?;
        let items = match kind {
            Kind::U8 => Array::U8(Vec::new()),
            Kind::I8 => Array::I8(Vec::new()),
            Kind::U16 => Array::U16(Vec::new()),
            Kind::I16 => Array::I16(Vec::new()),
            Kind::U32 => Array::U32(Vec::new()),
            Kind::I32 => Array::I32(Vec::new()),
            Kind::U64 => Array::U64(Vec::new()),
            Kind::I64 => Array::I64(Vec::new()),
            Kind::F32 => Array::F32(Vec::new()),
            Kind::F64 => Array::F64(Vec::new()),
            Kind::Bool => Array::Bool(Vec::new()),
            Kind::String => Array::String(Strings::default()),
            Kind::Array => {
                let got = "a list of lists".to_owned();
                return Err(malformed(key, Problem::UnknownType { got }));
            }
        };
        let left = cursor.count(&key, MAX_HEADER_BYTES / kind.least_bytes())?;
        Ok(Self { key, items, left })
    }

    /// Reads as many items as are there; at least one, or it is cut short.
    fn extend(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Stop> {
        let Self { key, items, left } = self;
        match items {
            Array::U8(items) => numbers(items, left, u8::from_le_bytes, cursor, key),
            Array::I8(items) => numbers(items, left, i8::from_le_bytes, cursor, key),
            Array::U16(items) => numbers(items, left, u16::from_le_bytes, cursor, key),
            Array::I16(items) => numbers(items, left, i16::from_le_bytes, cursor, key),
            Array::U32(items) => numbers(items, left, u32::from_le_bytes, cursor, key),
            Array::I32(items) => numbers(items, left, i32::from_le_bytes, cursor, key),
            Array::U64(items) => numbers(items, left, u64::from_le_bytes, cursor, key),
            Array::I64(items) => numbers(items, left, i64::from_le_bytes, cursor, key),
            Array::F32(items) => numbers(items, left, f32::from_le_bytes, cursor, key),
            Array::F64(items) => numbers(items, left, f64::from_le_bytes, cursor, key),
            Array::Bool(items) => {
                items.push(cursor.bool(key)?);
                *left -= 1;
                Ok(())
            }
            Array::String(items) => {
                let string = cursor.str(key, MAX_HEADER_BYTES)?;
                if !items.push(string) {
                    let got = string.len() as u64;
                    let problem =
                        Problem::TooLarge { what: "a string", got, limit: u32::MAX.into() };
                    return Err(malformed(&**key, problem));
                }
                *left -= 1;
                Ok(())
            }
        }
    }
}

fn numbers<T, const N: usize>(
    items: &mut Vec<T>,
    left: &mut u64,
    decode: impl Fn([u8; N]) -> T,
    cursor: &mut Cursor<'_>,
    key: &str,
) -> Result<(), Stop> {
    let there = (cursor.remaining() / N).max(1) as u64;
    let count = there.min(*left);
    let (values, _) = cursor.take(count * N as u64, key)?.as_chunks::<N>();
    items.extend(values.iter().map(|bytes| decode(*bytes)));
    *left -= count;
    Ok(())
}

/// The alignment a file asks for.
pub(super) fn alignment(metadata: &Metadata) -> Result<u64, FormatError> {
    let Some(alignment) = metadata.optional(ALIGNMENT_KEY, Metadata::u32)? else {
        return Ok(DEFAULT_ALIGNMENT);
    };
    let alignment = u64::from(alignment);
    if alignment.is_power_of_two() && alignment <= MAX_ALIGNMENT {
        return Ok(alignment);
    }
    let detail = format!("{alignment} is not a power of two up to {MAX_ALIGNMENT}");
    Err(FormatError::new(ALIGNMENT_KEY, Problem::Invalid { detail }))
}
