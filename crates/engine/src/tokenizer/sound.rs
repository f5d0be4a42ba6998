//! Whether a `tokenizer.json` is sound where the `tokenizers` crate takes it for
//! granted and would panic, which in a browser ends the whole engine.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::charsmap;
use crate::error::{EngineError, Result};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Unigram,
    /// Any other, or one that the file does not name.
    Other,
}

/// A file without its vocabulary. Of all else it is made sure that it is JSON at
/// least, also where nobody looks at it here.
#[derive(Deserialize)]
struct Outline {
    #[serde(default)]
    normalizer: Value,
    #[serde(default, rename = "added_tokens")]
    _added_tokens: Value,
    #[serde(default, rename = "pre_tokenizer")]
    _pre_tokenizer: Value,
    #[serde(default, rename = "decoder")]
    _decoder: Value,
    #[serde(default)]
    post_processor: Value,
    #[serde(default)]
    model: Model,
}

#[derive(Deserialize, Default)]
struct Model {
    #[serde(default, rename = "type")]
    kind: Value,
    #[serde(default)]
    continuing_subword_prefix: Value,
}

/// Looked at only where a prefix has to be in them.
#[derive(Deserialize)]
struct Merging {
    model: Merges,
}

#[derive(Deserialize)]
struct Merges {
    #[serde(default)]
    merges: Value,
}

/// What kind it is, if it is sound.
pub(super) fn check(json: &[u8]) -> Result<Kind> {
    let Outline { normalizer, post_processor, model, .. } = read(json)?;
    check_normalizer(&normalizer)?;
    check_marks(&post_processor)?;
    if let Some(prefix) =
        model.continuing_subword_prefix.as_str().filter(|prefix| !prefix.is_empty())
    {
        let Merging { model } = read(json)?;
        check_merges(prefix, &model.merges)?;
    }
    Ok(if model.kind == "Unigram" { Kind::Unigram } else { Kind::Other })
}

fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T> {
    serde_json::from_slice(json)
        .map_err(|error| EngineError::bad_model("tokenizer.json", error.to_string()))
}

/// A table of characters must be there where one is named, and lead nowhere wrong.
fn check_normalizer(normalizer: &Value) -> Result<()> {
    match normalizer {
        Value::Object(fields) => {
            let charsmap = fields.get("precompiled_charsmap");
            if charsmap.is_some() || fields.get("type").is_some_and(|kind| kind == "Precompiled") {
                let text = charsmap.and_then(Value::as_str).ok_or_else(|| "is no text".to_owned());
                text.and_then(charsmap::check).map_err(|detail| {
                    EngineError::bad_model("tokenizer.json: precompiled_charsmap", detail)
                })?;
            }
            fields.values().try_for_each(check_normalizer)
        }
        Value::Array(parts) => parts.iter().try_for_each(check_normalizer),
        _ => Ok(()),
    }
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
fn check_merges(prefix: &str, merges: &Value) -> Result<()> {
    for merge in merges.as_array().into_iter().flatten() {
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
