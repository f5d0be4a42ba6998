//! From a model's bytes to whole characters.

/// Tokens of byte-level vocabularies may end inside a character: a Hangul
/// syllable is three bytes and often two tokens. What is incomplete waits here
/// for the rest, so that nobody is ever shown half of it.
#[derive(Debug, Default)]
pub struct TextStream {
    waiting: Vec<u8>,
}

impl TextStream {
    /// The characters that became whole with these bytes. Bytes that can begin
    /// no character are dropped: a model that emits them means nothing by it.
    pub fn push(&mut self, bytes: &[u8]) -> String {
        self.waiting.extend_from_slice(bytes);
        let mut text = String::new();
        loop {
            match std::str::from_utf8(&self.waiting) {
                Ok(whole) => {
                    text.push_str(whole);
                    self.waiting.clear();
                    return text;
                }
                Err(error) => {
                    let (whole, rest) = self.waiting.split_at(error.valid_up_to());
                    text.push_str(&String::from_utf8_lossy(whole));
                    match error.error_len() {
                        Some(invalid) => self.waiting = rest[invalid..].to_vec(),
                        None => {
                            self.waiting = rest.to_vec();
                            return text;
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pieces: &[&[u8]], expected: &[&str]) {
        let mut stream = TextStream::default();
        let shown: Vec<String> = pieces.iter().map(|piece| stream.push(piece)).collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_syllable_waits_for_its_last_byte() {
        check(&[b"\xEB", b"\xB2", b"\xA8\xEB\x9D\xBC"], &["", "", "벨라"]);
    }

    #[test]
    fn an_emoji_may_follow_text_in_one_piece() {
        check(&[b"ok \xF0\x9F", b"\x91\x8B!"], &["ok ", "👋!"]);
    }

    #[test]
    fn bytes_that_are_no_text_are_dropped() {
        check(&[b"a\xFFb", b"\xEBc"], &["ab", "c"]);
    }

    #[test]
    fn every_split_of_a_text_gives_the_text() {
        let text = "안녕, 👩‍🚀 café — 끝";
        for split in 0..=text.len() {
            let mut stream = TextStream::default();
            let (head, tail) = text.as_bytes().split_at(split);
            assert_eq!(stream.push(head) + &stream.push(tail), text);
        }
    }
}
