//! Whether the table with which SentencePiece rewrites characters is sound: the
//! crate that reads it believes every place the table names.
//!
//! It is a trie in a double array, and behind it the texts that are written instead,
//! each ended by a zero: `[bytes of the array: u32] [units: u32 …] [texts]`, in
//! base64. Where a unit leads to, xor the next byte, is that byte's unit, if its
//! label says so; one with a leaf leads to the place of a text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Units that share all but the lowest byte of their place.
const BLOCK: usize = 256;

#[derive(Clone, Copy)]
struct Unit(u32);

impl Unit {
    fn has_leaf(self) -> bool {
        self.0 >> 8 & 1 == 1
    }

    fn text(self) -> usize {
        (self.0 & 0x7FFF_FFFF) as usize
    }

    fn is_labelled(self, byte: usize) -> bool {
        (self.0 & 0x8000_00FF) as usize == byte
    }

    fn leads_from(self, place: usize) -> usize {
        place ^ (self.0 >> 10 << ((self.0 & 0x200) >> 6)) as usize
    }
}

/// What is wrong with it, if anything.
pub(super) fn check(charsmap: &str) -> Result<(), String> {
    let bytes = STANDARD.decode(charsmap).map_err(|error| error.to_string())?;
    let (size, rest) = bytes.split_first_chunk().ok_or("has no size")?;
    // Whole units only: what is left of one belongs to the texts.
    let size = u32::from_le_bytes(*size) as usize / 4 * 4;
    let (units, texts) = rest.split_at_checked(size).ok_or("is shorter than its array")?;
    let (units, _) = units.as_chunks();
    let units: Vec<Unit> = units.iter().map(|unit| Unit(u32::from_le_bytes(*unit))).collect();
    let texts = std::str::from_utf8(texts).map_err(|error| error.to_string())?;
    walk(&units, texts).ok_or_else(|| "leads beyond its end".to_owned())
}

/// Goes wherever some text could lead; `None` where that is nowhere.
fn walk(units: &[Unit], texts: &str) -> Option<()> {
    let root = units.first()?.leads_from(0);
    let mut seen = vec![false; units.len()];
    let mut waiting = vec![root];
    while let Some(place) = waiting.pop() {
        let is_new = !std::mem::replace(seen.get_mut(place)?, true);
        // Whatever byte comes next, its place is in this block.
        units.get(place | (BLOCK - 1))?;
        for byte in (1..BLOCK).filter(|_| is_new) {
            let at = place ^ byte;
            let unit = units[at];
            if !unit.is_labelled(byte) {
                continue;
            }
            let next = unit.leads_from(at);
            if unit.has_leaf() {
                texts.get(units.get(next)?.text()..)?;
            }
            waiting.push(next);
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes "a" for "A"; with units of one's choice.
    fn charsmap(changed: &[(usize, u32)], texts: &[u8]) -> String {
        let mut units = [0_u32; BLOCK];
        units[usize::from(b'A')] = 1 << 10 | 1 << 8 | u32::from(b'A');
        units[usize::from(b'A' ^ 1)] = 1 << 31;
        changed.iter().for_each(|&(at, unit)| units[at] = unit);
        let mut bytes = (4 * BLOCK as u32).to_le_bytes().to_vec();
        bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
        bytes.extend(texts);
        STANDARD.encode(bytes)
    }

    #[test]
    fn places_outside_are_found() {
        assert_eq!(check(&charsmap(&[], b"a\0")), Ok(()));
        let beyond = Err("leads beyond its end".to_owned());
        let (a, leaf) = (usize::from(b'A'), usize::from(b'A' ^ 1));
        assert_eq!(check(&charsmap(&[(0, 256 << 10)], b"a\0")), beyond, "the root");
        assert_eq!(check(&charsmap(&[(a, 256 << 10 | 0x141)], b"a\0")), beyond, "a unit");
        assert_eq!(check(&charsmap(&[(a, 1 << 10 | 0x241)], b"a\0")), beyond, "a far unit");
        assert_eq!(check(&charsmap(&[(leaf, 1 << 31 | 3)], b"a\0")), beyond, "a text");
        assert_eq!(check(&charsmap(&[(leaf, 1 << 31 | 1)], "가\0".as_bytes())), beyond, "a letter");
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let huge = STANDARD.encode(u32::MAX.to_le_bytes());
        for charsmap in ["", "AAAA", "AAAAAA==", "not base64", &huge, &charsmap(&[], b"\xFF")] {
            assert!(check(charsmap).is_err(), "{charsmap}");
        }
    }
}
