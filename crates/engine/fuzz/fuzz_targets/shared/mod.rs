//! What the engine does with any tokenizer.

use bella_engine::tokenizer::Tokenizer;

const TEXTS: [&str; 5] =
    ["", "Hello, world! 123", "안녕하세요 \u{1F44B}\u{1F3FD}", "  a\tb\r\n\n", "<s>\u{0}\u{FFFD}"];

pub fn use_it(tokenizer: &Tokenizer) {
    for text in TEXTS {
        for ids in [tokenizer.encode(text), tokenizer.encode_with_marks(text)] {
            let Ok(ids) = ids else { continue };
            assert!(ids.iter().all(|&id| (id as usize) < tokenizer.vocabulary()));
            let _ = tokenizer.decode(&ids);
        }
    }
    let _ = tokenizer.decode(&[0, 1, u32::MAX]);
}
