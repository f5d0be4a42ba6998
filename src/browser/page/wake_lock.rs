//! A screen that stays on while somebody listens.
//!
//! The browser takes its promise back whenever the tab is hidden, so it is asked again
//! when the tab is shown. Where there is no such promise, or it is refused (a battery
//! that runs low), the screen does what it always did.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Document, VisibilityState};

use super::listener::Listener;

/// The screen may go dark again when this is dropped.
#[derive(Debug)]
pub struct WakeLock {
    inner: Rc<Inner>,
    _when_shown: Option<Listener>,
}

#[derive(Debug, Default)]
struct Inner {
    is_wanted: Cell<bool>,
    is_asking: Cell<bool>,
    /// The browser's promise; its types are not settled yet.
    promised: RefCell<Option<JsValue>>,
}

impl WakeLock {
    pub fn new() -> Self {
        let inner = Rc::new(Inner::default());
        let weak = Rc::downgrade(&inner);
        let when_shown = document().map(|document| {
            Listener::new(&document, "visibilitychange", move |_| Inner::ask(&weak))
        });
        Self { inner, _when_shown: when_shown }
    }

    pub fn keep_on(&self, is_wanted: bool) {
        self.inner.is_wanted.set(is_wanted);
        if is_wanted {
            Inner::ask(&Rc::downgrade(&self.inner));
        } else {
            self.inner.release();
        }
    }
}

impl Default for WakeLock {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for WakeLock {
    fn drop(&mut self) {
        self.keep_on(false);
    }
}

impl Inner {
    fn ask(this: &Weak<Self>) {
        let Some(inner) = this.upgrade().filter(|inner| inner.wants_one()) else { return };
        inner.is_asking.set(true);
        let this = this.clone();
        spawn_local(async move {
            let promised = request().await;
            let Some(inner) = this.upgrade() else { return release(promised) };
            inner.is_asking.set(false);
            // Whoever wanted it may have changed their mind meanwhile.
            match inner.is_wanted.get() {
                true => *inner.promised.borrow_mut() = promised,
                false => release(promised),
            }
        });
    }

    fn wants_one(&self) -> bool {
        let is_held = self.promised.borrow().as_ref().is_some_and(holds);
        let is_shown =
            document().is_some_and(|it| it.visibility_state() == VisibilityState::Visible);
        self.is_wanted.get() && is_shown && !is_held && !self.is_asking.get()
    }

    fn release(&self) {
        release(self.promised.borrow_mut().take());
    }
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

async fn request() -> Option<JsValue> {
    let navigator = web_sys::window()?.navigator();
    let wake_lock = Reflect::get(&navigator, &"wakeLock".into()).ok()?;
    let promised = call(&wake_lock, "request", Some("screen"))?;
    JsFuture::from(promised.dyn_into::<Promise>().ok()?).await.ok()
}

fn holds(promised: &JsValue) -> bool {
    Reflect::get(promised, &"released".into()).is_ok_and(|released| released.is_falsy())
}

fn release(promised: Option<JsValue>) {
    let released = promised.and_then(|promised| call(&promised, "release", None));
    if let Some(released) = released.and_then(|it| it.dyn_into::<Promise>().ok()) {
        spawn_local(async move { drop(JsFuture::from(released).await) });
    }
}

fn call(object: &JsValue, name: &str, argument: Option<&str>) -> Option<JsValue> {
    let function = Reflect::get(object, &name.into()).ok()?.dyn_into::<Function>().ok()?;
    match argument {
        Some(argument) => function.call1(object, &argument.into()).ok(),
        None => function.call0(object).ok(),
    }
}
