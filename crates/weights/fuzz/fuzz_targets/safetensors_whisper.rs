#![no_main]

mod convert;

use bella_weights::convert::Converter;
use libfuzzer_sys::fuzz_target;

// The configuration, a zero byte, the weights.
fuzz_target!(|both: &[u8]| {
    let mut parts = both.splitn(2, |byte| *byte == 0);
    if let (Some(config), Some(file)) = (parts.next(), parts.next()) {
        convert::check(Converter::SafetensorsWhisper, file, Some(config));
    }
});
