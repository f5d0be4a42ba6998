//! What the companion makes of sentences that people wrote, from collections in
//! `../shared/eval` (or `$BELLA_SHARED`). Without them every test here says so and passes.

mod commands;
mod feelings;

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The rows of a collection, or `None` after saying that there is none.
pub(crate) fn rows(name: &str) -> Option<Vec<Value>> {
    let path = shared()?.join("eval").join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: {name} is not among the shared rows");
        return None;
    };
    let rows: Result<_, _> = text.lines().map(serde_json::from_str).collect();
    Some(rows.unwrap_or_else(|error| panic!("{name}: {error}")))
}

pub(crate) fn text_of(row: &Value) -> &str {
    row.get("text").and_then(Value::as_str).expect("each row has a text")
}

fn shared() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("BELLA_SHARED").map_or_else(beside, PathBuf::from);
    if shared.is_dir() {
        return Some(shared);
    }
    assert!(std::env::var_os("BELLA_SHARED").is_none(), "{} is missing", shared.display());
    eprintln!("SKIPPED: no rows; BELLA_SHARED may name the folder with eval/");
    None
}
