//! What came of something that was done to the history.

use bella_companion::history::NotRead;

use super::lock::{NoKey, UnfitPassphrase};
use super::state::Unreadable;
use crate::browser::page::hand_over::NoBytes;
use crate::browser::page::history_cipher::CipherError;
use crate::browser::page::history_store::StoreError;

/// What a person is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The device, or what the browser gives this page of it, is full.
    Full,
    /// The browser keeps nothing for this page, or failed to.
    Refused {
        detail: String,
    },
    Unreadable(Unreadable),
    /// Another tab changed it meanwhile, again and again.
    Crossed,
    WrongPassphrase,
    UnfitPassphrase(UnfitPassphrase),
    NoKey(NoKey),
    /// The browser seals nothing on this page.
    NotSealed {
        detail: String,
    },
    NotRead(NotRead),
    NoFile {
        detail: String,
    },
    NotSaved,

    Locked,
    PassphraseSet,
    PassphraseChanged,
    PassphraseRemoved,
    Brought {
        added: usize,
        known: usize,
    },
    Saved {
        entries: usize,
        files: usize,
    },
    Erased {
        everything: bool,
    },
}

impl Outcome {
    /// For tests, which do not read words.
    pub fn name(&self) -> &'static str {
        match self {
            Outcome::Full => "full",
            Outcome::Refused { .. } => "refused",
            Outcome::Unreadable(Unreadable::Later) => "later-version",
            Outcome::Unreadable(Unreadable::Damaged) => "damaged",
            Outcome::Crossed => "crossed",
            Outcome::WrongPassphrase => "wrong-passphrase",
            Outcome::UnfitPassphrase(UnfitPassphrase::TooShort) => "passphrase-too-short",
            Outcome::UnfitPassphrase(UnfitPassphrase::TooLong) => "passphrase-too-long",
            Outcome::UnfitPassphrase(UnfitPassphrase::Differs) => "passphrase-differs",
            Outcome::NoKey(NoKey::Damaged) => "lock-damaged",
            Outcome::NoKey(NoKey::NoMemory) => "no-memory",
            Outcome::NotSealed { .. } => "not-sealed",
            Outcome::NotRead(NotRead::TooLarge { .. }) => "file-too-large",
            Outcome::NotRead(NotRead::TooMany) => "file-too-many",
            Outcome::NotRead(NotRead::NotJson { .. }) => "file-not-json",
            Outcome::NotRead(NotRead::NotAHistory) => "file-not-a-history",
            Outcome::NotRead(NotRead::OtherVersion { .. }) => "file-other-version",
            Outcome::NotRead(NotRead::Unfit { .. }) => "file-unfit",
            Outcome::NoFile { .. } => "no-file",
            Outcome::NotSaved => "not-saved",
            Outcome::Locked => "locked",
            Outcome::PassphraseSet => "passphrase-set",
            Outcome::PassphraseChanged => "passphrase-changed",
            Outcome::PassphraseRemoved => "passphrase-removed",
            Outcome::Brought { .. } => "brought",
            Outcome::Saved { .. } => "saved",
            Outcome::Erased { .. } => "erased",
        }
    }

    pub fn is_good(&self) -> bool {
        matches!(
            self,
            Outcome::Locked
                | Outcome::PassphraseSet
                | Outcome::PassphraseChanged
                | Outcome::PassphraseRemoved
                | Outcome::Brought { .. }
                | Outcome::Saved { .. }
                | Outcome::Erased { .. }
        )
    }

    /// Whether it is about the passphrase that opens what there is.
    pub fn is_about_current(&self) -> bool {
        *self == Outcome::WrongPassphrase
    }

    pub fn is_about_new(&self) -> bool {
        matches!(self, Outcome::UnfitPassphrase(_))
    }
}

impl From<StoreError> for Outcome {
    fn from(why: StoreError) -> Self {
        match why {
            StoreError::Full => Outcome::Full,
            StoreError::Refused { detail } => Outcome::Refused { detail },
            StoreError::Unreadable(why) => Outcome::Unreadable(why),
            StoreError::Crossed => Outcome::Crossed,
        }
    }
}

impl From<CipherError> for Outcome {
    fn from(why: CipherError) -> Self {
        match why {
            CipherError::DoesNotOpen => Outcome::WrongPassphrase,
            CipherError::Unavailable { detail } => Outcome::NotSealed { detail },
        }
    }
}

impl From<UnfitPassphrase> for Outcome {
    fn from(why: UnfitPassphrase) -> Self {
        Outcome::UnfitPassphrase(why)
    }
}

impl From<NoKey> for Outcome {
    fn from(why: NoKey) -> Self {
        Outcome::NoKey(why)
    }
}

impl From<NotRead> for Outcome {
    fn from(why: NotRead) -> Self {
        Outcome::NotRead(why)
    }
}

impl From<NoBytes> for Outcome {
    fn from(why: NoBytes) -> Self {
        match why {
            NoBytes::TooLarge { bytes } => Outcome::NotRead(NotRead::TooLarge { bytes }),
            NoBytes::Unreadable { detail } => Outcome::NoFile { detail },
        }
    }
}
