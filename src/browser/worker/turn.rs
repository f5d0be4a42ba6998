//! Giving the thread back between two steps.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageChannel, MessagePort};

/// A message to oneself comes after every message that waits already. A timer
/// would do the same, but browsers stretch nested timers to 4 ms, which at a few
/// milliseconds a token would halve the speed.
pub(super) struct Turn {
    ports: Option<(MessagePort, MessagePort)>,
}

impl Turn {
    pub(super) fn new() -> Self {
        let ports = MessageChannel::new().ok().map(|channel| (channel.port1(), channel.port2()));
        Self { ports }
    }

    /// Returns once everything that waited has been heard.
    pub(super) async fn wait(&self) {
        let Some((sender, receiver)) = &self.ports else {
            return;
        };
        let heard = Promise::new(&mut |resolve, _reject| {
            receiver.set_onmessage(Some(&resolve));
            // Posting a null to our own port fails only when the page is going.
            let _ = sender.post_message(&JsValue::NULL);
        });
        // The promise is never rejected.
        let _ = JsFuture::from(heard).await;
    }
}
