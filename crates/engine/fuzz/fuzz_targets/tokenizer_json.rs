#![no_main]

#[path = "shared/mod.rs"]
mod shared;

use bella_engine::tokenizer::Tokenizer;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|json: &[u8]| {
    if let Ok(tokenizer) = Tokenizer::from_json(json) {
        shared::use_it(&tokenizer);
    }
});
