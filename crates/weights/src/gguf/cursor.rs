//! The items a GGUF header is made of, taken off the front of some bytes.

use super::Kind;
use crate::header::MAX_HEADER_BYTES;
use crate::{FormatError, Problem, Value};

/// GGUF's own limit for keys; tensor names are shorter still.
const MAX_NAME_BYTES: u64 = (1 << 16) - 1;

/// Why an item could not be read.
pub(super) enum Stop {
    /// It goes on beyond the bytes at hand.
    Short {
        at_least: u64,
    },
    Malformed(FormatError),
}

impl From<FormatError> for Stop {
    fn from(error: FormatError) -> Self {
        Self::Malformed(error)
    }
}

pub(super) fn malformed(field: impl Into<String>, problem: Problem) -> Stop {
    Stop::Malformed(FormatError::new(field, problem))
}

pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    /// Bytes the header may still take.
    budget: u64,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8], budget: u64) -> Self {
        Self { bytes, at: 0, budget }
    }

    pub(super) fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub(super) fn take(&mut self, count: u64, field: &str) -> Result<&'a [u8], Stop> {
        let end = (self.at as u64).saturating_add(count);
        if end > self.budget {
            let problem =
                Problem::TooLarge { what: "the header", got: end, limit: MAX_HEADER_BYTES };
            return Err(malformed(field, problem));
        }
        let slice = usize::try_from(end).ok().and_then(|end| self.bytes.get(self.at..end));
        let slice = slice.ok_or(Stop::Short { at_least: end })?;
        self.at += slice.len();
        Ok(slice)
    }

    pub(super) fn array<const N: usize>(&mut self, field: &str) -> Result<[u8; N], Stop> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N as u64, field)?);
        Ok(array)
    }

    pub(super) fn u32(&mut self, field: &str) -> Result<u32, Stop> {
        self.array(field).map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self, field: &str) -> Result<u64, Stop> {
        self.array(field).map(u64::from_le_bytes)
    }

    pub(super) fn count(&mut self, field: &str, limit: u64) -> Result<u64, Stop> {
        let got = self.u64(field)?;
        if got > limit {
            return Err(malformed(field, Problem::TooLarge { what: "the count", got, limit }));
        }
        Ok(got)
    }

    pub(super) fn bool(&mut self, field: &str) -> Result<bool, Stop> {
        match self.array::<1>(field)? {
            [0] => Ok(false),
            [1] => Ok(true),
            [other] => {
                let got = other.to_string();
                Err(malformed(field, Problem::WrongKind { expected: "a boolean", got }))
            }
        }
    }

    pub(super) fn str(&mut self, field: &str, limit: u64) -> Result<&'a str, Stop> {
        let got = self.u64(field)?;
        if got > limit {
            let problem = Problem::TooLarge { what: "the length of a string", got, limit };
            return Err(malformed(field, problem));
        }
        let bytes = self.take(got, field)?;
        std::str::from_utf8(bytes).map_err(|_| malformed(field, Problem::NotUtf8))
    }

    /// A key or a tensor's name: never empty.
    pub(super) fn name(&mut self, field: &str) -> Result<String, Stop> {
        match self.str(field, MAX_NAME_BYTES)? {
            "" => Err(malformed(field, Problem::Missing)),
            name => Ok(name.to_owned()),
        }
    }

    pub(super) fn kind(&mut self, field: &str) -> Result<Kind, Stop> {
        let id = self.u32(field)?;
        Kind::from_id(id)
            .ok_or_else(|| malformed(field, Problem::UnknownType { got: id.to_string() }))
    }

    /// A value that is not a list.
    pub(super) fn value(&mut self, kind: Kind, field: &str) -> Result<Value, Stop> {
        Ok(match kind {
            Kind::U8 => Value::U8(u8::from_le_bytes(self.array(field)?)),
            Kind::I8 => Value::I8(i8::from_le_bytes(self.array(field)?)),
            Kind::U16 => Value::U16(u16::from_le_bytes(self.array(field)?)),
            Kind::I16 => Value::I16(i16::from_le_bytes(self.array(field)?)),
            Kind::U32 => Value::U32(u32::from_le_bytes(self.array(field)?)),
            Kind::I32 => Value::I32(i32::from_le_bytes(self.array(field)?)),
            Kind::U64 => Value::U64(u64::from_le_bytes(self.array(field)?)),
            Kind::I64 => Value::I64(i64::from_le_bytes(self.array(field)?)),
            Kind::F32 => Value::F32(f32::from_le_bytes(self.array(field)?)),
            Kind::F64 => Value::F64(f64::from_le_bytes(self.array(field)?)),
            Kind::Bool => Value::Bool(self.bool(field)?),
            Kind::String => Value::String(self.str(field, MAX_HEADER_BYTES)?.to_owned()),
            Kind::Array => {
                let got = "a list of lists".to_owned();
                return Err(malformed(field, Problem::UnknownType { got }));
            }
        })
    }
}
