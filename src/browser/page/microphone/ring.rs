//! The last seconds of sound, so that a word is not lost that began before anybody
//! listened.

use std::collections::VecDeque;

/// Samples are counted from the first that was ever put in.
#[derive(Debug, Default)]
pub struct Ring {
    sound: VecDeque<f32>,
    /// Where the oldest that is kept stands.
    start: u64,
    most: usize,
}

impl Ring {
    /// Empty, and never longer than `most` samples.
    pub fn new(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    pub fn push(&mut self, samples: &[f32]) {
        // Of a piece that is longer than all there is room for, only the end stays.
        let skipped = samples.len().saturating_sub(self.most);
        let fresh = &samples[skipped..];
        let gone = (self.sound.len() + fresh.len()).saturating_sub(self.most);
        self.sound.drain(..gone);
        self.sound.extend(fresh);
        self.start += (gone + skipped) as u64;
    }

    pub fn start(&self) -> u64 {
        self.start
    }

    pub fn end(&self) -> u64 {
        self.start + self.sound.len() as u64
    }

    /// What of this stretch is still there.
    pub fn copy(&self, from: u64, to: u64) -> Vec<f32> {
        let at = |place: u64| (place.clamp(self.start, self.end()) - self.start) as usize;
        let (from, to) = (at(from), at(to));
        if from < to { self.sound.range(from..to).copied().collect() } else { Vec::new() }
    }

    /// Forgets the sound, and goes on counting.
    pub fn forget(&mut self) {
        self.start = self.end();
        self.sound = VecDeque::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pushes the numbers from 0 on, in pieces of these lengths.
    fn filled(most: usize, pieces: &[usize]) -> Ring {
        let mut ring = Ring::new(most);
        let mut next = 0;
        for &length in pieces {
            let piece: Vec<f32> = (next..next + length).map(|it| it as f32).collect();
            ring.push(&piece);
            next += length;
        }
        ring
    }

    #[track_caller]
    fn check(ring: &Ring, from: u64, to: u64, expected: std::ops::Range<u64>) {
        let expected: Vec<f32> = expected.map(|it| it as f32).collect();
        assert_eq!(ring.copy(from, to), expected, "{from}..{to}");
    }

    #[test]
    fn every_sample_keeps_its_place() {
        let ring = filled(10, &[3, 4]);
        assert_eq!((ring.start(), ring.end()), (0, 7));
        check(&ring, 0, 7, 0..7);
        check(&ring, 2, 5, 2..5);
        check(&ring, 5, 5, 0..0);
        check(&ring, 6, 2, 0..0);
    }

    #[test]
    fn the_oldest_makes_room() {
        let ring = filled(10, &[6, 6, 6]);
        assert_eq!((ring.start(), ring.end()), (8, 18));
        check(&ring, 0, 100, 8..18);
        check(&ring, 7, 9, 8..9);
        check(&ring, 17, 100, 17..18);
        check(&ring, 18, 100, 0..0);
    }

    #[test]
    fn of_a_piece_that_is_too_long_the_end_stays() {
        for pieces in [&[25][..], &[4, 25], &[10, 25, 1]] {
            let ring = filled(10, pieces);
            let end = pieces.iter().sum::<usize>() as u64;
            assert_eq!((ring.start(), ring.end()), (end - 10, end), "{pieces:?}");
            check(&ring, 0, end, end - 10..end);
        }
    }

    #[test]
    fn what_is_forgotten_leaves_its_place_empty() {
        let mut ring = filled(10, &[6]);
        ring.forget();
        assert_eq!((ring.start(), ring.end()), (6, 6));
        check(&ring, 0, 6, 0..0);
        ring.push(&[6.0]);
        check(&ring, 0, 7, 6..7);
    }

    #[test]
    fn a_ring_without_room_keeps_nothing_and_counts() {
        let ring = filled(0, &[3, 4]);
        assert_eq!((ring.start(), ring.end()), (7, 7));
    }
}
