//! Waiting, and not for ever.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Over after so many milliseconds; later in a tab that is in the background.
pub async fn after(ms: i32) {
    let over = Promise::new(&mut |resolve, _reject| {
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
        }
    });
    let _ = JsFuture::from(over).await;
}

/// The answer, if it comes in time. It can be waited for again.
pub async fn within(ms: i32, answer: &mut JsFuture) -> Option<Result<JsValue, JsValue>> {
    let mut over = pin!(after(ms));
    poll_fn(|context| match Pin::new(&mut *answer).poll(context) {
        Poll::Ready(answer) => Poll::Ready(Some(answer)),
        Poll::Pending => over.as_mut().poll(context).map(|()| None),
    })
    .await
}
