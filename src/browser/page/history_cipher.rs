//! Seals entries of the history, and opens them.
//!
//! The key is made of the person's passphrase. It is handed to the browser at once,
//! which lends its use and gives it back to nobody; it goes with the tab.

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AesGcmParams, Crypto, CryptoKey};

use crate::browser::database::Thrown;
use crate::history::lock::{BOUND_TO_WORD, KeyBytes, SALT_BYTES, WORD};
use crate::secret::{NONCE_BYTES, Sealed};

const CIPHER: &str = "AES-GCM";
/// What sealing adds to the bytes themselves.
const TAG_BYTES: usize = 16;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CipherError {
    /// Another key sealed it, or it was damaged or moved.
    #[error("it does not open")]
    DoesNotOpen,
    #[error("{detail}")]
    Unavailable { detail: String },
}

impl From<Thrown> for CipherError {
    fn from(thrown: Thrown) -> Self {
        Self::Unavailable { detail: thrown.detail }
    }
}

impl From<JsValue> for CipherError {
    fn from(thrown: JsValue) -> Self {
        Thrown::from(thrown).into()
    }
}

/// Bytes, and what they are bound to.
#[derive(Clone, Debug)]
pub struct Bound {
    pub to: Vec<u8>,
    pub bytes: Vec<u8>,
}

#[derive(Clone, Debug)]
pub struct Cipher {
    crypto: Crypto,
    key: CryptoKey,
}

/// What nobody can have guessed, for a passphrase to be mixed with.
pub fn fresh_salt() -> Result<[u8; SALT_BYTES], CipherError> {
    let mut salt = [0; SALT_BYTES];
    crypto()?.get_random_values_with_u8_array(&mut salt)?;
    Ok(salt)
}

impl Cipher {
    pub async fn of(key: KeyBytes) -> Result<Self, CipherError> {
        let crypto = crypto()?;
        let lent = Uint8Array::from(key.as_slice());
        let uses = Array::of2(&"encrypt".into(), &"decrypt".into());
        let can_be_read = false;
        let imported =
            crypto.subtle().import_key_with_str("raw", &lent, CIPHER, can_be_read, &uses);
        let imported = match imported {
            Ok(promise) => JsFuture::from(promise).await,
            Err(thrown) => Err(thrown),
        };
        lent.fill(0, 0, lent.length());
        Ok(Self { key: imported?.into(), crypto })
    }

    /// Seals the word that tells this key from others.
    pub async fn seal_word(&self) -> Result<Sealed, CipherError> {
        let word = Bound { to: BOUND_TO_WORD.to_vec(), bytes: WORD.to_vec() };
        let sealed = self.seal_all(vec![word]).await?.pop().unwrap_or_default();
        match sealed.split_first_chunk() {
            Some((nonce, sealed)) => Ok(Sealed::new(nonce, sealed)),
            None => Err(CipherError::DoesNotOpen),
        }
    }

    /// Whether this key sealed that word.
    pub async fn opens(&self, word: &Sealed) -> Result<(), CipherError> {
        let (nonce, sealed) = word.parts().ok_or(CipherError::DoesNotOpen)?;
        let sealed = Bound { to: BOUND_TO_WORD.to_vec(), bytes: [&nonce[..], &sealed].concat() };
        let opened = self.open_all(vec![sealed]).await?.pop().flatten();
        if opened.as_deref() == Some(WORD) { Ok(()) } else { Err(CipherError::DoesNotOpen) }
    }

    /// Each under bytes that never come twice, which stand in front of it.
    pub async fn seal_all(&self, plain: Vec<Bound>) -> Result<Vec<Vec<u8>>, CipherError> {
        let (promises, mut nonces) = (Array::new(), Vec::with_capacity(plain.len()));
        for one in plain {
            let mut nonce = [0; NONCE_BYTES];
            self.crypto.get_random_values_with_u8_array(&mut nonce)?;
            let cipher = cipher(&nonce, &one.to);
            let subtle = self.crypto.subtle();
            let bytes = Uint8Array::from(one.bytes.as_slice());
            let promise = subtle.encrypt_with_object_and_js_u8_array(&cipher, &self.key, &bytes)?;
            promises.push(&promise);
            nonces.push(nonce);
        }
        let sealed = Array::from(&JsFuture::from(Promise::all(&promises)).await?);
        let sealed = sealed.iter().map(|one| Uint8Array::new(&one).to_vec());
        Ok(nonces.iter().zip(sealed).map(|(nonce, one)| [&nonce[..], &one].concat()).collect())
    }

    /// Those that do not open are nothing; the others are not held up by them.
    pub async fn open_all(&self, sealed: Vec<Bound>) -> Result<Vec<Option<Vec<u8>>>, CipherError> {
        let promises = Array::new();
        for one in sealed {
            let promise = match one.bytes.split_first_chunk::<NONCE_BYTES>() {
                Some((nonce, sealed)) if sealed.len() >= TAG_BYTES => {
                    let cipher = cipher(nonce, &one.to);
                    let subtle = self.crypto.subtle();
                    let sealed = Uint8Array::from(sealed);
                    subtle.decrypt_with_object_and_js_u8_array(&cipher, &self.key, &sealed)?
                }
                _ => Promise::reject(&JsValue::UNDEFINED),
            };
            promises.push(&promise);
        }
        let settled = Array::from(&JsFuture::from(Promise::all_settled(&promises)).await?);
        Ok(settled.iter().map(|one| opened(&one)).collect())
    }
}

/// What became of a promise. What the browser lent is wiped.
fn opened(settled: &JsValue) -> Option<Vec<u8>> {
    let value = Reflect::get(settled, &"value".into()).ok().filter(|it| !it.is_undefined())?;
    let lent = Uint8Array::new(&value);
    let bytes = lent.to_vec();
    lent.fill(0, 0, lent.length());
    Some(bytes)
}

fn cipher(nonce: &[u8; NONCE_BYTES], bound_to: &[u8]) -> Object {
    let cipher = AesGcmParams::new_with_u8_array(CIPHER, &Uint8Array::from(nonce.as_slice()));
    cipher.set_additional_data_u8_array(&Uint8Array::from(bound_to));
    cipher.into()
}

fn crypto() -> Result<Crypto, CipherError> {
    let missing = || Thrown::saying("this browser seals nothing here");
    let window = web_sys::window().ok_or_else(missing)?;
    // Without a secure connection there is none.
    if !window.is_secure_context() {
        return Err(missing().into());
    }
    Ok(window.crypto()?)
}
