//! The model files of CTranslate2 (`model.bin`), as faster-whisper uses them.
//!
//! ```text
//! version u32, specification string, revision u32
//! variable count u32, each: name string, rank u8, each dimension u32
//!                           (outermost first), type u8, bytes u32, numbers
//! alias count u32, each: alias string, name string
//! ```
//! Strings are a u16 length and that many bytes, the last of them zero.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use crate::header::MAX_DIMENSIONS;
use crate::source::Source;
use crate::{FileError, FormatError, Problem};

/// Since version 4 variables state their type; 6 is the newest.
const VERSIONS: std::ops::RangeInclusive<u32> = 4..=6;
const MAX_VARIABLES: u32 = 1 << 16;

/// What a file says about itself; the numbers stay in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Directory {
    /// What kind of model it is, such as `WhisperSpec`.
    pub specification: String,
    variables: BTreeMap<String, Variable>,
    aliases: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Outermost dimension first; empty for a single number.
    pub shape: Vec<usize>,
    pub kind: Kind,
    /// From the start of the file.
    pub offset: u64,
    pub bytes: u64,
    /// The number itself, when it is one integer.
    pub scalar: Option<i32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    F32,
    I8,
    I16,
    I32,
    F16,
    BF16,
}

impl Directory {
    /// A variable by its own name or by an alias.
    pub fn variable(&self, name: &str) -> Result<&Variable, FormatError> {
        self.variables
            .get(name)
            .or_else(|| self.variables.get(self.aliases.get(name)?))
            .ok_or_else(|| FormatError::new(name, Problem::Missing))
    }

    pub fn contains(&self, name: &str) -> bool {
        self.variable(name).is_ok()
    }

    pub fn scalar(&self, name: &str) -> Result<i32, FormatError> {
        self.variable(name)?.scalar.ok_or_else(|| {
            let got = "something else".to_owned();
            FormatError::new(name, Problem::WrongKind { expected: "one integer", got })
        })
    }
}

/// Walks through a file from variable to variable.
pub fn read(file: impl Read + Seek) -> Result<Directory, FileError> {
    let mut source = Source::new(file)?;
    let version = source.u32("version")?;
    if !VERSIONS.contains(&version) {
        let problem = Problem::WrongVersion { got: version, supported: "4 to 6" };
        return Err(FormatError::new("version", problem).into());
    }
    let specification = read_string(&mut source, "specification")?;
    source.u32("revision")?;
    let mut variables = BTreeMap::new();
    for index in 0..source.count("variable count", MAX_VARIABLES)? {
        let name = read_string(&mut source, &format!("variable {index}"))?;
        let variable = read_variable(&mut source, &name)?;
        if variables.contains_key(&name) {
            return Err(FormatError::new(name, Problem::Duplicate).into());
        }
        variables.insert(name, variable);
    }
    let mut aliases = BTreeMap::new();
    for index in 0..source.count("alias count", MAX_VARIABLES)? {
        let field = format!("alias {index}");
        let alias = read_string(&mut source, &field)?;
        let name = read_string(&mut source, &field)?;
        aliases.insert(alias, name);
    }
    Ok(Directory { specification, variables, aliases })
}

fn read_string<R: Read + Seek>(source: &mut Source<R>, field: &str) -> Result<String, FileError> {
    let length = source.u16(field)?;
    source.name(length, field)
}

fn read_variable<R: Read + Seek>(
    source: &mut Source<R>,
    name: &str,
) -> Result<Variable, FileError> {
    let rank = source.u8(name)?;
    if u64::from(rank) > MAX_DIMENSIONS {
        let problem = Problem::TooManyDimensions { got: rank.into(), limit: MAX_DIMENSIONS };
        return Err(FormatError::new(name, problem).into());
    }
    let mut shape = Vec::with_capacity(rank.into());
    for _ in 0..rank {
        shape.push(source.u32(name)? as usize);
    }
    let kind = Kind::from_id(source.u8(name)?, name)?;
    let bytes = u64::from(source.u32(name)?);
    let needed = shape
        .iter()
        .try_fold(kind.bytes(), |product, &length| product.checked_mul(length as u64))
        .ok_or_else(|| FormatError::new(name, Problem::ShapeOverflow))?;
    if bytes != needed {
        return Err(FormatError::new(name, Problem::WrongLength { needed, got: bytes }).into());
    }
    let offset = source.position();
    let scalar = match (shape.is_empty(), kind) {
        (true, Kind::I8) => Some(i8::from_le_bytes(source.array(name)?).into()),
        (true, Kind::I16) => Some(i16::from_le_bytes(source.array(name)?).into()),
        (true, Kind::I32) => Some(i32::from_le_bytes(source.array(name)?)),
        _ => {
            source.skip(bytes, name)?;
            None
        }
    };
    Ok(Variable { shape, kind, offset, bytes, scalar })
}

impl Kind {
    fn from_id(id: u8, field: &str) -> Result<Self, FormatError> {
        Ok(match id {
            0 => Self::F32,
            1 => Self::I8,
            2 => Self::I16,
            3 => Self::I32,
            4 => Self::F16,
            5 => Self::BF16,
            other => {
                let got = other.to_string();
                return Err(FormatError::new(field, Problem::UnknownType { got }));
            }
        })
    }

    /// Bytes of one number.
    pub fn bytes(self) -> u64 {
        match self {
            Self::I8 => 1,
            Self::I16 | Self::F16 | Self::BF16 => 2,
            Self::F32 | Self::I32 => 4,
        }
    }
}
