//! The containers that are read only to be converted, cut short and damaged.

use std::io::Cursor;

use bella_weights::convert::{Converter, convert_stream};
use bella_weights::{FileError, ctranslate2, e5s1, ggml_whisper};

use crate::support::samples;

/// The samples by converter, with the configuration of the one that needs it.
fn all() -> [(Converter, Vec<u8>, Vec<u8>); 4] {
    let (weights, config) = samples::whisper_safetensors();
    [
        (Converter::GgmlWhisper, samples::ggml_whisper(), Vec::new()),
        (Converter::Ctranslate2Whisper, samples::ctranslate2().file(), Vec::new()),
        (Converter::SafetensorsWhisper, weights, config),
        (Converter::E5s1, samples::e5s1(), Vec::new()),
    ]
}

fn convert(converter: Converter, file: &[u8], config: &[u8]) -> Result<Vec<u8>, FileError> {
    convert_stream(converter, Cursor::new(file), Some(config), Vec::new())
}

#[test]
fn a_file_cut_short_anywhere_is_refused() {
    for (converter, file, config) in all() {
        convert(converter, &file, &config).expect("the whole file is valid");
        for length in 0..file.len() {
            match convert(converter, &file[..length], &config) {
                Err(FileError::Format(error)) => assert!(!error.field.is_empty()),
                other => panic!("{converter:?} at {length}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_flipped_bit_never_panics() {
    for (converter, file, config) in all() {
        for at in 0..file.len() {
            let mut flipped = file.clone();
            flipped[at] ^= 1 << (at % 8);
            // Numbers may change unseen; the hash in the manifest is for those.
            if let Err(FileError::Format(error)) = convert(converter, &flipped, &config) {
                assert!(!error.field.is_empty());
            }
        }
    }
}

#[test]
fn another_file_is_told_by_its_beginning() {
    fn check<T: std::fmt::Debug>(outcome: Result<T, FileError>, expected: &str) {
        match outcome {
            Err(FileError::Format(error)) => assert_eq!(error.to_string(), expected),
            other => panic!("{other:?} instead of {expected}"),
        }
    }
    let file = || Cursor::new(b"GGUF\x03\0\0\0 and so on and so forth".as_slice());
    check(
        ggml_whisper::read(file()),
        "magic: the file begins with \"GGUF\", which is not a ggml file (\"lmgg\")",
    );
    check(e5s1::read(file()), "magic: the file begins with \"GGUF\", which is not E5S1");
    check(ctranslate2::read(file()), "version: version 1179993927 is not supported, only 4 to 6");
}
