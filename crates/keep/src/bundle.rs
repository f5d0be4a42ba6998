//! A model as one file, to be carried to another device: a plain tar archive of its
//! files, so that any other program can look into it as well.
//!
//! Only headers are made and read here; the bytes between them go from where they
//! are to where they belong without passing by.

use std::ops::Range;

pub const BLOCK: u64 = 512;
/// The largest size that eleven octal digits can say.
const LARGEST: u64 = (1 << 33) - 1;
/// The longest name that needs no extension of the format.
const LONGEST_NAME: usize = 100;

// Where the fields of a header are.
const NAME: Range<usize> = 0..100;
const MODE: Range<usize> = 100..108;
const OWNER: Range<usize> = 108..116;
const GROUP: Range<usize> = 116..124;
const SIZE: Range<usize> = 124..136;
const TIME: Range<usize> = 136..148;
const SUM: Range<usize> = 148..156;
const KIND: usize = 156;
const MAGIC: Range<usize> = 257..265;

/// One file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Without folders.
    pub name: String,
    pub bytes: u64,
}

impl Entry {
    /// `None` where the format cannot say it.
    pub fn header(&self) -> Option<[u8; BLOCK as usize]> {
        if self.name.len() > LONGEST_NAME || self.bytes > LARGEST {
            return None;
        }
        let mut header = [0; BLOCK as usize];
        let mut write = |field: Range<usize>, text: &str| {
            header[field.start..field.start + text.len()].copy_from_slice(text.as_bytes());
        };
        write(NAME, &self.name);
        write(MODE, "0000644\0");
        write(OWNER, "0000000\0");
        write(GROUP, "0000000\0");
        write(SIZE, &format!("{:011o}\0", self.bytes));
        write(TIME, "00000000000\0");
        write(KIND..KIND + 1, "0");
        write(MAGIC, "ustar\x0000");
        let sum = sum(&header);
        header[SUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        Some(header)
    }

    /// What a header says; `None` at the end of an archive, and of what is none.
    pub fn read(header: &[u8]) -> Option<Self> {
        let header = header.get(..BLOCK as usize)?;
        if octal(&header[SUM])? != sum(header) || !matches!(header[KIND], b'0' | 0) {
            return None;
        }
        let name = header[NAME].split(|&byte| byte == 0).next()?;
        let name = std::str::from_utf8(name).ok()?;
        // Whoever packed it anew may have packed its folder.
        let name = name.rsplit('/').next()?.to_owned();
        let bytes = octal(&header[SIZE])?;
        (!name.is_empty()).then_some(Self { name, bytes })
    }

    /// How many zeroes follow its bytes.
    pub fn padding(&self) -> u64 {
        self.bytes.next_multiple_of(BLOCK) - self.bytes
    }
}

/// The sum of all bytes, those of the sum itself being blanks.
fn sum(header: &[u8]) -> u64 {
    let byte = |(at, &byte)| if SUM.contains(&at) { b' ' } else { byte };
    header.iter().enumerate().map(byte).map(u64::from).sum()
}

fn octal(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?;
    let digits = text.trim_matches(['\0', ' ']);
    let all = !digits.is_empty() && digits.bytes().all(|digit| matches!(digit, b'0'..=b'7'));
    all.then(|| u64::from_str_radix(digits, 8).ok()).flatten().filter(|&number| number <= LARGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    fn entry(name: &str, bytes: u64) -> Entry {
        Entry { name: name.into(), bytes }
    }

    #[test]
    fn other_programs_can_read_it() {
        let files = [("model.gguf", vec![7; 1300]), ("tokenizer.json", vec![9; 512])];
        let mut archive = Vec::new();
        for (name, bytes) in &files {
            let entry = entry(name, bytes.len() as u64);
            archive.extend(entry.header().expect("a header"));
            archive.extend(bytes);
            archive.resize(archive.len() + entry.padding() as usize, 0);
        }
        archive.resize(archive.len() + 2 * BLOCK as usize, 0);
        let mut read = tar::Archive::new(archive.as_slice());
        let read = read.entries().expect("entries").map(|entry| {
            let mut entry = entry.expect("an entry");
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("its bytes");
            (entry.path().expect("a name").display().to_string(), bytes)
        });
        assert!(read.eq(files.map(|(name, bytes)| (name.to_owned(), bytes))));
    }

    #[test]
    fn and_it_reads_theirs() {
        let mut header = tar::Header::new_ustar();
        header.set_path("folder/model.gguf").expect("a path");
        header.set_size(123_456_789);
        header.set_cksum();
        assert_eq!(Entry::read(header.as_bytes()), Some(entry("model.gguf", 123_456_789)));
        header.set_entry_type(tar::EntryType::Directory);
        header.set_cksum();
        assert_eq!(Entry::read(header.as_bytes()), None, "no file");
    }

    #[test]
    fn what_is_no_archive_is_not_taken_for_one() {
        assert_eq!(Entry::read(&[0; 512]), None);
        assert_eq!(Entry::read(&[b'7'; 512]), None);
        assert_eq!(Entry::read(b"GGUF"), None);
        let good = entry("a", 5).header().expect("a header");
        assert_eq!(Entry::read(&good), Some(entry("a", 5)));
        for at in 0..good.len() {
            let mut bad = good;
            bad[at] ^= 1;
            assert_ne!(Entry::read(&bad), Some(entry("a", 5)), "byte {at}");
        }
        assert_eq!(entry(&"a".repeat(101), 1).header(), None);
        assert_eq!(entry("a", 1 << 33).header(), None);
    }
}
