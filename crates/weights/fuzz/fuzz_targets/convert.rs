//! What the converters' targets share.

use std::io::Cursor;

use bella_weights::convert::{Converter, convert_stream};
use bella_weights::{Header, Parsed};

/// Converts, and reads what came of it.
pub fn check(converter: Converter, file: &[u8], config: Option<&[u8]>) {
    let Ok(gguf) = convert_stream(converter, Cursor::new(file), config, Vec::new()) else { return };
    match Header::parse(&gguf) {
        Ok(Parsed::Whole(header)) => header.check_fits(gguf.len() as u64).expect("it is whole"),
        other => panic!("{other:?}"),
    }
}
