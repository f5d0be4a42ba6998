//! Rows of text with a feeling, from JSONL.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

#[derive(Debug, thiserror::Error)]
pub enum DataError {
    #[error("{}: {error}", path.display())]
    Unreadable { path: PathBuf, error: std::io::Error },
    #[error("{}, line {line}: {detail}", path.display())]
    BadRow { path: PathBuf, line: usize, detail: String },
    #[error("{}: has no rows", path.display())]
    Empty { path: PathBuf },
}

#[derive(Clone, Debug)]
pub struct Row {
    pub text: String,
    pub positive: bool,
}

/// The rows of one file, and what identifies it.
#[derive(Debug)]
pub struct Rows {
    pub name: String,
    pub sha256: String,
    pub rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Line {
    text: String,
    label: u8,
}

impl Rows {
    /// `name` without `.jsonl`.
    pub fn read(folder: &Path, name: &str) -> Result<Self, DataError> {
        let path = folder.join(format!("{name}.jsonl"));
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => return Err(DataError::Unreadable { path, error }),
        };
        let mut rows = Vec::new();
        for (index, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            let bad =
                |detail: String| DataError::BadRow { path: path.clone(), line: index + 1, detail };
            let Line { text, label } =
                serde_json::from_slice(line).map_err(|error| bad(error.to_string()))?;
            match label {
                0 | 1 => rows.push(Row { text, positive: label == 1 }),
                other => return Err(bad(format!("label {other} is neither 0 nor 1"))),
            }
        }
        if rows.is_empty() {
            return Err(DataError::Empty { path });
        }
        Ok(Self { name: name.to_owned(), sha256: hex(&Sha256::digest(&bytes)), rows })
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
