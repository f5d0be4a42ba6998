//! What a visitor has to fetch to have an engine.

use std::path::Path;
use std::{fs, io};

use bella_measure::EngineFiles;
use brotli::enc::BrotliEncoderParams;

/// How hard a host tries to make files small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// Some per cent are left to gain.
    Quick,
    /// As hosts compress what never changes.
    Utmost,
}

/// The module of a build and what starts it, as they are in the page's folder and as
/// a host would send them.
pub fn engine_files(page: &Path, build: &str, effort: Effort) -> io::Result<EngineFiles> {
    let mut files = EngineFiles { build: build.to_owned(), raw_bytes: 0, brotli_bytes: 0 };
    for entry in fs::read_dir(page.join("engine").join(build))? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "wasm" || end == "js") {
            let bytes = fs::read(&path)?;
            files.raw_bytes += bytes.len() as u64;
            files.brotli_bytes += brotli_bytes(&bytes, effort)?;
        }
    }
    Ok(files)
}

fn brotli_bytes(mut bytes: &[u8], effort: Effort) -> io::Result<u64> {
    let quality = match effort {
        Effort::Quick => 9,
        Effort::Utmost => 11,
    };
    let parameters = BrotliEncoderParams { quality, lgwin: 24, ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut bytes, &mut compressed, &parameters)?;
    Ok(compressed.len() as u64)
}
