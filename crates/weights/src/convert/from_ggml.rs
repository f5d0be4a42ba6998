//! whisper.cpp's files, which carry everything but the tokenizer's merges.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use super::plan::{Piece, Plan, Stored};
use super::whisper::{Sizes, Tower, mel_filters};
use crate::ggml_whisper::{self, Directory, Hyperparameters};
use crate::{FileError, FormatError, Problem, TensorInfo};

pub(super) fn plan(source: &mut (impl Read + Seek)) -> Result<Plan, FileError> {
    let Directory { hyperparameters, mel_filters: filters, tensors } = ggml_whisper::read(source)?;
    let mut by_name = BTreeMap::new();
    for tensor in &tensors {
        if by_name.insert(tensor.name.as_str(), tensor).is_some() {
            return Err(FormatError::new(&tensor.name, Problem::Duplicate).into());
        }
    }
    let mut plan = sizes(&hyperparameters).plan(|slot| {
        let tensor = by_name
            .get(slot.openai.as_str())
            .ok_or_else(|| FormatError::new(&slot.openai, Problem::Missing))?;
        expect_shape(tensor, &slot.shape)?;
        Ok(Piece { offset: tensor.offset, bytes: tensor.bytes, stored: Stored::As(tensor.dtype) })
    })?;
    plan.tensors.push(mel_filters(&filters));
    Ok(plan)
}

fn sizes(stated: &Hyperparameters) -> Sizes {
    Sizes {
        n_vocab: stated.n_vocab,
        n_mels: stated.n_mels,
        audio: Tower {
            ctx: stated.n_audio_ctx,
            state: stated.n_audio_state,
            head: stated.n_audio_head,
            layer: stated.n_audio_layer,
        },
        text: Tower {
            ctx: stated.n_text_ctx,
            state: stated.n_text_state,
            head: stated.n_text_head,
            layer: stated.n_text_layer,
        },
    }
}

/// The biases of the convolutions are written as columns, `[state, 1]`.
fn expect_shape(tensor: &TensorInfo, expected: &[usize]) -> Result<(), FormatError> {
    match tensor.shape.as_slice() {
        [length, 1] if expected == [*length] => Ok(()),
        _ => tensor.expect_shape(expected),
    }
}
