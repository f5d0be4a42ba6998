//! Many texts on the way to their vectors, a few at a time.

use std::collections::VecDeque;

use bella_protocol::{Purpose, TextRead};

use super::embedder::{Embedder, Embeddings};
use crate::error::Result;

/// Text that goes through a layer together, unless one text alone is longer:
/// enough for the matrices to be used often, little enough to be interrupted.
const GROUP_BYTES: usize = 1024;

#[derive(Debug)]
pub struct Indexing {
    purpose: Purpose,
    waiting: VecDeque<String>,
    group: Option<Embeddings>,
    done: Indexed,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Indexed {
    /// \[texts, width], each of length one
    pub vectors: Vec<f32>,
    pub texts: Vec<TextRead>,
}

impl Indexing {
    pub fn new(purpose: Purpose, texts: Vec<String>) -> Self {
        Self { purpose, waiting: texts.into(), group: None, done: Indexed::default() }
    }

    /// Takes a group through one layer; gives everything when there is no more.
    pub fn step(&mut self, embedder: &Embedder) -> Result<Option<Indexed>> {
        match &mut self.group {
            Some(group) => {
                if !embedder.advance(group) {
                    for embedding in embedder.finish(group) {
                        self.done.vectors.extend(embedding.vector);
                        self.done.texts.push(embedding.of);
                    }
                    self.group = None;
                }
            }
            None if self.waiting.is_empty() => return Ok(Some(std::mem::take(&mut self.done))),
            None => {
                let texts = self.next_group();
                self.group = Some(embedder.begin(self.purpose, &texts)?);
            }
        }
        Ok(None)
    }

    fn next_group(&mut self) -> Vec<String> {
        let mut bytes = 0;
        let mut group = Vec::new();
        while let Some(text) = self.waiting.pop_front_if(|text| {
            bytes += text.len();
            group.is_empty() || bytes <= GROUP_BYTES
        }) {
            group.push(text);
        }
        group
    }
}
