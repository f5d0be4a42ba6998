//! Secrets that lie on the device but open in this browser only.
//!
//! They are sealed with a key that the browser made and gives to nobody, not even to
//! this page: it can be used here and not be read. That keeps a secret out of copies
//! of the storage, backups and screens of the developer tools. It does not keep it
//! from code that runs in this page, which is what the content policy is for.

use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AesGcmParams, AesKeyGenParams, Crypto, CryptoKey, IdbDatabase, IdbTransactionMode};

use crate::browser::database::{self, Thrown, over, result};
use crate::secret::{NONCE_BYTES, Purpose, Sealed, Secret};

const DATABASE: &str = "bella-vault";
const VERSION: u32 = 1;
/// A key for each purpose, under its name.
const KEYS: &str = "keys";

const CIPHER: &str = "AES-GCM";
const KEY_BITS: u16 = 256;

/// Why a secret was not sealed, or does not open.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// Some of what this site keeps was deleted, or it comes from another browser.
    #[error("the key it was sealed with is gone")]
    KeyGone,
    /// It is damaged, or was sealed for something else.
    #[error("it does not open")]
    DoesNotOpen,
    #[error("{detail}")]
    Unavailable { detail: String },
}

impl From<Thrown> for VaultError {
    fn from(thrown: Thrown) -> Self {
        Self::Unavailable { detail: thrown.detail }
    }
}

impl From<wasm_bindgen::JsValue> for VaultError {
    fn from(thrown: wasm_bindgen::JsValue) -> Self {
        Thrown::from(thrown).into()
    }
}

/// Seals a secret for one purpose and one address.
pub async fn seal(purpose: Purpose, address: &str, secret: &Secret) -> Result<Sealed, VaultError> {
    let crypto = crypto()?;
    let keys = Keys::open().await?;
    let key = match keys.find(purpose).await? {
        Some(key) => key,
        None => keys.make(purpose, &crypto).await?,
    };
    let mut iv = [0; NONCE_BYTES];
    crypto.get_random_values_with_u8_array(&mut iv)?;
    let cipher = cipher(&iv, purpose, address);
    let plain = Wiped::of(secret);
    let sealed = crypto.subtle().encrypt_with_object_and_buffer_source(&cipher, &key, &plain.0)?;
    let sealed = Uint8Array::new(&JsFuture::from(sealed).await?);
    Ok(Sealed::new(&iv, &sealed.to_vec()))
}

pub async fn open(purpose: Purpose, address: &str, sealed: &Sealed) -> Result<Secret, VaultError> {
    let (iv, sealed) = sealed.parts().ok_or(VaultError::DoesNotOpen)?;
    let crypto = crypto()?;
    let key = Keys::open().await?.find(purpose).await?.ok_or(VaultError::KeyGone)?;
    let cipher = cipher(&iv, purpose, address);
    let plain = crypto.subtle().decrypt_with_object_and_u8_array(&cipher, &key, &sealed)?;
    // It fails in one way only, and the browser says nothing of why.
    let plain = JsFuture::from(plain).await.map_err(|_| VaultError::DoesNotOpen)?;
    let plain = Wiped(Uint8Array::new(&plain));
    String::from_utf8(plain.0.to_vec()).map(Secret::new).map_err(|_| VaultError::DoesNotOpen)
}

/// Throws the key away: what was sealed with it never opens again.
pub async fn forget(purpose: Purpose) -> Result<(), VaultError> {
    Ok(Keys::open().await?.delete(purpose).await?)
}

fn crypto() -> Result<Crypto, VaultError> {
    let missing = || Thrown::saying("this browser seals nothing here");
    let window = web_sys::window().ok_or_else(missing)?;
    // Without a secure connection there is none.
    if !window.is_secure_context() {
        return Err(missing().into());
    }
    Ok(window.crypto()?)
}

fn cipher(iv: &[u8; NONCE_BYTES], purpose: Purpose, address: &str) -> AesGcmParams {
    let cipher = AesGcmParams::new_with_u8_array(CIPHER, &Uint8Array::from(iv.as_slice()));
    let bound_to = Uint8Array::from(purpose.bound_to(address).as_slice());
    cipher.set_additional_data_u8_array(&bound_to);
    cipher
}

/// Bytes the browser was lent, or has lent, for a moment.
struct Wiped(Uint8Array);

impl Wiped {
    fn of(secret: &Secret) -> Self {
        Self(Uint8Array::from(secret.reveal().as_bytes()))
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        self.0.fill(0, 0, self.0.length());
    }
}

/// The keys as the browser keeps them: as objects, never as bytes.
struct Keys {
    database: IdbDatabase,
}

impl Keys {
    async fn open() -> Result<Self, Thrown> {
        Ok(Self { database: database::open(DATABASE, VERSION, &[KEYS]).await? })
    }

    async fn find(&self, purpose: Purpose) -> Result<Option<CryptoKey>, Thrown> {
        let look = self.database.transaction_with_str(KEYS)?;
        let found = look.object_store(KEYS)?.get(&purpose.name().into())?;
        Ok(result(&found).await?.dyn_into().ok())
    }

    /// A key that nobody can take out of the browser.
    async fn make(&self, purpose: Purpose, crypto: &Crypto) -> Result<CryptoKey, VaultError> {
        let cipher: Object = AesKeyGenParams::new(CIPHER, KEY_BITS).into();
        let uses = Array::of2(&"encrypt".into(), &"decrypt".into());
        let can_be_read = false;
        let made = crypto.subtle().generate_key_with_object(&cipher, can_be_read, &uses)?;
        let made = JsFuture::from(made).await?;
        let change = self.change()?;
        change.object_store(KEYS)?.add_with_key(&made, &purpose.name().into())?;
        // Refused where another tab was faster: then its key is the one.
        let added = over(&change).await;
        match (self.find(purpose).await?, added) {
            (Some(key), _) => Ok(key),
            (None, Err(thrown)) => Err(thrown.into()),
            (None, Ok(())) => Err(VaultError::KeyGone),
        }
    }

    async fn delete(&self, purpose: Purpose) -> Result<(), Thrown> {
        let change = self.change()?;
        change.object_store(KEYS)?.delete(&purpose.name().into())?;
        over(&change).await
    }

    fn change(&self) -> Result<web_sys::IdbTransaction, Thrown> {
        Ok(self.database.transaction_with_str_and_mode(KEYS, IdbTransactionMode::Readwrite)?)
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        self.database.close();
    }
}
