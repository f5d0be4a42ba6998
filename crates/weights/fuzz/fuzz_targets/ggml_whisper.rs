#![no_main]

mod convert;

use bella_weights::convert::Converter;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| convert::check(Converter::GgmlWhisper, file, None));
