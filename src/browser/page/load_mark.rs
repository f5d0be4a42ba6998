//! What a tab dies over, it can tell nobody afterwards: so it marks a load before it
//! begins.
//!
//! Each tab has a mark of its own, and holds a lock of the same name for as long as
//! the mark stands. The browser ends a lock with its tab, so a mark whose lock nobody
//! holds was left behind by a tab that died. Without locks, as on a page that did not
//! come over a secure connection, nobody can tell, and each mark counts.

use std::cell::RefCell;

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::storage;

/// Of the names of marks and locks.
const PREFIX: &str = "bella.loading.";

/// This tab's own.
#[derive(Debug)]
pub struct LoadMark {
    name: String,
    lock: RefCell<Option<Lock>>,
}

impl LoadMark {
    pub fn of_this_tab() -> Self {
        // As many tabs as anybody has are told apart by that.
        let random = js_sys::Math::random().to_bits();
        Self { name: format!("{PREFIX}{random:x}"), lock: RefCell::default() }
    }

    /// Says what is being loaded, or that nothing is any more.
    pub fn set(&self, model: Option<&str>) {
        // The lock comes first and goes last, so that no mark stands without it.
        if model.is_some() {
            self.lock.borrow_mut().get_or_insert_with(|| Lock::take(&self.name));
        }
        storage::write(&self.name, model);
        if model.is_none() {
            self.lock.take();
        }
    }
}

/// What tabs that died were loading. It is told once.
pub async fn left_behind() -> Vec<String> {
    let marks = storage::beginning_with(PREFIX);
    if marks.is_empty() {
        return Vec::new();
    }
    let held = held_locks().await.unwrap_or_default();
    let is_left = |(name, _): &(String, String)| !held.contains(name);
    let left = marks.into_iter().filter(is_left);
    left.inspect(|(name, _)| storage::write(name, None)).map(|(_, model)| model).collect()
}

/// Held until this is dropped, or the tab is gone.
#[derive(Debug)]
struct Lock {
    /// `None` is never seen: a promise hands it out at once.
    release: Option<Function>,
}

impl Lock {
    fn take(name: &str) -> Self {
        let mut release = None;
        let held = Promise::new(&mut |resolve, _reject| release = Some(resolve));
        let granted = Closure::once_into_js(move |_lock: JsValue| held);
        if let Some(over) = of_locks("request", &[name.into(), granted]) {
            spawn_local(async move {
                // Refused in a document that is on its way out, which loads nothing.
                let _ = JsFuture::from(over).await;
            });
        }
        Self { release }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            // A resolver never throws.
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

/// The names of all that are held, in whichever tab.
async fn held_locks() -> Option<Vec<String>> {
    let snapshot = JsFuture::from(of_locks("query", &[])?).await.ok()?;
    let held: Array = Reflect::get(&snapshot, &"held".into()).ok()?.dyn_into().ok()?;
    let name = |lock: JsValue| Reflect::get(&lock, &"name".into()).ok()?.as_string();
    Some(held.iter().filter_map(name).collect())
}

/// What the browser's locks promise; nothing where there are none.
fn of_locks(method: &str, arguments: &[JsValue]) -> Option<Promise> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    let method: Function = Reflect::get(&locks, &method.into()).ok()?.dyn_into().ok()?;
    let arguments: Array = arguments.iter().collect();
    Reflect::apply(&method, &locks, &arguments).ok()?.dyn_into().ok()
}
