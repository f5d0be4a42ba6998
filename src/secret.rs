//! What nobody but its owner may read, and what may be stored of it.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A text that is kept out of every print and log, and wiped when it is let go of.
/// What of it went through the browser's own strings cannot be wiped from here.
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// To be handed on at once and not to be kept.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// What a secret is for. Each has a key of its own in the browser's database, under
/// this name, so that forgetting one says nothing about another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    OwnServer,
}

impl Purpose {
    pub fn name(self) -> &'static str {
        match self {
            Purpose::OwnServer => "own-server",
        }
    }

    /// Sealed along with the secret: it opens for the same purpose and the same
    /// address only, wherever it was copied to.
    pub fn bound_to(self, address: &str) -> Vec<u8> {
        // A name holds no such byte, so that no two pairs come to the same.
        [b"bella\0", self.name().as_bytes(), b"\0", address.as_bytes()].concat()
    }
}

/// Bytes that must never come twice under one key.
pub const NONCE_BYTES: usize = 12;
/// What sealing adds to a secret.
const TAG_BYTES: usize = 16;
/// No secret of anybody's is that long.
pub const LONGEST_SECRET: usize = 4096;

const VERSION: u32 = 1;

/// A secret that only the browser it was sealed in can open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    version: u32,
    iv: String,
    sealed: String,
}

impl Sealed {
    pub fn new(iv: &[u8; NONCE_BYTES], sealed: &[u8]) -> Self {
        let (iv, sealed) = (BASE64_STANDARD.encode(iv), BASE64_STANDARD.encode(sealed));
        Self { version: VERSION, iv, sealed }
    }

    /// What was sealed and with what; nothing if it cannot be what [`Sealed::new`]
    /// made: storage is open to everybody.
    pub fn parts(&self) -> Option<([u8; NONCE_BYTES], Vec<u8>)> {
        let longest = (LONGEST_SECRET + TAG_BYTES).div_ceil(3) * 4;
        if self.version != VERSION || self.iv.len() > longest || self.sealed.len() > longest {
            return None;
        }
        let iv = BASE64_STANDARD.decode(&self.iv).ok()?.try_into().ok()?;
        let sealed = BASE64_STANDARD.decode(&self.sealed).ok()?;
        (sealed.len() > TAG_BYTES).then_some((iv, sealed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IV: [u8; NONCE_BYTES] = [7; NONCE_BYTES];

    #[test]
    fn a_secret_is_not_printed() {
        let secret = Secret::new("sk-very-secret".to_owned());
        assert_eq!(format!("{secret:?} {:#?}", Some(&secret)), "Secret Some(\n    Secret,\n)");
        assert_eq!(secret.reveal(), "sk-very-secret");
    }

    #[test]
    fn what_is_stored_comes_back_as_it_was() {
        let bytes: Vec<u8> = (0..=255).collect();
        let sealed = Sealed::new(&IV, &bytes);
        let json = serde_json::to_string(&sealed).expect("plain data");
        let read: Sealed = serde_json::from_str(&json).expect("what was written");
        assert_eq!(read.parts(), Some((IV, bytes)));
    }

    #[test]
    fn what_was_tampered_with_is_nothing() {
        let good = Sealed::new(&IV, &[1; TAG_BYTES + 1]);
        assert!(good.parts().is_some());
        let long = BASE64_STANDARD.encode(vec![0; LONGEST_SECRET + TAG_BYTES + 3]);
        for bad in [
            Sealed { version: 2, ..good.clone() },
            Sealed { iv: String::new(), ..good.clone() },
            Sealed { iv: BASE64_STANDARD.encode([0; NONCE_BYTES + 1]), ..good.clone() },
            Sealed { iv: "not base64!".to_owned(), ..good.clone() },
            Sealed { sealed: String::new(), ..good.clone() },
            Sealed { sealed: BASE64_STANDARD.encode([0; TAG_BYTES]), ..good.clone() },
            Sealed { sealed: "한글".to_owned(), ..good.clone() },
            Sealed { sealed: long, ..good.clone() },
        ] {
            assert_eq!(bad.parts(), None, "{bad:?}");
        }
    }

    #[test]
    fn a_seal_is_bound_to_purpose_and_address() {
        let bound = Purpose::OwnServer.bound_to("https://example.org");
        assert_eq!(bound, b"bella\0own-server\0https://example.org");
        assert_ne!(bound, Purpose::OwnServer.bound_to("https://example.com"));
    }
}
