//! Real weights, held against the numbers of the original files as numpy reads
//! them (see `goldens/make.py`).

use std::fs::File;
use std::path::{Path, PathBuf};

use bella_weights::{FileError, TensorEvent, convert::convert, dequantise, read_tensors};
use sha2::{Digest, Sha256};

use crate::support::real;

/// One line a tensor, as in the goldens.
fn list(gguf: &Path) -> String {
    let file = File::open(gguf).expect("the file is there");
    let bytes = file.metadata().expect("the file is there").len();
    let mut lines = Vec::new();
    let sink = |event: TensorEvent<'_>| {
        let TensorEvent::Tensor { info, bytes } = event else {
            return Ok(());
        };
        let mut numbers = vec![0.0; info.elements()];
        dequantise(info.dtype, &bytes, &mut numbers).expect("as long as declared");
        let numbers: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        let digest: String =
            Sha256::digest(&numbers)[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let shape: Vec<String> = info.shape.iter().map(usize::to_string).collect();
        lines.push(format!("{} {} {digest}\n", info.name, shape.join("x")));
        Ok::<_, FileError>(())
    };
    read_tensors(file, bytes, sink).expect("a valid file");
    lines.sort();
    lines.concat()
}

/// Converts the raw file where it is kept; else looks at the file the fetcher
/// made of it.
fn check(model: &str, converter: &str, raw: &str, golden: &str, bytes: u64) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let gguf: PathBuf = match real::find(model, raw) {
        Some(raw) => {
            let output = folder.path().join("model.gguf");
            let converted = convert(converter, &[raw], &output).expect("a valid file");
            eprintln!("{model}: {} bytes, sha256 {}", converted.bytes, converted.sha256);
            output
        }
        None => match real::find(model, "model.gguf") {
            Some(gguf) => gguf,
            None => return,
        },
    };
    assert_eq!(std::fs::metadata(&gguf).expect("the file is there").len(), bytes);
    let ours = list(&gguf);
    for (ours, golden) in ours.lines().zip(golden.lines()) {
        assert_eq!(ours, golden);
    }
    assert_eq!(ours.lines().count(), golden.lines().count());
}

#[test]
fn whisper_tiny_keeps_every_number() {
    let golden = include_str!("../goldens/whisper-tiny.tensors");
    check("whisper-tiny", "ggml-whisper", "ggml-tiny.bin", golden, 77_188_992);
}

#[test]
fn whisper_base_keeps_every_number() {
    let golden = include_str!("../goldens/whisper-base.tensors");
    check("whisper-base", "ctranslate2-whisper", "model.bin", golden, 145_391_904);
}

#[test]
fn multilingual_e5_keeps_every_number() {
    let golden = include_str!("../goldens/multilingual-e5-small.tensors");
    check("multilingual-e5-small", "e5s1", "e5-small-q4.bin", golden, 66_999_648);
}
