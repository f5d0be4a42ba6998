//! Bella's models: one source, run natively and in the browser.
//!
//! Weights come in through a [`ModelLoader`], chunk by chunk as they arrive, and
//! become a [`Model`]. A [`Host`] keeps models by name and works on requests,
//! the most urgent first, a step at a time. Nothing in here does IO.
//!
//! - [`load`], [`tensors`], [`matrix`]: from bytes to layers
//! - [`kernels`]: matrix products, as fast as the machine allows; [`attention`]
//!   over what was said before
//! - [`llm`]: language models; one file a family
//! - [`bert`]: encoders for meaning and feeling
//! - [`vad`]: whether somebody speaks
//! - [`whisper`], [`audio`]: speech to text, and the sound before it
//! - [`tokenizer`], [`text_stream`], [`sampling`]: text in and out
//! - [`math`]: the small operations between matrices
//! - [`threads`]: several of them on one piece of work
//! - [`probe`]: whether all of this computes right where it runs
//! - [`host`]: queue, memory, cancelling; a job in it is one request

pub mod attention;
pub mod audio;
pub mod bert;
pub mod error;
pub mod host;
mod job;
pub mod kernels;
pub mod llm;
pub mod load;
pub mod math;
pub mod matrix;
pub mod model;
mod models;
pub mod probe;
mod room;
pub mod sampling;
pub mod tensors;
pub mod text_stream;
pub mod threads;
pub mod tokenizer;
pub mod vad;
pub mod whisper;

pub use error::{EngineError, Result};
pub use host::{Host, Said};
pub use load::ModelLoader;
pub use model::Model;
