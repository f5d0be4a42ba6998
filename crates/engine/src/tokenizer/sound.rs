//! Whether a `tokenizer.json` is sound where the `tokenizers` crate takes it for
//! granted and would panic, which in a browser ends the whole engine.

use serde_json::Value;

use crate::error::{EngineError, Result};

pub(super) fn check(json: &[u8]) -> Result<()> {
    let file: Value = serde_json::from_slice(json)
        .map_err(|error| EngineError::bad_model("tokenizer.json", error.to_string()))?;
    check_marks(&file["post_processor"])?;
    check_merges(&file["model"])
}

/// Every mark that a template writes must be among those it describes.
fn check_marks(processor: &Value) -> Result<()> {
    let parts = |side: &str| processor[side].as_array().into_iter().flatten();
    for part in parts("single").chain(parts("pair")) {
        let Some(mark) = part["SpecialToken"]["id"].as_str() else { continue };
        if processor["special_tokens"].get(mark).is_none() {
            let detail = format!("writes \"{mark}\" and does not say what it is");
            return Err(EngineError::bad_model("tokenizer.json: post_processor", detail));
        }
    }
    parts("processors").try_for_each(check_marks)
}

/// What is merged to the end of a word must look like the end of one.
fn check_merges(model: &Value) -> Result<()> {
    let prefix = model["continuing_subword_prefix"].as_str().unwrap_or_default();
    if prefix.is_empty() {
        return Ok(());
    }
    for merge in model["merges"].as_array().into_iter().flatten() {
        let second = match merge {
            Value::String(pair) => pair.split_once(' ').map(|(_, second)| second),
            pair => pair[1].as_str(),
        };
        if second.is_none_or(|second| !second.starts_with(prefix)) {
            let detail = format!("{merge} does not go on with \"{prefix}\"");
            return Err(EngineError::bad_model("tokenizer.json: merges", detail));
        }
    }
    Ok(())
}
