//! When a person goes away, as opposed to a page that dies.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

pub fn before(act: impl Fn() + 'static) {
    let Some(window) = web_sys::window() else { return };
    let acting = Closure::<dyn Fn()>::new(act);
    // Heard on every way out but a crash, on a telephone as well.
    let _ = window.add_event_listener_with_callback("pagehide", acting.as_ref().unchecked_ref());
    // Lives as long as the page.
    acting.forget();
}
