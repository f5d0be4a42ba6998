//! Small valid files for the fuzzers to start from.

use std::fs;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    // One tokenizer of each kind that models bring along, and whole small models
    // with theirs inside.
    for (from, end, target) in [
        ("seeds", "json", "tokenizer_json"),
        ("../tests/goldens", "gguf", "tokenizer_gguf"),
    ] {
        let to = here.join("corpus").join(target);
        fs::create_dir_all(&to)?;
        for entry in fs::read_dir(here.join(from))? {
            let path = entry?.path();
            if path.extension().is_some_and(|found| found == end) {
                fs::copy(&path, to.join(path.file_name().unwrap_or_default()))?;
            }
        }
    }
    Ok(())
}
