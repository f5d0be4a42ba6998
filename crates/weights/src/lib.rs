//! Weight files: reading them while they arrive, and turning one kind into
//! another.
//!
//! | file | what it is about |
//! |---|---|
//! | [`header`](Header) | settings and directory of a file, whichever container |
//! | [`stream`](TensorStream) | tensors one by one out of a file that arrives in pieces |
//! | [`gguf`], [`safetensors`] | the containers the engine loads |
//! | [`dequantise`](mod@dequantise), [`quantise`](mod@quantise) | blocks to floats and back, as a readable reference |
//! | [`block`](BlockType) | the element types and their sizes |
//! | [`metadata`](Metadata) | typed access to settings |
//! | [`ggml_whisper`], [`ctranslate2`], [`e5s1`] | containers that are only converted from |
//! | [`convert`] | those containers into GGUF, file to file |
//! | [`manifest`] | every model by name, and where its files come from |
//! | [`format_error`](FormatError) | what is wrong with a file, and in which field |
//!
//! Nothing here opens a socket or a browser; everything works on bytes or on
//! `std::io`. Files come from strangers: counts and lengths are checked against
//! bounds and against what is there before anything is allocated by them.
//!
//! # Example
//!
//! A file is written, then read back in pieces as a download would bring it:
//!
//! ```
//! use bella_weights::{BlockType, FormatError, Metadata, TensorEvent, TensorStream};
//! use bella_weights::{dequantise, gguf, quantise};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut settings = Metadata::default();
//! settings.insert("general.architecture", "llama");
//! settings.insert("llama.block_count", 30u32);
//! let weight = gguf::TensorSpec {
//!     name: "token_embd.weight".into(),
//!     shape: vec![2, 32],
//!     dtype: BlockType::Q8_0,
//! };
//! let numbers: Vec<f32> = (0..64).map(|i| i as f32 / 10.0).collect();
//! let mut writer = gguf::Writer::begin(Vec::new(), &settings, &[weight])?;
//! writer.append(&quantise(BlockType::Q8_0, &numbers)?)?;
//! let file = writer.finish()?;
//!
//! let mut stream = TensorStream::new(file.len() as u64);
//! for chunk in file.chunks(100) {
//!     stream.push(chunk, |event| {
//!         match event {
//!             TensorEvent::Header(header) => {
//!                 assert_eq!(header.metadata.u32("llama.block_count")?, 30);
//!             }
//!             TensorEvent::Tensor { info, bytes } => {
//!                 let mut floats = vec![0.0; info.elements()];
//!                 dequantise(info.dtype, &bytes, &mut floats).expect("as long as declared");
//!                 assert!((floats[63] - 6.3).abs() < 0.02);
//!             }
//!         }
//!         Ok::<_, FormatError>(())
//!     })?;
//! }
//! let header = stream.finish()?;
//! assert_eq!(header.tensor("token_embd.weight")?.shape, [2, 32]);
//! # Ok(())
//! # }
//! ```

mod block;
pub mod convert;
pub mod ctranslate2;
pub mod dequantise;
pub mod e5s1;
mod format_error;
pub mod ggml_whisper;
pub mod gguf;
mod header;
pub mod manifest;
mod metadata;
pub mod quantise;
pub mod safetensors;
mod source;
mod stream;

pub use block::{BlockType, K_BLOCK};
pub use dequantise::{LengthMismatch, dequantise};
pub use format_error::{FileError, FormatError, Problem};
pub use header::{
    Format, Header, IgnoredTensor, MAX_HEADER_BYTES, MAX_TENSORS, Parsed, TensorInfo,
};
pub use metadata::{Array, Metadata, Strings, Value};
pub use quantise::{QuantiseError, quantise};
pub use stream::{TensorEvent, TensorStream, read_tensors};
