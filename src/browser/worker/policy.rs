//! Whether it was the page's own policy that refused a request.
//!
//! What a request fails with does not tell; an event that comes with it does.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::port;

const EVENT: &str = "securitypolicyviolation";
/// The event may come a moment after the failure.
const MOMENT_MS: i32 = 50;

/// Looks out for refusals until this is dropped.
pub(super) struct Watch {
    seen: Rc<Cell<bool>>,
    heard: Closure<dyn FnMut()>,
}

impl Watch {
    pub(super) fn begin() -> Self {
        let seen = Rc::new(Cell::new(false));
        let heard = Closure::<dyn FnMut()>::new({
            let seen = Rc::clone(&seen);
            move || seen.set(true)
        });
        port::begin_to_hear(EVENT, heard.as_ref().unchecked_ref());
        Self { seen, heard }
    }

    pub(super) async fn has_seen_a_refusal(&self) -> bool {
        if !self.seen.get() {
            port::pause(MOMENT_MS).await;
        }
        self.seen.get()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        port::cease_to_hear(EVENT, self.heard.as_ref().unchecked_ref());
    }
}
