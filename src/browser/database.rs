//! IndexedDB, awaited.
//!
//! Its wrappers among the crates drop the name of what was thrown, and that name is
//! all that tells a full device from a forbidden one.

use js_sys::{Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DomException, IdbDatabase, IdbFactory, IdbOpenDbRequest, IdbRequest, IdbTransaction,
};

use crate::browser::exception::describe;

/// What the database threw.
#[derive(Debug)]
pub(super) struct Thrown {
    name: String,
    pub(super) detail: String,
}

impl Thrown {
    pub(super) fn is_full(&self) -> bool {
        self.name == "QuotaExceededError"
    }

    pub(super) fn saying(detail: &str) -> Self {
        Self { name: String::new(), detail: detail.to_owned() }
    }
}

impl From<JsValue> for Thrown {
    fn from(thrown: JsValue) -> Self {
        let name = Reflect::get(&thrown, &"name".into()).ok().and_then(|name| name.as_string());
        Self { name: name.unwrap_or_default(), detail: describe(&thrown) }
    }
}

impl From<Option<DomException>> for Thrown {
    fn from(error: Option<DomException>) -> Self {
        error.map_or_else(
            || Self::saying("no reason was given"),
            |error| JsValue::from(error).into(),
        )
    }
}

/// Opens a database and makes the stores of its first version.
pub(super) async fn open(
    name: &str,
    version: u32,
    stores: &'static [&'static str],
) -> Result<IdbDatabase, Thrown> {
    // Some browsers have none in a private window; in others it throws when looked at.
    let factory = Reflect::get(&js_sys::global(), &"indexedDB".into())?;
    let factory: IdbFactory =
        factory.dyn_into().map_err(|_| Thrown::saying("there is no database here"))?;
    let request = factory.open_with_u32(name, version)?;
    let asked = request.clone();
    let upgrade = Closure::once(move || {
        // Fails only for a store that is there already.
        if let Some(database) = database_of(&asked) {
            stores.iter().for_each(|store| drop(database.create_object_store(store)));
        }
    });
    request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
    result(&request).await?;
    database_of(&request).ok_or_else(|| Thrown::saying("it opened without a database"))
}

fn database_of(request: &IdbOpenDbRequest) -> Option<IdbDatabase> {
    request.result().ok()?.dyn_into().ok()
}

/// What a request found.
pub(super) async fn result(request: &IdbRequest) -> Result<JsValue, Thrown> {
    let answered = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    match JsFuture::from(answered).await {
        Ok(_) => Ok(request.result()?),
        // The event says less than the request.
        Err(_) => Err(request.error()?.into()),
    }
}

/// Waits until a transaction has changed everything, or nothing.
pub(super) async fn over(change: &IdbTransaction) -> Result<(), Thrown> {
    let ended = Promise::new(&mut |resolve, reject| {
        change.set_oncomplete(Some(&resolve));
        change.set_onabort(Some(&reject));
    });
    match JsFuture::from(ended).await {
        Ok(_) => Ok(()),
        Err(_) => Err(change.error().into()),
    }
}
