//! Text that says the same over and over.

use miniz_oxide::deflate::compress_to_vec_zlib;

/// Speech compresses to about half; a phrase said ten times to a tenth.
pub const TOO_REPETITIVE: f64 = 2.4;

/// How many times shorter zlib makes a text: the measure Whisper's authors chose
/// their threshold for. An empty text is not repetitive.
pub fn compression_ratio(text: &str) -> f64 {
    const USUAL_LEVEL: u8 = 6;
    if text.is_empty() {
        return 0.0;
    }
    text.len() as f64 / compress_to_vec_zlib(text.as_bytes(), USUAL_LEVEL).len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loops_are_repetitive() {
        for (text, repetitive) in [
            ("".to_owned(), false),
            ("네.".to_owned(), false),
            ("The quick brown fox jumps over the lazy dog.".to_owned(), false),
            (
                "오늘은 날씨가 참 좋네요. 저녁에는 비가 온다고 하니 우산을 챙기세요.".to_owned(),
                false,
            ),
            ("감사합니다. ".repeat(20), true),
            ("a".repeat(200), true),
        ] {
            assert_eq!(compression_ratio(&text) > TOO_REPETITIVE, repetitive, "{text}");
        }
    }
}
