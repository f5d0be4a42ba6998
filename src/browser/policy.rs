//! Whether it was the page's own policy that refused a request.
//!
//! What a request fails with does not tell; an event that comes with it does.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::EventTarget;

const EVENT: &str = "securitypolicyviolation";
/// The part of a policy that is about them.
const REQUESTS: &str = "connect-src";
/// The event may come a moment after the failure, or a few on a busy machine.
const MOMENT_MS: u32 = 50;
const MOMENTS: usize = 6;

/// Looks out for refusals until this is dropped.
pub(super) struct Watch {
    seen: Rc<Cell<bool>>,
    heard: Closure<dyn FnMut(JsValue)>,
}

impl Watch {
    pub(super) fn begin() -> Self {
        let seen = Rc::new(Cell::new(false));
        let heard = Closure::<dyn FnMut(JsValue)>::new({
            let seen = Rc::clone(&seen);
            move |event: JsValue| {
                // A browser's own additions trip over other parts of the policy.
                let part = Reflect::get(&event, &"effectiveDirective".into());
                seen.set(seen.get() || part.is_ok_and(|part| part == REQUESTS));
            }
        });
        // Fails for no event there is.
        let _ = scope().add_event_listener_with_callback(EVENT, heard.as_ref().unchecked_ref());
        Self { seen, heard }
    }

    pub(super) async fn has_seen_a_refusal(&self) -> bool {
        for _ in 0..MOMENTS {
            if self.seen.get() {
                break;
            }
            a_moment().await;
        }
        self.seen.get()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let heard = self.heard.as_ref().unchecked_ref();
        let _ = scope().remove_event_listener_with_callback(EVENT, heard);
    }
}

/// The window or the worker: both hear of it, and both have a clock.
fn scope() -> EventTarget {
    js_sys::global().unchecked_into()
}

/// For what comes a little after a failure.
pub(super) async fn a_moment() {
    let over = Promise::new(&mut |resolve, _reject| {
        let scope = scope();
        if let Ok(Ok(set_timeout)) =
            Reflect::get(&scope, &"setTimeout".into()).map(JsCast::dyn_into::<Function>)
        {
            // Fails only when everything goes.
            let _ = set_timeout.call2(&scope, &resolve, &MOMENT_MS.into());
        }
    });
    // The promise is never rejected.
    let _ = JsFuture::from(over).await;
}
