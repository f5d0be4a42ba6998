//! The pieces of a Unigram model and their scores, found by what a text begins
//! with.
//!
//! A trie of a quarter of a million pieces would take many times their letters.
//! Here their numbers stand in the order of the alphabet, each with the longest
//! other piece that it begins with. Of all pieces that a text begins with, the
//! longest is the last piece not behind the text, or on the way from that to ever
//! shorter beginnings; and the rest of that way are all the others.

/// Bytes of a piece: in use are some dozens. It bounds what is looked at from
/// each place of a text.
pub(super) const LONGEST_PIECE: usize = 512;

/// Where a piece begins with no other one.
const NONE: u32 = u32::MAX;

#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// All pieces, one behind the other, as they are numbered.
    letters: String,
    /// Piece `id` is letters\[ends\[id − 1]..ends\[id]].
    ends: Vec<u32>,
    scores: Vec<f64>,
    /// Ids in the order of their pieces' bytes.
    sorted: Vec<u32>,
    /// For each of them, where in `sorted` the longest piece is that it begins with.
    beginnings: Vec<u32>,
}

/// What is wrong with a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadPiece {
    #[error("a piece of {0} bytes is longer than {LONGEST_PIECE}")]
    TooLong(usize),
    #[error("the pieces have more than 4 GB of letters")]
    TooMany,
}

impl Vocabulary {
    /// Adds the next piece; its score has to follow.
    pub(super) fn push_piece(&mut self, piece: &str) -> Result<(), BadPiece> {
        if piece.len() > LONGEST_PIECE {
            return Err(BadPiece::TooLong(piece.len()));
        }
        let end = u32::try_from(self.letters.len() + piece.len());
        self.ends.push(end.map_err(|_| BadPiece::TooMany)?);
        self.letters.push_str(piece);
        Ok(())
    }

    pub(super) fn push_score(&mut self, score: f64) {
        self.scores.push(score);
    }

    /// Makes the pieces findable. Where one stands twice, its last number counts.
    pub(super) fn sort(&mut self) {
        self.letters.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.scores.shrink_to_fit();
        // Most are told apart by their first bytes, without looking them up.
        let mut keyed: Vec<(u64, u32)> =
            (0..self.len() as u32).map(|id| (first_bytes(self.bytes(id)), id)).collect();
        keyed.sort_unstable_by(|&(key, id), &(other_key, other)| {
            let by_letters = || self.bytes(id).cmp(self.bytes(other));
            key.cmp(&other_key).then_with(by_letters).then(other.cmp(&id))
        });
        keyed.dedup_by(|(_, later), (_, kept)| self.bytes(*later) == self.bytes(*kept));
        self.sorted = keyed.into_iter().map(|(_, id)| id).collect();
        self.link_beginnings();
    }

    fn link_beginnings(&mut self) {
        let mut beginnings = Vec::with_capacity(self.sorted.len());
        // The pieces that the one before begins with, and itself.
        let mut open: Vec<u32> = Vec::new();
        for (rank, &id) in self.sorted.iter().enumerate() {
            let piece = self.bytes(id);
            let begins_with = |rank: u32| piece.starts_with(self.bytes_at(rank));
            while open.last().is_some_and(|&rank| !begins_with(rank)) {
                open.pop();
            }
            beginnings.push(open.last().copied().unwrap_or(NONE));
            open.push(rank as u32);
        }
        self.beginnings = beginnings;
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn piece(&self, id: u32) -> Option<&str> {
        let end = *self.ends.get(id as usize)?;
        self.letters.get(self.start(id)..end as usize)
    }

    /// The least likely piece's.
    pub(super) fn lowest_score(&self) -> f64 {
        let lower = |lowest, &score: &f64| if score < lowest { score } else { lowest };
        self.scores.iter().fold(f64::INFINITY, lower)
    }

    pub(super) fn id_of(&self, piece: &str) -> Option<u32> {
        let found = self.sorted.binary_search_by(|&id| self.bytes(id).cmp(piece.as_bytes()));
        found.ok().and_then(|rank| self.sorted.get(rank)).copied()
    }

    /// Length, id and score of every piece that `text` begins with, the longest
    /// first; none of them is empty.
    pub(super) fn beginnings_of(&self, text: &str) -> impl Iterator<Item = (usize, u32, f64)> {
        let text = text.as_bytes();
        let behind = self.sorted.partition_point(|&id| self.bytes(id) <= text);
        let mut rank = (behind as u32).checked_sub(1);
        while let Some(at) = rank
            && !text.starts_with(self.bytes_at(at))
        {
            rank = self.beginning_of(at);
        }
        let ranks = std::iter::successors(rank, |&rank| self.beginning_of(rank));
        let pieces = ranks.map(|rank| {
            let id = self.sorted[rank as usize];
            (self.bytes(id).len(), id, self.scores[id as usize])
        });
        pieces.take_while(|&(length, ..)| length > 0)
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.letters.capacity()
            + size_of_val(&self.ends[..])
            + size_of_val(&self.scores[..])
            + size_of_val(&self.sorted[..])
            + size_of_val(&self.beginnings[..])
    }

    fn beginning_of(&self, rank: u32) -> Option<u32> {
        Some(self.beginnings[rank as usize]).filter(|&beginning| beginning != NONE)
    }

    fn bytes_at(&self, rank: u32) -> &[u8] {
        self.bytes(self.sorted[rank as usize])
    }

    fn bytes(&self, id: u32) -> &[u8] {
        &self.letters.as_bytes()[self.start(id)..self.ends[id as usize] as usize]
    }

    fn start(&self, id: u32) -> usize {
        (id as usize).checked_sub(1).map_or(0, |before| self.ends[before] as usize)
    }
}

/// In an order that never contradicts that of the whole.
fn first_bytes(piece: &[u8]) -> u64 {
    let mut first = [0; 8];
    first.iter_mut().zip(piece).for_each(|(to, &byte)| *to = byte);
    u64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary(pieces: &[&str]) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        for (id, piece) in pieces.iter().enumerate() {
            vocabulary.push_piece(piece).expect("a short piece");
            vocabulary.push_score(-(id as f64));
        }
        vocabulary.sort();
        vocabulary
    }

    #[test]
    fn a_text_begins_with_every_piece_that_it_begins_with() {
        let pieces = [
            "",
            "b",
            "a",
            "ab",
            "abcdefghij",
            "abcdefghik",
            "abd",
            "abce",
            "\0",
            "a\0",
            "가",
            "가나",
        ];
        let vocabulary = vocabulary(&pieces);
        for text in
            ["", "a", "abc", "abcdefghijk", "abcdefghiz", "abz", "a\0b", "\0\0", "가다", "c"]
        {
            let found: Vec<&str> = vocabulary
                .beginnings_of(text)
                .map(|(length, id, score)| {
                    assert_eq!((length, score), (pieces[id as usize].len(), -f64::from(id)));
                    pieces[id as usize]
                })
                .collect();
            let mut expected: Vec<&str> = pieces
                .into_iter()
                .filter(|piece| !piece.is_empty() && text.starts_with(piece))
                .collect();
            expected.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn of_a_piece_that_stands_twice_the_last_counts() {
        let vocabulary = vocabulary(&["a", "b", "a"]);
        assert_eq!(vocabulary.id_of("a"), Some(2));
        assert_eq!(vocabulary.id_of("ab"), None);
        assert_eq!(vocabulary.beginnings_of("ab").collect::<Vec<_>>(), [(1, 2, -2.0)]);
        assert_eq!((vocabulary.piece(0), vocabulary.piece(3)), (Some("a"), None));
    }

    #[test]
    fn a_piece_beyond_the_bound_is_refused() {
        let mut vocabulary = Vocabulary::default();
        assert_eq!(vocabulary.push_piece(&"a".repeat(LONGEST_PIECE)), Ok(()));
        assert_eq!(vocabulary.push_piece(&"a".repeat(513)), Err(BadPiece::TooLong(513)));
    }
}
