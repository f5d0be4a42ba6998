//! Bounded reading of a file by its parts, for containers that have no
//! directory at the front and must be walked.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use crate::{FileError, FormatError, Problem};

/// A file whose length is known, so that no length field in it is believed
/// before it is compared with what is left.
#[derive(Debug)]
pub(crate) struct Source<R> {
    reader: BufReader<R>,
    at: u64,
    bytes: u64,
}

impl<R: Read + Seek> Source<R> {
    pub(crate) fn new(mut reader: R) -> io::Result<Self> {
        let bytes = reader.seek(SeekFrom::End(0))?;
        reader.rewind()?;
        Ok(Self { reader: BufReader::new(reader), at: 0, bytes })
    }

    /// From the start of the file.
    pub(crate) fn position(&self) -> u64 {
        self.at
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at == self.bytes
    }

    /// Checks that `count` more bytes are there and counts them as read.
    fn advance(&mut self, count: u64, field: &str) -> Result<(), FormatError> {
        match self.at.checked_add(count) {
            Some(end) if end <= self.bytes => {
                self.at = end;
                Ok(())
            }
            end => {
                let needed = end.unwrap_or(u64::MAX);
                Err(FormatError::new(field, Problem::Truncated { needed, got: self.bytes }))
            }
        }
    }

    pub(crate) fn skip(&mut self, count: u64, field: &str) -> Result<(), FileError> {
        self.advance(count, field)?;
        // A file of more than 8 EiB there is not, so the cast is exact.
        self.reader.seek_relative(count as i64)?;
        Ok(())
    }

    /// Checks that a part named by the file lies inside it.
    pub(crate) fn check_inside(
        &self,
        offset: u64,
        bytes: u64,
        field: &str,
    ) -> Result<(), FormatError> {
        let end = offset.saturating_add(bytes);
        if end <= self.bytes {
            return Ok(());
        }
        Err(FormatError::new(field, Problem::OutsideFile { end, file_bytes: self.bytes }))
    }

    pub(crate) fn array<const N: usize>(&mut self, field: &str) -> Result<[u8; N], FileError> {
        self.advance(N as u64, field)?;
        let mut array = [0; N];
        self.reader.read_exact(&mut array)?;
        Ok(array)
    }

    pub(crate) fn u8(&mut self, field: &str) -> Result<u8, FileError> {
        self.array(field).map(u8::from_le_bytes)
    }

    pub(crate) fn u16(&mut self, field: &str) -> Result<u16, FileError> {
        self.array(field).map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self, field: &str) -> Result<u32, FileError> {
        self.array(field).map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self, field: &str) -> Result<u64, FileError> {
        self.array(field).map(u64::from_le_bytes)
    }

    pub(crate) fn f32(&mut self, field: &str) -> Result<f32, FileError> {
        self.array(field).map(f32::from_le_bytes)
    }

    /// A count written as a signed or unsigned 32-bit number, which must not
    /// exceed a limit. Negative ones do.
    pub(crate) fn count(&mut self, field: &str, limit: u32) -> Result<u32, FileError> {
        let got = self.u32(field)?;
        if got > limit {
            let problem =
                Problem::TooLarge { what: "the count", got: got.into(), limit: limit.into() };
            return Err(FormatError::new(field, problem).into());
        }
        Ok(got)
    }

    /// A name of a stated length, without the zero byte some writers end it with.
    pub(crate) fn name(&mut self, length: u16, field: &str) -> Result<String, FileError> {
        self.advance(length.into(), field)?;
        let mut bytes = vec![0; length.into()];
        self.reader.read_exact(&mut bytes)?;
        if bytes.last() == Some(&0) {
            bytes.pop();
        }
        let name =
            String::from_utf8(bytes).map_err(|_| FormatError::new(field, Problem::NotUtf8))?;
        if name.is_empty() {
            return Err(FormatError::new(field, Problem::Missing).into());
        }
        Ok(name)
    }
}
