//! Writes small valid files for the fuzzers to start from.

#[path = "../../tests/support/mod.rs"]
mod support;

use std::fs;
use std::path::Path;

use support::samples;

fn main() -> std::io::Result<()> {
    let gguf = samples::gguf(&samples::sample());
    let (weights, config) = samples::whisper_safetensors();
    // The configuration goes before the weights, with a zero byte between.
    let both = [config.as_slice(), &[0], &weights].concat();
    for (target, name, bytes) in [
        ("header", "gguf", gguf.clone()),
        ("header", "safetensors", samples::small_safetensors()),
        ("stream", "gguf", gguf),
        ("stream", "safetensors", samples::small_safetensors()),
        ("ggml_whisper", "model", samples::ggml_whisper()),
        ("ctranslate2", "model", samples::ctranslate2().file()),
        ("safetensors_whisper", "model", both),
        ("e5s1", "model", samples::e5s1()),
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}
