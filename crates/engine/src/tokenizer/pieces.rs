//! The bytes every token stands for.

/// How a vocabulary writes bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// GPT-2's: every byte is a printable character.
    ByteLevel,
    /// SentencePiece's: ▁ is a space, <0x0A> a byte.
    SentencePiece,
}

/// All pieces in one run of memory: a hundred thousand small strings would cost
/// more in overhead than in letters.
#[derive(Debug)]
pub(super) struct Pieces {
    bytes: Vec<u8>,
    /// Piece `id` is bytes\[ends\[id − 1]..ends\[id]].
    ends: Vec<u32>,
}

impl Pieces {
    pub(super) fn new<'a>(
        spelling: Spelling,
        pieces: impl Iterator<Item = Option<&'a str>>,
    ) -> Self {
        let mut bytes = Vec::new();
        let mut ends = Vec::new();
        for piece in pieces {
            if let Some(piece) = piece {
                spell(spelling, piece, &mut bytes);
            }
            ends.push(bytes.len() as u32);
        }
        bytes.shrink_to_fit();
        ends.shrink_to_fit();
        Self { bytes, ends }
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn bytes_of(&self, token: u32) -> &[u8] {
        let token = token as usize;
        let Some(&end) = self.ends.get(token) else { return &[] };
        let start = if token == 0 { 0 } else { self.ends[token - 1] };
        &self.bytes[start as usize..end as usize]
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.bytes.capacity() + size_of_val(&self.ends[..])
    }
}

fn spell(spelling: Spelling, piece: &str, bytes: &mut Vec<u8>) {
    match spelling {
        Spelling::ByteLevel => {
            let start = bytes.len();
            for character in piece.chars() {
                match byte_of(character) {
                    Some(byte) => bytes.push(byte),
                    // A token added by hand is written as itself.
                    None => {
                        bytes.truncate(start);
                        bytes.extend_from_slice(piece.as_bytes());
                        return;
                    }
                }
            }
        }
        Spelling::SentencePiece => {
            let byte = piece.strip_prefix("<0x").and_then(|hex| hex.strip_suffix('>'));
            match byte.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                Some(byte) => bytes.push(byte),
                None => bytes.extend_from_slice(piece.replace('▁', " ").as_bytes()),
            }
        }
    }
}

/// GPT-2's table read backwards: printable Latin-1 stands for itself, every
/// other byte for U+0100 and on, in order.
fn byte_of(character: char) -> Option<u8> {
    let stands_for_itself = |code: u32| matches!(code, 0x21..=0x7E | 0xA1..=0xAC | 0xAE..=0xFF);
    match character as u32 {
        code if stands_for_itself(code) => Some(code as u8),
        code @ 0x100..=0x143 => {
            let nth = (code - 0x100) as usize;
            (0..=255u8).filter(|&byte| !stands_for_itself(byte.into())).nth(nth)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_one_spelling() {
        let mut seen: Vec<u8> = (0..0x200).filter_map(char::from_u32).filter_map(byte_of).collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..=255).collect::<Vec<u8>>());
    }

    #[test]
    fn pieces_are_spelled_out() {
        let byte_level = Pieces::new(
            Spelling::ByteLevel,
            [Some("ĠHi"), None, Some("ì"), Some("안")].into_iter(),
        );
        assert_eq!(byte_level.bytes_of(0), b" Hi");
        assert_eq!(byte_level.bytes_of(1), b"");
        assert_eq!(byte_level.bytes_of(2), [0xEC]);
        assert_eq!(byte_level.bytes_of(3), "안".as_bytes());
        assert_eq!(byte_level.bytes_of(99), b"");
        let sentence_piece =
            Pieces::new(Spelling::SentencePiece, [Some("▁a▁"), Some("<0xEC>")].into_iter());
        assert_eq!(sentence_piece.bytes_of(0), b" a ");
        assert_eq!(sentence_piece.bytes_of(1), [0xEC]);
    }
}
