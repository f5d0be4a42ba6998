#![no_main]

use bella_weights::{Header, Parsed};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let Ok(Parsed::Whole(header)) = Header::parse(file) else { return };
    for pair in header.tensors.windows(2) {
        assert!(pair[0].end() <= pair[1].offset);
    }
    for tensor in &header.tensors {
        assert_eq!(header.tensor(&tensor.name).ok(), Some(tensor));
        assert!(header.header_bytes <= tensor.offset);
    }
    let end = header.header_bytes as usize;
    // Every prefix would be quadratic; these few change with the file.
    for length in [end - 1, end / 2, file.len() % end] {
        assert!(matches!(
            Header::parse(&file[..length]),
            Ok(Parsed::Incomplete { at_least }) if at_least > length as u64
        ));
    }
});
