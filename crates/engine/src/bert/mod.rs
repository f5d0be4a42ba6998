//! Encoders of the BERT family: what a text means, and how it feels.
//!
//! - [`Sizes`] of a model, from a GGUF file or a `config.json`
//! - [`Encoder`]: the forward pass, the same for BERT, XLM-RoBERTa and DistilBERT
//! - [`Embedder`]: one vector for a text, so that near meanings are near
//! - [`Indexing`]: many texts, a few at a time
//! - [`Classifier`]: DistilBERT with a head for labels
//! - [`Feeling`]: a small file of [adapters](adapter) that makes an embedder's
//!   encoder tell negative from positive
//!
//! A batch is sentences one after the other without padding: `x` is
//! \[tokens, width], and only attention looks at where one ends.

mod adapter;
mod classifier;
mod embedder;
mod encoder;
mod feeling;
mod indexing;
mod layer;
mod sizes;
mod text;

pub use classifier::Classifier;
pub use embedder::{Embedder, Embedding, Embeddings};
pub use encoder::{Encoder, Pass};
pub use feeling::{ARCHITECTURE as FEELING_ARCHITECTURE, Feeling};
pub use indexing::{Indexed, Indexing};
pub use sizes::{Family, Sizes};
