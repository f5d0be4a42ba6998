//! Writes GGUF version 3, tensor by tensor, without holding any of them.
//!
//! The same settings and tensors give the same bytes: settings are in the order
//! of their keys, and nothing of the moment or the machine goes in.

use std::io::{self, Write};

use super::{Kind, MAGIC, read::alignment};
use crate::{
    Array, BlockType, FileError, Format, FormatError, Header, Metadata, Problem, TensorInfo, Value,
};

const VERSION: u32 = 3;

/// A tensor to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorSpec {
    pub name: String,
    /// Outermost dimension first.
    pub shape: Vec<usize>,
    pub dtype: BlockType,
}

/// The settings and the directory go out first, then the bytes of the tensors
/// in the order of the directory, in pieces of any size.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    header: Header,
    alignment: u64,
    /// The tensor being written, and how much of it is.
    current: usize,
    written: u64,
}

impl<W: Write> Writer<W> {
    pub fn begin(
        mut out: W,
        metadata: &Metadata,
        tensors: &[TensorSpec],
    ) -> Result<Self, FileError> {
        let alignment = alignment(metadata)?;
        let placed = place(tensors, alignment)?;
        let mut head = Vec::new();
        head.extend(MAGIC);
        head.extend(VERSION.to_le_bytes());
        head.extend((tensors.len() as u64).to_le_bytes());
        head.extend((metadata.len() as u64).to_le_bytes());
        for (key, value) in metadata.iter() {
            put_string(&mut head, key);
            put_value(&mut head, value);
        }
        for tensor in &placed {
            put_tensor(&mut head, tensor);
        }
        let header_bytes = head.len() as u64;
        head.resize(head.len().next_multiple_of(alignment as usize), 0);
        let data = head.len() as u64;
        let tensors = placed
            .into_iter()
            .map(|tensor| TensorInfo { offset: data + tensor.offset, ..tensor })
            .collect();
        let header = Header::assemble(
            Format::Gguf,
            metadata.clone(),
            tensors,
            Vec::new(),
            header_bytes,
            alignment,
        )?;
        out.write_all(&head)?;
        Ok(Self { out, header, alignment, current: 0, written: 0 })
    }

    /// The header as a reader of the finished file will see it.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Writes the next bytes of the current tensor, and the padding behind its
    /// last one.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        let Some(tensor) = self.header.tensors.get(self.current) else {
            let problem = Problem::WrongLength { needed: 0, got: bytes.len() as u64 };
            return Err(FormatError::new("end of file", problem).into());
        };
        let written = self.written + bytes.len() as u64;
        if written > tensor.bytes {
            let problem = Problem::WrongLength { needed: tensor.bytes, got: written };
            return Err(FormatError::new(&tensor.name, problem).into());
        }
        self.out.write_all(bytes)?;
        self.written = written;
        if self.written == tensor.bytes {
            let padding = tensor.bytes.next_multiple_of(self.alignment) - tensor.bytes;
            io::copy(&mut io::Read::take(io::repeat(0), padding), &mut self.out)?;
            self.current += 1;
            self.written = 0;
        }
        Ok(())
    }

    /// Checks that every tensor is there in full and gives the output back.
    pub fn finish(mut self) -> Result<W, FileError> {
        if let Some(tensor) = self.header.tensors.get(self.current) {
            let problem = Problem::WrongLength { needed: tensor.bytes, got: self.written };
            return Err(FormatError::new(&tensor.name, problem).into());
        }
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Lays the tensors out one behind the other, counting from the data's start.
fn place(tensors: &[TensorSpec], alignment: u64) -> Result<Vec<TensorInfo>, FormatError> {
    let mut offset = 0;
    let place_one = |tensor: &TensorSpec| {
        let TensorSpec { name, shape, dtype } = tensor.clone();
        let placed = TensorInfo::checked(name, shape, dtype, offset)?;
        offset = placed.end().next_multiple_of(alignment);
        Ok(placed)
    };
    tensors.iter().map(place_one).collect()
}

fn put_tensor(out: &mut Vec<u8>, tensor: &TensorInfo) {
    put_string(out, &tensor.name);
    out.extend((tensor.shape.len() as u32).to_le_bytes());
    for &length in tensor.shape.iter().rev() {
        out.extend((length as u64).to_le_bytes());
    }
    out.extend(tensor.dtype.ggml_id().to_le_bytes());
    out.extend(tensor.offset.to_le_bytes());
}

fn put_string(out: &mut Vec<u8>, string: &str) {
    out.extend((string.len() as u64).to_le_bytes());
    out.extend(string.as_bytes());
}

fn put_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::U8(value) => put(out, Kind::U8, value.to_le_bytes()),
        Value::I8(value) => put(out, Kind::I8, value.to_le_bytes()),
        Value::U16(value) => put(out, Kind::U16, value.to_le_bytes()),
        Value::I16(value) => put(out, Kind::I16, value.to_le_bytes()),
        Value::U32(value) => put(out, Kind::U32, value.to_le_bytes()),
        Value::I32(value) => put(out, Kind::I32, value.to_le_bytes()),
        Value::U64(value) => put(out, Kind::U64, value.to_le_bytes()),
        Value::I64(value) => put(out, Kind::I64, value.to_le_bytes()),
        Value::F32(value) => put(out, Kind::F32, value.to_le_bytes()),
        Value::F64(value) => put(out, Kind::F64, value.to_le_bytes()),
        Value::Bool(value) => put(out, Kind::Bool, [u8::from(*value)]),
        Value::String(value) => {
            out.extend(Kind::String.id().to_le_bytes());
            put_string(out, value);
        }
        Value::Array(array) => {
            out.extend(Kind::Array.id().to_le_bytes());
            put_array(out, array);
        }
    }
}

fn put<const N: usize>(out: &mut Vec<u8>, kind: Kind, bytes: [u8; N]) {
    out.extend(kind.id().to_le_bytes());
    out.extend(bytes);
}

fn put_array(out: &mut Vec<u8>, array: &Array) {
    match array {
        Array::U8(items) => put_items(out, Kind::U8, items, |v| v.to_le_bytes()),
        Array::I8(items) => put_items(out, Kind::I8, items, |v| v.to_le_bytes()),
        Array::U16(items) => put_items(out, Kind::U16, items, |v| v.to_le_bytes()),
        Array::I16(items) => put_items(out, Kind::I16, items, |v| v.to_le_bytes()),
        Array::U32(items) => put_items(out, Kind::U32, items, |v| v.to_le_bytes()),
        Array::I32(items) => put_items(out, Kind::I32, items, |v| v.to_le_bytes()),
        Array::U64(items) => put_items(out, Kind::U64, items, |v| v.to_le_bytes()),
        Array::I64(items) => put_items(out, Kind::I64, items, |v| v.to_le_bytes()),
        Array::F32(items) => put_items(out, Kind::F32, items, |v| v.to_le_bytes()),
        Array::F64(items) => put_items(out, Kind::F64, items, |v| v.to_le_bytes()),
        Array::Bool(items) => put_items(out, Kind::Bool, items, |v| [u8::from(*v)]),
        Array::String(items) => {
            put_count(out, Kind::String, items.len());
            for item in items.iter() {
                put_string(out, item);
            }
        }
    }
}

fn put_items<T, const N: usize>(
    out: &mut Vec<u8>,
    kind: Kind,
    items: &[T],
    encode: impl Fn(&T) -> [u8; N],
) {
    put_count(out, kind, items.len());
    out.extend(items.iter().flat_map(encode));
}

fn put_count(out: &mut Vec<u8>, kind: Kind, count: usize) {
    out.extend(kind.id().to_le_bytes());
    out.extend((count as u64).to_le_bytes());
}
