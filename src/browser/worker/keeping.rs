//! What the device keeps: told, made a file of, and thrown away.

use bella_keep::bundle::{BLOCK, Entry};
use bella_keep::{ChunkAt, Record, sha256};
use bella_protocol::{Failure, Kept, Outcome};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::{AbortController, Blob};

use super::shelf::Shelf;
use super::tabs::{Hold, Lock};
use super::turn::Turn;
use crate::browser::exception::describe;

/// Where nothing can be kept, nothing is.
pub(super) async fn kept() -> Outcome {
    let records = match Shelf::open().await {
        Ok(shelf) => shelf.records().await.unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    let described = |record: &Record| Kept {
        model: record.model.clone(),
        held_bytes: record.held_bytes(),
        total_bytes: record.total_bytes(),
        complete: record.committed,
        used_ms: record.used_ms,
    };
    Outcome::Kept(records.iter().map(described).collect())
}

/// Waits for whoever is fetching or reading it.
pub(super) async fn forget(model: String) -> Outcome {
    if let (Ok(shelf), Ok(never)) = (Shelf::open().await, AbortController::new()) {
        let _lock = Lock::take(&model, Hold::Alone, &never.signal()).await;
        let _ = shelf.forget(&model).await;
    }
    kept().await
}

/// One file of all that is kept of a model, and its name.
///
/// Of its bytes only a chunk is in memory at a time: the rest is the browser's,
/// which keeps large files on the disk.
pub(super) async fn export(model: &str) -> Result<(String, Blob), Failure> {
    let thrown = |detail: String| Failure::Unreachable { file: model.to_owned(), detail };
    let shelf = Shelf::open().await.map_err(|it| thrown(it.detail))?;
    let never = AbortController::new().map_err(|it| thrown(describe(&it)))?;
    let _lock = Lock::take(model, Hold::Shared, &never.signal()).await;
    let record = shelf.record(model).await.map_err(|it| thrown(it.detail))?;
    let record = record
        .filter(|record| record.committed)
        .ok_or_else(|| Failure::NotLoaded { model: model.to_owned() })?;
    let parts = Array::new();
    let is_bundle = record.files.len() > 1;
    let turn = Turn::new();
    for (index, file) in record.files.iter().enumerate() {
        let entry = Entry { name: file.name.clone(), bytes: file.bytes };
        if is_bundle {
            let header = entry.header().ok_or_else(|| thrown(format!("{entry:?}")))?;
            parts.push(&Uint8Array::from(header.as_slice()));
        }
        for chunk in 0..file.chunks.len() {
            let at = ChunkAt { file: index, chunk };
            parts.push(&good_chunk(&shelf, &record, at).await?);
            turn.wait().await;
        }
        if is_bundle {
            parts.push(&zeroes(entry.padding()));
        }
    }
    if is_bundle {
        // The end of an archive.
        parts.push(&zeroes(2 * BLOCK));
    }
    let blob = Blob::new_with_blob_sequence(&parts).map_err(|it| thrown(describe(&it)))?;
    let name = match &record.files[..] {
        [file] => file.name.rsplit_once('.').map_or(String::new(), |(_, kind)| format!(".{kind}")),
        _ => ".tar".to_owned(),
    };
    Ok((format!("{model}{name}"), blob))
}

/// A chunk that is what it was when it came, as a file of its own.
async fn good_chunk(shelf: &Shelf, record: &Record, at: ChunkAt) -> Result<JsValue, Failure> {
    let file = record.files.get(at.file);
    let name = file.map_or(String::new(), |file| file.name.clone());
    let expected = file.and_then(|file| file.chunks.get(at.chunk)?.clone()).unwrap_or_default();
    let bytes = shelf.chunk(record, at).await.ok().flatten();
    let bytes = bytes.map_or_else(Vec::new, |bytes| bytes.to_vec());
    let got = sha256(&bytes);
    if got != expected {
        return Err(Failure::WrongHash { file: name, expected, got });
    }
    let parts = Array::of1(&Uint8Array::from(bytes.as_slice()));
    match Blob::new_with_u8_array_sequence(&parts) {
        Ok(blob) => Ok(blob.into()),
        Err(error) => Err(Failure::Unreachable { file: name, detail: describe(&error) }),
    }
}

fn zeroes(count: u64) -> JsValue {
    // At most two blocks.
    Uint8Array::new_with_length(count as u32).into()
}
