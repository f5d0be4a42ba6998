//! Messages in and out of the worker: an object with the JSON under `m` and,
//! where there is one, a transferred buffer under `b`.

use bella_protocol::{FromEngine, ToEngine};
use js_sys::{Object, Reflect, WebAssembly};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

fn scope() -> DedicatedWorkerGlobalScope {
    // The only global there is: this program is never anything but a worker.
    js_sys::global().unchecked_into()
}

pub(super) fn post(message: &FromEngine) {
    let Ok(json) = serde_json::to_string(message) else {
        return;
    };
    let envelope = Object::new();
    // Neither fails: the object is plain, and strings can always be posted.
    let _ = Reflect::set(&envelope, &"m".into(), &json.into());
    let _ = scope().post_message(&envelope);
}

/// Calls `receive` for every message; what is not one of ours comes as an error.
pub(super) fn listen(receive: impl Fn(Result<ToEngine, String>) + 'static) {
    let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let json = Reflect::get(&event.data(), &"m".into()).ok().and_then(|json| json.as_string());
        receive(match json {
            Some(json) => serde_json::from_str(&json).map_err(|error| error.to_string()),
            None => Err("a message without text".to_owned()),
        });
    });
    scope().set_onmessage(Some(heard.as_ref().unchecked_ref()));
    // Lives as long as the worker.
    heard.forget();
}

pub(super) fn now() -> f64 {
    scope().performance().map_or(0.0, |performance| performance.now())
}

/// All the memory this module has taken from the browser.
pub(super) fn memory_bytes() -> u64 {
    let memory: WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    let buffer: js_sys::ArrayBuffer = memory.buffer().unchecked_into();
    u64::from(buffer.byte_length())
}

pub(super) fn fetch(request: &web_sys::Request) -> js_sys::Promise {
    scope().fetch_with_request(request)
}
