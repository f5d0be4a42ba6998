//! What there is to work on: files, folders and lines of JSON, an item at a time.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use bella_protocol::Task;
use serde_json::Value;

use crate::Fields;

/// One line of the output to be.
#[derive(Debug)]
pub(crate) struct Item {
    /// As they came, to be handed on.
    pub(crate) fields: Fields,
    /// The recording, or the file with the text; `None` when the text is a field.
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    #[error("{}: {error}", path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("{name}, line {line}: {detail}")]
    BadLine { name: String, line: usize, detail: String },
}

type Items = Box<dyn Iterator<Item = Result<Item, InputError>>>;

/// Everything `inputs` name, in order; without any, the lines of standard input.
pub(crate) fn items(inputs: &[PathBuf], task: Task) -> Items {
    if inputs.is_empty() {
        let lines = BufReader::new(io::stdin());
        return lines_of(lines, "standard input".to_owned(), PathBuf::new());
    }
    let inputs = inputs.to_vec();
    Box::new(inputs.into_iter().flat_map(move |path| items_of(path, task)))
}

fn items_of(path: PathBuf, task: Task) -> Items {
    if path.is_dir() {
        return match files_below(&path, task) {
            Ok(files) => Box::new(files.into_iter().map(|file| Ok(Item::of_file(file)))),
            Err(error) => Box::new([Err(error)].into_iter()),
        };
    }
    if !has_end(&path, &["jsonl"]) {
        return Box::new([Ok(Item::of_file(path))].into_iter());
    }
    match File::open(&path) {
        Ok(file) => {
            let beside = path.parent().unwrap_or(Path::new("")).to_owned();
            lines_of(BufReader::new(file), path.display().to_string(), beside)
        }
        Err(error) => Box::new([Err(InputError::Unreadable { path, error })].into_iter()),
    }
}

/// `beside` is where relative paths begin.
fn lines_of(lines: impl BufRead + 'static, name: String, beside: PathBuf) -> Items {
    let numbered = lines.lines().zip(1..);
    let numbered = numbered.filter(|(text, _)| !matches!(text, Ok(text) if text.trim().is_empty()));
    Box::new(numbered.map(move |(text, line)| {
        let bad = |detail: String| InputError::BadLine { name: name.clone(), line, detail };
        let text = text.map_err(|error| bad(error.to_string()))?;
        let fields: Fields = serde_json::from_str(&text).map_err(|error| bad(error.to_string()))?;
        let file = match fields.get("file") {
            None => None,
            Some(Value::String(file)) => Some(beside.join(file)),
            Some(other) => return Err(bad(format!("\"file\" is {other}, not a text"))),
        };
        Ok(Item { fields, file })
    }))
}

/// In a fixed order, so that two runs can be compared line by line.
fn files_below(folder: &Path, task: Task) -> Result<Vec<PathBuf>, InputError> {
    let unreadable = |error| InputError::Unreadable { path: folder.to_owned(), error };
    let ends: &[&str] = match task {
        Task::Transcribe | Task::Vad => &["flac", "wav"],
        Task::Chat | Task::Embed | Task::Feel => &["txt"],
    };
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .map_err(unreadable)?;
    entries.sort();
    let mut files = Vec::new();
    for entry in entries {
        if entry.is_dir() {
            files.extend(files_below(&entry, task)?);
        } else if has_end(&entry, ends) {
            files.push(entry);
        }
    }
    Ok(files)
}

fn has_end(path: &Path, ends: &[&str]) -> bool {
    let end = path.extension().and_then(|end| end.to_str()).map(str::to_lowercase);
    end.is_some_and(|end| ends.contains(&&end[..]))
}

impl Item {
    fn of_file(path: PathBuf) -> Self {
        let name = path.to_string_lossy().into_owned();
        let fields = Fields::from_iter([("file".to_owned(), Value::String(name))]);
        Self { fields, file: Some(path) }
    }
}
