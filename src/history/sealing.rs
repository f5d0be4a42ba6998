//! Entries as they are kept, sealed or not, and what of that can be read.

use bella_companion::history::Entry;

use super::lock::bound_to_entry;
use super::outcome::Outcome;
use super::state::{Stored, opened, padded};
use crate::browser::page::history_cipher::{Bound, Cipher, CipherError};
use crate::browser::page::history_store::StoreError;

/// So many are sealed before the page has its turn again.
const AT_ONCE: usize = 500;

/// Entries out of the database, and what is none.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub entries: Vec<Entry>,
    pub unreadable: Vec<(u64, Unread)>,
}

/// Something that is no entry. Nobody throws away what may only be misunderstood.
#[derive(Debug)]
pub(super) enum Unread {
    /// It could be opened: it is sealed again with the rest, or not.
    Text(Vec<u8>),
    /// It stays as it is.
    AsFound(Stored),
}

#[derive(Debug)]
pub(super) enum ReadError {
    Store(StoreError),
    Cipher(CipherError),
}

impl From<StoreError> for ReadError {
    fn from(why: StoreError) -> Self {
        Self::Store(why)
    }
}

impl From<CipherError> for ReadError {
    fn from(why: CipherError) -> Self {
        Self::Cipher(why)
    }
}

impl From<ReadError> for Outcome {
    fn from(why: ReadError) -> Self {
        match why {
            ReadError::Store(why) => why.into(),
            ReadError::Cipher(why) => why.into(),
        }
    }
}

pub(super) async fn read(
    stored: Vec<(u64, Stored)>,
    cipher: Option<&Cipher>,
) -> Result<Read, CipherError> {
    let sealed = stored.iter().filter_map(|(id, stored)| match stored {
        Stored::Sealed(bytes) => Some(Bound { to: bound_to_entry(*id), bytes: bytes.clone() }),
        Stored::Open(_) => None,
    });
    let mut unsealed = match cipher {
        Some(cipher) => cipher.open_all(sealed.collect()).await?.into_iter(),
        None => Vec::new().into_iter(),
    };
    let mut read = Read::default();
    for (id, stored) in stored {
        let text = match &stored {
            Stored::Open(json) if cipher.is_none() => Some(json.clone().into_bytes()),
            // Under a passphrase, what lies open was put there by somebody else.
            Stored::Open(_) => None,
            Stored::Sealed(_) => unsealed.next().flatten(),
        };
        match text.as_deref().map(|text| opened(id, text)) {
            Some(Some(entry)) => read.entries.push(entry),
            Some(None) => read.unreadable.push((id, Unread::Text(text.unwrap_or_default()))),
            None => read.unreadable.push((id, Unread::AsFound(stored))),
        }
    }
    Ok(read)
}

/// What is kept of an entry, under its id and not yet sealed.
pub(super) type Plain = (u64, Vec<u8>);

pub(super) fn plain(entry: &Entry) -> Plain {
    (entry.id, entry.to_json().into_bytes())
}

/// Texts as they are put into the database.
pub(super) async fn to_be_stored(
    plain: Vec<Plain>,
    cipher: Option<&Cipher>,
) -> Result<Vec<(u64, Stored)>, CipherError> {
    let Some(cipher) = cipher else {
        let text = |json: Vec<u8>| String::from_utf8_lossy(&json).into_owned();
        return Ok(plain.into_iter().map(|(id, json)| (id, Stored::Open(text(json)))).collect());
    };
    let mut stored = Vec::with_capacity(plain.len());
    let mut plain = plain.into_iter().peekable();
    while plain.peek().is_some() {
        let some: Vec<_> = plain.by_ref().take(AT_ONCE).collect();
        let ids: Vec<u64> = some.iter().map(|(id, _)| *id).collect();
        let some = some.into_iter();
        let some = some.map(|(id, json)| Bound { to: bound_to_entry(id), bytes: padded(json) });
        let sealed = cipher.seal_all(some.collect()).await?;
        stored.extend(ids.into_iter().zip(sealed.into_iter().map(Stored::Sealed)));
    }
    Ok(stored)
}
