//! Tensors out of a file that arrives in pieces.
//!
//! This is how weights get from a download into the engine: chunks go in as the
//! network delivers them, tensors come out one by one as they complete. Of the
//! whole file never more is held than one tensor.

use std::borrow::Cow;
use std::io::{self, Read};

use crate::{Format, FormatError, Header, Parsed, Problem, TensorInfo, gguf, safetensors};

/// What comes out of a [`TensorStream`]: the header once, then every tensor
/// once, in the order of the file.
#[derive(Debug)]
pub enum TensorEvent<'a> {
    Header(&'a Header),
    /// Borrowed when the chunk held the whole tensor; else the very buffer it
    /// was gathered in, of exactly its size.
    Tensor {
        info: &'a TensorInfo,
        bytes: Cow<'a, [u8]>,
    },
}

/// Cuts a GGUF or safetensors file into tensors while it arrives.
///
/// After an error the stream is of no further use and refuses everything.
#[derive(Debug)]
pub struct TensorStream {
    file_bytes: u64,
    received: u64,
    phase: Phase,
}

#[derive(Debug)]
enum Phase {
    Header(IncomingHeader),
    Tensors(IncomingTensors),
    Failed,
}

/// The header is gathered in pieces of this size, so that one chunk holding a
/// whole file is not copied for the sake of its first bytes.
const HEADER_PIECE: usize = 64 << 10;

impl TensorStream {
    /// `file_bytes` is the length the manifest or the server announced. It
    /// bounds every allocation, so a lie in the file cannot claim more.
    pub fn new(file_bytes: u64) -> Self {
        Self { file_bytes, received: 0, phase: Phase::Header(IncomingHeader::default()) }
    }

    /// Takes the next bytes of the file and hands on what they complete. An
    /// error of the sink ends the stream and is returned as it is.
    pub fn push<E: From<FormatError>>(
        &mut self,
        chunk: &[u8],
        mut sink: impl FnMut(TensorEvent<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let outcome = self.advance(chunk, &mut sink);
        if outcome.is_err() {
            self.phase = Phase::Failed;
        }
        outcome
    }

    fn advance<E: From<FormatError>>(
        &mut self,
        chunk: &[u8],
        sink: &mut impl FnMut(TensorEvent<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.received = self.received.saturating_add(chunk.len() as u64);
        if self.received > self.file_bytes {
            let problem = Problem::Surplus { got: self.received, announced: self.file_bytes };
            return Err(FormatError::new("length", problem).into());
        }
        let mut rest = chunk;
        while let Phase::Header(incoming) = &mut self.phase {
            if rest.is_empty() {
                return Ok(());
            }
            let (piece, after) = rest.split_at(rest.len().min(HEADER_PIECE));
            rest = after;
            if let Some(header) = incoming.push(piece)? {
                header.check_fits(self.file_bytes)?;
                sink(TensorEvent::Header(&header))?;
                let beyond = std::mem::take(&mut incoming.carry);
                let mut tensors = IncomingTensors::after(header);
                tensors.push(&beyond, sink)?;
                self.phase = Phase::Tensors(tensors);
            }
        }
        match &mut self.phase {
            Phase::Tensors(tensors) => tensors.push(rest, sink),
            Phase::Header(_) | Phase::Failed => Err(spent().into()),
        }
    }

    /// The header, once it is complete.
    pub fn header(&self) -> Option<&Header> {
        match &self.phase {
            Phase::Tensors(tensors) => Some(&tensors.header),
            Phase::Header(_) | Phase::Failed => None,
        }
    }

    /// Bytes taken so far.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Ends the stream. It is an error if a tensor is not whole, and the error
    /// names it.
    pub fn finish(self) -> Result<Header, FormatError> {
        let truncated = |needed| Problem::Truncated { needed, got: self.received };
        match self.phase {
            Phase::Header(incoming) => {
                // What is missing may be a little or a lot; one byte more is sure.
                let needed = incoming.at_least.max(self.received + 1);
                Err(FormatError::new("header", truncated(needed)))
            }
            Phase::Tensors(tensors) => match tensors.due() {
                Some(tensor) => Err(FormatError::new(&tensor.name, truncated(tensor.end()))),
                None => Ok(tensors.header),
            },
            Phase::Failed => Err(spent()),
        }
    }
}

fn spent() -> FormatError {
    let detail = "an earlier error ended the reading of this file".to_owned();
    FormatError::new("stream", Problem::Invalid { detail })
}

/// The beginning of a file, until its header is whole.
#[derive(Debug, Default)]
struct IncomingHeader {
    reader: Option<HeaderReader>,
    /// Bytes received and not yet understood.
    carry: Vec<u8>,
    /// Bytes of the file without which there is no progress.
    at_least: u64,
}

#[derive(Debug)]
enum HeaderReader {
    Gguf(gguf::HeaderReader),
    /// Its directory is one JSON text, parsed when it is whole.
    Safetensors,
}

impl IncomingHeader {
    /// Returns the header when it is whole; `carry` then holds what follows it.
    fn push(&mut self, piece: &[u8]) -> Result<Option<Header>, FormatError> {
        self.carry.extend_from_slice(piece);
        let reader = match &mut self.reader {
            Some(reader) => reader,
            None => match Format::of(&self.carry)? {
                Parsed::Whole(format) => self.reader.insert(HeaderReader::of(format)),
                Parsed::Incomplete { at_least } => {
                    self.at_least = at_least;
                    return Ok(None);
                }
            },
        };
        let parsed = match reader {
            HeaderReader::Gguf(reader) => {
                let taken = reader.feed(&self.carry)?;
                self.carry.drain(..taken);
                reader.parsed()?
            }
            HeaderReader::Safetensors if (self.carry.len() as u64) < self.at_least => {
                return Ok(None);
            }
            HeaderReader::Safetensors => {
                let parsed = safetensors::parse(&self.carry)?;
                if let Parsed::Whole(header) = &parsed {
                    self.carry.drain(..header.header_bytes as usize);
                }
                parsed
            }
        };
        match parsed {
            Parsed::Whole(header) => Ok(Some(header)),
            Parsed::Incomplete { at_least } => {
                self.at_least = at_least;
                Ok(None)
            }
        }
    }
}

impl HeaderReader {
    fn of(format: Format) -> Self {
        match format {
            Format::Gguf => Self::Gguf(gguf::HeaderReader::default()),
            Format::Safetensors => Self::Safetensors,
        }
    }
}

/// The part of a file behind its header.
#[derive(Debug)]
struct IncomingTensors {
    header: Header,
    /// Where in the file the next byte to come belongs.
    at: u64,
    /// Index of the tensor that is due.
    next: usize,
    /// What there is of it, when a chunk ended inside.
    partial: Vec<u8>,
}

impl IncomingTensors {
    fn after(header: Header) -> Self {
        Self { at: header.header_bytes, header, next: 0, partial: Vec::new() }
    }

    fn due(&self) -> Option<&TensorInfo> {
        self.header.tensors.get(self.next)
    }

    fn push<E: From<FormatError>>(
        &mut self,
        mut bytes: &[u8],
        sink: &mut impl FnMut(TensorEvent<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        while !bytes.is_empty()
            && let Some(info) = self.header.tensors.get(self.next)
        {
            let is_padding = self.at < info.offset;
            let until = if is_padding { info.offset } else { info.end() };
            let wanted = usize::try_from(until - self.at).unwrap_or(usize::MAX);
            let (piece, rest) = bytes.split_at(wanted.min(bytes.len()));
            bytes = rest;
            self.at += piece.len() as u64;
            if is_padding {
                continue;
            }
            if self.at < info.end() {
                reserve(&mut self.partial, info)?;
                self.partial.extend_from_slice(piece);
                continue;
            }
            let bytes = if self.partial.is_empty() {
                Cow::Borrowed(piece)
            } else {
                self.partial.extend_from_slice(piece);
                Cow::Owned(std::mem::take(&mut self.partial))
            };
            self.next += 1;
            sink(TensorEvent::Tensor { info, bytes })?;
        }
        Ok(())
    }
}

/// Makes room for the whole tensor, once and exactly: growing by doubling would
/// hold it up to three times over. The header was checked against the length of
/// the file, so a lying directory cannot ask for more than that.
fn reserve(partial: &mut Vec<u8>, info: &TensorInfo) -> Result<(), FormatError> {
    let out_of_memory = || FormatError::new(&info.name, Problem::OutOfMemory { bytes: info.bytes });
    let bytes = usize::try_from(info.bytes).map_err(|_| out_of_memory())?;
    partial.try_reserve_exact(bytes - partial.len()).map_err(|_| out_of_memory())
}

/// Reads a whole file through a [`TensorStream`].
pub fn read_tensors<E: From<FormatError> + From<io::Error>>(
    mut file: impl Read,
    file_bytes: u64,
    mut sink: impl FnMut(TensorEvent<'_>) -> Result<(), E>,
) -> Result<Header, E> {
    let mut stream = TensorStream::new(file_bytes);
    let mut chunk = vec![0; 256 << 10];
    loop {
        let count = match file.read(&mut chunk) {
            Ok(0) => return Ok(stream.finish()?),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        stream.push(chunk.get(..count).unwrap_or_default(), &mut sink)?;
    }
}
