//! The containers and converters, spoken to from outside: bytes in, tensors or
//! a named error out.

#[path = "../support/mod.rs"]
mod support;

mod blocks;
mod containers_only_converted;
mod convert;
mod convert_real;
mod gguf;
mod metadata;
mod safetensors;
mod stream;
