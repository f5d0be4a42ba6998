//! What a weight file says about itself before its tensors begin.

use crate::{BlockType, FormatError, Metadata, Problem, gguf, safetensors};

/// No header of a real model comes near this; it bounds what is buffered
/// before the first tensor.
pub const MAX_HEADER_BYTES: u64 = 64 << 20;
/// The largest models have a few thousand tensors.
pub const MAX_TENSORS: u64 = 1 << 16;
/// Real files have about fifty.
pub(crate) const MAX_SETTINGS: u64 = 1 << 14;
/// Larger than any disk; keeps sums of offsets and lengths far from overflow.
pub(crate) const MAX_FILE_BYTES: u64 = 1 << 48;
/// ggml stops at four, Hugging Face models at five.
pub(crate) const MAX_DIMENSIONS: u64 = 8;

/// The containers the engine loads directly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Gguf,
    Safetensors,
}

/// Settings and directory of a weight file, whichever container it came in.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    pub format: Format,
    pub metadata: Metadata,
    /// In the order of the file, without overlaps.
    pub tensors: Vec<TensorInfo>,
    /// Tensors of a type Bella does not compute with, such as the integer
    /// position ids some safetensors files carry: they are skipped.
    pub ignored: Vec<IgnoredTensor>,
    /// Where the header ends and padding or tensors begin.
    pub header_bytes: u64,
    /// Indices into `tensors`, ordered by name.
    by_name: Vec<u32>,
}

/// One tensor of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorInfo {
    pub name: String,
    /// Outermost dimension first: a matrix is `[rows, columns]`.
    pub shape: Vec<usize>,
    pub dtype: BlockType,
    /// From the start of the file.
    pub offset: u64,
    pub bytes: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoredTensor {
    pub name: String,
    pub dtype: String,
}

/// The outcome of parsing bytes that may not have arrived in full.
#[derive(Clone, Debug, PartialEq)]
pub enum Parsed<T> {
    Whole(T),
    /// Not an error: try again with at least this many bytes from the start.
    Incomplete {
        at_least: u64,
    },
}

impl Header {
    /// Parses the beginning of a GGUF or safetensors file.
    pub fn parse(bytes: &[u8]) -> Result<Parsed<Self>, FormatError> {
        match Format::of(bytes)? {
            Parsed::Whole(Format::Gguf) => gguf::parse(bytes),
            Parsed::Whole(Format::Safetensors) => safetensors::parse(bytes),
            Parsed::Incomplete { at_least } => Ok(Parsed::Incomplete { at_least }),
        }
    }

    /// The directory entry of a tensor the model cannot do without.
    pub fn tensor(&self, name: &str) -> Result<&TensorInfo, FormatError> {
        if let Some(info) = self.find(name) {
            return Ok(info);
        }
        let problem = match self.ignored.iter().find(|tensor| tensor.name == name) {
            Some(tensor) => Problem::UnknownType { got: tensor.dtype.clone() },
            None => Problem::Missing,
        };
        Err(FormatError::new(name, problem))
    }

    /// The directory entry of a tensor the model may do without.
    pub fn find(&self, name: &str) -> Option<&TensorInfo> {
        let entry = |&index: &u32| self.tensors.get(index as usize);
        let at = self
            .by_name
            .binary_search_by(|index| entry(index).map_or("", |info| info.name.as_str()).cmp(name))
            .ok()?;
        self.by_name.get(at).and_then(entry)
    }

    /// Bytes a file needs at least to hold every tensor.
    pub fn least_file_bytes(&self) -> u64 {
        self.tensors.last().map_or(self.header_bytes, TensorInfo::end)
    }

    /// Checks the directory against the length of the file, before anything is
    /// allocated by what the directory says.
    pub fn check_fits(&self, file_bytes: u64) -> Result<(), FormatError> {
        if self.header_bytes > file_bytes {
            let problem = Problem::OutsideFile { end: self.header_bytes, file_bytes };
            return Err(FormatError::new("header", problem));
        }
        match self.tensors.iter().find(|tensor| tensor.end() > file_bytes) {
            Some(tensor) => {
                let problem = Problem::OutsideFile { end: tensor.end(), file_bytes };
                Err(FormatError::new(&tensor.name, problem))
            }
            None => Ok(()),
        }
    }

    /// Puts a directory in order and refuses duplicate names, overlaps and
    /// offsets that are not multiples of `alignment`.
    pub(crate) fn assemble(
        format: Format,
        metadata: Metadata,
        mut tensors: Vec<TensorInfo>,
        ignored: Vec<IgnoredTensor>,
        header_bytes: u64,
        alignment: u64,
    ) -> Result<Self, FormatError> {
        tensors.sort_by_key(|tensor| tensor.offset);
        let mut previous: Option<&TensorInfo> = None;
        for tensor in &tensors {
            if !tensor.offset.is_multiple_of(alignment) {
                let problem = Problem::Misaligned { offset: tensor.offset, alignment };
                return Err(FormatError::new(&tensor.name, problem));
            }
            if let Some(before) = previous.filter(|before| before.end() > tensor.offset) {
                let problem = Problem::Overlap { other: before.name.clone() };
                return Err(FormatError::new(&tensor.name, problem));
            }
            previous = Some(tensor);
        }
        let by_name = index_by_name(&tensors)?;
        Ok(Self { format, metadata, tensors, ignored, header_bytes, by_name })
    }
}

fn index_by_name(tensors: &[TensorInfo]) -> Result<Vec<u32>, FormatError> {
    let mut named: Vec<(&str, u32)> =
        tensors.iter().zip(0..).map(|(tensor, index)| (tensor.name.as_str(), index)).collect();
    named.sort_unstable();
    if let Some([twice, _]) = named.array_windows().find(|[a, b]| a.0 == b.0) {
        return Err(FormatError::new(twice.0, Problem::Duplicate));
    }
    Ok(named.into_iter().map(|(_, index)| index).collect())
}

impl TensorInfo {
    /// Describes a tensor whose shape comes from outside: every product and sum
    /// is checked here, once.
    pub fn checked(
        name: String,
        shape: Vec<usize>,
        dtype: BlockType,
        offset: u64,
    ) -> Result<Self, FormatError> {
        let bytes = match bytes_of_shape(&shape, dtype) {
            Ok(bytes) => bytes,
            Err(problem) => return Err(FormatError::new(name, problem)),
        };
        if offset.checked_add(bytes).is_none_or(|end| end > MAX_FILE_BYTES) {
            let problem = Problem::TooLarge {
                what: "the end of the tensor",
                got: offset,
                limit: MAX_FILE_BYTES,
            };
            return Err(FormatError::new(name, problem));
        }
        Ok(Self { name, shape, dtype, offset, bytes })
    }

    pub fn elements(&self) -> usize {
        self.shape.iter().product()
    }

    /// Where the tensor ends, from the start of the file.
    pub fn end(&self) -> u64 {
        self.offset + self.bytes
    }

    /// Refuses a tensor that the model expects in another shape.
    pub fn expect_shape(&self, expected: &[usize]) -> Result<(), FormatError> {
        if self.shape == expected {
            return Ok(());
        }
        let problem =
            Problem::WrongShape { expected: format!("{expected:?}"), got: self.shape.clone() };
        Err(FormatError::new(&self.name, problem))
    }
}

fn bytes_of_shape(shape: &[usize], dtype: BlockType) -> Result<u64, Problem> {
    if shape.len() as u64 > MAX_DIMENSIONS {
        let got = shape.len() as u64;
        return Err(Problem::TooManyDimensions { got, limit: MAX_DIMENSIONS });
    }
    if shape.contains(&0) {
        return Err(Problem::EmptyShape);
    }
    let row = shape.last().copied().unwrap_or(1);
    let block = dtype.block_len();
    if !row.is_multiple_of(block) {
        return Err(Problem::PartialBlock { row, block });
    }
    // Slices hold at most isize::MAX bytes, and f32 is what tensors turn into.
    let elements = shape
        .iter()
        .try_fold(1usize, |product, &n| product.checked_mul(n))
        .filter(|&elements| elements <= isize::MAX as usize / 4)
        .ok_or(Problem::ShapeOverflow)?;
    let bytes = dtype.bytes_of(elements).ok_or(Problem::ShapeOverflow)? as u64;
    if bytes > MAX_FILE_BYTES { Err(Problem::ShapeOverflow) } else { Ok(bytes) }
}

impl Format {
    /// Bytes needed to tell the formats apart.
    const SIGNATURE: usize = 9;

    /// Recognises a file by its first bytes.
    pub fn of(bytes: &[u8]) -> Result<Parsed<Self>, FormatError> {
        if bytes.starts_with(&gguf::MAGIC) {
            return Ok(Parsed::Whole(Self::Gguf));
        }
        let Some(first) = bytes.first_chunk::<{ Self::SIGNATURE }>() else {
            return Ok(Parsed::Incomplete { at_least: Self::SIGNATURE as u64 });
        };
        // A safetensors file has no magic: a length, then a JSON object.
        if first.ends_with(b"{") {
            return Ok(Parsed::Whole(Self::Safetensors));
        }
        let got = String::from_utf8_lossy(first).into_owned();
        Err(FormatError::new("magic", Problem::WrongMagic { got, expected: "GGUF or safetensors" }))
    }
}
