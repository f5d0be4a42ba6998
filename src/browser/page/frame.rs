//! Work that belongs just before the next picture.

use js_sys::Promise;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;

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

/// Lets everything else have its turn: input, and a picture if one is due.
pub async fn let_others() {
    let pause = Promise::new(&mut |resolve, _reject| {
        let window = web_sys::window();
        // Never refused for a function.
        let _ = window.map(|it| it.set_timeout_with_callback(&resolve));
    });
    let _ = JsFuture::from(pause).await;
}

/// Waits until what was just changed can be seen, before something that takes long.
pub async fn be_seen() {
    // In a hidden tab no frame comes, and nobody looks.
    let is_hidden = web_sys::window().and_then(|it| it.document()).is_none_or(|it| it.hidden());
    if !is_hidden {
        let drawn = Promise::new(&mut |resolve, _reject| {
            let _ = web_sys::window().map(|it| it.request_animation_frame(&resolve));
        });
        let _ = JsFuture::from(drawn).await;
    }
    let_others().await;
}
