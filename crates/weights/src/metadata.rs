//! The settings a weight file carries beside its tensors.

use std::collections::BTreeMap;

use crate::{FormatError, Problem};

/// Named settings. Getters return an error naming the key when it is missing,
/// of another kind, or out of range.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata(BTreeMap<String, Value>);

/// One setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    U8(u8),
    I8(i8),
    U16(u16),
    I16(i16),
    U32(u32),
    I32(i32),
    U64(u64),
    I64(i64),
    F32(f32),
    F64(f64),
    Bool(bool),
    String(String),
    Array(Array),
}

/// A list of one kind. GGUF allows lists of lists; no model uses them, and the
/// reader refuses them.
#[derive(Clone, Debug, PartialEq)]
pub enum Array {
    U8(Vec<u8>),
    I8(Vec<i8>),
    U16(Vec<u16>),
    I16(Vec<i16>),
    U32(Vec<u32>),
    I32(Vec<i32>),
    U64(Vec<u64>),
    I64(Vec<i64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    Bool(Vec<bool>),
    String(Strings),
}

/// Many strings in one allocation: a vocabulary of a quarter of a million short
/// pieces would otherwise cost three times its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Metadata {
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    pub fn contains(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Settings by key, in alphabetical order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the value that stood there before.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<Value>) -> Option<Value> {
        self.0.insert(key.into(), value.into())
    }

    /// For keys that may be absent: `meta.optional("general.name", Metadata::str)?`.
    /// A key that is there but of the wrong kind is still an error.
    pub fn optional<'a, T>(
        &'a self,
        key: &str,
        getter: impl FnOnce(&'a Self, &str) -> Result<T, FormatError>,
    ) -> Result<Option<T>, FormatError> {
        if self.contains(key) { getter(self, key).map(Some) } else { Ok(None) }
    }

    /// Any integer kind, as long as the value fits.
    pub fn u32(&self, key: &str) -> Result<u32, FormatError> {
        let value = self.require(key)?;
        let integer = value.integer().ok_or_else(|| wrong_kind(key, "an integer", value))?;
        u32::try_from(integer).map_err(|_| {
            let got = integer.to_string();
            FormatError::new(
                key,
                Problem::WrongKind { expected: "an unsigned 32-bit integer", got },
            )
        })
    }

    /// Any integer kind, as long as the value fits.
    pub fn usize(&self, key: &str) -> Result<usize, FormatError> {
        let value = self.require(key)?;
        let integer = value.integer().ok_or_else(|| wrong_kind(key, "an integer", value))?;
        usize::try_from(integer).map_err(|_| {
            let got = integer.to_string();
            FormatError::new(key, Problem::WrongKind { expected: "a count", got })
        })
    }

    pub fn f32(&self, key: &str) -> Result<f32, FormatError> {
        match self.require(key)? {
            Value::F32(value) => Ok(*value),
            Value::F64(value) => Ok(*value as f32),
            other => Err(wrong_kind(key, "a float", other)),
        }
    }

    pub fn bool(&self, key: &str) -> Result<bool, FormatError> {
        match self.require(key)? {
            Value::Bool(value) => Ok(*value),
            other => Err(wrong_kind(key, "a boolean", other)),
        }
    }

    pub fn str(&self, key: &str) -> Result<&str, FormatError> {
        match self.require(key)? {
            Value::String(value) => Ok(value),
            other => Err(wrong_kind(key, "a string", other)),
        }
    }

    pub fn strings(&self, key: &str) -> Result<&Strings, FormatError> {
        match self.require(key)? {
            Value::Array(Array::String(values)) => Ok(values),
            other => Err(wrong_kind(key, "a list of strings", other)),
        }
    }

    pub fn f32s(&self, key: &str) -> Result<&[f32], FormatError> {
        match self.require(key)? {
            Value::Array(Array::F32(values)) => Ok(values),
            other => Err(wrong_kind(key, "a list of floats", other)),
        }
    }

    pub fn bools(&self, key: &str) -> Result<&[bool], FormatError> {
        match self.require(key)? {
            Value::Array(Array::Bool(values)) => Ok(values),
            other => Err(wrong_kind(key, "a list of booleans", other)),
        }
    }

    /// A list of any integer kind, as long as each value fits.
    pub fn u32s(&self, key: &str) -> Result<Vec<u32>, FormatError> {
        let value = self.require(key)?;
        let fitted = match value {
            Value::Array(Array::U8(values)) => Ok(values.iter().map(|&v| v.into()).collect()),
            Value::Array(Array::U16(values)) => Ok(values.iter().map(|&v| v.into()).collect()),
            Value::Array(Array::U32(values)) => Ok(values.clone()),
            Value::Array(Array::U64(values)) => values.iter().map(|&v| v.try_into()).collect(),
            Value::Array(Array::I8(values)) => values.iter().map(|&v| v.try_into()).collect(),
            Value::Array(Array::I16(values)) => values.iter().map(|&v| v.try_into()).collect(),
            Value::Array(Array::I32(values)) => values.iter().map(|&v| v.try_into()).collect(),
            Value::Array(Array::I64(values)) => values.iter().map(|&v| v.try_into()).collect(),
            other => return Err(wrong_kind(key, "a list of integers", other)),
        };
        fitted.map_err(|_: std::num::TryFromIntError| {
            let got = "a list with a value out of range".to_owned();
            FormatError::new(
                key,
                Problem::WrongKind { expected: "a list of unsigned 32-bit integers", got },
            )
        })
    }

    fn require(&self, key: &str) -> Result<&Value, FormatError> {
        self.get(key).ok_or_else(|| FormatError::new(key, Problem::Missing))
    }
}

impl FromIterator<(String, Value)> for Metadata {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

fn wrong_kind(key: &str, expected: &'static str, got: &Value) -> FormatError {
    FormatError::new(key, Problem::WrongKind { expected, got: got.kind().to_owned() })
}

impl Value {
    /// The value of any integer kind.
    fn integer(&self) -> Option<i128> {
        Some(match *self {
            Self::U8(value) => value.into(),
            Self::I8(value) => value.into(),
            Self::U16(value) => value.into(),
            Self::I16(value) => value.into(),
            Self::U32(value) => value.into(),
            Self::I32(value) => value.into(),
            Self::U64(value) => value.into(),
            Self::I64(value) => value.into(),
            _ => return None,
        })
    }

    /// What kind of value it is, in words for an error.
    fn kind(&self) -> &'static str {
        match self {
            Self::U8(_) | Self::U16(_) | Self::U32(_) | Self::U64(_) => "an unsigned integer",
            Self::I8(_) | Self::I16(_) | Self::I32(_) | Self::I64(_) => "a signed integer",
            Self::F32(_) | Self::F64(_) => "a float",
            Self::Bool(_) => "a boolean",
            Self::String(_) => "a string",
            Self::Array(Array::String(_)) => "a list of strings",
            Self::Array(Array::Bool(_)) => "a list of booleans",
            Self::Array(Array::F32(_) | Array::F64(_)) => "a list of floats",
            Self::Array(_) => "a list of integers",
        }
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::U32(value)
    }
}

impl From<f32> for Value {
    fn from(value: f32) -> Self {
        Self::F32(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl From<Array> for Value {
    fn from(value: Array) -> Self {
        Self::Array(value)
    }
}

impl Strings {
    /// Returns false, and changes nothing, when the text would outgrow the
    /// 4 GiB that an index can address.
    pub fn push(&mut self, string: &str) -> bool {
        let Ok(end) = u32::try_from(self.text.len() + string.len()) else {
            return false;
        };
        self.text.push_str(string);
        self.ends.push(end);
        true
    }

    pub fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        self.text.get(start..end)
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index).unwrap_or_default())
    }
}

impl<S: AsRef<str>> FromIterator<S> for Strings {
    fn from_iter<I: IntoIterator<Item = S>>(strings: I) -> Self {
        let mut all = Self::default();
        for string in strings {
            all.push(string.as_ref());
        }
        all
    }
}
