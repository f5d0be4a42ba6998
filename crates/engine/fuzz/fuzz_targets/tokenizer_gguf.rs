#![no_main]

#[path = "shared/mod.rs"]
mod shared;

use bella_engine::tokenizer::Tokenizer;
use bella_weights::{Header, Parsed};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let Ok(Parsed::Whole(header)) = Header::parse(file) else { return };
    if let Ok(tokenizer) = Tokenizer::from_gguf(&header.metadata) {
        shared::use_it(&tokenizer);
    }
});
