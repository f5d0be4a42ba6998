//! Work that belongs just before the next picture.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// Calls `work` before the next frame is drawn. In a hidden tab that is when it
/// is shown again.
pub fn before_next(work: impl FnOnce() + 'static) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let callback = Closure::once_into_js(work);
    // Never refused for a function.
    let _ = window.request_animation_frame(callback.unchecked_ref());
}
