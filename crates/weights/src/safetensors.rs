//! safetensors, the container of Hugging Face: a length, a JSON directory, then
//! tensors without gaps.
//!
//! ```text
//! JSON length u64 (little-endian)
//! {"__metadata__": {"key": "text"},
//!  "name": {"dtype": "F16", "shape": [rows, columns], "data_offsets": [begin, end]}}
//! tensors; offsets count from here
//! ```

use std::fmt;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::header::{
    IgnoredTensor, MAX_DIMENSIONS, MAX_FILE_BYTES, MAX_HEADER_BYTES, MAX_SETTINGS, MAX_TENSORS,
};
use crate::{BlockType, Format, FormatError, Header, Metadata, Parsed, Problem, TensorInfo};

const LENGTH_BYTES: u64 = 8;

/// Parses the beginning of a safetensors file, however much of it is there.
pub fn parse(bytes: &[u8]) -> Result<Parsed<Header>, FormatError> {
    let Some((length, rest)) = bytes.split_first_chunk::<{ LENGTH_BYTES as usize }>() else {
        return Ok(Parsed::Incomplete { at_least: LENGTH_BYTES });
    };
    let length = u64::from_le_bytes(*length);
    if length > MAX_HEADER_BYTES {
        let problem =
            Problem::TooLarge { what: "the length", got: length, limit: MAX_HEADER_BYTES };
        return Err(FormatError::new("header", problem));
    }
    match rest.get(..length as usize) {
        Some(json) => assemble(json).map(Parsed::Whole),
        None => Ok(Parsed::Incomplete { at_least: LENGTH_BYTES + length }),
    }
}

fn assemble(json: &[u8]) -> Result<Header, FormatError> {
    let Directory { metadata, entries } = serde_json::from_slice(json).map_err(|error| {
        FormatError::new("header", Problem::NotJson { detail: error.to_string() })
    })?;
    let header_bytes = LENGTH_BYTES + json.len() as u64;
    let mut extents = Vec::with_capacity(entries.len());
    let mut tensors = Vec::new();
    let mut ignored = Vec::new();
    for (name, entry) in entries {
        let [begin, end] = entry.data_offsets;
        if begin > end || end > MAX_FILE_BYTES {
            let detail = format!("data_offsets {begin} to {end} make no sense");
            return Err(FormatError::new(name, Problem::Invalid { detail }));
        }
        extents.push((begin, end));
        match computable(&entry.dtype) {
            Some(dtype) => {
                let tensor = TensorInfo::checked(name, entry.shape.0, dtype, header_bytes + begin)?;
                if tensor.bytes != end - begin {
                    let problem = Problem::WrongLength { needed: tensor.bytes, got: end - begin };
                    return Err(FormatError::new(tensor.name, problem));
                }
                tensors.push(tensor);
            }
            None => ignored.push(IgnoredTensor { name, dtype: entry.dtype }),
        }
    }
    refuse_gaps(extents)?;
    Header::assemble(Format::Safetensors, metadata, tensors, ignored, header_bytes, 1)
}

/// The format promises that every byte belongs to exactly one tensor.
fn refuse_gaps(mut extents: Vec<(u64, u64)>) -> Result<(), FormatError> {
    extents.sort_unstable();
    let mut at = 0;
    for (begin, end) in extents {
        if begin != at {
            let detail = format!("a tensor begins at {begin} where {at} was expected");
            return Err(FormatError::new("data_offsets", Problem::Invalid { detail }));
        }
        at = end;
    }
    Ok(())
}

/// The types the engine computes with. Others (integer ids, 64-bit floats, …)
/// are no weights.
fn computable(dtype: &str) -> Option<BlockType> {
    match dtype {
        "F32" => Some(BlockType::F32),
        "F16" => Some(BlockType::F16),
        "BF16" => Some(BlockType::BF16),
        _ => None,
    }
}

/// The JSON text. Its parts have visitors of their own, because the ready ones
/// would swallow duplicate names and take lists of any length.
struct Directory {
    metadata: Metadata,
    entries: Vec<(String, Entry)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    dtype: String,
    shape: Shape,
    data_offsets: [u64; 2],
}

struct Shape(Vec<usize>);

struct Settings(Metadata);

impl<'de> Deserialize<'de> for Directory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct DirectoryVisitor;

        impl<'de> Visitor<'de> for DirectoryVisitor {
            type Value = Directory;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a directory of tensors")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Directory, A::Error> {
                let mut directory =
                    Directory { metadata: Metadata::default(), entries: Vec::new() };
                while let Some(name) = map.next_key::<String>()? {
                    if name == "__metadata__" {
                        directory.metadata = map.next_value::<Settings>()?.0;
                    } else if directory.entries.len() as u64 == MAX_TENSORS {
                        return Err(Error::custom(format!("more than {MAX_TENSORS} tensors")));
                    } else {
                        directory.entries.push((name, map.next_value()?));
                    }
                }
                Ok(directory)
            }
        }

        deserializer.deserialize_map(DirectoryVisitor)
    }
}

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SettingsVisitor;

        impl<'de> Visitor<'de> for SettingsVisitor {
            type Value = Settings;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("texts by key")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Settings, A::Error> {
                let mut metadata = Metadata::default();
                while let Some((key, text)) = map.next_entry::<String, String>()? {
                    if metadata.len() as u64 == MAX_SETTINGS {
                        return Err(Error::custom(format!("more than {MAX_SETTINGS} settings")));
                    }
                    metadata.insert(key, text);
                }
                Ok(Settings(metadata))
            }
        }

        deserializer.deserialize_map(SettingsVisitor)
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ShapeVisitor;

        impl<'de> Visitor<'de> for ShapeVisitor {
            type Value = Shape;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the lengths of a tensor's dimensions")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Shape, A::Error> {
                let mut shape = Vec::new();
                while let Some(length) = list.next_element()? {
                    if shape.len() as u64 == MAX_DIMENSIONS {
                        return Err(Error::custom(format!(
                            "more than {MAX_DIMENSIONS} dimensions"
                        )));
                    }
                    shape.push(length);
                }
                Ok(Shape(shape))
            }
        }

        deserializer.deserialize_seq(ShapeVisitor)
    }
}
