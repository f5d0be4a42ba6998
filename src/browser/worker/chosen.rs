//! Files that somebody chose on this device, asked as if they were a server.

use bella_keep::bundle::{BLOCK, Entry};
use bella_keep::{Answer, Ask};
use bella_protocol::ModelSpec;
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use super::download::{Download, NoAnswer};
use crate::browser::exception::describe;

/// No model has as many files; what has more entries is another kind of archive.
const MOST_ENTRIES: usize = 64;

/// What of a model's files was found among them.
pub(super) struct Chosen(Vec<Option<Blob>>);

impl Chosen {
    /// A file is known by its length, wherever it comes from; its hash is checked
    /// when it is read. An archive is looked into.
    pub(super) async fn among(given: &[Blob], spec: &ModelSpec) -> Self {
        let mut found = vec![None; spec.files.len()];
        for blob in given {
            for (name, part) in parts(blob).await {
                let fits = |(index, file): &(usize, &bella_protocol::ModelFile)| {
                    let same_name = name.as_ref().is_none_or(|name| *name == file.name);
                    found[*index].is_none() && same_name && part.size() == file.bytes as f64
                };
                if let Some((index, _)) = spec.files.iter().enumerate().find(fits) {
                    found[index] = Some(part);
                }
            }
        }
        Self(found)
    }

    pub(super) fn has(&self, file: usize) -> bool {
        self.0.get(file).is_some_and(Option::is_some)
    }

    pub(super) fn ask(&self, ask: &Ask) -> Result<(Answer, Download), NoAnswer> {
        let broke = |detail: String| NoAnswer::Broke { detail };
        let Some(Some(blob)) = self.0.get(ask.file) else {
            return Err(broke("it was not chosen".to_owned()));
        };
        let length = blob.size();
        let (first, end) = ask.range.as_deref().and_then(bounds).unwrap_or((0.0, None));
        let end = end.unwrap_or(length).min(length);
        let part = blob.slice_with_f64_and_f64(first, end).map_err(|it| broke(describe(&it)))?;
        let range = format!("bytes {first}-{}/{length}", end - 1.0);
        let answer = Answer { status: 206, range: Some(range), ..Answer::default() };
        Ok((answer, Download::of(Some(&part.stream()))))
    }
}

/// What it consists of, by name where it is an archive.
async fn parts(blob: &Blob) -> Vec<(Option<String>, Blob)> {
    let mut parts = Vec::new();
    let mut at = 0.0;
    while parts.len() < MOST_ENTRIES {
        let Some(header) = header(blob, at).await else { break };
        let Some(entry) = Entry::read(&header) else { break };
        let (start, bytes) = (at + BLOCK as f64, entry.bytes as f64);
        let Ok(part) = blob.slice_with_f64_and_f64(start, start + bytes) else { break };
        at = start + bytes + entry.padding() as f64;
        parts.push((Some(entry.name), part));
    }
    if parts.is_empty() {
        parts.push((None, blob.clone()));
    }
    parts
}

async fn header(blob: &Blob, at: f64) -> Option<Vec<u8>> {
    let part = blob.slice_with_f64_and_f64(at, at + BLOCK as f64).ok()?;
    let buffer: ArrayBuffer = JsFuture::from(part.array_buffer()).await.ok()?.dyn_into().ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

/// The first byte of a range and the one after its last.
fn bounds(range: &str) -> Option<(f64, Option<f64>)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let last: Option<f64> = last.parse().ok();
    Some((first.parse().ok()?, last.map(|last| last + 1.0)))
}
