//! The passphrase of a history: how it becomes a key, and what is kept of it.
//!
//! Kept are the way to the key (its salt, and how hard it is made to guess) and one
//! sealed word that tells a right passphrase from a wrong one: never the passphrase,
//! never the key. Whoever forgets the passphrase has no way in, and nobody else has.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, Zeroizing};

use crate::secret::{Sealed, Secret};

pub const KEY_BYTES: usize = 32;
pub const SALT_BYTES: usize = 16;
/// For AES-256, and wiped when it is let go of.
pub type KeyBytes = Zeroizing<[u8; KEY_BYTES]>;

const KIND: &str = "argon2id";
/// What a guess is made to cost, now: one pass more than what is recommended at least
/// for this much memory.
const MEMORY_KIB: u32 = 19 << 10;
const PASSES: u32 = 3;
const LANES: u32 = 1;
/// What a record may ask for. Storage is open to everybody, and a tab that was told to
/// take gigabytes would die of it at every visit.
const MOST_MEMORY_KIB: u32 = 64 << 10;
const MOST_PASSES: u32 = 8;
const MOST_LANES: u32 = 4;

/// Shorter than this, and guessing is no work whatever a guess costs.
pub const FEWEST_LETTERS: usize = 8;
const LONGEST_PASSPHRASE: usize = 1024;

/// What the sealed word is bound to, and an entry to its place: neither opens as the
/// other, nor one entry in the place of another.
pub const BOUND_TO_WORD: &[u8] = b"bella\0history\0word";
/// The word itself. It is no secret; that it opens is what counts.
pub const WORD: &[u8] = b"bella-history";

pub fn bound_to_entry(id: u64) -> Vec<u8> {
    [b"bella\0history\0entry\0".as_slice(), &id.to_be_bytes()].concat()
}

/// Why a passphrase cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnfitPassphrase {
    TooShort,
    TooLong,
    /// It was typed twice, and not alike.
    Differs,
}

/// A new passphrase, typed twice because a mistake in it would cost everything.
pub fn fit(typed: Secret, again: &Secret) -> Result<Secret, UnfitPassphrase> {
    if typed.reveal() != again.reveal() {
        return Err(UnfitPassphrase::Differs);
    }
    let length = typed.reveal().len();
    if length > LONGEST_PASSPHRASE {
        return Err(UnfitPassphrase::TooLong);
    }
    if typed.reveal().nfc().count() < FEWEST_LETTERS {
        return Err(UnfitPassphrase::TooShort);
    }
    Ok(typed)
}

/// How a passphrase becomes a key, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipe {
    kind: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
}

/// What is kept of a passphrase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    pub recipe: Recipe,
    pub word: Sealed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoKey {
    /// It asks for what no version ever asked for.
    #[error("what is kept of the passphrase was damaged")]
    Damaged,
    #[error("there was not enough memory to check the passphrase")]
    NoMemory,
}

impl Recipe {
    pub fn new(salt: &[u8; SALT_BYTES]) -> Self {
        Self {
            kind: KIND.to_owned(),
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt: BASE64_STANDARD.encode(salt),
        }
    }

    /// Makes the key. It takes a moment, and must: so does every guess.
    pub fn key(&self, passphrase: &Secret) -> Result<KeyBytes, NoKey> {
        let (params, salt) = self.checked().ok_or(NoKey::Damaged)?;
        let count = params.block_count();
        let mut memory = Wiped(Vec::new());
        memory.0.try_reserve_exact(count).map_err(|_| NoKey::NoMemory)?;
        memory.0.resize(count, Block::new());
        let passphrase = composed(passphrase);
        let mut key = KeyBytes::default();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(
                passphrase.as_bytes(),
                &salt,
                key.as_mut_slice(),
                memory.0.as_mut_slice(),
            )
            .map_err(|_| NoKey::Damaged)?;
        Ok(key)
    }

    /// Nothing, if it cannot be what [`Recipe::new`] made in this or another version.
    fn checked(&self) -> Option<(Params, [u8; SALT_BYTES])> {
        let is_bounded = self.kind == KIND
            && (MEMORY_KIB..=MOST_MEMORY_KIB).contains(&self.memory_kib)
            && (1..=MOST_PASSES).contains(&self.passes)
            && (1..=MOST_LANES).contains(&self.lanes)
            && self.salt.len() == SALT_BYTES.div_ceil(3) * 4;
        if !is_bounded {
            return None;
        }
        let salt = BASE64_STANDARD.decode(&self.salt).ok()?.try_into().ok()?;
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(KEY_BYTES));
        Some((params.ok()?, salt))
    }
}

/// Keyboards hand Korean over in one piece or in several; the passphrase is the same.
fn composed(passphrase: &Secret) -> Zeroizing<String> {
    let typed = passphrase.reveal();
    // Composing makes nothing longer than this, so that no copy is left behind by a
    // text that had to move.
    let mut composed = Zeroizing::new(String::with_capacity(typed.len() * 3));
    composed.extend(typed.nfc());
    composed
}

/// The work on a key: whoever reads it needs no guess.
struct Wiped(Vec<Block>);

impl Drop for Wiped {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(Zeroize::zeroize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: [u8; SALT_BYTES] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    fn hex(key: &KeyBytes) -> String {
        key.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// As another implementation makes it.
    #[test]
    fn the_key_is_the_one_that_everybody_makes() {
        let expected = "1ebeef49e7d31d6e3f7aeaf2388d74ac876cc583fad91306e2d1508cb5131e7a";
        let recipe = Recipe::new(&SALT);
        let passphrase = "벨라야 안녕하세요 1";
        let decomposed: String = passphrase.nfd().collect();
        assert_ne!(decomposed, passphrase);
        for typed in [passphrase, &decomposed] {
            assert_eq!(recipe.key(&secret(typed)).as_ref().map(hex), Ok(expected.to_owned()));
        }
        let other = Recipe::new(&[9; SALT_BYTES]).key(&secret(passphrase));
        assert_ne!(other.as_ref().map(hex), Ok(expected.to_owned()));
    }

    #[test]
    fn what_is_kept_comes_back_and_what_was_tampered_with_takes_no_memory() {
        let good = Recipe::new(&SALT);
        let json = serde_json::to_string(&good).expect("plain data");
        assert_eq!(serde_json::from_str::<Recipe>(&json).expect("what was written"), good);
        assert!(good.checked().is_some());
        for bad in [
            Recipe { kind: "argon2i".to_owned(), ..good.clone() },
            Recipe { memory_kib: u32::MAX, ..good.clone() },
            Recipe { memory_kib: MOST_MEMORY_KIB + 1, ..good.clone() },
            Recipe { memory_kib: 8, ..good.clone() },
            Recipe { passes: u32::MAX, ..good.clone() },
            Recipe { passes: 0, ..good.clone() },
            Recipe { lanes: 0, ..good.clone() },
            Recipe { lanes: 1 << 20, ..good.clone() },
            Recipe { salt: String::new(), ..good.clone() },
            Recipe { salt: "not base64 at all!!!!!!!".to_owned(), ..good.clone() },
            Recipe { salt: BASE64_STANDARD.encode([0; 64]), ..good.clone() },
        ] {
            assert_eq!(bad.key(&secret("whatever")).err(), Some(NoKey::Damaged), "{bad:?}");
        }
    }

    #[test]
    fn only_a_passphrase_worth_the_name_is_taken() {
        let long = "가".repeat(LONGEST_PASSPHRASE);
        for (typed, again, expected) in [
            ("correct horse", "correct horse", Ok(())),
            ("비밀번호말고문장", "비밀번호말고문장", Ok(())),
            ("correct horse", "correct hoarse", Err(UnfitPassphrase::Differs)),
            ("", "", Err(UnfitPassphrase::TooShort)),
            ("seven77", "seven77", Err(UnfitPassphrase::TooShort)),
            // Many bytes, few letters.
            ("비밀번호", "비밀번호", Err(UnfitPassphrase::TooShort)),
            (&long, &long, Err(UnfitPassphrase::TooLong)),
        ] {
            let taken = fit(secret(typed), &secret(again)).map(|_| ());
            assert_eq!(taken, expected, "{typed}");
        }
    }

    #[test]
    fn an_entry_is_bound_to_its_place() {
        assert_ne!(bound_to_entry(1), bound_to_entry(256));
        assert!(!bound_to_entry(1).starts_with(BOUND_TO_WORD));
    }
}
